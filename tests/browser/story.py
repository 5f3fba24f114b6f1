"""The main job in a browser: an administrator makes a user and a one-time password, the user signs
in with it, has to choose another, and is in; then what else the Console is for.

Each step of the story is a function; the tests say in which windows it is told.
"""

from totp import code

ADMIN_PASSWORD = "Grape-Violin-4471-moss"
CHOSEN = "7Tulips-behind-glass"
BETTER = "Copper?Kettle-19-mist"
TENANCY = "acme"


class Story:
    """One walk in one browser."""

    def __init__(self, durward, browser, eye, user):
        self.durward, self.browser, self.eye, self.user = durward, browser, eye, user

    def sign_in(self, user, password):
        self.browser.open(f"{self.durward.url}/console/sign-in?tenant={TENANCY}")
        self.browser.fill(username=user, password=password)
        self.browser.press("Sign in")

    def is_refused(self):
        self.browser.says(".errors[role=alert]")

    def sign_out(self):
        self.browser.find("details.account summary").click()
        self.browser.press("Sign out")
        self.browser.at("/console/sign-in")

    def go(self, path):
        self.browser.open(self.durward.url + path)

    def choose(self, new, repeated=None):
        self.browser.fill(new_password=new, repeat_password=repeated or new)
        self.browser.press("Set password and go on")

    def the_administrator_gets_a_password(self):
        """The first administrator has an API key alone; with it they give themselves a password."""
        reset = ["iam", "user", "ui-password", "create-or-reset"]
        made = self.durward.ours(*reset, "--user-id", self.durward.admin_id)
        self.sign_in("admin", made.data["password"])
        self.browser.at("/console/change-password")
        self.choose(ADMIN_PASSWORD)
        self.browser.at("/console/")
        self.sign_out()

    def the_administrator_signs_in(self):
        browser = self.browser
        self.go("/")
        browser.at("/console/sign-in")
        self.eye.look("cloud-account-name")
        browser.fill(tenant=TENANCY)
        browser.press("Continue")
        self.eye.look("sign-in")
        browser.fill(username="admin", password="not this one")
        browser.press("Sign in")
        self.is_refused()
        self.eye.look("refused")
        browser.fill(password=ADMIN_PASSWORD)
        browser.press("Sign in")
        browser.at("/console/")
        self.eye.look("home")

    def a_user_is_created(self):
        browser = self.browser
        browser.press("Users")
        self.eye.look("users")
        browser.press("Create user")
        browser.fill(name="not a name", description="Ann Smith, accounts")
        browser.press("Create user")
        browser.says("#name-mistake", "not valid")
        self.eye.look("create-user-refused")
        browser.fill(name=self.user, email=f"{self.user}@example.com")
        browser.press("Create user")
        browser.says(".notice", "was created")
        self.eye.look("user-created")

    def a_one_time_password_is_given(self):
        browser = self.browser
        browser.press("Create/Reset Password")
        self.eye.look("reset-asked")
        browser.press("Create/Reset Password")
        browser.says("#secret")
        password = browser.text("#secret")
        assert len(password) == 20, password
        self.eye.look("one-time-password")
        if browser.scripts:
            browser.press("Copy password")
            browser.wait("it is said", lambda: browser.text("#said") == "Password copied")
            copied = browser.run_async("navigator.clipboard.readText().then(arguments[0])")
            assert copied == password
        browser.reload()  # sends the form again
        browser.says("#secret")
        assert browser.text("#secret") == password, "a reload must not reset again"
        self.sign_out()
        browser.back()
        assert password not in browser.text(), "the password must not come back after signing out"
        return password

    def the_user_has_to_choose_a_password(self, one_time):
        browser = self.browser
        self.sign_in(self.user, one_time)
        browser.at("/console/change-password")
        for path in ["/console/", "/console/users", "/console/me", "/console/sessions"]:
            self.go(path)
            browser.at("/console/change-password")
        self.eye.look("choose-password")
        self.choose("Tulips")
        self.is_refused()
        assert [rule.attribute("data-rule") for rule in browser.all("#rules .broken")][:2] == [
            "length", "digit"]
        self.eye.look("choose-password-refused")
        if browser.scripts:
            self.the_rules_tick()
        self.choose(one_time)
        browser.says(".errors", "one you have now")
        self.choose(CHOSEN, CHOSEN + "x")
        browser.says(".errors", "not the same")
        self.choose(CHOSEN)
        browser.at("/console/")
        browser.says(".notice", "was changed")
        assert "Users" not in browser.text("nav"), "no policy lets the user list users"
        self.eye.look("in")

    def the_rules_tick(self):
        browser = self.browser
        met = lambda: {rule.attribute("data-rule") for rule in browser.all("#rules .met")}
        browser.fill(new_password="tulips")
        assert met() == {"lower", "name"}, met()
        browser.find("#new-password").type("-7T")
        assert met() == {"lower", "name", "special", "digit", "upper"}, met()
        self.eye.look("rules-tick")
        browser.press("Show new password")
        assert browser.find("#new-password").attribute("type") == "text"
        browser.press("Hide new password")
        browser.wait("it is said", lambda: "5 of 6" in browser.run(
            "return document.getElementById('rules-said').textContent"))

    def the_one_time_password_is_worthless_now(self, one_time):
        self.sign_out()
        self.sign_in(self.user, one_time)
        self.is_refused()
        self.sign_in(self.user, CHOSEN)
        self.browser.at("/console/")

    def the_user_looks_around(self):
        browser = self.browser
        for path, name in [("/console/me", "own-user"), ("/console/sessions", "sessions")]:
            self.go(path)
            self.eye.look(name)
        self.go("/console/users")
        browser.says("h1", "Not found, or not allowed")
        self.eye.look("not-allowed")
        self.go("/console/nothing-here")
        browser.says("h1", "Page not found")
        self.go("/.well-known/change-password")
        browser.at("/console/change-password")
        browser.fill(current_password="wrong", new_password=BETTER, repeat_password=BETTER)
        browser.press("Change password")
        browser.says(".errors", "current password is not right")
        self.eye.look("change-password-refused")
        browser.fill(current_password=CHOSEN, new_password=BETTER, repeat_password=BETTER)
        browser.press("Change password")
        browser.at("/console/")
        self.sign_out()
        self.eye.look("signed-out")

    def the_user_shows_a_code_too(self):
        browser, device = self.browser, ["iam", "mfa-totp-device"]
        listed = self.durward.ours("iam", "user", "list", "--name", self.user).data
        user = ["--user-id", listed[0]["id"]]
        made = self.durward.ours(*device, "create", *user).data
        one = [*user, "--mfa-totp-device-id", made["id"]]
        self.durward.ours(*device, "activate", *one, "--totp-token", code(made["seed"]))
        self.sign_in(self.user, BETTER)
        browser.at("/console/sign-in/code")
        self.eye.look("code")
        self.go("/console/")
        browser.at("/console/sign-in")
        self.sign_in(self.user, BETTER)
        browser.fill(code="000000")
        browser.press("Sign in")
        browser.says(".errors", "code is not right")
        self.eye.look("code-refused")
        browser.fill(code=code(made["seed"], 1))
        browser.press("Sign in")
        browser.at("/console/")
        self.go("/console/me")
        browser.says("main", "a code is asked for")
        self.eye.look("own-user-with-a-code")
        self.durward.ours(*device, "delete", *one, "--force")
        self.sign_out()

    def the_administrator_sees_why_the_user_was_refused(self):
        browser = self.browser
        self.sign_in("admin", ADMIN_PASSWORD)
        browser.press("Refusals")
        browser.says("tbody", "ListUsers")
        self.eye.look("refusals")
        browser.find("tbody a").click()
        browser.says("h1", f"ListUsers by {self.user}")
        browser.says("main", "USER_INSPECT")
        browser.find("details.card summary").click()
        self.eye.look("refusal")
        self.go("/console/refusals/one?requestId=nothing")
        browser.says("main", "No refusal of that request is kept")
        self.go("/console/")
        self.sign_out()

    def ten_failures_block_and_the_administrator_unblocks(self):
        browser = self.browser
        for _ in range(10):
            self.sign_in(self.user, "not this one")
            self.is_refused()
        self.sign_in(self.user, BETTER)
        self.is_refused()
        self.find_the_user()
        browser.says("h1", "Blocked")
        self.eye.look("blocked")
        browser.press("Create/Reset Password")
        browser.says("main", "stays blocked")
        browser.press("Create/Reset Password")
        browser.says(".warning", "still blocked")
        self.eye.look("one-time-password-blocked")
        browser.press("Unblock")
        browser.says(".notice", "was unblocked")
        browser.says("h1", "Active")

    def find_the_user(self):
        browser = self.browser
        self.sign_in("admin", ADMIN_PASSWORD)
        browser.at("/console/")
        browser.press("Users")
        browser.fill(name=self.user)
        browser.press("Find")
        self.eye.look("found")
        browser.press(self.user)
        browser.says("h1", self.user)

    def the_user_is_deleted(self):
        browser = self.browser
        browser.press("Edit user capabilities")
        self.eye.look("capabilities")
        browser.find("#smtp-credentials").click()
        browser.press("Save")
        browser.says(".notice", "was changed")
        self.eye.look("user")
        browser.press("Delete user…")
        browser.says("h1", f"Delete {self.user}")
        self.eye.look("delete-asked")
        browser.press(f"Delete {self.user}")
        browser.at("/console/users")
        browser.says(".notice", "was deleted")
        self.sign_out()

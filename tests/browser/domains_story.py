"""The story of a tenancy with identity domains: nobody is handed a password, everybody is mailed a
link, follows it in the same browser and chooses one.

There is no mail server, so mail is read where the server keeps it: the tests wait for it at
`/mailbox.json`, and the browser opens it at `/mailbox` and follows its link by a click.
"""

import base64
import json
import time
import urllib.parse
import urllib.request

from story import ADMIN_PASSWORD, BETTER, CHOSEN, TENANCY, Story

ADMIN_ADDRESS = "root@example.com"
PATCH = '["urn:ietf:params:scim:api:messages:2.0:PatchOp"]'
PREVIEW = "iframe[name=preview]"
# A letter with a script in it, which must not run in a preview.
OWN_WORDS = """<h1>Come in, {{ user_name }}</h1><p><a href="{{ link }}">This way</a></p>
<p id="ran"></p><script>document.getElementById("ran").textContent = "ran"</script>"""
MAIL_SECONDS_MAX = 30

# The events that mail is sent for.
WELCOME = "admin.user.create.success"
ACTIVATION = "admin.user.initiate.activation.success"
FORGOTTEN = "admin.me.password.reset.request.success"
RESET = "admin.user.password.reset.success"
SET_BY_LINK = "admin.me.password.reset.success"
LOCKED = "admin.me.locked.success"
UNLOCKED = "admin.me.unlocked.success"
CONFIRM = "admin.me.email.verify.primary.success"
ADDRESS_CHANGED = "admin.me.email.update.primary.success"


class DomainsStory(Story):
    """One walk in one browser, with what was mailed so far."""

    def __init__(self, durward, browser, eye, user):
        super().__init__(durward, browser, eye, user)
        self.address, self.new_address = f"{user}@example.com", f"{user}@example.net"
        self.read, self.tokens = 0, []

    # What was mailed, and where it leads.

    def mails(self):
        with urllib.request.urlopen(f"{self.durward.url}/mailbox.json", timeout=10) as answer:
            return json.load(answer)

    def mail(self, to, event):
        """Waits for the next mail, which must be that one: nothing else may have been sent."""
        self.read += 1
        end = time.monotonic() + MAIL_SECONDS_MAX
        while time.monotonic() < end:
            for mail in self.mails():
                if mail["number"] == self.read:
                    assert (mail["to"], mail["event"]) == ([to], event), mail
                    return mail
            time.sleep(0.05)
        raise AssertionError(f"no mail came to {to} for {event}")

    def open_mail(self, mail, name):
        browser = self.browser
        self.go("/mailbox")
        browser.find(f"a[href='/mailbox/{mail['number']}']").click()
        browser.at(f"/mailbox/{mail['number']}")
        browser.says("h1", mail["subject"])
        with browser.within("iframe.mail"):
            browser.says("h1")
            [whole, shown] = browser.run(
                "return [document.documentElement.scrollHeight, window.innerHeight]")
        assert whole <= shown, f"{whole} px of a mail in a frame of {shown}: {mail['subject']}"
        if name:
            self.eye.look(name)

    def follow(self, mail, name):
        """Opens a mail in the list and follows its link; answers the link's token."""
        self.open_mail(mail, name)
        [link] = [link for link in mail["links"] if "/console/link?t=" in link]
        return self.click(link)

    def click(self, link):
        browser = self.browser
        [token] = urllib.parse.parse_qs(urllib.parse.urlsplit(link).query)["t"]
        assert len(token) >= 43, "at least 256 bits"
        browser.find(f"a[href='{link}']").click()
        browser.at("/console/link")
        self.tokens.append(token)
        self.the_token_is_nowhere(token)
        return token

    def the_token_is_nowhere(self, token):
        """A link's token leaves no trace in the page that it leads to, and goes to nobody else."""
        browser = self.browser
        assert browser.url == f"{self.durward.url}/console/link", browser.url
        held = browser.run(
            "return [document.referrer, document.cookie, document.documentElement.outerHTML,"
            " JSON.stringify([performance.getEntries(), localStorage, sessionStorage])]")
        assert held[0] == "", held[0]
        found = [text for text in [*held, *browser.history()] if token in text]
        assert found == [], found

    def no_token_went_elsewhere(self):
        """Of all requests that were ever sent, only those that followed a link held its token."""
        self.browser.requests()
        sent = self.browser.sent
        for token in set(self.tokens):
            held = [request for request in sent if token in json.dumps(request)]
            links = {f"{self.durward.url}/console/link?t={token}"}
            assert {request["url"] for request in held} == links, held
            assert {request["method"] for request in held} == {"GET"}, held
            assert len(held) == self.tokens.count(token), held
        logged = (self.durward.dir / "server.log").read_text()
        assert not any(token in logged for token in self.tokens), "a token is in the log"

    def choose(self, new, repeated=None):
        self.browser.fill(new_password=new, repeat_password=repeated or new)
        self.browser.press("Set password")

    def signs_in(self, user, password):
        self.sign_in(user, password)
        self.browser.at("/console/")

    def find_user(self, user):
        browser = self.browser
        browser.press("Users")
        browser.fill(name=user)
        browser.press("Find")
        browser.wait("what was found", lambda: "name=" in browser.url)
        browser.press(user)
        browser.says("h1", user)

    # The story.

    def the_administrator_follows_a_link(self):
        """The first administrator has an API key alone; with it they have a link mailed."""
        reset = ["iam", "user", "ui-password", "create-or-reset"]
        made = self.durward.ours(*reset, "--user-id", self.durward.admin_id)
        assert not made.data.get("password"), made
        mail = self.mail(ADMIN_ADDRESS, ACTIVATION)
        browser = self.browser
        self.go("/mailbox")
        self.eye.look("mailbox")
        self.follow(mail, "mail-activation")
        browser.says("h1", "Choose your password")
        self.eye.look("link-first-password")
        if browser.scripts:
            self.the_rules_tick()
        self.choose(ADMIN_PASSWORD)
        browser.at("/console/sign-in")
        browser.says(".notice", "Sign in with it")
        self.eye.look("password-set")
        self.mail(ADMIN_ADDRESS, SET_BY_LINK)
        browser.fill(username="admin", password=ADMIN_PASSWORD)
        browser.press("Sign in")
        browser.at("/console/")
        self.eye.look("home")

    def a_user_is_created(self):
        browser = self.browser
        browser.press("Users")
        browser.press("Create user")
        self.eye.look("create-user")
        browser.fill(name=self.user, description="Ann Smith, accounts", email=ADMIN_ADDRESS)
        browser.press("Create user")
        browser.says("#email-mistake")
        self.eye.look("create-user-refused")
        browser.fill(email=self.address)
        browser.press("Create user")
        browser.says(".notice", "link")
        browser.says("main", "Not confirmed")
        browser.says("main", "None yet")
        self.eye.look("user-created")
        self.activation_is_mailed_again()
        self.sign_out()

    def activation_is_mailed_again(self):
        browser = self.browser
        self.welcome = self.mail(self.address, WELCOME)
        browser.press("Mail activation again")
        browser.says("h1", "again")
        self.eye.look("activation-again-asked")
        browser.press("Mail it again")
        browser.says("h1", "on its way")
        self.eye.look("activation-again-mailed")
        self.again = self.mail(self.address, ACTIVATION)

    def the_user_chooses_a_first_password(self):
        browser = self.browser
        self.follow(self.welcome, "mail-welcome")
        browser.says("h1", "does not work any more")
        self.follow(self.again, None)
        browser.says("h1", "Choose your password")
        self.choose("Tulips")
        self.is_refused()
        broken = [rule.attribute("data-rule") for rule in browser.all("#rules .broken")]
        assert broken[:2] == ["length", "digit"], broken
        self.eye.look("link-first-password-refused")
        self.choose(CHOSEN)
        browser.at("/console/sign-in")
        self.open_mail(self.mail(self.address, SET_BY_LINK), "mail-password-set")
        self.signs_in(self.user, CHOSEN)
        self.eye.look("in")
        self.sign_out()

    def the_mail_is_looked_at_alone(self):
        """As a mail program shows it: in the whole window, and far from the server."""
        html = base64.b64encode(self.again["html"].encode()).decode()
        self.browser.open(f"data:text/html;charset=utf-8;base64,{html}")
        self.browser.says("h1", "Choose your password")
        self.eye.look("mail-alone", is_page=False)

    def a_letter_is_put_into_other_words(self):
        """And back, after both ways of looking at it before it is kept."""
        browser = self.browser
        self.signs_in("admin", ADMIN_PASSWORD)
        browser.press("E-mail")
        browser.says("h1", "E-mail")
        self.eye.look("letters")
        browser.press(ACTIVATION)
        browser.says("h1", ACTIVATION)
        self.eye.look("letter")
        browser.press("Names that can be used")
        browser.fill(subject="Come in, {{ display_name }}", text="This way: {{ link }}",
                     html=OWN_WORDS)
        browser.press("Preview")
        self.previewed("h1", "Come in, ann.smith")
        self.eye.look("letter-preview")
        browser.press("Preview the text")
        self.previewed("body", "Subject: Come in, Ann Smith")
        browser.fill(html="<p>{{ lonk }}</p>")
        browser.press("Keep these words")
        self.is_refused()
        self.eye.look("letter-refused")
        browser.fill(html=OWN_WORDS)
        browser.press("Keep these words")
        browser.says(".notice")
        browser.says("main", "Your own")
        self.eye.look("letter-kept")
        browser.press(ACTIVATION)
        browser.says("h1", "Your own words")
        self.eye.look("letter-own")
        browser.press("Back to how they come")
        browser.says(".notice")
        assert "Your own" not in browser.text("main")

    def previewed(self, css, text):
        """Waits until the preview shows that. The frame comes into the window: what lies outside
        is not in a picture."""
        browser = self.browser
        browser.run("document.querySelector(arguments[0]).scrollIntoView()", PREVIEW)
        with browser.within(PREVIEW):
            browser.says(css, text)
            assert all(one.text == "" for one in browser.all("#ran")), "a script of a letter ran"

    def the_administrator_resets(self):
        browser = self.browser
        self.find_user(self.user)
        self.eye.look("user")
        browser.press("Reset Password")
        browser.says("h1", "Reset Password")
        self.eye.look("reset-asked")
        browser.press("Reset and mail a link")
        browser.says("h1", "A link is on its way")
        self.eye.look("reset-mailed")
        self.older = self.mail(self.address, RESET)
        browser.reload()  # sends the form again
        browser.says("h1", "A link is on its way")
        self.sign_out()
        self.sign_in(self.user, CHOSEN)
        self.is_refused()

    def the_user_asks_for_a_link_too(self):
        browser = self.browser
        for who in ["nobody", self.user]:
            self.go(f"/console/sign-in?tenant={TENANCY}")
            self.eye.look("sign-in")
            browser.press("Forgotten your password?")
            browser.at("/console/forgot-password")
            self.eye.look("forgot-password")
            browser.fill(username=who)
            browser.press("Mail me a link")
            browser.says("h1", "Look into your mailbox")
            said = browser.text("main")
            if who == "nobody":
                for_nobody = said
        assert said == for_nobody, "the answer must not tell who exists"
        self.eye.look("forgot-password-asked")
        self.newest = self.mail(self.address, FORGOTTEN)

    def only_the_newest_link_works(self):
        browser = self.browser
        self.follow(self.older, "mail-reset")
        browser.says("h1", "This link does not work any more")
        self.eye.look("link-void")
        browser.press("Ask for a new link")
        browser.at("/console/forgot-password")
        self.follow(self.newest, "mail-forgot-password")
        browser.says("h1", "Choose a new password")
        self.eye.look("link-new-password")
        browser.back()
        browser.at(f"/mailbox/{self.newest['number']}")
        self.click(self.newest["links"][0])  # looking at it has used nothing up
        self.choose(BETTER)
        browser.at("/console/sign-in")
        self.mail(self.address, SET_BY_LINK)
        browser.back()
        assert BETTER not in browser.text(), "the form must not come back"
        self.follow(self.newest, None)
        browser.says("h1", "This link does not work any more")
        self.signs_in(self.user, BETTER)
        self.sign_out()

    def ten_failures_block_and_a_link_unblocks(self):
        browser = self.browser
        for _ in range(10):
            self.sign_in(self.user, "not this one")
            self.is_refused()
        self.sign_in(self.user, BETTER)
        self.is_refused()
        self.eye.look("refused")
        self.follow(self.mail(self.address, LOCKED), "mail-locked")
        browser.says("h1", "Unlock your account")
        self.eye.look("link-unblock")
        browser.press("Unlock")
        browser.at("/console/sign-in")
        browser.says(".notice", "is unlocked")
        self.mail(self.address, UNLOCKED)
        browser.fill(username=self.user, password=BETTER)
        browser.press("Sign in")
        browser.at("/console/")

    def the_password_will_be_too_old(self):
        """By a rule that comes while the user is signed in."""
        policy, durward = ["identity-domains", "password-policy"], self.durward
        [default] = durward.ours("identity-domains", "password-policies", "list").data["resources"]
        changes = [{"op": "replace", "path": name, "value": days}
                   for name, days in [("passwordExpiresAfter", 30), ("passwordExpireWarning", 30)]]
        durward.ours(*policy, "patch", "--password-policy-id", default["id"], "--schemas", PATCH,
                     "--operations", json.dumps(changes))
        self.go("/console/")
        self.browser.says(".warning", "has to be changed soon")
        self.eye.look("password-ends-soon")

    def the_address_is_changed(self):
        """Through the API; the user is still signed in and sees it."""
        browser = self.browser
        user = self.durward.ours("iam", "user", "list", "--name", self.user).data[0]
        self.durward.ours("iam", "user", "update", "--user-id", user["id"], "--email",
                          self.new_address, "--force")
        old = self.mail(self.address, ADDRESS_CHANGED)
        asked = self.mail(self.new_address, CONFIRM)
        assert not [link for link in old["links"] if "/console/link" in link], old
        self.go("/console/me")
        browser.says("main", "Your e-mail address is not confirmed")
        self.eye.look("address-not-confirmed")
        self.open_mail(old, "mail-address-changed")
        self.follow(asked, "mail-confirm-address")
        browser.says("h1", "Confirm your e-mail address")
        browser.says(".lead", self.new_address)
        self.eye.look("link-confirm-address")
        browser.press("Yes, it is mine")
        browser.says(".notice", "is confirmed")
        self.eye.look("address-confirmed")
        self.go("/console/me")
        assert "onfirmed" not in browser.text("main")

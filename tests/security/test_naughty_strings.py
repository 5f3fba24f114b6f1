"""WEB-6: whatever people write, in whatever field, is text on the Console's pages. In a real
browser nothing of it runs, nothing is asked of another host, and no page has an element that it
would not have for harmless words.
"""

import json
import sys
import unittest
import urllib.parse
from pathlib import Path
from urllib.request import urlopen

from naughty import strings
from stage import CHOSEN, LONG, TENANCY, Stage, request

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))

from webdriver import Browser, Driver

EVERY = 1 if LONG else 32
# Notes what would have run, and what the content security policy kept from it, before any script of
# the page.
HOOK = """
window.seen = [];
for (const name of ['alert', 'confirm', 'prompt', 'print', 'open', 'eval'])
  window[name] = (...given) => window.seen.push(`${name}(${given})`);
addEventListener('securitypolicyviolation', event =>
  window.seen.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""
# Every element below one, with the names of its attributes.
BONES = """
return [...document.querySelectorAll(arguments[0])].map(root =>
  [root, ...root.querySelectorAll('*')].map(one =>
    one.tagName + ' ' + one.getAttributeNames().join(' ')).join('\\n'));
"""
STATUS = "return performance.getEntriesByType('navigation')[0].responseStatus"


def quoted(text):
    return urllib.parse.quote(text, safe="", errors="surrogatepass")


class Window:
    """A browser that is looked at for what a page does by itself."""

    def __init__(self, test, stage):
        driver = Driver()
        test.addClassCleanup(driver.stop)
        self.browser, self.url = Browser(driver, 1280, 800), stage.url
        test.addClassCleanup(self.browser.stop)
        self.browser.cdp("Page.enable")
        self.browser.cdp("Page.addScriptToEvaluateOnNewDocument", source=HOOK)

    def open(self, path):
        """Opens a page; answers what is wrong with it."""
        self.browser.open(self.url + path)
        return self.wrong()

    def wrong(self):
        """What the page that is open did that no page does."""
        wrong = list(self.browser.run("return window.seen"))
        status = self.browser.run(STATUS)
        if not 200 <= status < 500:
            wrong.append(f"status {status}")
        own = (self.url + "/", "data:")
        wrong += [url for url in self.browser.requests() if not url.startswith(own)]
        refused = "the server responded with a status of 4"
        said = [entry["message"] for entry in self.browser.log("browser")]
        return wrong + [message for message in said if refused not in message]

    def bones(self, css):
        return self.browser.run(BONES, css)

    def send(self, **fields):
        """Fills in fields of the page as no keyboard could, and sends their form."""
        named = {name.replace("_", "-"): text for name, text in fields.items()}
        self.browser.run(
            "let form; for (const [id, text] of Object.entries(arguments[0])) {"
            " const field = document.getElementById(id); field.value = text; form = field.form; }"
            "document.documentElement.dataset.old = 'yes'; form.submit()", named
        )
        done = "return document.readyState == 'complete' && !document.documentElement.dataset.old"
        self.browser.wait("the answer", lambda: self.browser.run(done))
        return self.wrong()


class Reader(unittest.TestCase):
    """An administrator who looks at pages, in a browser, and a second window without anybody."""

    options = ()

    @classmethod
    def setUpClass(cls):
        cls.stage = Stage(*cls.options)
        cls.addClassCleanup(cls.stage.stop)
        cls.member = cls.stage.member("admin", cls.stage.admin_id)
        cls.signed_in, cls.signed_out = Window(cls, cls.stage), Window(cls, cls.stage)
        cls.sign_in()
        cls.strings = strings()

    @classmethod
    def sign_in(cls):
        window = cls.signed_in
        window.open(f"/console/sign-in?tenant={TENANCY}")
        window.browser.fill(username="admin", password=CHOSEN)
        window.browser.press("Sign in")
        window.browser.at("/console/")

    def check(self, path, expected=None, css="body"):
        """Opens a page, and compares its elements with those of a harmless one."""
        wrong = self.signed_in.open(path)
        self.assertEqual(wrong, [], path)
        bones = self.signed_in.bones(css)
        if expected is not None:
            self.assertEqual(bones, expected, path)
        return bones


class NaughtyStrings(Reader):
    def user(self, name, text):
        """A user with that text in every field that takes it; answers OCID, and whether as
        e-mail."""
        details = {"compartmentId": self.stage.tenancy_id, "name": name, "description": text,
                   "freeformTags": {text[:100] or "x": text[:256]}}
        admin = self.stage.admin
        for more in ({"email": f"{text}@{name}.example"}, {}):
            answer = admin.wire.ask(admin.signed("POST", "/users", details | more))
            if answer.status == 200:
                return answer.json["id"], bool(more)
            self.assertEqual(answer.status, 400, answer.body)
        raise AssertionError(answer.body)

    def test_what_would_run_is_seen(self):
        self.assertEqual(self.signed_in.open("/console/"), [])
        self.signed_in.browser.run("document.body.innerHTML += '<img src=x onerror=alert(1)>'")
        wait = lambda: self.signed_in.browser.run("return window.seen.length")
        self.signed_in.browser.wait("the policy to refuse", wait)
        self.assertIn("script-src-attr", "".join(self.signed_in.wrong()))
        self.signed_in.browser.run("alert(1)")
        self.assertIn("alert(1)", "".join(self.signed_in.wrong()))

    def test_in_the_list_and_on_the_pages_of_users(self):
        plain = {mailed: self.user(f"plain{mailed}", "a" if mailed else "a b")[0]
                 for mailed in (True, False)}
        users = [self.user(f"z{index:04}", text) for index, text in enumerate(self.strings)]
        plain_rows = [self.check(f"/console/users?name={name}", css="tbody tr")[0]
                      for name in ("plainTrue", "admin")]  # who signed in has one more time
        path, seen = "/console/users", 0
        while path:
            rows = self.check(path, css="tbody tr")
            self.assertEqual([one for one in rows if one not in plain_rows], [], path)
            seen += len(rows)
            links = self.signed_in.browser.all("a[rel=next]")
            path = links[0].attribute("href") if links else None
        self.assertEqual(seen, len(users) + len(plain) + 1)
        pages = {(mailed, page): self.check(f"/console/users/{user}{page}")
                 for mailed, user in plain.items() for page in ("", "/password", "/capabilities")}
        for user, mailed in users[::EVERY]:
            for page in ("", "/password", "/capabilities") if LONG else ("",):
                self.check(f"/console/users/{user}{page}", pages[mailed, page])
            self.check(f"/console/users/{user}/delete")

    def test_in_the_search_and_in_refusals(self):
        nothing = self.check("/console/users?name=nobody")
        for text in self.strings[::EVERY]:
            if text.strip() and "\0" not in text:
                self.check(f"/console/users?name={quoted(text)}", nothing)
            self.check(f"/console/users?done={quoted(text)}&page=")
            self.check(f"/console/users?page={quoted(text)}")
            self.check(f"/console/users/{quoted(text)}")
            self.signed_in.open("/console/users/new")
            wrong = self.signed_in.send(name=text, description=text, email=text)
            self.assertEqual(wrong, [], text)

    def test_in_the_fields_of_sign_in(self):
        window = self.signed_out
        self.assertEqual(window.open(f"/console/sign-in?tenant=nobody"), [])
        plain = window.bones("body")
        for text in self.strings[::EVERY]:
            if text.strip():
                self.assertEqual(window.open(f"/console/sign-in?tenant={quoted(text)}"), [], text)
                self.assertEqual(window.bones("body"), plain, text)
            query = f"tenant=x&next={quoted(text)}&done={quoted(text)}"
            self.assertEqual(window.open(f"/console/sign-in?{query}"), [], text)
            window.open(f"/console/sign-in?tenant={TENANCY}")
            self.assertEqual(window.send(username=text, password="x"), [], text)

    def test_no_field_of_any_request_makes_the_server_fail(self):
        admin, member = self.stage.admin, self.member
        for text in self.strings[::1 if LONG else 8]:
            word = quoted(text)
            fields = {"compartmentId": self.stage.tenancy_id, "name": text, "description": text}
            raw = [
                admin.signed("GET", f"/users?compartmentId={word}&name={word}&page={word}"),
                admin.signed("GET", f"/users/{word}"),
                admin.signed("POST", "/users", fields | {"email": text}),
                admin.signed("POST", "/groups", fields),
                admin.signed("POST", "/policies", fields | {"statements": [text]}),
                admin.signed("POST", f"/users/{self.stage.admin_id}/apiKeys", {"key": text}),
                request("GET", f"/console/{word}", member.headers()),
                request("GET", f"/{word}", member.headers()),
                request("GET", f"/console/sign-in?tenant={word}&next={word}", member.headers()),
                member.form("/console/sign-in", {"username": text, "password": text}),
                member.form("/console/change-password", {"new-password": text}),
            ]
            for one in raw:
                answer = admin.wire.ask(one)
                self.assertLess(answer.status, 500, (one[:200], answer.body))


class NaughtyMail(Reader):
    """The words of a domain's mail, and the list of those that would have been sent."""

    options = ("--identity-domains",)

    def words(self, text):
        """Puts that text into every field of the mail for a new user; answers what went wrong."""
        self.signed_in.open(f"/console/mail/{self.event}")
        return self.signed_in.send(subject=text, text=f"{text} {{{{link}}}}", html=text)

    def test_in_the_words_of_mail_and_in_the_mailbox(self):
        self.stage.user("first", email="first@example.com")
        mail = f"{self.stage.url}/mailbox.json"
        self.signed_in.browser.wait("a mail", lambda: json.load(urlopen(mail)))
        self.event = json.load(urlopen(mail))[0]["event"]
        self.assertEqual(self.words("Hello"), [])
        rows = self.check("/console/mail", css="tbody tr")
        for index, text in enumerate(self.strings[::EVERY]):
            self.assertEqual(self.words(text), [], text)
            self.check("/console/mail", rows, css="tbody tr")
            self.check(f"/console/mail/{self.event}")
            self.stage.user(f"user{index}", email=f"user{index}@example.com")
        listed = len(self.strings[::EVERY]) + 1
        self.signed_in.browser.wait("all mails", lambda: len(json.load(urlopen(mail))) == listed)
        [row, *others] = self.check("/mailbox", css="tbody tr")
        self.assertEqual([other for other in others if other != row], [])

    def test_in_the_fields_of_those_who_forgot(self):
        window = self.signed_out
        for text in self.strings[::EVERY]:
            self.assertEqual(window.open(f"/console/forgot-password?tenant={quoted(text)}"), [])
            self.assertEqual(window.send(tenant=text or "x", username=text), [], text)
            self.assertEqual(window.open(f"/console/link?t={quoted(text)}"), [], text)


if __name__ == "__main__":
    unittest.main()

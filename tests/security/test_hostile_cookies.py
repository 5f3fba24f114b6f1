"""SES-7 and SES-8: a cookie that is not exactly one of ours, whole and alive, is no session: no
page of those that are for members opens, and none fails.
"""

import random
import secrets
import string
import unittest
import urllib.parse

from stage import FORM, LONG, SESSION, Stage, request

RANDOM = 20_000 if LONG else 300
SIGNS = [chr(code) for code in range(1, 256) if chr(code) not in "\r\n"]


class Cookies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stage, cls.other = Stage(), Stage()
        cls.addClassCleanup(cls.stage.stop)
        cls.addClassCleanup(cls.other.stop)
        cls.user = cls.stage.user("ann")
        cls.member = cls.stage.member("ann", cls.user)
        cls.token = cls.member.cookies[SESSION]
        pages = ["", "me", "sessions", "users", "users/new", "change-password", f"users/{cls.user}"]
        pages += [f"users/{cls.user}/{page}" for page in ("password", "capabilities", "delete")]
        cls.pages = [f"/console/{page}" for page in pages]

    def open(self, path, line):
        """Opens a page with that `Cookie` header; answers its status."""
        headers = [("host", self.member.host), ("cookie", line)]
        raw = request("GET", path, headers, encoding="latin-1")
        return self.member.wire.ask(raw).status

    def assert_no_session(self, line, pages=None):
        for path in pages or self.pages:
            status = self.open(path, line)
            # What cannot be read as HTTP at all is refused as that.
            self.assertIn(status, (303, 400, 431), f"{path} with {line[:200]!r}")

    def test_the_whole_token_opens_what_the_others_do_not(self):
        line = f"{SESSION}={self.token}"
        for path in ("/console/", "/console/sessions", f"/console/users/{self.user}"):
            self.assertEqual(self.open(path, line), 200)
        self.assertEqual(self.open("/console/", f"a=b; {line}; c"), 200)

    def test_no_part_of_a_token_and_nothing_longer_is_a_session(self):
        token = self.token
        values = [token[:end] for end in range(len(token))]
        values += [token[start:] for start in range(1, len(token))]
        values += [token + more for more in ("A", "=", "==", ".", "%00", " x", ",", token, "\0")]
        for value in values:
            self.assert_no_session(f"{SESSION}={value}", self.pages if LONG else ["/console/"])

    def test_no_token_with_another_sign_is_a_session(self):
        for place in range(len(self.token)):
            signs = string.ascii_letters + string.digits + "-_"
            for sign in random.sample(signs, 64 if LONG else 3):
                value = self.token[:place] + sign + self.token[place + 1 :]
                if value != self.token:
                    self.assert_no_session(f"{SESSION}={value}", ["/console/"])

    def test_nothing_that_only_looks_like_it_is_a_session(self):
        token = self.token
        line = f"{SESSION}={token}"
        lines = [
            "", "=", ";", ";;;=", SESSION, f"{SESSION}=", f"={token}", token, f"{SESSION}:{token}",
            f"{line}; {line}", f"{line};{SESSION}=", f"{SESSION}=x; {line}", f"{line},{line}",
            f'{SESSION}="{token}"', f"{SESSION}={token.swapcase()}", f"{SESSION}={token[::-1]}",
            f"{SESSION}=={token}", f"{SESSION}={urllib.parse.quote(token[0])}%{ord(token[1]):02X}",
            f"{SESSION.lower()}={token}", f"{SESSION.removeprefix('__Host-')}={token}",
            f"__Secure-{SESSION.removeprefix('__Host-')}={token}", f"{FORM}={token}",
            f"$Version=1; ${line}", f"{SESSION}[]={token}", f"{SESSION} ;={token}", "a=" * 3_000,
            f"{SESSION}=" + "A" * 43, f"{SESSION}=" + "-" * 43, f"{SESSION}=" + "A" * 15_000,
            f"{SESSION}={token}\0", f"{SESSION}=\x7f{token}", f"{SESSION}=\xe9{token}",
        ]
        for text in lines:
            self.assert_no_session(text)

    def test_no_other_secret_is_a_session(self):
        self.member.get("/console/change-password")
        form = self.member.filled("/console/change-password").decode().partition("\r\n\r\n")[2]
        values = [urllib.parse.parse_qs(form)["form-token"][0], self.user]
        page = self.member.get("/console/sessions").text
        values += [value for value in page.split('"') if len(value) in (43, 64)]
        elsewhere = self.other.member("ann", self.other.user("ann"))
        self.assertEqual(elsewhere.get("/console/").status, 200)
        values.append(elsewhere.cookies[SESSION])
        bob = self.stage.user("bob")
        gone = self.stage.member("bob", bob)
        self.assertEqual(gone.get("/console/").status, 200)
        self.stage.one_time_password(bob)  # ends it
        values.append(gone.cookies[SESSION])
        for value in values:
            self.assert_no_session(f"{SESSION}={value}")

    def test_chance_finds_no_session_and_no_failure(self):
        for _ in range(RANDOM):
            text = "".join(random.choices(SIGNS, k=random.randrange(80)))
            line = random.choice((
                f"{SESSION}={secrets.token_urlsafe(32)}", f"{SESSION}={text}", text,
                f"{text}; {SESSION}={text}", f"{SESSION}={self.token}{text}" if text else "",
                f"{SESSION}={text}{self.token}" if text else "",
            ))
            if f"{SESSION}={self.token}" in (part.strip() for part in line.split(";")):
                continue  # what is left of it after a semicolon may be right
            self.assert_no_session(line, [random.choice(self.pages)])


if __name__ == "__main__":
    unittest.main()

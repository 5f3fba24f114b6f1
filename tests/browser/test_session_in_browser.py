"""`oci session authenticate` in a real browser, from the address that the command prints to a
profile that signs: with the official command line and with ours, for somebody who has to choose a
password first.

The official one opens `https://login.<region>.<domain>`; the browser here opens the same path and
query at the server.
"""

import json
import subprocess
import sys
import unittest
from pathlib import Path
from urllib.parse import urlsplit

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests" / "clients"))

from eye import Eye
from installation import OFFICIAL, OURS, TARGET, Installation
from story import CHOSEN, TENANCY
from webdriver import Browser, Driver

PICTURES = TARGET / "browser"
AXE = REPOSITORY / "node_modules" / "axe-core" / "axe.min.js"
REGION = {"realmKey": "oc99", "realmDomainComponent": "localhost:1", "regionKey": "LCL",
          "regionIdentifier": "local-1"}


class SessionInABrowser(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.durward = Installation("--tenancy-name", TENANCY)
        cls.addClassCleanup(cls.durward.stop)
        cls.driver = Driver()
        cls.addClassCleanup(cls.driver.stop)
        PICTURES.mkdir(parents=True, exist_ok=True)

    def begin(self, program, *words, answers="", **variables):
        """Starts the command; answers it, and the address that it prints."""
        env = self.durward.environment(PYTHONUNBUFFERED="1", BROWSER="/bin/false", **variables)
        process = subprocess.Popen(
            [str(program), "--region", "local-1", *words], env=env, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        process.stdin.write(answers)
        process.stdin.close()
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        said = ""
        for line in process.stdout:
            said += line
            if line.startswith("http"):
                parts = urlsplit(line.strip())
                return process, f"{self.durward.url}{parts.path}?{parts.query}"
        self.fail(said)

    def user(self, name):
        """A new user's OCID, and the command that gives them a one-time password."""
        made = self.durward.ours("iam", "user", "create", "--name", name, "--description", "d")
        user = made.data["id"]
        return user, ("iam", "user", "ui-password", "create-or-reset", "--user-id", user)

    def allow(self, process, address, user, one_time, width=1280, scheme="light"):
        """Signs in, chooses a password, allows it; answers the browser, what looked at it, and what
        the command said."""
        browser = Browser(self.driver, width, 800, scheme)
        self.addCleanup(browser.stop)
        eye = Eye(browser, self.durward.url, PICTURES, f"Session-{user}", AXE.read_text())
        browser.open(address)
        browser.at("/console/sign-in")
        if browser.has("#tenant"):
            browser.fill(tenant=TENANCY)
            browser.press("Continue")
        browser.fill(username=user, password=one_time)
        browser.press("Sign in")
        browser.at("/console/change-password")
        browser.fill(new_password=CHOSEN, repeat_password=CHOSEN)
        browser.press("Set password and go on")
        browser.at("/v1/oauth2/authorize")
        eye.look("authorize")
        self.assertIn(user, browser.text())
        browser.press(f"Allow as {user}")
        browser.wait("to be back", lambda: browser.url.startswith("http://localhost:8181/"))
        said = process.stdout.read()
        self.assertEqual(process.wait(timeout=30), 0, said)
        self.assertIn("Completed browser authentication process!", said)
        return browser, eye, said

    def walk(self, program, user, width, scheme, **variables):
        made, reset = self.user(user)
        one_time = self.durward.ours(*reset).data["password"]
        words = ("session", "authenticate", "--profile-name", user, "--tenancy-name", TENANCY)
        process, address = self.begin(program, *words, **variables)
        browser, eye, _ = self.allow(process, address, user, one_time, width, scheme)
        browser.open(f"{self.durward.url}/console/sessions")
        browser.says("table", "Command line")
        eye.look("sessions")
        # What was asked of another host is the command's own listener.
        self.assertEqual([one for one in eye.found if "localhost:8181" not in one], [])
        get = ("iam", "user", "get", "--user-id", made)
        for called in (OURS, OFFICIAL):
            env = self.durward.environment(OCI_CLI_ENDPOINT=self.durward.url)
            done = self.durward.run(called, *get, "--profile", user, "--auth", "security_token",
                                    env=env)
            self.assertEqual(done.code, 0, done)
            self.assertEqual(done.data["name"], user)
        self.durward.ours(*reset)
        env = self.durward.environment(OCI_CLI_ENDPOINT=self.durward.url)
        done = self.durward.run(OURS, "session", "validate", "--profile", user, env=env)
        self.assertEqual((done.code, done.err), (1, "Session was deemed invalid by service\n"))

    def test_from_a_sign_in_to_an_api_key(self):
        """Somebody with as many keys as they may have gives one of them up for the new one."""
        user, reset = self.user("cid")
        one_time = self.durward.ours(*reset).data["password"]
        old = []
        for number in range(3):
            folder = self.durward.home / f"key{number}"
            keys = ("setup", "keys", "--output-dir", str(folder))
            self.durward.ours(*keys, stdin="N/A\nN/A\n")
            pem = str(folder / "oci_api_key_public.pem")
            upload = ("iam", "user", "api-key", "upload", "--user-id", user, "--key-file", pem)
            old.append(self.durward.ours(*upload).data["fingerprint"])
        process, address = self.begin(
            OURS, "setup", "bootstrap", "--profile-name", "cid",
            answers=f"{old[1]}\n{old[1]}\nN/A\nN/A\n", OCI_CLI_ENDPOINT=self.durward.url,
        )
        _, _, said = self.allow(process, address, "cid", one_time)
        self.assertIn(f"Deleted Api key with fingerprint: {old[1]}", said)
        new = said.split("Uploaded new API key with fingerprint: ")[1].split()[0]
        listed = self.durward.ours("iam", "user", "api-key", "list", "--user-id", user).data
        self.assertEqual({key["fingerprint"] for key in listed}, {old[0], old[2], new})
        env = self.durward.environment(OCI_CLI_ENDPOINT=self.durward.url)
        get = ("iam", "user", "get", "--user-id", user, "--profile", "cid")
        for called in (OURS, OFFICIAL):
            done = self.durward.run(called, *get, env=env)
            self.assertEqual((done.code, done.data["name"]), (0, "cid"), done)

    def test_ours(self):
        self.walk(OURS, "ann", 1280, "light", OCI_CLI_ENDPOINT=self.durward.url)

    def test_the_official_one(self):
        self.walk(OFFICIAL, "bob", 375, "dark", OCI_REGION_METADATA=json.dumps(REGION))


if __name__ == "__main__":
    unittest.main()

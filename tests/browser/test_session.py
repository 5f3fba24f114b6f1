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

    def begin(self, program, name, **variables):
        """Starts the command; answers it, and the address that it prints."""
        env = self.durward.environment(PYTHONUNBUFFERED="1", BROWSER="/bin/false", **variables)
        words = ["session", "authenticate", "--profile-name", name, "--tenancy-name", TENANCY,
                 "--region", "local-1"]
        process = subprocess.Popen(
            [str(program), *words], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
        )
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        said = ""
        for line in process.stdout:
            said += line
            if line.startswith("http"):
                parts = urlsplit(line.strip())
                return process, f"{self.durward.url}{parts.path}?{parts.query}"
        self.fail(said)

    def walk(self, program, user, width, scheme, **variables):
        made = self.durward.ours("iam", "user", "create", "--name", user, "--description", "d")
        reset = ("iam", "user", "ui-password", "create-or-reset", "--user-id", made.data["id"])
        one_time = self.durward.ours(*reset).data["password"]
        process, address = self.begin(program, user, **variables)
        browser = Browser(self.driver, width, 800, scheme)
        self.addCleanup(browser.stop)
        eye = Eye(browser, self.durward.url, PICTURES, f"Session-{user}", AXE.read_text())
        browser.open(address)
        browser.at("/console/sign-in")
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
        browser.open(f"{self.durward.url}/console/sessions")
        browser.says("table", "Command line")
        eye.look("sessions")
        # What was asked of another host is the command's own listener.
        self.assertEqual([one for one in eye.found if "localhost:8181" not in one], [])
        get = ("iam", "user", "get", "--user-id", made.data["id"])
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

    def test_ours(self):
        self.walk(OURS, "ann", 1280, "light", OCI_CLI_ENDPOINT=self.durward.url)

    def test_the_official_one(self):
        self.walk(OFFICIAL, "bob", 375, "dark", OCI_REGION_METADATA=json.dumps(REGION))


if __name__ == "__main__":
    unittest.main()

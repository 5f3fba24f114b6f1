"""Completion in the shells themselves, on a terminal: what stands on the line after Tab. A shell
that is not installed is left out.
"""

import json
import os
import pty
import re
import select
import shutil
import subprocess
import time
import unittest

from home import Home
from installation import OURS
from listener import Listener, json_of

SECONDS_MAX = 20
USERS = json.dumps([
    {"id": f"ocid1.user.oc1..{id}", "name": name, "lifecycleState": "ACTIVE"}
    for id, name in (("aaa1", "ada"), ("bbb2", "bob@example.com"), ("ccc3", "bobby"))
])
# What a terminal is told besides text.
CONTROLS = re.compile(r"\x1b(\[[0-9;?]*[a-zA-Z]|[=>]|\][^\x07]*\x07)|\x07|\r")


class Shell:
    """A shell on a terminal."""

    def __init__(self, command, env, cwd):
        self.said = ""
        self.child, self.terminal = pty.fork()
        if self.child == 0:
            os.chdir(cwd)
            os.execvpe(command[0], command, env)

    def wait_for(self, text):
        """Waits until the text was shown, and forgets what was shown before its end."""
        deadline = time.monotonic() + SECONDS_MAX
        while text not in self.plain():
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.terminal], [], [], left)[0]:
                raise AssertionError(f"{text!r} is not shown: {self.plain()!r}")
            try:
                self.said += os.read(self.terminal, 4096).decode()
            except OSError as ended:
                raise AssertionError(f"the shell ended: {self.plain()!r}") from ended
        shown, self.said = self.plain(), ""
        return shown

    def plain(self):
        """What was shown, as text."""
        return CONTROLS.sub("", self.said)

    def type(self, text):
        """Types it."""
        os.write(self.terminal, text.encode())

    def stop(self):
        """Ends it."""
        os.close(self.terminal)
        os.waitpid(self.child, 0)


class Completion(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = Home()
        cls.addClassCleanup(cls.home.stop)
        cls.server = Listener(json_of(USERS))
        cls.addClassCleanup(cls.server.stop)
        path = f"{OURS.parent}:{os.environ['PATH']}"
        cls.env = cls.home.environment(
            OCI_CLI_ENDPOINT=cls.server.url, PATH=path, TERM="xterm", PS1="$ ", COLUMNS="200",
        )

    def shell(self, name, *command):
        """A shell that has read its script; it shows `ready`."""
        if not shutil.which(name):
            self.skipTest(f"{name} is not installed")
        shell = Shell((name, *command), self.env, self.home.dir)
        self.addCleanup(shell.stop)
        return shell

    def assert_completes(self, shell, typed, shown):
        """After Tab the line goes on so; then it is emptied."""
        shell.type(typed + "\t")
        shell.wait_for(shown)
        shell.type("\x15")

    def test_bash(self):
        shell = self.shell("bash", "--norc", "--noprofile", "-i")
        shell.type('bind "set bell-style none"; eval "$(oci completion bash)"; echo rea""dy\n')
        shell.wait_for("ready")
        self.assert_completes(shell, "oci ia", "oci iam ")
        self.assert_completes(shell, "oci iam user ui-pass", "ui-password ")
        self.assert_completes(shell, "oci iam user get --user", "--user-id ")
        self.assert_completes(shell, "oci iam user get --user-id AD", "ocid1.user.oc1..aaa1")
        # Several: they are listed by name, and the line stays as it is.
        shell.type("oci iam user get --user-id bob\t\t")
        shell.wait_for("bobby  ocid1.user.oc1..ccc3")
        shell.type("by\t")
        shell.wait_for("ocid1.user.oc1..ccc3")

    def test_zsh(self):
        shell = self.shell("zsh", "-f", "-i")
        shell.type("autoload -U compinit; compinit -u; eval \"$(oci completion zsh)\"; "
                   "PS1='$ '; echo rea''dy\n")
        shell.wait_for("ready")
        self.assert_completes(shell, "oci ia", "iam ")
        self.assert_completes(shell, "oci iam user get --user-id AD", "ocid1.user.oc1..aaa1")
        shell.type("oci iam user get --user-id bob\t")
        shell.wait_for("bobby  ocid1.user.oc1..ccc3")

    def test_fish(self):
        self.shell("fish", "--no-config", "-c", "true")
        script = subprocess.run([OURS, "completion", "fish"], capture_output=True, text=True,
                                env=self.env, check=True).stdout
        for typed, shown in (("oci ia", "iam"), ("oci iam user ui-pass", "ui-password"),
                             ("oci iam user get --user-id ", "ocid1.user.oc1..aaa1\tada")):
            asked = ["fish", "--no-config", "-c", f"{script}\ncomplete -C '{typed}'"]
            done = subprocess.run(asked, capture_output=True, text=True, env=self.env,
                                  cwd=self.home.dir, timeout=SECONDS_MAX)
            self.assertIn(shown, done.stdout, done.stderr)

    def test_powershell(self):
        self.shell("pwsh", "-NoProfile", "-Command", "exit")
        script = subprocess.run([OURS, "completion", "powershell"], capture_output=True, text=True,
                                env=self.env, check=True).stdout
        for typed, shown in (("oci ia", "iam"), ("oci iam user get --user-id AD",
                                                 "ocid1.user.oc1..aaa1")):
            ask = (f"{script}\n[System.Management.Automation.CommandCompletion]::CompleteInput("
                   f"'{typed}', {len(typed)}, $null).CompletionMatches.CompletionText")
            done = subprocess.run(["pwsh", "-NoProfile", "-Command", ask], capture_output=True,
                                  text=True, env=self.env, cwd=self.home.dir, timeout=60)
            self.assertIn(shown, done.stdout.split(), done.stderr)

    def test_nothing_of_it_is_asked_for_twice(self):
        env = self.env
        for _ in range(2):
            asked = [OURS, "__complete", "--endpoint", self.server.url + "/twice", "iam", "user",
                     "get", "--user-id", "ad"]
            done = subprocess.run(asked, capture_output=True, text=True, env=env,
                                  cwd=self.home.dir, timeout=SECONDS_MAX)
            self.assertEqual((done.stdout, done.stderr), ("ocid1.user.oc1..aaa1\tada\n", ""))
        asked = [seen for seen in self.server.seen if seen.target.startswith("/twice/")]
        self.assertEqual(len(asked), 1)


if __name__ == "__main__":
    unittest.main()

"""A tenancy with identity domains whose server sends e-mail, and what its administrator does."""

import sys
import tempfile
import time
import unittest
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests" / "clients"))

from installation import Installation
from post_office import PASSWORD, USER, Authority

PUBLIC_URL = "https://iam.example.com"
# What a reset mails to a user who has no password yet.
RESET = "Choose your password for acme"
RESET_EVENT = "admin.user.initiate.activation.success"
INIT = ("--identity-domains", "--tenancy-name", "acme", "--admin-email", "admin@example.com")


def smtp(office, *more):
    """The options of a server that sends by way of that post office."""
    return (
        "--smtp-host", "127.0.0.1", "--smtp-port", office.port,
        "--mail-from", "no-reply@example.com", "--public-url", PUBLIC_URL, *more,
    )


class Scene(unittest.TestCase):
    """Files of its own, an authority, and installations that end with the test."""

    def setUp(self):
        files = tempfile.TemporaryDirectory(prefix="durward-mail-")
        self.addCleanup(files.cleanup)
        self.files = Path(files.name)
        self.authority = Authority(self.files)
        self.password_file = self.files / "password"
        self.password_file.write_text(PASSWORD + "\n")
        self.password_file.chmod(0o600)

    def trusting(self):
        """The options by which the authority is trusted."""
        return ("--smtp-ca-file", self.authority.file)

    def with_login(self):
        """The options by which the server signs in at the mail server."""
        return ("--smtp-user", USER, "--smtp-password-file", self.password_file)

    def install(self, *serve):
        """An installation whose server is told that."""
        durward = Installation(*INIT, serve=serve)
        self.addCleanup(durward.stop)
        return durward

    def make_user(self, durward, name):
        """A user with an address, by their OCID."""
        words = ("iam", "user", "create", "--name", name, "--description", "test")
        return durward.ours(*words, "--email", f"{name}@example.com").data["id"]

    def reset(self, durward, user):
        """Has a user get a link; answers how long that took."""
        began = time.monotonic()
        durward.ours("iam", "user", "ui-password", "create-or-reset", "--user-id", user)
        return time.monotonic() - began

    def resets(self, mails):
        """Those of the mails that a reset sends."""
        return [mail for mail in mails if mail.message["subject"] == RESET]

    def wait_until_logged(self, durward, text, seconds=40):
        """Waits until the server has logged that."""
        end = time.monotonic() + seconds
        while text not in durward.logged():
            self.assertLess(time.monotonic(), end, f"no {text!r} in\n{durward.logged()}")
            time.sleep(0.1)

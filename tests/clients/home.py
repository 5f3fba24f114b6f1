"""A home directory with a profile that signs, for tests that need no installation."""

import os
import shutil
import tempfile
from pathlib import Path

from scene import keys

FINGERPRINT = ":".join(["0f"] * 16)


class Home:
    """A home directory of a test's own."""

    PRIVATE, PUBLIC = keys()

    def __init__(self, more=""):
        self.dir = Path(tempfile.mkdtemp(prefix="durward-home-"))
        self.write("key.pem", self.PRIVATE + "OCI_API_KEY\n")
        self.write(
            ".oci/config",
            "[DEFAULT]\nuser=ocid1.user.oc1..ada\ntenancy=ocid1.tenancy.oc1..acme\n"
            f"fingerprint={FINGERPRINT}\nkey_file=~/key.pem\nregion=us-ashburn-1\n{more}",
        )

    def write(self, name, content, mode=0o600):
        """Writes a file that only the owner can read."""
        path = self.dir / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        path.chmod(mode)
        return str(path)

    def remove(self, name):
        """Removes a file or a directory."""
        path = self.dir / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    def environment(self, **more):
        """The environment of a command that runs here."""
        given = {name: value for name, value in more.items() if value is not None}
        return {"PATH": os.environ["PATH"], "HOME": str(self.dir), "LANG": "C.UTF-8", **given}

    def stop(self):
        """Removes it."""
        shutil.rmtree(self.dir)

"""A server to look at: `durward` itself in a directory of its own, and `oci` beside it."""

import json
import os
import pathlib
import subprocess
import tempfile

TENANCY = "acme"


class World:
    """An installation that is served until the test is over."""

    def __init__(self, durward, oci):
        self.oci_program = oci
        self.kept = tempfile.TemporaryDirectory(prefix="durward-browser-")
        self.dir = pathlib.Path(self.kept.name) / "data"
        init = [durward, "init", "--data-dir", self.dir, "--tenancy-name", TENANCY,
                "--admin-name", "admin", "--output", "json"]
        subprocess.run(init, check=True, stdout=subprocess.DEVNULL)
        serve = [durward, "serve", "--data-dir", self.dir, "--listen", "127.0.0.1:0"]
        self.log = open(self.dir.parent / "serve.log", "w+")
        self.process = subprocess.Popen(
            serve, stdout=subprocess.PIPE, stderr=self.log, text=True
        )
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            raise SystemExit(f"durward did not start: {line}")
        self.address = line.split()[-1]

    def oci(self, *command):
        """Runs a command of the official form as the first administrator."""
        env = dict(os.environ, OCI_CLI_CONFIG_FILE=str(self.dir / "config"),
                   OCI_CLI_ENDPOINT=self.address)
        ran = subprocess.run([self.oci_program, *command], env=env, check=True,
                             capture_output=True, text=True)
        return json.loads(ran.stdout)["data"] if ran.stdout.strip() else None

    def admin(self):
        """The OCID of the first administrator."""
        lines = (self.dir / "config").read_text().splitlines()
        return next(line.split("=", 1)[1].strip() for line in lines if line.startswith("user"))

    def one_time_password(self, user):
        made = self.oci("iam", "user", "ui-password", "create-or-reset", "--user-id", user)
        return made["password"]

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
        self.log.close()
        self.kept.cleanup()

"""A PostgreSQL server for one test class, in a directory of its own and reached by a socket in it
alone. It ends with the process that started it, however that ends.
"""

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.parse
from pathlib import Path

# Where Debian keeps the programs, by version; elsewhere they are on the path.
DEBIAN = Path("/usr/lib/postgresql")
PR_SET_PDEATHSIG = 1
START_SECONDS_MAX = 60
# The databases that others are made from, by number: they are as `initdb` made them.
TEMPLATES = ("1", "4")
# Nothing listens on a network. What is written need not outlive the machine, only the nodes.
OPTIONS = ("listen_addresses=", "max_connections=200", "fsync=off", "full_page_writes=off")


def program(name):
    """A program of the server's: the newest that Debian has installed, or the one on the path."""
    found = [path for path in DEBIAN.glob(f"*/bin/{name}")]
    return str(max(found, key=lambda path: int(path.parts[-3]), default=name))


def account():
    """Whom the server runs as: not as root, which it refuses."""
    if os.geteuid() != 0:
        return {}
    try:
        one = pwd.getpwnam("postgres")
    except KeyError:
        one = pwd.getpwnam("nobody")
    return {"user": one.pw_uid, "group": one.pw_gid, "extra_groups": []}


def with_parent():
    """Has the process that is about to start told to stop when this one is gone."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


class Postgres:
    """The server, with an empty database."""

    def __init__(self):
        # Not where temporary files are: the path of a socket may have no more than 107 bytes.
        self.dir = Path(tempfile.mkdtemp(prefix="durward-postgres-", dir="/tmp"))
        self.account = account()
        if self.account:
            os.chown(self.dir, self.account["user"], self.account["group"])
        self.data, self.log = self.dir / "data", self.dir / "log"
        initdb = (program("initdb"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
        self.run(*initdb, "--no-sync", "-D", str(self.data))
        options = [word for option in OPTIONS for word in ("-c", option)]
        command = (program("postgres"), "-D", str(self.data), "-k", str(self.dir), *options)
        with open(self.log, "w") as log:
            self.server = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.dir,
                preexec_fn=with_parent, **self.account,
            )
        host = urllib.parse.quote(str(self.dir), safe="")
        self.url = f"postgres://postgres@{host}/postgres"
        self.await_start()

    def await_start(self):
        """Waits until it takes connections."""
        ends = time.monotonic() + START_SECONDS_MAX
        ready = (program("pg_isready"), "-q", "-h", str(self.dir))
        while subprocess.run(ready, timeout=START_SECONDS_MAX).returncode != 0:
            assert self.server.poll() is None and time.monotonic() < ends, self.log.read_text()
            time.sleep(0.05)

    def run(self, *command):
        """Runs one of its programs; answers what it printed."""
        done = subprocess.run(
            command, cwd=self.dir, stdin=subprocess.DEVNULL, capture_output=True, timeout=300,
            **self.account,
        )
        assert done.returncode == 0, (command, done.stderr.decode())
        return done.stdout

    def rows(self, sql):
        """What a statement answers, each row as the texts of its columns."""
        psql = (program("psql"), "-qXAt", "-F", "\t", "-U", "postgres", "-h", str(self.dir))
        told = self.run(*psql, "-d", "postgres", "-c", sql).decode()
        return [line.split("\t") for line in told.splitlines()]

    def files(self):
        """What is in its directory, and a dump, by place."""
        self.rows("CHECKPOINT")
        files = [path for path in self.dir.rglob("*") if path.is_file()]
        held = {}
        for path in files:
            with contextlib.suppress(FileNotFoundError):  # it makes and drops some as it goes
                if path.parent.name not in TEMPLATES:
                    held[str(path.relative_to(self.dir))] = path.read_bytes()
        dump = (program("pg_dump"), "-U", "postgres", "-h", str(self.dir), "-d", "postgres")
        return held | {"dump": self.run(*dump)}

    def stop(self):
        """Ends it, and removes all of it."""
        self.server.send_signal(signal.SIGINT)
        self.server.wait(timeout=60)
        shutil.rmtree(self.dir)

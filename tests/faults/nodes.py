"""Installations to break: one node on its data directory, or several on one PostgreSQL."""

import http.client
import os
import sys
import time
from pathlib import Path

for folder in ("clients", "security"):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / folder))

from installation import DURWARD
from postgres import Postgres
from stage import Stage

# An older program, to be replaced by this one node after the other; else it is the same.
OLD = os.environ.get("DURWARD_OLD_BINARY", DURWARD)
READY_SECONDS_MAX = 30


class Node(Stage):
    """A server that can be killed, started again, and asked how it is. What it starts with stays
    the same, `under` and all."""

    postgres = None

    def __init__(self, *init, serve=(), under=()):
        self.options = serve
        super().__init__(*init, serve=serve, under=under)

    def start(self, serve=None):
        super().start(self.options if serve is None else serve)

    def again(self):
        """Kills it as a power cut would, and starts it again."""
        self.kill()
        self.start()

    def readiness(self):
        """What `/readyz` answers: status and text; None where nobody answers."""
        connection = http.client.HTTPConnection(*self.address, timeout=10)
        try:
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            return answer.status, answer.read().decode().strip()
        except OSError:
            return None
        finally:
            connection.close()

    def await_readiness(self, status, text=None):
        """Waits until it says that; answers for how many seconds."""
        began = time.monotonic()
        while True:
            said = self.readiness()
            if said and said[0] == status and text in (None, said[1]):
                return time.monotonic() - began
            assert time.monotonic() - began < READY_SECONDS_MAX, f"{said} for long\n{self.logged()}"
            time.sleep(0.02)

    def command(self, *words):
        """Runs one of the host's commands on the installation."""
        database = self.postgres and ("--database-url", self.postgres.url)
        return self.run(self.binary, *words, "--data-dir", self.data_dir, *(database or ()))


class OtherNode(Node):
    """One more node of an installation that is in a database."""

    def __init__(self, first, number, binary):
        self.dir = first.dir / f"node-{number}"
        self.home = self.dir / "home"
        self.home.mkdir(parents=True)
        self.binary, self.postgres = binary, first.postgres
        self.data_dir, self.config_file = first.data_dir, first.config_file
        self.tenancy_id, self.admin_id = first.tenancy_id, first.admin_id
        self.options, self.under = first.options, ()
        self.log = open(self.dir / "server.log", "w+")
        self.start()


class FirstNode(Node):
    """The node that made the installation."""

    def __init__(self, postgres, binary, more):
        self.postgres, self.binary = postgres, binary
        database = ("--database-url", postgres.url)
        super().__init__(*database, serve=(*database, *more))


class Fleet:
    """Two nodes on one database."""

    def __init__(self, *more, binary=DURWARD):
        self.postgres = Postgres()
        self.first = FirstNode(self.postgres, binary, more)
        self.nodes = [self.first, OtherNode(self.first, 2, binary)]

    def stop(self):
        """Ends all of it."""
        for node in reversed(self.nodes):
            node.stop()
        self.postgres.stop()

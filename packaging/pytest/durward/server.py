"""A server for tests: made, started, and gone when they are over."""

import configparser
import contextlib
import json
import os
import re
import selectors
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path

START_SECONDS_MAX = 30
STOP_SECONDS_MAX = 20
STEER_SECONDS_MAX = 60


class DurwardError(Exception):
    """The server did not do as it was told; the message holds what it said."""


def program():
    """The path of the program `durward` that this package carries."""
    return Path(__file__).with_name("bin") / "durward"


class Server:
    """A server that runs. `init` is what `durward init` is told besides where its data is, and
    `serve` the same for `durward serve`: lists of options. With `testing`, its clock can be moved,
    it goes back to states of itself, and it fails when it is told to."""

    def __init__(self, init=(), serve=(), testing=False):
        self._server = None
        if testing:
            init, serve = ("--testing", *init), ("--testing", *serve)
        self._dir = Path(tempfile.mkdtemp(prefix="durward-"))
        try:
            self._make(init)
            self._start(serve)
        except BaseException:
            self.stop()
            raise

    def _make(self, init):
        made = self.run("init", "--output", "json", *init)
        report = json.loads(made.stdout)
        #: The OCID of the tenancy.
        self.tenancy_id = report["tenancy-id"]
        #: The OCID of the administrator who signs.
        self.user_id = report["user-id"]
        #: The name of the tenancy, which is asked for at the Console's sign-in.
        self.tenancy_name = report["tenancy-name"]
        #: An OCI configuration file with the administrator's profile.
        self.config_file = report["config-file"]
        #: The name of the profile in it.
        self.profile = report["profile"]
        read = configparser.ConfigParser(interpolation=None)
        read.read(self.config_file)
        #: The profile as the OCI SDK for Python takes it.
        self.config = dict(read[self.profile])

    def _start(self, serve):
        with open(self._dir / "server.log", "w") as log:
            self._server = subprocess.Popen(
                self._command("serve", *serve),
                # A flag among those that were given wins over this.
                env={**self._environment(), "DURWARD_LISTEN": "127.0.0.1:0"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        line = first_line(self._server.stdout, START_SECONDS_MAX)
        ready = re.fullmatch(r"listening on (https?://\S+)\n", line)
        if not ready:
            raise DurwardError(f"durward serve did not start; it said {line!r}\n{self.log}")
        #: Where it listens: what an SDK's `service_endpoint` or `--endpoint` takes.
        self.endpoint = ready[1]
        #: Where people sign in.
        self.console_url = f"{self.endpoint}/console/"

    def _command(self, command, *words):
        data_dir = str(self._dir / "data")
        return [str(program()), command, "--data-dir", data_dir, *map(str, words)]

    @staticmethod
    def _environment():
        # What is set for another installation is not meant for this one.
        others = ("DURWARD_", "NOTIFY_SOCKET")
        return {name: value for name, value in os.environ.items() if not name.startswith(others)}

    @property
    def log(self):
        """What the server logged so far."""
        path = self._dir / "server.log"
        return path.read_text(errors="replace") if path.exists() else ""

    @property
    def environment(self):
        """The variables that point an `oci` command line at this server."""
        return {
            "OCI_CLI_CONFIG_FILE": self.config_file,
            "OCI_CLI_PROFILE": self.profile,
            "OCI_CLI_ENDPOINT": self.endpoint,
        }

    def client(self, of, **more):
        """A client of the OCI SDK for Python that signs as the administrator: give its class, such
        as `oci.identity.IdentityClient`."""
        return of(self.config, service_endpoint=self.endpoint, **more)

    def run(self, command, *words):
        """Runs another command of `durward` on the data of this server."""
        done = subprocess.run(
            self._command(command, *words),
            env=self._environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True,
        )
        if done.returncode != 0:
            raise DurwardError(f"durward {command} ended with {done.returncode}: {done.stderr}")
        return done

    def snapshot(self, name="start"):
        """Keeps the present state, for `reset`."""
        self._steer("snapshot", {"name": name})

    def reset(self, name="start"):
        """Goes back to a state that was kept, with everything; at first to that of the start."""
        self._steer("reset", {"name": name})

    def advance(self, time):
        """Lets so much time pass: seconds, or a `timedelta`. Fractions of a second are left out."""
        seconds = time.total_seconds() if isinstance(time, timedelta) else time
        self._steer("clock", {"advanceSeconds": int(seconds)})

    def fault(self, status=None, **more):
        """Has requests fail, or be late: `docs/guide/testing.md` lists what can be said, such as
        `fault(429, operation="ListUsers", times=2)`. A reset ends it."""
        said = {} if status is None else {"status": status}
        self._steer("faults", {**said, **more})

    def _steer(self, what, body):
        try:
            way = json.loads((self._dir / "data" / "testing.json").read_text())
        except FileNotFoundError:
            raise DurwardError("this server is not for that: start it with testing=True") from None
        request = urllib.request.Request(
            f"{way['url']}/{what}",
            data=json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {way['token']}",
                "Content-Type": "application/json",
            },
        )
        # No proxy of the environment's: it is on this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=STEER_SECONDS_MAX) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            said = json.loads(refused.read())["message"]
            raise DurwardError(f"durward refused {what}: {said}") from None

    def stop(self):
        """Stops the server, if it runs, and removes what it kept."""
        server, self._server = self._server, None
        if server is not None:
            server.terminate()
            try:
                server.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
            server.stdout.close()
        shutil.rmtree(self._dir, ignore_errors=True)


def first_line(stream, seconds_max):
    """The first line of a program, or what there is of it by then."""
    until, line = time.monotonic() + seconds_max, b""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while not line.endswith(b"\n"):
            if not selector.select(max(until - time.monotonic(), 0)):
                break
            byte = os.read(stream.fileno(), 1)
            if not byte:
                break
            line += byte
    return line.decode(errors="replace")


@contextlib.contextmanager
def server(init=(), serve=(), testing=False):
    """A server for as long as the block runs: see `Server`."""
    started = Server(init, serve, testing)
    try:
        yield started
    finally:
        started.stop()

"""An installation of Durward for one test module: the real binary, in a directory of its own, on a
port that the system picks. Also the way to run a command line against it.

Nothing of the machine reaches a command: its environment is made here, and its home is empty.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from official import Fork

REPOSITORY = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))
BINARIES = TARGET / os.environ.get("DURWARD_PROFILE", "debug")
DURWARD = BINARIES / "durward"
OURS = BINARIES / "oci"
OFFICIAL = Path(sys.executable).parent / "oci"
COMMAND_SECONDS_MAX = 60


class Result:
    """What a command did."""

    def __init__(self, code, out, err):
        self.code = code
        self.out = out
        self.err = err

    @property
    def json(self):
        """What it printed, read as JSON."""
        return json.loads(self.out)

    @property
    def data(self):
        """The `data` of what it printed."""
        return self.json["data"]

    @property
    def problem(self):
        """The service's answer that the command line shows on stderr after `ServiceError:`."""
        return json.loads(self.err[self.err.index("{") :])

    def __repr__(self):
        return f"exit {self.code}\nstdout:\n{self.out}\nstderr:\n{self.err}"


def run(*command, env, cwd=None, stdin=""):
    """Runs a command to its end."""
    done = subprocess.run(
        [str(word) for word in command],
        env=env,
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS_MAX,
    )
    return Result(done.returncode, done.stdout, done.stderr)


class Installation:
    """A server that runs, and what its first administrator needs to reach it. `serve` is what it
    is told besides where its data is, and `under` what starts it."""

    # The program that is asked to make the installation, and to serve it.
    binary = DURWARD
    # The official command line, from when it is first asked for.
    fork = None

    def __init__(self, *init_options, serve=(), under=()):
        self.dir = Path(tempfile.mkdtemp(prefix="durward-clients-"))
        self.home = self.dir / "home"
        self.home.mkdir()
        self.data_dir = self.dir / "data"
        init = ("init", "--data-dir", self.data_dir, "--output", "json", *init_options)
        made = self.run(self.binary, *init)
        assert made.code == 0, made
        self.report = made.json
        self.tenancy_id = self.report["tenancy-id"]
        self.admin_id = self.report["user-id"]
        self.config_file = self.report["config-file"]
        self.under = under
        self.log = open(self.dir / "server.log", "w+")
        self.start(serve)

    def start(self, serve=()):
        """Starts the server, and waits until it is ready."""
        command = (self.binary, "serve", "--data-dir", self.data_dir, "--listen", "127.0.0.1:0")
        self.server = subprocess.Popen(
            [str(word) for word in (*self.under, *command, *serve)],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        line = self.server.stdout.readline()
        ready = re.fullmatch(r"listening on (https?://127\.0\.0\.1:[0-9]+)\n", line)
        if not ready:
            raise AssertionError(f"the server said {line!r}\n{self.stop()}")
        self.url = ready[1]

    def kill(self):
        """Ends the server as a power cut does."""
        self.server.kill()
        self.server.wait(timeout=30)
        self.server.stdout.close()

    def logged(self):
        """What the server logged so far."""
        return (self.dir / "server.log").read_text()

    def end(self):
        """Ends the server, and leaves its files; answers its exit code."""
        self.server.terminate()
        code = self.server.wait(timeout=30)
        self.server.stdout.close()
        return code

    def stop(self):
        """Ends the server and returns what it logged."""
        code = self.end()
        if self.fork:
            self.fork.stop()
        self.log.seek(0)
        logged = self.log.read()
        self.log.close()
        shutil.rmtree(self.dir)
        assert code == 0, f"the server ended with {code}\n{logged}"
        return logged

    def environment(self, **more):
        """The environment of every command: a search path and an empty home."""
        return {"PATH": os.environ["PATH"], "HOME": str(self.home), "LANG": "C.UTF-8", **more}

    def client_environment(self):
        """What points a command line at this server."""
        return self.environment(OCI_CLI_CONFIG_FILE=self.config_file, OCI_CLI_ENDPOINT=self.url)

    def run(self, *command, env=None, stdin="", cwd=None):
        """Runs a command to its end."""
        return run(*command, env=env or self.environment(), cwd=cwd or self.dir, stdin=stdin)

    def oci(self, program, *words, stdin="", **variables):
        """Runs `oci` as the administrator; the official one is loaded only once."""
        env = self.client_environment() | variables
        if program != OFFICIAL:
            return self.run(program, *words, env=env, stdin=stdin)
        self.fork = self.fork or Fork()
        return Result(**self.fork.run([str(word) for word in words], env, self.dir, stdin))

    def ours(self, *words, **rest):
        """Runs our own `oci`, for setting a scene; it has to succeed."""
        done = self.oci(OURS, *words, **rest)
        assert done.code == 0, done
        return done

    def file(self, name, content):
        """Writes a file beside the installation; what is no text is written as JSON."""
        path = self.dir / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

"""What the tests of packages share: making one from the programs under test, and running things."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "clients"))

from installation import BINARIES, REPOSITORY

PACKAGING = REPOSITORY / "packaging"
# The tools that packages are checked with: `scripts/install.sh packages`.
TOOLS = REPOSITORY / ".venv/packages"
SECONDS_MAX = 120
# Any moment does, as long as it is always the same.
EPOCH = "1700000000"


def run(*command, env=None, cwd=None, code=0, stdin=""):
    """Runs a command, which has to end with that code, or with any where that is None."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words, env=env, cwd=cwd, input=stdin, capture_output=True, text=True, timeout=SECONDS_MAX
    )
    if code is not None and done.returncode != code:
        said = f"{done.stdout}\n{done.stderr}"
        raise AssertionError(f"`{' '.join(words)}` ended with {done.returncode}:\n{said}")
    return done


def build(kind, to, *more, epoch=EPOCH):
    """Makes a package of the programs under test; answers where it is."""
    env = {**os.environ, "SOURCE_DATE_EPOCH": epoch}
    script = PACKAGING / kind / "build.py"
    return Path(run(sys.executable, script, BINARIES, to, *more, env=env).stdout.strip())


def tool(name):
    """A program that packages are checked with; skips the test where it is not installed."""
    path = TOOLS / "bin" / name
    if not path.exists():
        raise unittest.SkipTest(f"{name} is not here: `scripts/install.sh packages`")
    return path


class Case(unittest.TestCase):
    """A test with a directory of its own, for all of its class."""

    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory(prefix="durward-packages-")
        cls.addClassCleanup(scratch.cleanup)
        cls.dir = Path(scratch.name)

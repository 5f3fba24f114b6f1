"""The files of the repository, as the tidiness tests look at them."""

import json
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def output(*command):
    """What a command prints, run at the top of the repository."""
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def files(*endings):
    """The files that are or may be committed, as paths from the top, with their text."""
    listed = output("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in listed.split("\0"):
        path = REPOSITORY / name
        if name.endswith(endings) and path.is_file() and not path.is_symlink():
            yield name, path.read_text(encoding="utf-8")


def packages():
    """What cargo knows of every package in the lock file."""
    return json.loads(output("cargo", "metadata", "--locked", "--format-version=1"))["packages"]

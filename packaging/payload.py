"""What goes into packages: the two programs without what only a debugger reads, the version, the
moment that files are dated with, and what the programs need of the system below them.

Packages of the same programs are the same, byte for byte: nothing here asks for the time.
"""

import os
import re
import subprocess
import tomllib
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
PROGRAMS = ("durward", "oci")
SUMMARY = "Identity and access management that speaks OCI's Identity API"


def said(*command, **more):
    """What a command prints; it has to succeed."""
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, **more)
    if done.returncode != 0:
        raise SystemExit(f"`{' '.join(words)}` ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def version():
    """The version of the programs."""
    manifest = tomllib.loads((REPOSITORY / "Cargo.toml").read_text())
    return manifest["workspace"]["package"]["version"]


def epoch():
    """The moment that files are dated with: of the last commit, unless SOURCE_DATE_EPOCH is set."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    return int(given or said("git", "log", "-1", "--format=%ct", cwd=REPOSITORY))


def strip(program, to):
    """Copies a program for all to run, without what only a debugger reads. The names of functions
    stay, as in a release: a backtrace is of no use without."""
    to.parent.mkdir(parents=True, exist_ok=True)
    said("strip", "--strip-debug", "-o", to, program)
    to.chmod(0o755)


class Needs:
    """What a program needs of the system: the C library's version, and other libraries."""

    # Where the loader is needed it is of the C library, and found by its path.
    C_LIBRARY = re.compile(r"(libc|libm|libdl|librt|libpthread|ld-linux.*)\.so\..*")

    def __init__(self, program):
        dynamic = said("readelf", "--wide", "--dynamic", program)
        libraries = re.findall(r"\(NEEDED\).*\[(.+)\]", dynamic)
        self.others = sorted(name for name in libraries if not self.C_LIBRARY.fullmatch(name))
        self.is_static = not libraries
        needed = said("readelf", "--wide", "--version-info", program)
        found = {
            (int(major), int(minor))
            for major, minor in re.findall(r"Name: GLIBC_(\d+)\.(\d+)", needed)
        }
        self.glibc = max(found, default=None)
        header = said("readelf", "--file-header", program)
        self.machine = re.search(r"Machine:\s+(.+)", header)[1]

    def named(self, names):
        """The machine's name among those of a packaging system."""
        for beginning, name in names.items():
            if self.machine.startswith(beginning):
                return name
        raise SystemExit(f"programs for `{self.machine}` have no name in this kind of package")

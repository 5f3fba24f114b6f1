"""Lays out what goes into the image: `context.py PROGRAMS TO`.

The program runs in an image with nothing in it, so it has to be static; another is refused here,
since in the image it would end with a message that helps nobody.
"""

import os
import shutil
import ssl
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import licences
from payload import REPOSITORY, Needs, strip

# Where Rust's programs look for the authorities first.
AUTHORITIES = "etc/ssl/certs/ca-certificates.crt"
# What an image may hold. A program that was not optimised is twice as large.
BYTES_MAX = 30_000_000


def authorities():
    """The file with this system's authorities, if it has one."""
    usual = Path("/") / AUTHORITIES
    found = usual if usual.exists() else ssl.get_default_verify_paths().cafile
    if not found:
        raise SystemExit("there are no certificate authorities here: install ca-certificates")
    return Path(found)


def size(folder):
    """The bytes of all files."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main(programs, to):
    program, to = Path(programs) / "durward", Path(to)
    os.umask(0o022)
    if not Needs(program).is_static:
        raise SystemExit(
            f"`{program}` needs libraries, and the image has none: `make image` builds one that "
            "does not"
        )
    root = to / "root"
    strip(program, root / "usr/bin/durward")
    docs = root / "usr/share/doc/durward"
    docs.mkdir(parents=True)
    shutil.copy(REPOSITORY / "LICENSE", docs)
    (docs / "licences").write_text(licences.page())
    (root / AUTHORITIES).parent.mkdir(parents=True)
    shutil.copyfile(authorities(), root / AUTHORITIES)
    (root / "var/lib").mkdir(parents=True)
    (to / "state").mkdir()
    (to / "state/durward").mkdir(mode=0o700)
    shutil.copy(HERE / "Containerfile", to)
    if size(root) > BYTES_MAX:
        raise SystemExit(f"the image would have {size(root)} bytes; {BYTES_MAX} is the most")


if __name__ == "__main__":
    main(*sys.argv[1:])

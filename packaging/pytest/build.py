"""Makes the wheel `pytest-durward` from a program that was built: `build.py PROGRAMS TO` prints its
path.

A wheel is a zip with a list of what is in it. Which systems it can be installed on is read from the
program: it says which symbols of the C library it needs.
"""

import base64
import hashlib
import sys
import tempfile
import time
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import licences
from payload import REPOSITORY, Needs, epoch, strip, version

NAME = "pytest_durward"
MACHINES = {"Advanced Micro Devices X86-64": "x86_64", "AArch64": "aarch64"}
# The libraries that every such system has, besides its C library.
EVERYWHERE = {"libgcc_s.so.1", "libstdc++.so.6", "libz.so.1"}
# A program with its C library inside runs wherever pip knows these names, older and musl's too.
ANYWHERE = ("manylinux_2_17", "musllinux_1_1")


def platforms(needs):
    """The systems that the program runs on, as a wheel's name lists them."""
    machine = needs.named(MACHINES)
    if needs.is_static:
        return [f"{name}_{machine}" for name in ANYWHERE]
    foreign = set(needs.others) - EVERYWHERE
    if foreign:
        raise SystemExit(f"not every system has what the program needs: {', '.join(foreign)}")
    major, minor = needs.glibc
    return [f"manylinux_{major}_{minor}_{machine}"]


def metadata():
    """What is known of the package."""
    return (
        f"Metadata-Version: 2.1\nName: pytest-durward\nVersion: {version()}\n"
        "Summary: A server of OCI's Identity API in one line of your tests\n"
        "License: Apache-2.0\nRequires-Python: >=3.9\n"
        "Classifier: Framework :: Pytest\nClassifier: Operating System :: POSIX :: Linux\n"
        "Provides-Extra: pytest\nRequires-Dist: pytest >=7 ; extra == 'pytest'\n"
        "Description-Content-Type: text/markdown\n\n"
    ) + (HERE / "README.md").read_text()


def content(program, tags):
    """The files of the wheel: name, bytes, whether it can be run."""
    for path in sorted((HERE / "durward").glob("*.py")):
        yield f"durward/{path.name}", path.read_bytes(), False
    yield "durward/bin/durward", program, True
    about = f"{NAME}-{version()}.dist-info"
    wheel = "Wheel-Version: 1.0\nGenerator: durward\nRoot-Is-Purelib: false\n"
    wheel += "".join(f"Tag: py3-none-{tag}\n" for tag in tags)
    texts = {
        "METADATA": metadata(),
        "WHEEL": wheel,
        "entry_points.txt": "[pytest11]\ndurward = durward.plugin\n",
        "LICENSE": (REPOSITORY / "LICENSE").read_text(),
        "LICENCES-OF-LIBRARIES": licences.page(),
    }
    for name, text in texts.items():
        yield f"{about}/{name}", text.encode(), False


def write(place, files):
    """Writes the zip, and last in it the list of what is in it."""
    date = time.gmtime(max(epoch(), 315_532_800))[:6]  # a zip knows no time before 1980
    record = f"{NAME}-{version()}.dist-info/RECORD"
    rows = []
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as wheel:

        def add(name, data, runs):
            entry = zipfile.ZipInfo(name, date)
            entry.external_attr = (0o100755 if runs else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            wheel.writestr(entry, data)

        for name, data, runs in files:
            add(name, data, runs)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            rows.append(f"{name},sha256={digest},{len(data)}")
        add(record, "\n".join([*rows, f"{record},,", ""]), False)


def main(programs, to):
    program, to = Path(programs) / "durward", Path(to)
    to.mkdir(parents=True, exist_ok=True)
    tags = platforms(Needs(program))
    place = to / f"{NAME}-{version()}-py3-none-{'.'.join(tags)}.whl"
    with tempfile.TemporaryDirectory() as scratch:
        stripped = Path(scratch) / "durward"
        strip(program, stripped)
        write(place, content(stripped.read_bytes(), tags))
    print(place)


if __name__ == "__main__":
    main(*sys.argv[1:])

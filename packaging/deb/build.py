"""Makes the Debian package from programs that were built: `build.py PROGRAMS TO [COMPRESSION]`
prints its path. COMPRESSION is `xz`, unless it says otherwise; `none` is for the impatient.

There is no debhelper and no source package: what goes where is the table below.
"""

import gzip
import hashlib
import os
import shutil
import sys
import tempfile
from email.utils import formatdate
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import licences
import manual
from payload import PROGRAMS, REPOSITORY, SUMMARY, Needs, epoch, said, strip, version

REVISION = "1"
# Whoever passes the package on is named by DEBFULLNAME and DEBEMAIL, as in Debian's own tools.
MAINTAINER = "{DEBFULLNAME} <{DEBEMAIL}>".format_map(
    {"DEBFULLNAME": "Durward's maintainers", "DEBEMAIL": "durward@durward.invalid", **os.environ}
)
MACHINES = {"Advanced Micro Devices X86-64": "amd64", "AArch64": "arm64"}
# Debian's package of each library that the programs may need besides the C library.
PACKAGES = {"libgcc_s.so.1": "libgcc-s1"}
DOC = "usr/share/doc/durward"
COPIED = {
    "durward.service": "usr/lib/systemd/system/durward.service",
    "sysusers.conf": "usr/lib/sysusers.d/durward.conf",
    "tmpfiles.conf": "usr/lib/tmpfiles.d/durward.conf",
    "durward.toml": "etc/durward/durward.toml",
    "lintian-overrides": "usr/share/lintian/overrides/durward",
    "README.Debian": f"{DOC}/README.Debian",
    "credentials.conf": f"{DOC}/examples/credentials.conf",
    "low-port.conf": f"{DOC}/examples/low-port.conf",
}
CONFIGURATION = ("/etc/durward/durward.toml",)
SCRIPTS = ("postinst", "prerm", "postrm")
SUMMARIES = {
    "durward": "identity and access management that speaks OCI's Identity API",
    "oci": "command line for OCI's Identity API, by Durward",
}
DESCRIPTION = f"""{SUMMARY}
 One program that serves the Identity API and a Console, checks every
 signature, enforces policies, and hands out one-time Console passwords. The
 official command line, SDKs and Terraform work with it unchanged.
 .
 The package holds the server with a unit for systemd, and a command line,
 oci, that takes the official one's place."""


class Tree:
    """The files of the package, as they will lie on a system."""

    def __init__(self, root):
        self.root = Path(root)

    def put(self, name, content, mode=0o644):
        """Writes a file."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        path.chmod(mode)

    def zipped(self, name, content):
        """Writes a file in the form that Debian asks of documentation."""
        content = content if isinstance(content, bytes) else content.encode()
        self.put(f"{name}.gz", gzip.compress(content, 9, mtime=0))

    def files(self):
        """The files but for those that are about the package."""
        found = (path for path in sorted(self.root.rglob("*")) if path.is_file())
        return [path for path in found if path.parent.name != "DEBIAN"]


def changelog():
    """The history of the package in Debian's form."""
    return (
        f"durward ({version()}-{REVISION}) unstable; urgency=medium\n\n"
        "  * What changed is told in changelog.gz.\n\n"
        f" -- {MAINTAINER}  {formatdate(epoch())}\n"
    )


def copyright():
    """Whose it is, and under which licence; the libraries' licences follow in a file beside it."""
    return (
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
        "Upstream-Name: Durward\n\n"
        "Files: *\nCopyright: 2026 Durward's authors\nLicense: Apache-2.0\n"
        " On Debian systems the text of this licence is\n"
        " /usr/share/common-licenses/Apache-2.0.\n"
        " .\n"
        " The programs hold libraries of others. Their licences are in\n"
        f" /{DOC}/licences.gz.\n"
    )


def control(tree, needs):
    """The package's description of itself."""
    kilobytes = sum(-(-path.stat().st_size // 1024) for path in tree.files())
    depends = ["systemd | systemd-standalone-sysusers"]
    versions = [need.glibc for need in needs if need.glibc]
    if versions:
        major, minor = max(versions)
        depends.append(f"libc6 (>= {major}.{minor})")
    depends += sorted({PACKAGES[name] for need in needs for name in need.others})
    return (
        f"Package: durward\nVersion: {version()}-{REVISION}\n"
        f"Architecture: {needs[0].named(MACHINES)}\nMaintainer: {MAINTAINER}\n"
        f"Installed-Size: {kilobytes}\nDepends: {', '.join(depends)}\n"
        # For databases, mail servers and services that are verified by authorities of the system's.
        "Recommends: ca-certificates\n"
        # Whoever packages the official command line would give it this name.
        "Conflicts: oci-cli\n"
        f"Section: admin\nPriority: optional\nDescription: {DESCRIPTION}\n"
    )


def fill(tree, programs):
    """Puts everything in its place."""
    for name in PROGRAMS:
        strip(programs / name, tree.root / "usr/bin" / name)
        page = manual.page(programs / name, name, SUMMARIES[name], version(), name == "durward")
        tree.zipped(f"usr/share/man/man1/{name}.1", page)
    for name, place in COPIED.items():
        tree.put(place, (HERE / name).read_bytes())
    completion = said(programs / "oci", "completion", "bash", env={"HOME": "/nonexistent"})
    tree.put("usr/share/bash-completion/completions/oci", completion)
    tree.put(f"{DOC}/copyright", copyright())
    tree.zipped(f"{DOC}/licences", licences.page())
    tree.zipped(f"{DOC}/changelog", (REPOSITORY / "CHANGELOG.md").read_bytes())
    tree.zipped(f"{DOC}/changelog.Debian", changelog())


def describe(tree, programs):
    """Writes what is about the package."""
    for name in SCRIPTS:
        tree.put(f"DEBIAN/{name}", (HERE / name).read_bytes(), 0o755)
    tree.put("DEBIAN/conffiles", "".join(f"{name}\n" for name in CONFIGURATION))
    sums = (
        (hashlib.md5(path.read_bytes()).hexdigest(), path.relative_to(tree.root))
        for path in tree.files()
    )
    tree.put("DEBIAN/md5sums", "".join(f"{digest}  {name}\n" for digest, name in sums))
    tree.put("DEBIAN/control", control(tree, [Needs(programs / name) for name in PROGRAMS]))


def main(programs, to, compression="xz"):
    programs, to = Path(programs), Path(to)
    to.mkdir(parents=True, exist_ok=True)
    os.umask(0o022)
    with tempfile.TemporaryDirectory() as scratch:
        tree = Tree(Path(scratch) / "durward")
        tree.root.mkdir(mode=0o755)
        fill(tree, programs)
        describe(tree, programs)
        environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch())}
        made = Path(scratch) / "durward.deb"
        # One thread, since the number of them shows in what is made.
        said("dpkg-deb", "--build", "--root-owner-group", f"-Z{compression}", "--threads-max=1",
             tree.root, made, env=environment)
        machine = Needs(programs / PROGRAMS[0]).named(MACHINES)
        place = to / f"durward_{version()}-{REVISION}_{machine}.deb"
        shutil.move(made, place)
    print(place)


if __name__ == "__main__":
    main(*sys.argv[1:])

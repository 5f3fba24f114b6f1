"""The container image: what goes in, what is said of it, and how large it gets. It is built where
buildah is, without an engine and without a network, since it begins with nothing.
"""

import json
import os
import re
import shutil
import sys
import tarfile
import unittest

from parcel import BINARIES, PACKAGING, REPOSITORY, Case, run, tool

CONTAINERFILE = PACKAGING / "container/Containerfile"
# A static program of some size, where building the real one would take minutes.
STAND_IN = """
#include <stdio.h>
static const char ballast[BYTES] = {1};
int main(int argc, char **argv) { printf("%d%s\\n", ballast[argc], argv[1]); return 0; }
"""
MEGABYTE = 1_000_000
IMAGE_MAX = 30 * MEGABYTE


class Container(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not shutil.which("cc"):
            raise unittest.SkipTest("there is no C compiler")
        cls.programs = cls.stand_in(1 * MEGABYTE)

    @classmethod
    def stand_in(cls, size):
        folder = cls.dir / f"programs-{size}"
        folder.mkdir()
        source = folder / "durward.c"
        source.write_text(STAND_IN)
        run("cc", "-static", f"-DBYTES={size}", "-o", folder / "durward", source)
        return folder

    def context(self, programs, name, code=0):
        to = self.dir / name
        done = run(sys.executable, PACKAGING / "container/context.py", programs, to, code=code)
        return to, done

    def instructions(self):
        text = CONTAINERFILE.read_text()
        lines = (line for line in text.splitlines() if line and not line.startswith("#"))
        joined = "\n".join(lines).replace("\\\n", " ")
        return [tuple(line.split(None, 1)) for line in joined.splitlines()]

    def test_hadolint_finds_no_fault(self):
        said = run(tool("hadolint"), "--failure-threshold=style", CONTAINERFILE)
        self.assertEqual(said.stdout, "")
        worse = self.dir / "Containerfile.worse"
        worse.write_text(CONTAINERFILE.read_text().replace("FROM scratch", "FROM debian"))
        self.assertIn("DL3006", run(tool("hadolint"), worse, code=1).stdout, "a fault is seen")

    def test_nothing_is_below_it_and_nobody_is_root_in_it(self):
        said = self.instructions()
        self.assertEqual([rest for name, rest in said if name == "FROM"], ["scratch"])
        names = {name for name, _ in said}
        self.assertLessEqual(names, {"FROM", "LABEL", "COPY", "USER", "VOLUME", "EXPOSE",
                                     "STOPSIGNAL", "ENTRYPOINT", "CMD"})
        [user] = [rest for name, rest in said if name == "USER"]
        self.assertRegex(user, r"^[1-9][0-9]{3,}:[1-9][0-9]{3,}$")
        self.assertNotRegex(CONTAINERFILE.read_text(), r"(?i)https?://|password=|token=|secret=")

    def test_the_context_holds_what_is_needed_and_no_more(self):
        to, _ = self.context(self.programs, "context")
        found = sorted(str(path.relative_to(to)) for path in to.rglob("*") if path.is_file())
        self.assertEqual(found, [
            "Containerfile",
            "root/etc/ssl/certs/ca-certificates.crt",
            "root/usr/bin/durward",
            "root/usr/share/doc/durward/LICENSE",
            "root/usr/share/doc/durward/licences",
        ])

    def test_a_program_that_needs_libraries_is_refused(self):
        _, done = self.context(BINARIES, "shared", code=1)
        self.assertIn("needs libraries, and the image has none", done.stderr)

    def test_an_image_that_is_too_large_is_refused(self):
        _, done = self.context(self.stand_in(IMAGE_MAX), "large", code=1)
        self.assertIn("30000000 is the most", done.stderr)

    def test_a_released_program_makes_an_image_of_less_than_30_megabytes(self):
        found = list((REPOSITORY / "target").glob("*-linux-*/release/durward"))
        if not found:
            self.skipTest("no static program was released here: `make image` builds one")
        to, _ = self.context(found[0].parent, "released")
        files = (path for path in (to / "root").rglob("*") if path.is_file())
        self.assertLess(sum(path.stat().st_size for path in files), IMAGE_MAX)

    def test_it_is_built_and_says_how_it_is_run(self):
        if not shutil.which("buildah"):
            self.skipTest("buildah is not here")
        settings = self.dir / "storage.conf"
        settings.write_text(
            f'[storage]\ndriver = "vfs"\nrunroot = "{self.dir}/run"\n'
            f'graphroot = "{self.dir}/store"\n'
        )
        env = {**os.environ, "CONTAINERS_STORAGE_CONF": str(settings),
               "BUILDAH_ISOLATION": "chroot"}
        run(PACKAGING / "container/build.sh", self.programs, "durward-test", env=env)
        archive = self.dir / "image"
        run("buildah", "push", "durward-test", f"oci-archive:{archive}", env=env)
        with tarfile.open(archive) as image:
            def blob(digest):
                return image.extractfile(f"blobs/{digest.replace(':', '/')}")

            index = json.load(image.extractfile("index.json"))
            manifest = json.load(blob(index["manifests"][0]["digest"]))
            config = json.load(blob(manifest["config"]["digest"]))["config"]
            found = {}
            for layer in manifest["layers"]:
                with tarfile.open(fileobj=blob(layer["digest"])) as files:
                    found |= {entry.name.strip("/"): entry for entry in files}
        self.assertEqual(config["User"], "65532:65532")
        self.assertEqual(config["Entrypoint"], ["/usr/bin/durward"])
        self.assertEqual(config["Cmd"], ["serve", "--data-dir", "/var/lib/durward"])
        self.assertEqual(config["StopSignal"], "SIGTERM")
        self.assertEqual(list(config["Volumes"]), ["/var/lib/durward"])
        self.assertFalse(re.search("DURWARD|SECRET|KEY", " ".join(config.get("Env", []))))
        data, program = found["var/lib/durward"], found["usr/bin/durward"]
        self.assertEqual((data.mode & 0o777, data.uid, data.gid), (0o700, 65532, 65532))
        self.assertEqual((program.mode & 0o777, program.uid), (0o755, 0))


if __name__ == "__main__":
    unittest.main()

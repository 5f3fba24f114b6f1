"""The Debian package: what is in it, whether the unit is as closed as it can be, and whether the
programs work from where they were unpacked.
"""

import configparser
import json
import os
import re
import shutil
import socket
import subprocess
import unittest

from parcel import PACKAGING, Case, build, run

# `systemd-analyze security` counts from 0 (nothing to gain) to 10. What is left is that it talks to
# the network, which is its purpose.
EXPOSURE_MAX = 1.1
LISTENED_SECONDS_MAX = 30


def system_calls(words):
    """The system calls that the words of `SystemCallFilter=` allow: groups, and `~` before those
    that are taken away again."""
    listed = run("systemd-analyze", "syscall-filter", "--no-pager").stdout
    groups, name = {}, None
    for line in re.sub(r"\x1b\[[0-9;]*m", "", listed).splitlines():
        if line.startswith("@"):
            name = line.strip()
            groups[name] = []
        elif name and line.strip() and not line.strip().startswith("#"):
            groups[name].append(line.strip())

    def of(word):
        return set().union(*map(of, groups[word])) if word in groups else {word}

    allowed = set()
    for line in words:
        for word in line.removeprefix("~").split():
            allowed = allowed - of(word) if line.startswith("~") else allowed | of(word)
    return allowed


class Deb(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not shutil.which("dpkg-deb"):
            raise unittest.SkipTest("dpkg-deb is not here")
        cls.deb = build("deb", cls.dir, "none")
        cls.root = cls.dir / "root"
        run("dpkg-deb", "--extract", cls.deb, cls.root)
        cls.durward, cls.oci = cls.root / "usr/bin/durward", cls.root / "usr/bin/oci"
        cls.unit = cls.root / "usr/lib/systemd/system/durward.service"
        cls.environment = {"PATH": os.environ["PATH"], "HOME": str(cls.dir)}

    def field(self, name):
        return run("dpkg-deb", "--field", self.deb, name).stdout.strip()

    def service(self):
        """The unit's settings, of those that are given several times the last."""
        read = configparser.ConfigParser(interpolation=None, strict=False)
        read.optionxform = str
        read.read(self.unit)
        return read["Service"]

    def test_everything_is_in_its_place_and_for_root_alone_to_change(self):
        rows = run("dpkg-deb", "--contents", self.deb).stdout.splitlines()
        found = {row.split()[5].removeprefix("."): row.split()[:2] for row in rows}
        for mode, owner in found.values():
            self.assertEqual((owner, mode[5], mode[8]), ("root/root", "-", "-"))
            self.assertNotIn("s", mode)
        for name in ("durward", "oci"):
            self.assertEqual(found[f"/usr/bin/{name}"][0], "-rwxr-xr-x")
        for place in (
            "/etc/durward/durward.toml",
            "/usr/lib/systemd/system/durward.service",
            "/usr/lib/sysusers.d/durward.conf",
            "/usr/lib/tmpfiles.d/durward.conf",
            "/usr/share/bash-completion/completions/oci",
            "/usr/share/doc/durward/copyright",
            "/usr/share/doc/durward/licences.gz",
            "/usr/share/man/man1/durward.1.gz",
            "/usr/share/man/man1/oci.1.gz",
        ):
            self.assertEqual(found.get(place, ["not there"])[0], "-rw-r--r--", place)
        self.assertFalse([place for place in found if place.startswith("/var/")])

    def test_it_says_what_it_needs(self):
        self.assertEqual(self.field("Architecture"), "amd64")
        self.assertRegex(self.field("Depends"), r"\blibc6 \(>= 2\.[0-9]+\)")
        self.assertRegex(self.field("Version"), r"^[0-9]+\.[0-9]+\.[0-9]+-1$")
        conffiles = run("dpkg-deb", "--info", self.deb, "conffiles").stdout
        self.assertEqual(conffiles, "/etc/durward/durward.toml\n")

    def test_what_was_unpacked_is_what_was_packed(self):
        sums = run("dpkg-deb", "--info", self.deb, "md5sums").stdout
        run("md5sum", "--check", "--quiet", "--strict", stdin=sums, cwd=self.root)
        self.assertEqual(len(sums.splitlines()), sum(1 for path in self.root.rglob("*")
                                                     if path.is_file()))

    def test_the_same_programs_make_the_same_package(self):
        again = build("deb", self.dir / "again", "none")
        self.assertEqual(self.deb.read_bytes(), again.read_bytes())

    def test_the_scripts_are_valid_and_do_nothing_without_systemd(self):
        for name in ("postinst", "prerm", "postrm"):
            run("sh", "-n", PACKAGING / "deb" / name)
        # What they call says what it was asked for.
        fake = self.dir / "fake"
        fake.mkdir()
        for name in ("systemctl", "systemd-sysusers", "systemd-tmpfiles"):
            (fake / name).write_text(f'#!/bin/sh\necho {name} "$@"\n')
            (fake / name).chmod(0o755)
        if os.path.isdir("/run/systemd/system"):
            self.skipTest("systemd runs here")
        env = {"PATH": f"{fake}:{os.environ['PATH']}"}
        said = run("sh", PACKAGING / "deb/postinst", "configure", env=env).stdout
        self.assertEqual(
            said, "systemd-sysusers durward.conf\nsystemd-tmpfiles --create durward.conf\n"
        )
        for name, word in (("prerm", "remove"), ("postrm", "purge"), ("postinst", "triggered")):
            self.assertEqual(run("sh", PACKAGING / "deb" / name, word, env=env).stdout, "")

    def test_user_and_directories_are_made(self):
        if not shutil.which("systemd-sysusers") or os.geteuid() != 0:
            self.skipTest("needs systemd's programs, and root")
        root = self.dir / "made"
        shutil.copytree(self.root, root)
        (root / "etc").joinpath("machine-id").write_text("0" * 31 + "1\n")
        run("systemd-sysusers", f"--root={root}", "durward.conf")
        row = next(row for row in (root / "etc/passwd").read_text().splitlines()
                   if row.startswith("durward:"))
        name, _, uid, gid, _, home, shell = row.split(":")
        self.assertLess(int(uid), 1000)
        self.assertEqual((home, shell.rpartition("/")[2]), ("/var/lib/durward", "nologin"))
        run("systemd-tmpfiles", f"--root={root}", "--create", "durward.conf")
        state, settings = (root / "var/lib/durward").stat(), (root / "etc/durward").stat()
        self.assertEqual((state.st_mode & 0o777, state.st_uid), (0o700, int(uid)))
        self.assertEqual(
            (settings.st_mode & 0o777, settings.st_uid, settings.st_gid), (0o750, 0, int(gid))
        )

    def test_systemd_finds_no_fault_with_the_unit_and_its_examples(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("systemd-analyze is not here")
        root = self.dir / "verified"
        shutil.copytree(self.root / "usr", root / "usr")
        units = root / "usr/lib/systemd/system"
        for name in ("sysinit", "basic", "shutdown", "network-online", "multi-user"):
            (units / f"{name}.target").write_text("[Unit]\nDescription=x\n")
        (root / "etc/systemd/system/durward.service.d").mkdir(parents=True)
        for name in ("", "credentials.conf", "low-port.conf"):
            drop_in = root / "etc/systemd/system/durward.service.d/10.conf"
            if name:
                shutil.copy(root / "usr/share/doc/durward/examples" / name, drop_in)
            done = run(
                "systemd-analyze", "verify", "--man=no", f"--root={root}", "durward.service"
            )
            self.assertEqual(done.stdout + done.stderr, "", name)
        drop_in.write_text("[Service]\nProtectSystm=strict\n")
        done = run("systemd-analyze", "verify", "--man=no", f"--root={root}", "durward.service",
                   code=None)
        self.assertIn("ProtectSystm", done.stderr, "a fault is seen")

    def test_the_unit_is_closed(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("systemd-analyze is not here")
        bound = f"--threshold={EXPOSURE_MAX * 10:.0f}"
        done = run("systemd-analyze", "security", "--offline=yes", "--no-pager", bound,
                   f"--root={self.root}", "durward.service")
        [exposure] = re.findall(r"exposure level for durward.service: ([0-9.]+)", done.stdout)
        self.assertLessEqual(float(exposure), EXPOSURE_MAX)

    def test_the_configuration_is_what_the_server_reads(self):
        command = self.service()["ExecStart"].split()
        self.assertEqual(command[:2], ["/usr/bin/durward", "serve"])
        words = [self.root / word[1:] if word.startswith("/etc/") else word for word in command[1:]]
        said = run(self.durward, *words, "--print-config", env=self.environment).stdout
        self.assertIn('data-dir = "/var/lib/durward"', said)
        # What is there as an example is valid too, piece by piece.
        text = (self.root / "etc/durward/durward.toml").read_text()
        for line in re.findall(r"^# ([a-z-]+ = .*)$", text, re.MULTILINE):
            key = line.split(" = ")[0]
            beside = {"tls-cert": "tls-key", "tls-key": "tls-cert"}.get(key)
            more = 'host = ["x.example"]\nbehind-proxy = true\n' if key == "listen" else ""
            if beside:
                more = f'{beside} = "/x"\n'
            if key in ("key-file", "database-password-file"):
                more = 'database-url = "postgres://durward@db.example.com/durward"\n'
            if key in ("database-url", "database-password-file"):
                more += 'key-file = "/x"\n'
            file = self.dir / "one.toml"
            file.write_text(f'data-dir = "/x"\n{more}{line}\n')
            said = run(self.durward, "serve", "--config", file, "--print-config",
                       env=self.environment).stdout
            self.assertIn(line, said)

    def test_manual_pages_tell_of_every_command(self):
        page = run("gzip", "-dc", self.root / "usr/share/man/man1/durward.1.gz").stdout
        for command in ("init", "serve", "env", "demo", "move", "backup", "restore", "verify",
                        "user"):
            self.assertIn(f".SH DURWARD {command.upper()}\n", page)
        self.assertIn("\\-\\-data\\-dir", page)
        self.assertNotRegex(page, r"(?m)^['.](?!(TH|SH|nf|fi)\b)")
        page = run("gzip", "-dc", self.root / "usr/share/man/man1/oci.1.gz").stdout
        self.assertIn("oci iam user list", page.replace("\\-", "-"))

    def served(self, name, under=()):
        """Makes an installation, serves it as the unit does, asks, and stops it; answers the
        directory, where there is room for what `under` writes."""
        own = self.dir / name
        own.mkdir()
        as_nobody = ()
        if os.geteuid() == 0:
            as_nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                         "--no-new-privs", "--bounding-set=-all")
            self.dir.chmod(0o711)
            os.chown(own, 65534, 65534)
        data = own / "data"
        run(*as_nobody, self.durward, "init", "--data-dir", data, env=self.environment)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(str(own / "notify"))
            (own / "notify").chmod(0o666)
            manager.settimeout(LISTENED_SECONDS_MAX)
            command = (self.durward, "serve", "--data-dir", data, "--listen", "127.0.0.1:0")
            server = subprocess.Popen(
                [*as_nobody, *under, *command],
                env={**self.environment, "NOTIFY_SOCKET": str(own / "notify")},
                cwd=own, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            )
            try:
                self.assertEqual(manager.recv(64), b"READY=1")
                url = server.stdout.readline().removeprefix("listening on ").strip()
                env = {**self.environment, "OCI_CLI_CONFIG_FILE": str(data / "config"),
                       "OCI_CLI_ENDPOINT": url}
                said = run(*as_nobody, self.oci, "iam", "user", "list", env=env).stdout
                self.assertEqual([user["name"] for user in json.loads(said)["data"]], ["admin"])
                run(*as_nobody, self.durward, "verify", "--data-dir", data, env=self.environment)
                server.send_signal(15)
                self.assertEqual(manager.recv(64), b"STOPPING=1")
                self.assertEqual(server.wait(LISTENED_SECONDS_MAX), 0)
            finally:
                server.kill()
                server.wait()
                server.stdout.close()
        return own

    def test_the_programs_work_and_tell_systemd_when(self):
        self.assertEqual(self.service()["Type"], "notify")
        self.served("served")

    def test_it_asks_the_system_for_nothing_that_the_unit_forbids(self):
        if not shutil.which("strace") or not shutil.which("systemd-analyze"):
            self.skipTest("strace or systemd-analyze is not here")
        own = self.served("traced", ("strace", "-D", "-f", "-qq", "-o", "trace"))
        trace = (own / "trace").read_text()
        calls = re.findall(r"(?m)^[0-9]+ +([a-z0-9_]+)\((.*)", trace)
        self.assertGreater(len(calls), 500)
        words = re.findall(r"(?m)^SystemCallFilter=(.*)$", self.unit.read_text())
        self.assertEqual(len(words), 2)
        self.assertEqual({name for name, _ in calls} - system_calls(words), set())
        writable = [rest for name, rest in calls if name == "mprotect" and "PROT_EXEC" in rest
                    or name == "mmap" and "PROT_WRITE|PROT_EXEC" in rest]
        self.assertEqual(writable, [], "MemoryDenyWriteExecute")
        families = {rest.split(",")[0] for name, rest in calls if name == "socket"}
        allowed = set(self.service()["RestrictAddressFamilies"].split())
        self.assertEqual(families - allowed, set())


if __name__ == "__main__":
    unittest.main()

"""The Compose file: valid, and its commands work. Two nodes and PostgreSQL are run here as the file
says, each path that a container would have turned into one of this test's.
"""

import contextlib
import json
import os
import re
import shutil
import subprocess
import time
import unittest
import urllib.parse
import urllib.request
from pathlib import Path

import yaml
from parcel import BINARIES, PACKAGING, Case, run, tool

FILE = PACKAGING / "compose/compose.yaml"
RULES = PACKAGING / "compose/haproxy.cfg"
START_SECONDS_MAX = 30


def postgres_programs():
    """Where PostgreSQL's programs are."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


class Compose(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.file = yaml.safe_load(FILE.read_text())
        cls.services = cls.file["services"]
        cls.environment = {"PATH": os.environ["PATH"], "HOME": str(cls.dir)}

    def words(self, service, more=()):
        """What a service runs, with the paths of this test."""
        places = {"/secrets": self.dir / "secrets", "/var/lib/durward": self.dir / "admin",
                  "%2Frun%2Fpostgresql": urllib.parse.quote(str(self.dir / "socket"), safe="")}
        words = []
        for word in self.services[service]["command"]:
            word = word.replace("$$", "$")
            for there, here in {**places, **dict(more)}.items():
                word = word.replace(there, str(here))
            words.append(word)
        return words

    def test_it_is_a_compose_file(self):
        run(tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", FILE)

    def test_what_is_named_is_there(self):
        for name, service in self.services.items():
            for other in service.get("depends_on", ()):
                self.assertIn(other, self.services, name)
            for mount in service.get("volumes", ()):
                source = mount.split(":")[0]
                if source == "./tls.pem":
                    continue
                there = source in self.file["volumes"] or (FILE.parent / source).exists()
                self.assertTrue(there, f"{name}: {mount}")
        backends = re.findall(r"^ +server \S+ ([a-z0-9-]+):7070$", RULES.read_text(), re.MULTILINE)
        self.assertEqual(backends, [name for name in self.services if name.startswith("node-")])

    def test_only_the_balancer_is_reached_and_from_this_machine_alone(self):
        ports = {name: service["ports"] for name, service in self.services.items()
                 if "ports" in service}
        self.assertEqual(ports, {"balancer": ["127.0.0.1:7443:7443"]})
        address = self.services["balancer"]["networks"]["inside"]["ipv4_address"]
        for node in ("node-1", "node-2"):
            self.assertIn(f"--trusted-proxy={address}", self.services[node]["command"])
            self.assertIs(self.services[node]["read_only"], True)
            self.assertEqual(self.services[node]["cap_drop"], ["ALL"])
        self.assertIn("set-header X-Forwarded-For %[src]", RULES.read_text())

    def test_no_image_is_of_any_version(self):
        for name, service in self.services.items():
            if service["image"] != "${DURWARD_IMAGE:-durward}":
                self.assertRegex(service["image"], r"^\$\{[A-Z]+_IMAGE:-[a-z]+:[0-9.]+\}$", name)

    def test_the_balancer_understands_its_rules(self):
        haproxy = shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin")
        if not haproxy:
            self.skipTest("haproxy is not here")
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost",
            "-keyout", self.dir / "tls.pem", "-out", self.dir / "cert.pem")
        with open(self.dir / "tls.pem", "a") as both:
            both.write((self.dir / "cert.pem").read_text())
        rules = self.dir / "haproxy.cfg"
        rules.write_text(RULES.read_text().replace("/tls.pem", str(self.dir / "tls.pem")))
        run(haproxy, "-c", "-f", rules)

    def secrets(self):
        """Runs the service that draws the secrets; where nobody may give files away, as if."""
        fake = self.dir / "fake"
        fake.mkdir(exist_ok=True)
        (fake / "chown").write_text('#!/bin/sh\necho chown "$@"\n')
        (fake / "chown").chmod(0o755)
        service = self.services["secrets"]
        env = {"PATH": f"{fake}:{os.environ['PATH']}"}
        return run(*service["entrypoint"], *self.words("secrets"), env=env).stdout

    @contextlib.contextmanager
    def database(self, password):
        """PostgreSQL as the image starts it: a socket, a role with that password, a database."""
        programs = postgres_programs()
        if not programs:
            self.skipTest("PostgreSQL is not here")
        as_owner = ()
        home = self.dir / "database"
        home.mkdir()
        (self.dir / "socket").mkdir()
        if os.geteuid() == 0:
            as_owner = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")
            self.dir.chmod(0o711)
            for folder in (home, self.dir / "socket"):
                shutil.chown(folder, "postgres", "postgres")
        variables = self.services["database"]["environment"]
        given = self.dir / "given"
        given.write_text(password)
        given.chmod(0o644)
        run(*as_owner, programs / "initdb", "-D", home / "data", "-U", variables["POSTGRES_USER"],
            "--pwfile", given, "--no-sync", *variables["POSTGRES_INITDB_ARGS"].split(), cwd=home)
        server = subprocess.Popen(
            [*as_owner, programs / "postgres", "-D", home / "data", "-k", self.dir / "socket",
             "-c", "fsync=off", *self.words("database")[1:]],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=home,
        )
        try:
            env = {**self.environment, "PGPASSWORD": password}
            psql = (programs / "psql", "-qX", "-h", self.dir / "socket", "-U", "durward")
            until = time.monotonic() + START_SECONDS_MAX
            command = f"CREATE DATABASE {variables['POSTGRES_DB']}"
            while run(*psql, "-d", "postgres", "-c", command, env=env, code=None).returncode:
                self.assertLess(time.monotonic(), until, "PostgreSQL does not answer")
                time.sleep(0.1)
            yield
        finally:
            server.send_signal(2)
            server.wait(START_SECONDS_MAX)

    @contextlib.contextmanager
    def node(self, service):
        """A node; the address that it answers at."""
        more = {"0.0.0.0:7070": "127.0.0.1:0", "0.0.0.0:7071": "127.0.0.1:0"}
        command = [BINARIES / "durward", *self.words(service, more.items())]
        log = self.dir / f"{service}.log"
        with open(log, "w") as err:
            server = subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE,
                                      stderr=err, text=True)
        try:
            line = server.stdout.readline()
            self.assertIn("listening on ", line, log.read_text())
            yield line.removeprefix("listening on ").strip()
            server.terminate()
            grace = int(self.services[service]["stop_grace_period"].removesuffix("s"))
            self.assertEqual(server.wait(grace), 0)
        finally:
            server.kill()
            server.wait()
            server.stdout.close()

    def users(self, endpoint):
        env = {**self.environment, "OCI_CLI_CONFIG_FILE": str(self.dir / "admin/config"),
               "OCI_CLI_ENDPOINT": endpoint}
        listed = run(BINARIES / "oci", "iam", "user", "list", env=env).stdout
        return sorted(user["name"] for user in json.loads(listed)["data"])

    def test_the_commands_make_two_nodes_of_one_installation(self):
        said = self.secrets()
        self.assertEqual(said.splitlines(), [
            f"chown -R 65532:65532 {self.dir}/secrets/durward",
            f"chown -R postgres {self.dir}/secrets/postgres",
        ])
        for_server = self.dir / "secrets/durward/database-password"
        self.assertEqual(for_server.stat().st_mode & 0o777, 0o600)
        password = for_server.read_text()
        self.assertRegex(password, r"^[A-Za-z0-9+/]{32}$")
        self.assertEqual((self.dir / "secrets/postgres/database-password").read_text(), password)
        self.assertEqual(self.secrets(), "", "a second time changes nothing")
        self.assertEqual(for_server.read_text(), password)

        with self.database(password):
            init = run(BINARIES / "durward", *self.words("init"), env=self.environment)
            self.assertNotIn(password, init.stdout)
            with self.node("node-1") as first, self.node("node-2") as second:
                env = {**self.environment, "OCI_CLI_ENDPOINT": first,
                       "OCI_CLI_CONFIG_FILE": str(self.dir / "admin/config")}
                run(BINARIES / "oci", "iam", "user", "create", "--name", "ann", "--description",
                    "Ann", env=env)
                self.assertEqual(self.users(second), ["admin", "ann"])
                ready = urllib.request.urlopen(f"{second}/readyz").read()
                self.assertEqual(ready.strip(), b"ready")


if __name__ == "__main__":
    unittest.main()

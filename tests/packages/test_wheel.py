"""The wheel for pytest: another project installs it without a network, and its tests have a server
in one line.
"""

import re
import subprocess
import sys
import unittest
import zipfile
from pathlib import Path

from parcel import BINARIES, PACKAGING, TOOLS, Case, build, run, tool

sys.path.insert(0, str(PACKAGING))
sys.path.insert(0, str(PACKAGING / "pytest"))

import build as wheels

PROJECT = '''
"""The tests of another project."""
import os, subprocess, urllib.request
import oci, pytest

NAMES = []

def client(durward):
    return durward.client(oci.identity.IdentityClient)

def test_a_user_is_created(durward):
    details = oci.identity.models.CreateUserDetails(
        compartment_id=durward.tenancy_id, name="ann", description="Ann")
    user = client(durward).create_user(details).data
    password = client(durward).create_or_reset_ui_password(user.id).data.password
    assert len(password) >= 20

def test_the_server_is_the_same_for_all_tests(durward):
    users = client(durward).list_users(durward.tenancy_id).data
    assert sorted(user.name for user in users) == ["admin", "ann"]

def test_the_file_and_the_dictionary_say_the_same(durward):
    config = oci.config.from_file(durward.config_file, durward.profile)
    oci.config.validate_config(durward.config)
    for key in ("user", "tenancy", "fingerprint", "key_file", "region"):
        assert config[key] == durward.config[key], key

def test_a_wrong_key_is_refused(durward):
    config = {**durward.config, "fingerprint": ":".join(["00"] * 16)}
    stranger = oci.identity.IdentityClient(config, service_endpoint=durward.endpoint)
    with pytest.raises(oci.exceptions.ServiceError) as refused:
        stranger.list_users(durward.tenancy_id)
    assert refused.value.status == 401

def test_the_console_is_there(durward):
    page = urllib.request.urlopen(durward.console_url).read().decode()
    assert "Durward" in page

def test_a_command_line_finds_it(durward):
    done = subprocess.run([OURS, "iam", "user", "list", "--query", "data[*].name"],
        env={**os.environ, **durward.environment}, capture_output=True, text=True)
    assert '"admin"' in done.stdout, done.stderr

def test_the_log_can_be_read(durward):
    assert "serving" in durward.log
'''
OPTIONS = '''
"""What the server of these tests is told."""
import pytest

@pytest.fixture(scope="session")
def durward_options():
    return {"init": ["--tenancy-name", "acme"], "serve": ["--log-level", "warn"]}
'''
TOLD = '''
"""Whether the server was told."""
def test_it_was_told(durward):
    assert durward.tenancy_name == "acme"
    assert durward.log == ""
'''
STEERED = '''
"""Tests that steer their server."""
from datetime import timedelta
import oci, pytest

@pytest.fixture(scope="session")
def durward_options():
    return {"testing": True}

def client(durward, **more):
    return durward.client(oci.identity.IdentityClient, **more)

def new_user(durward, name="ann"):
    details = oci.identity.models.CreateUserDetails(
        compartment_id=durward.tenancy_id, name=name, description="Ann")
    return client(durward).create_user(details).data

@pytest.mark.parametrize("time", range(2))
def test_each_test_begins_anew(fresh_durward, time):
    new_user(fresh_durward)

def test_time_passes_and_requests_fail(fresh_durward):
    before = new_user(fresh_durward).time_created
    fresh_durward.advance(timedelta(days=8))
    assert (new_user(fresh_durward, "bob").time_created - before).days == 8
    fresh_durward.fault(429, operation="ListUsers")
    once = client(fresh_durward, retry_strategy=oci.retry.NoneRetryStrategy())
    with pytest.raises(oci.exceptions.ServiceError) as refused:
        once.list_users(fresh_durward.tenancy_id)
    assert refused.value.status == 429
    assert once.list_users(fresh_durward.tenancy_id).status == 200
'''
PLAIN = '''
"""A program that uses no pytest."""
import pathlib, urllib.request
import durward, oci

with durward.server() as iam:
    client = iam.client(oci.identity.IdentityClient)
    print(client.get_user(iam.user_id).data.name)
    data = pathlib.Path(iam.config_file).parent.parent
    assert data.exists()
assert not data.exists()
try:
    urllib.request.urlopen(iam.endpoint)
except OSError:
    print("gone")
try:
    with durward.server() as iam:
        iam.reset()
except durward.DurwardError as refused:
    assert "testing=True" in str(refused), refused
try:
    durward.Server(serve=["--listen", "nowhere"])
except durward.DurwardError as refused:
    assert "nowhere" in str(refused), refused
    print("refused")
'''


class Wheel(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tool("pytest")
        cls.wheel = build("pytest", cls.dir)
        venv = cls.dir / "venv"
        run(sys.executable, "-m", "venv", "--without-pip", venv)
        cls.python = venv / "bin/python"
        # pip and the SDK are of the tests' own environment, pytest of that of the tools.
        pip = ("-m", "pip", "--python", cls.python, "--disable-pip-version-check")
        run(sys.executable, *pip, "install", "--no-index", "--no-deps", cls.wheel)
        [packages] = venv.glob("lib/python*/site-packages")
        borrowed = [*map(Path, sys.path), *TOOLS.glob("lib/python*/site-packages")]
        lines = (f"{path}\n" for path in borrowed if path.name == "site-packages")
        (packages / "borrowed.pth").write_text("".join(lines))
        cls.packages = packages

    def project(self, name, **files):
        folder = self.dir / name
        folder.mkdir()
        for file, text in files.items():
            text = text.replace("OURS", repr(str(BINARIES / "oci")))
            (folder / f"{file}.py").write_text(text)
        return folder

    def pytest(self, folder):
        return run(self.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=folder).stdout

    def test_the_tests_of_another_project_pass(self):
        said = self.pytest(self.project("other", test_it=PROJECT))
        self.assertIn("7 passed", said)

    def test_a_project_says_what_the_server_is_told(self):
        said = self.pytest(self.project("told", conftest=OPTIONS, test_it=TOLD))
        self.assertIn("1 passed", said)

    def test_tests_that_steer_the_server_pass(self):
        said = self.pytest(self.project("steered", test_it=STEERED))
        self.assertIn("3 passed", said)

    def test_it_needs_no_pytest(self):
        folder = self.project("plain", plain=PLAIN)
        said = run(self.python, folder / "plain.py").stdout
        self.assertEqual(said, "admin\ngone\nrefused\n")

    def test_its_name_says_which_c_library_the_program_needs(self):
        needed = subprocess.run(
            ["objdump", "-T", self.packages / "durward/bin/durward"], capture_output=True, text=True
        ).stdout
        versions = [
            tuple(map(int, found)) for found in re.findall(r"GLIBC_(\d+)\.(\d+)\)", needed)
        ]
        self.assertTrue(versions)
        major, minor = max(versions)
        self.assertIn(f"-py3-none-manylinux_{major}_{minor}_x86_64.whl", self.wheel.name)

    def test_a_program_with_its_c_library_inside_runs_everywhere(self):
        class Static:
            is_static, others, glibc = True, [], None
            named = staticmethod(lambda names: "x86_64")

        tags = wheels.platforms(Static)
        self.assertEqual(tags, ["manylinux_2_17_x86_64", "musllinux_1_1_x86_64"])

    def test_a_program_that_needs_more_than_every_system_has_is_refused(self):
        class Foreign:
            is_static, others, glibc = False, ["libssl.so.3"], (2, 34)
            named = staticmethod(lambda names: "x86_64")

        with self.assertRaisesRegex(SystemExit, "libssl.so.3"):
            wheels.platforms(Foreign)

    def test_the_same_program_makes_the_same_wheel(self):
        again = build("pytest", self.dir / "again")
        self.assertEqual(self.wheel.read_bytes(), again.read_bytes())

    def test_the_licences_of_the_libraries_are_in_it(self):
        with zipfile.ZipFile(self.wheel) as wheel:
            [name] = [name for name in wheel.namelist() if name.endswith("/LICENCES-OF-LIBRARIES")]
            text = wheel.read(name).decode()
        self.assertRegex(text, r"(?m)^aws-lc-sys [0-9.]+: ")
        self.assertGreater(text.count("THE SOFTWARE IS PROVIDED"), 20)


if __name__ == "__main__":
    unittest.main()

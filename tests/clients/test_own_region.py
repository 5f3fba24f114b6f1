"""A region of one's own: unmodified clients reach the server by TLS, and no endpoint is anywhere.

What `durward env --tls dev` prints is evaluated by a shell, and nothing else points a client here.
Names below `localhost` are unknown to most machines without systemd-resolved; so clients run with a
hosts file of their own, in a namespace of their own. Its line is the one that the command prints.
"""

import datetime
import json
import os
import re
import shutil
import socket
import ssl
import sys
import unittest
import warnings

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from installation import DURWARD, OFFICIAL, OURS, REPOSITORY, Installation

REGION = "local-1"
IDENTITY = f"identity.{REGION}.oci.localhost"
SUBSCRIPTION = {
    "is-home-region": True, "region-key": "LOCAL-1", "region-name": REGION, "status": "READY",
}
AS_ROOT = [] if os.geteuid() == 0 else ["--map-root-user"]
WITH_HOSTS = ["unshare", "--mount", *AS_ROOT, "sh", "-euc",
              'mount --bind "$0" /etc/hosts && exec "$@"']


class OwnRegion(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.durward = Installation("--region", REGION, serve=("--tls", "dev"))
        cls.addClassCleanup(cls.durward.stop)
        cls.authority = cls.durward.report["ca-file"]
        line = re.search(r"^#   (127\.0\.0\.1 .*)$", cls.lines("cli"), re.MULTILINE)[1]
        cls.hosts = cls.durward.file("hosts", f"127.0.0.1 localhost\n{line}\n")

    @classmethod
    def lines(cls, client):
        """What the command prints for the client."""
        done = cls.durward.run(
            DURWARD, "env", "--tls", "dev", "--client", client,
            "--data-dir", cls.durward.data_dir, "--endpoint", cls.durward.url,
        )
        assert (done.code, done.err) == (0, ""), done
        return done.out

    def shell(self, text, *, knows_names=True, **variables):
        """Runs what a shell is told."""
        under = [*WITH_HOSTS, self.hosts] if knows_names else []
        env = self.durward.environment(**variables)
        return self.durward.run(*under, "sh", "-euc", text, env=env)

    def program(self, client):
        """The lines that are meant for a program."""
        text = self.lines(client).split("In the program", 1)[1]
        self.assertNotIn("endpoint", text)
        return "\n".join(re.findall(r"^#   (.*)$", text, re.MULTILINE))

    def described(self):
        """Tells of the region in the file for it, and no longer in the variable."""
        text = self.lines("cli") + 'printf "%s" "$OCI_REGION_METADATA"'
        region = json.loads(self.shell(text).out)
        folder = self.durward.home / ".oci"
        folder.mkdir()
        self.addCleanup(shutil.rmtree, folder)
        (folder / "regions-config.json").write_text(json.dumps([region]))
        return "unset OCI_REGION_METADATA\n"

    def test_the_command_lines_need_no_endpoint(self):
        commands = [
            ("iam region-subscription list", [SUBSCRIPTION]),
            ("iam region list", [{"key": "LOCAL-1", "name": REGION}]),
            ('iam tenancy get --tenancy-id "$T" --query \'data."home-region-key"\'', "LOCAL-1"),
            ('iam user list --query "data[*].name"', ["admin"]),
            ('audit event list --compartment-id "$T" --start-time 2026-01-01 '
             "--end-time 2026-01-02", None),
        ]
        for program in (OURS, OFFICIAL):
            for command, expected in commands:
                with self.subTest(f"{program} {command}"):
                    text = f'{self.lines("cli")}"$OCI" {command}'
                    done = self.shell(text, OCI=str(program), T=self.durward.tenancy_id)
                    self.assertEqual((done.code, done.err), (0, ""), done)
                    if expected is not None:
                        got = done.json
                        self.assertEqual(got["data"] if "data" in got else got, expected)

    def test_ours_knows_that_names_below_localhost_are_this_machine(self):
        text = self.lines("cli") + '"$OCI" iam user list --query "data[*].name"'
        done = self.shell(text, knows_names=False, OCI=str(OURS))
        self.assertEqual((done.code, done.err, done.json), (0, "", ["admin"]), done)

    def test_the_region_may_stand_in_the_file_for_regions(self):
        text = self.lines("cli") + self.described() + '"$OCI" iam region list'
        for program in (OURS, OFFICIAL):
            with self.subTest(str(program)):
                done = self.shell(text, OCI=str(program))
                self.assertEqual((done.code, done.err), (0, ""), done)
                self.assertEqual(done.data, [{"key": "LOCAL-1", "name": REGION}])

    def test_a_python_program_needs_no_endpoint(self):
        program = f"""
import oci
{self.program("python")}
[subscribed] = client.list_region_subscriptions(config["tenancy"]).data
assert subscribed.is_home_region and subscribed.status == "READY"
# As programs do that go to each region where a tenancy is.
there = oci.identity.IdentityClient({{**config, "region": subscribed.region_name}})
user = there.create_user(oci.identity.models.CreateUserDetails(
    compartment_id=config["tenancy"], name="by-python", description="d")).data
print(client.get_user(user.id).data.name, client.base_client.endpoint)
"""
        file = self.durward.file("program.py", program)
        port = self.durward.url.rsplit(":", 1)[1]
        for text in (self.lines("python"), self.lines("python") + self.described()):
            done = self.shell(f"{text}{sys.executable} {file}")
            self.assertEqual((done.code, done.err), (0, ""), done)
            expected = f"by-python https://{IDENTITY}:{port}/20160918\n"
            self.assertEqual(done.out, expected)
            self.shell(f'{self.lines("cli")}"$OCI" iam user delete --force --user-id '
                       '"$("$OCI" iam user list --name by-python --query "data[0].id" '
                       '--raw-output)"', OCI=str(OURS))

    def test_a_typescript_program_needs_no_endpoint(self):
        program = f"""
            const common = require("oci-common")
            const identity = require("oci-identity")
            {self.program("typescript")}
            client
              .listRegionSubscriptions({{ tenancyId: provider.getTenantId() }})
              .then((answer) => console.log(answer.items[0].regionName, client.endpoint))
        """
        file = self.durward.file("program.cjs", program)
        modules = str(REPOSITORY / "node_modules")
        port = self.durward.url.rsplit(":", 1)[1]
        for text in (self.lines("typescript"), self.lines("typescript") + self.described()):
            done = self.shell(f"{text}node {file}", NODE_PATH=modules)
            expected = f"{REGION} https://{IDENTITY}:{port}/20160918"
            self.assertEqual((done.code, done.out.splitlines()[-1:]), (0, [expected]), done)

    def test_who_does_not_trust_the_authority_is_not_served(self):
        for program in (OURS, OFFICIAL):
            with self.subTest(str(program)):
                text = f'{self.lines("cli")}unset REQUESTS_CA_BUNDLE\n' \
                    '"$OCI" iam region list --no-retry'
                done = self.shell(text, OCI=str(program))
                self.assertEqual((done.code, done.out), (1, ""), done)
                self.assertTrue(done.err.startswith("SSLException:"), done)

    def context(self, **more):
        """A client that trusts the authority, and keeps to RFC 5280 to the letter, as Python does
        by itself from 3.13 on."""
        context = ssl.create_default_context(cafile=self.authority)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of old versions, which is right
            for name, value in more.items():
                setattr(context, name, value)
        return context

    def shaken(self, client, server, name):
        """Lets two sides shake hands in memory; answers the version that they speak."""
        ways = ssl.MemoryBIO(), ssl.MemoryBIO()
        theirs = client.wrap_bio(*ways, server_hostname=name)
        ours = server.wrap_bio(*reversed(ways), server_side=True)
        for side in (theirs, ours) * 4:
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                pass
        return theirs.version()

    def test_tls_is_spoken_from_1_2_on(self):
        port = int(self.durward.url.rsplit(":", 1)[1])

        def version(**more):
            with (
                socket.create_connection(("127.0.0.1", port), 30) as plain,
                self.context(**more).wrap_socket(plain, server_hostname=IDENTITY) as secure,
            ):
                return secure.version()

        versions = ssl.TLSVersion
        self.assertEqual(version(), "TLSv1.3")
        self.assertEqual(version(maximum_version=versions.TLSv1_2), "TLSv1.2")
        with self.assertRaises(ssl.SSLError) as refused:
            version(minimum_version=versions.TLSv1, maximum_version=versions.TLSv1_1)
        self.assertNotIn("CERTIFICATE", str(refused.exception))

    def forged(self, name):
        """A server for that name, by whoever has stolen the key of the authority."""
        stolen = serialization.load_pem_private_key(
            (self.durward.data_dir / "tls/ca.key").read_bytes(), None
        )
        with open(self.authority, "rb") as file:
            authority = x509.load_pem_x509_certificate(file.read())
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.datetime.now(datetime.timezone.utc)
        skid = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        certificate = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(authority.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(skid), False
            )
            .sign(stolen, hashes.SHA256())
        )
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ) + certificate.public_bytes(serialization.Encoding.PEM)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.durward.file("forged.pem", pem.decode()))
        return context

    def test_a_stolen_key_signs_for_nobody_else(self):
        def shaken(name):
            return self.shaken(self.context(), self.forged(name), name)

        self.assertEqual(shaken("any.localhost"), "TLSv1.3", "what is not forbidden works")
        for name in ("identity.us-ashburn-1.oci.oraclecloud.com", "example.com"):
            with self.subTest(name):
                with self.assertRaises(ssl.SSLCertVerificationError) as refused:
                    shaken(name)
                self.assertIn("permitted subtree", str(refused.exception))


if __name__ == "__main__":
    unittest.main()

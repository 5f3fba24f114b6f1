"""Sessions: begun, used, refreshed, carried to another computer and ended, with the official
command line and with ours, each also with what the other has made; and with the Python SDK.

The official command line refreshes at `https://auth.<region>.<domain>` and nowhere else. What
speaks TLS here stands before the server, and the one thing that is changed for that command is what
the name of the host resolves to.
"""

import base64
import configparser
import datetime
import ipaddress
import json
import socket
import ssl
import stat
import threading
import unittest
from pathlib import Path

import oci
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from installation import OFFICIAL, OURS, Installation

HOST = "auth.local-1.localhost"
BOTH = {"official": OFFICIAL, "ours": OURS}
RESOLVE = """
import socket
real = socket.getaddrinfo
socket.getaddrinfo = lambda host, *rest, **more: real(
    "127.0.0.1" if str(host).endswith(".localhost") else host, *rest, **more)
"""


def certificate(dir):
    """A certificate for the host, in files: itself, and its key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.timezone.utc)
    names = [x509.DNSName(HOST), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = dir / "host.pem", dir / "host-key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


class Front:
    """TLS in front of the server."""

    def __init__(self, url, files):
        self.back = url.removeprefix("http://").split(":")
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(*files)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                stream, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.carry, args=(stream,), daemon=True).start()

    def carry(self, stream):
        with stream, socket.create_connection(self.back) as back:
            try:
                front = self.context.wrap_socket(stream, server_side=True)
                threading.Thread(target=self.copy, args=(back, front), daemon=True).start()
                self.copy(front, back)
            except OSError:
                pass

    @staticmethod
    def copy(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except (OSError, ValueError):
            pass

    def stop(self):
        self.listener.close()


class Sessions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.durward = Installation(serve=("--host", HOST))
        cls.addClassCleanup(cls.durward.stop)
        cls.home = cls.durward.home
        cls.files = certificate(cls.durward.dir)
        cls.front = Front(cls.durward.url, cls.files)
        cls.addClassCleanup(cls.front.stop)
        (cls.durward.dir / "names").mkdir()
        (cls.durward.dir / "names" / "sitecustomize.py").write_text(RESOLVE)

    def oci(self, program, *words, stdin="", **variables):
        """As the administrator; each command in a process of its own, since it keeps files."""
        env = self.durward.environment(OCI_CLI_ENDPOINT=self.durward.url, **variables)
        return self.durward.run(program, *words, env=env, stdin=stdin)

    def begin(self, program, name, *more):
        return self.oci(
            program, "session", "authenticate", "--no-browser", "--region", "us-ashburn-1",
            "--profile-name", name, "--config-file", self.durward.config_file, *more,
        )

    def call(self, program, name, *words):
        words = words or ("iam", "user", "get", "--user-id", self.durward.admin_id)
        return self.oci(program, *words, "--profile", name, "--auth", "security_token")

    def config(self):
        config = configparser.ConfigParser()
        config.read(self.home / ".oci" / "config")
        return config

    def claims(self, name):
        token = Path(self.config()[name]["security_token_file"]).read_text()
        part = token.split(".")[1]
        return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))

    def test_a_session_is_begun_alike_and_signs_for_both(self):
        said, kept = {}, {}
        for who, program in BOTH.items():
            done = self.begin(program, f"begun-{who}")
            self.assertEqual(done.code, 0, done)
            said[who] = done.out.replace(f"begun-{who}", "NAME")
            folder = self.home / ".oci" / "sessions" / f"begun-{who}"
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
            profile = self.config()[f"begun-{who}"]
            key = (folder / "oci_api_key.pem").read_text()
            kept[who] = (modes, list(profile), profile["tenancy"], profile["region"],
                         [Path(profile[one]).name for one in ("key_file", "security_token_file")],
                         key.rstrip().splitlines()[-1])
            self.assertEqual(self.claims(f"begun-{who}")["sub"], self.durward.admin_id)
            for other in BOTH.values():
                called = self.call(other, f"begun-{who}")
                self.assertEqual(called.code, 0, called)
                self.assertEqual(called.data["id"], self.durward.admin_id)
        self.assertEqual(said["ours"], said["official"])
        self.assertEqual(kept["ours"], kept["official"])

    def test_its_length_and_its_key_can_be_chosen(self):
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        file = self.durward.file("public.pem", pem.decode())
        for who, program in BOTH.items():
            name = f"chosen-{who}"
            done = self.begin(program, name, "--public-key-file-path", file,
                              "--session-expiration-in-minutes", "7")
            self.assertEqual(done.code, 0, done)
            claims = self.claims(name)
            self.assertEqual(claims["exp"] - claims["iat"], 7 * 60)
            self.assertEqual(self.config()[name]["key_file"], "Update_private_key_path")
            token = Path(self.config()[name]["security_token_file"]).read_text()
            signer = oci.auth.signers.SecurityTokenSigner(token, key)
            config = {"region": "us-ashburn-1"}
            client = oci.identity.IdentityClient(
                config, signer=signer, service_endpoint=f"{self.durward.url}/20160918"
            )
            self.assertEqual(client.get_user(self.durward.admin_id).data.name, "admin")
            for minutes, what in (("61", "longer than 60"), ("4", "shorter than 5")):
                refused = self.begin(program, name, "--session-expiration-in-minutes", minutes)
                self.assertEqual(refused.code, 1, refused)
                text = f"Session expiration cannot be {what} minutes\n"
                self.assertEqual(refused.out + refused.err, text)

    def test_it_is_validated_alike(self):
        self.begin(OURS, "validated")
        for flag in ((), ("--local",)):
            both = {}
            for who, program in BOTH.items():
                done = self.call(program, "validated", "session", "validate", *flag)
                self.assertEqual((done.code, done.out), (0, ""), done)
                both[who] = done.err.removesuffix("\n")
            self.assertEqual(both["ours"], both["official"] + " UTC")
        for program in BOTH.values():
            done = self.oci(program, "session", "validate", "--profile", "DEFAULT",
                            "--config-file", self.durward.config_file)
            text = "ERROR: No security_token_file was found in config for profile: DEFAULT\n"
            self.assertEqual((done.code, done.err), (1, text))

    def test_it_ends_with_a_reset_and_both_say_so(self):
        user = self.durward.ours("iam", "user", "create", "--name", "eve",
                                 "--description", "Eve").data["id"]
        key = self.durward.dir / "eve.pem"
        made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        key.write_bytes(made.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption()) + b"OCI_API_KEY\n")
        key.chmod(0o600)
        public = self.durward.file("eve-public.pem", made.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode())
        uploaded = self.durward.ours("iam", "user", "api-key", "upload", "--user-id", user,
                                     "--key-file", public)
        config = Path(self.durward.file("eve-config", (
            f"[DEFAULT]\nuser={user}\nfingerprint={uploaded.data['fingerprint']}\n"
            f"tenancy={self.durward.tenancy_id}\nregion=us-ashburn-1\nkey_file={key}\n")))
        config.chmod(0o600)
        done = self.begin(OURS, "eve", "--config-file", config)
        self.assertEqual(done.code, 0, done)
        get = ("iam", "user", "get", "--user-id", user)
        self.assertEqual(self.call(OURS, "eve", *get).code, 0)
        self.durward.ours("iam", "user", "ui-password", "create-or-reset", "--user-id", user)
        for program in BOTH.values():
            done = self.call(program, "eve", "session", "validate")
            text = "Session was deemed invalid by service\n"
            self.assertEqual((done.code, done.out, done.err), (1, "", text))
            self.assertEqual(self.call(program, "eve", *get).problem["status"], 401)
        over = ("Your session is no longer valid and cannot be refreshed. Please use 'oci session "
                "authenticate' to create a new session.\n")
        ours = self.oci(OURS, "session", "refresh", "--profile", "eve")
        self.assertEqual(ours.code, 1)
        self.assertTrue(ours.err.endswith(over), ours)
        official = self.refresh_officially("eve")
        self.assertEqual(official.code, 1, official)
        self.assertTrue(official.err.endswith(over), official)

    def refresh_officially(self, name):
        region = {"realmKey": "oc99", "realmDomainComponent": f"localhost:{self.front.port}",
                  "regionKey": "LCL", "regionIdentifier": "local-1"}
        return self.oci(
            OFFICIAL, "session", "refresh", "--profile", name, "--region", "local-1",
            OCI_REGION_METADATA=json.dumps(region), REQUESTS_CA_BUNDLE=str(self.files[0]),
            PYTHONPATH=str(self.durward.dir / "names"),
        )

    def test_it_is_refreshed_alike(self):
        for who in BOTH:
            name = f"refreshed-{who}"
            self.begin(OURS, name)
            before = self.claims(name)
            if who == "ours":
                done = self.oci(OURS, "session", "refresh", "--profile", name)
                place = self.durward.url
            else:
                done = self.refresh_officially(name)
                place = f"https://{HOST}:{self.front.port}"
            expected = (f"Attempting to refresh token from {place}/v1/authentication/refresh\n"
                        "Successfully refreshed token\n")
            self.assertEqual((done.code, done.out, done.err), (0, "", expected), done)
            after = self.claims(name)
            self.assertNotEqual(before["jti"], after["jti"])
            file = Path(self.config()[name]["security_token_file"])
            self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
            for program in BOTH.values():
                self.assertEqual(self.call(program, name).code, 0)

    def test_it_is_carried_to_another_computer_by_either(self):
        self.begin(OURS, "carried")
        for who, program in BOTH.items():
            archive = self.durward.dir / f"archive-{who}"
            words = ("session", "export", "--profile", "carried", "--output-file", archive)
            done = self.oci(program, *words)
            self.assertEqual((done.code, done.out), (0, ""), done)
            self.assertTrue(done.err.endswith(f"Export file written to: {archive}.zip\n"), done)
            again = self.oci(program, *words, stdin="n\n")
            self.assertEqual(again.code, 0)
            self.assertTrue(again.err.endswith("Export canceled.\n"), again)
            for other, importing in BOTH.items():
                name = f"carried-{who}-{other}"
                done = self.oci(importing, "session", "import", "--session-archive",
                                f"{archive}.zip", stdin=f"{name}\n")
                self.assertEqual(done.code, 0, done)
                self.assertIn(f"Imported profile {name} written to: ", done.err)
                called = self.call(importing, name)
                self.assertEqual(called.code, 0, called)
                folder = self.home / ".oci" / "sessions" / name
                self.assertTrue(all(stat.S_IMODE(file.stat().st_mode) == 0o600
                                    for file in folder.iterdir()))

    def test_it_is_terminated_alike(self):
        kept = self.durward.dir / "kept"
        self.begin(OURS, "kept", "--token-location", kept)
        for who, program in BOTH.items():
            name = f"terminated-{who}"
            self.begin(OURS, name)
            others = [one for one in self.config() if one != name]
            done = self.oci(program, "session", "terminate", "--profile", name)
            text = f"Successfully removed profile: {name} from config: {self.home}/.oci/config\n"
            self.assertEqual((done.code, done.out, done.err), (0, "", text))
            self.assertEqual(list(self.config()), others)
            self.assertFalse((self.home / ".oci" / "sessions" / name).exists())
            done = self.oci(program, "session", "terminate", "--profile", name)
            self.assertEqual(done.code, 1)
        self.assertEqual(self.call(OURS, "kept").code, 0, "another one goes on")


if __name__ == "__main__":
    unittest.main()

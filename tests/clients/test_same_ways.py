"""The way to the server: proxies, certificates and sessions, with both command lines. The servers
here are on loopback, and know who was asked.
"""

import base64
import datetime
import ipaddress
import json
import ssl
import unittest

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from home import Home
from listener import Listener, json_of
from pair import Pair

LIST = ["iam", "region", "list", "--no-retry"]
# No name server knows this: only a proxy can reach it.
HIDDEN = "http://iam.invalid"


class Ways(Pair):
    """A home of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home = Home()
        cls.addClassCleanup(cls.home.stop)

    def ends(self, *more, endpoint, **variables):
        """How both ended, with the names of who ran first."""
        env = self.home.environment(OCI_CLI_ENDPOINT=endpoint, **variables)
        return self.both([*LIST, *more], env, self.home.dir)

    def theirs(self, words, env):
        """Runs the official one."""
        return self.fork.run(words, env, self.home.dir)

    def ours(self, words, env):
        """Runs ours."""
        from installation import OURS, run

        return run(OURS, *words, env=env, cwd=self.home.dir)


class Proxies(Ways, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.proxy = Listener(
            lambda seen: (403, {}, b"") if seen.method == "CONNECT" else json_of("[]")(seen)
        )
        cls.addClassCleanup(cls.proxy.stop)
        cls.server = Listener(json_of("[]"))
        cls.addClassCleanup(cls.server.stop)

    def asked(self, *more, endpoint=HIDDEN, **variables):
        """What each asked of the proxy: the line, the host, and who it said it was."""
        env = self.home.environment(OCI_CLI_ENDPOINT=endpoint, **variables)
        told = []
        for run in (self.theirs, self.ours):
            self.proxy.seen.clear()
            run([*LIST, *more], env)
            told.append([
                (seen.method, seen.target, seen.headers.get("proxy-authorization"))
                for seen in self.proxy.seen
            ])
        return told

    def test_both_ask_the_same_proxy_in_the_same_words(self):
        url = self.proxy.url
        own = self.server.url
        whole = [("GET", f"{HIDDEN}/20160918/regions", None)]
        tunnel = [("CONNECT", "iam.invalid:443", None)]
        secret = base64.b64encode(b"u:p@x").decode()
        named = [("GET", f"{HIDDEN}/20160918/regions", f"Basic {secret}")]
        cases = [
            ((), {"http_proxy": url}, whole),
            ((), {"HTTP_PROXY": url}, whole),
            ((), {"all_proxy": url}, whole),
            ((), {"https_proxy": url}, []),
            (("--proxy", url), {}, whole),
            (("--proxy", url + "/"), {}, whole),
            (("--proxy", url.removeprefix("http://")), {}, whole),
            (("--proxy", url.replace("//", "//u:p%40x@")), {}, named),
            (("--proxy", url), {"no_proxy": "iam.invalid"}, whole),
            ((), {"http_proxy": url, "no_proxy": "iam.invalid"}, []),
            ((), {"http_proxy": url, "no_proxy": "*"}, []),
            ((), {"http_proxy": url, "no_proxy": "example.org"}, whole),
            (("--endpoint", "https://iam.invalid"), {"https_proxy": url}, tunnel),
            (("--endpoint", "https://iam.invalid", "--proxy", url), {}, tunnel),
            (("--endpoint", own), {"http_proxy": url, "no_proxy": "127.0.0.1"}, []),
            (("--endpoint", own), {"http_proxy": url, "no_proxy": "10.0.0.0/8,127.0.0.0/8"}, []),
        ]
        for more, variables, expected in cases:
            with self.subTest(f"{more} {variables}"):
                self.assertEqual(self.asked(*more, **variables), [expected, expected])

    def test_what_is_listed_as_a_difference_is_one(self):
        url = self.proxy.url
        dead = "http://127.0.0.1:1"
        theirs, own = self.asked("--proxy", url, http_proxy=dead)
        self.assertEqual((len(theirs), len(own)), (0, 1), "the option wins in ours")
        theirs, own = self.asked(
            endpoint="http://badexample.invalid", http_proxy=url, no_proxy="example.invalid"
        )
        self.assertEqual((len(theirs), len(own)), (0, 1), "a name is no ending in ours")
        by_port = {"http_proxy": url, "no_proxy": f"127.0.0.1:{self.server.port}"}
        theirs, own = self.asked(endpoint=self.server.url, **by_port)
        self.assertEqual((len(theirs), len(own)), (1, 0), "a port is understood in ours")


class Regions(Ways, unittest.TestCase):
    """Where a region leads; a proxy that lets nobody through sees it."""

    REGION = {
        "realmKey": "oc77", "realmDomainComponent": "localhost:7443",
        "regionKey": "LCL", "regionIdentifier": "local-1",
    }
    HERE = "identity.local-1.oci.localhost:7443"
    ORACLE = "identity.local-1.oci.oraclecloud.com:443"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.proxy = Listener(lambda seen: (403, {}, b""))
        cls.addClassCleanup(cls.proxy.stop)

    def leads(self, region, *, variable=None, file=None, **more):
        """Where both go for a region that is described like that."""
        if variable is not None:
            more["OCI_REGION_METADATA"] = self.text(variable)
        if file is not None:
            self.home.write(".oci/regions-config.json", self.text(file))
        env = self.home.environment(HTTPS_PROXY=self.proxy.url, **more)
        led = []
        for run in (self.theirs, self.ours):
            self.proxy.seen.clear()
            run([*LIST, "--region", region], env)
            led.append({seen.target for seen in self.proxy.seen})
        if file is not None:
            self.home.remove(".oci/regions-config.json")
        return led

    @staticmethod
    def text(described):
        return described if isinstance(described, str) else json.dumps(described)

    def test_both_go_to_the_same_place(self):
        region, here, oracle = self.REGION, self.HERE, self.ORACLE
        without = {key: value for key, value in region.items() if key != "realmKey"}
        other = {**region, "regionIdentifier": "other-1", "regionKey": "OTH",
                 "realmDomainComponent": "first.example"}
        known = {**region, "realmKey": "OC1"}
        cases = [
            ("local-1", {"variable": region}, here),
            ("LCL", {"variable": region}, here),
            ("Local-1", {"variable": region}, here),
            ("local-1", {"file": [region]}, here),
            ("lcl", {"file": [other, {**region, "realmKey": "oc78"}]}, here),
            ("local-1", {"file": [], "variable": region}, here),
            ("local-1", {"file": "{", "variable": region}, here),
            ("local-1", {"file": [{**region, "realmDomainComponent": "file.example"}],
                         "variable": region}, "identity.local-1.oci.file.example:443"),
            # A realm has one domain: the one that was heard of first.
            ("local-1", {"file": [other], "variable": region},
             "identity.local-1.oci.first.example:443"),
            ("local-1", {"variable": known}, oracle),
            # What does not describe a region is passed over.
            ("local-1", {"variable": without}, oracle),
            ("local-1", {"variable": {**region, "regionKey": ""}}, oracle),
            ("local-1", {"variable": "{"}, oracle),
            ("local-1", {"variable": other}, oracle),
            ("local-1", {"OCI_DEFAULT_REALM": "realm.example"},
             "identity.local-1.oci.realm.example:443"),
            ("local-1", {"variable": region, "OCI_DEFAULT_REALM": "realm.example"}, here),
            # A region of Oracle's stays where it is.
            ("us-ashburn-1", {"variable": {**region, "regionIdentifier": "us-ashburn-1"}},
             "identity.us-ashburn-1.oci.oraclecloud.com:443"),
        ]
        for name, described, expected in cases:
            with self.subTest(f"{name} {described}"):
                self.assertEqual(self.leads(name, **described), [{expected}, {expected}])


class Authority:
    """A certificate authority of a test's own."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority")])
        self.certificate = self.sign(self.name, self.key.public_key(), [
            (x509.BasicConstraints(ca=True, path_length=None), True),
        ])
        self.pem = self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def sign(self, name, public_key, extensions, days=30):
        """A certificate that ends in so many days."""
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=60))
            .not_valid_after(now + datetime.timedelta(days=days))
        )
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(self.key, hashes.SHA256())

    def context(self, home, host=None, days=30):
        """What a server on loopback needs to be believed, or not."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.DNSName(host) if host else x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        certificate = self.sign(
            x509.Name([]), key.public_key(), [(x509.SubjectAlternativeName([name]), True)], days
        )
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ) + certificate.public_bytes(serialization.Encoding.PEM)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(home.write("server.pem", pem))
        return context


class Trust(Ways, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        authority = Authority()
        cls.bundle = cls.home.write("authority.pem", authority.pem)
        cls.other = cls.home.write("other.pem", Authority().pem)
        cls.servers = {}
        for name, given in (
            ("good", {}), ("other host", {"host": "other.example.org"}), ("ended", {"days": -1}),
        ):
            server = Listener(json_of("[]"), tls=authority.context(cls.home, **given))
            cls.addClassCleanup(server.stop)
            cls.servers[name] = server

    def check(self, name, trusted, *more, official=True, **variables):
        """Whether both believe the server of that name, or ours alone."""
        with self.subTest(f"{name} {more} {variables}"):
            ends = self.ends(*more, endpoint=self.servers[name].url, **variables)
            for end, expected in zip(ends, (trusted and official, trusted)):
                self.assertEqual((end.code, end.out), (0 if expected else 1, ""), end)
                self.assertEqual(end.err.startswith("SSLException:"), not expected, end)

    def test_an_authority_is_named(self):
        for name, trusted in (("good", True), ("other host", False), ("ended", False)):
            self.check(name, trusted, "--cert-bundle", self.bundle)
        self.check("good", True, REQUESTS_CA_BUNDLE=self.bundle)
        self.check("good", True, CURL_CA_BUNDLE=self.bundle)
        self.check("good", True, OCI_CLI_CERT_BUNDLE=self.bundle)

    def test_nobody_is_trusted_who_was_not_named(self):
        self.check("good", False)
        self.check("good", False, "--cert-bundle", self.other)

    def test_the_store_of_the_system_is_ours_alone(self):
        # These two name the store, as with every program that uses OpenSSL.
        self.check("good", True, official=False, SSL_CERT_FILE=self.bundle)
        self.check("good", False, official=False, SSL_CERT_FILE=self.other)
        empty = self.home.write("empty", "")
        _, own = self.ends(endpoint=self.servers["good"].url, SSL_CERT_FILE=empty)
        self.assertEqual(own.code, 1)
        self.assertIn("it holds no certificate", own.err)

    def test_a_bundle_without_certificates_is_refused(self):
        for end in self.ends("--cert-bundle", self.home.write("empty.pem", ""),
                             endpoint=self.servers["good"].url):
            self.assertEqual((end.code, end.out), (1, ""), end)
        self.assertIn("it holds no certificate", end.err)


class Sessions(Ways, unittest.TestCase):
    def test_both_sign_with_the_same_name(self):
        def part(facts):
            return base64.urlsafe_b64encode(json.dumps(facts).encode()).decode().rstrip("=")

        token = f"{part({'alg': 'RS256', 'typ': 'JWT'})}.{part({'exp': 33333333333})}.c2ln"
        self.home.write("token", token)
        server = Listener(json_of("[]"))
        self.addCleanup(server.stop)
        for more, variables in (
            (("--auth", "security_token"), {}), ((), {"OCI_CLI_AUTH": "security_token"}),
        ):
            server.seen.clear()
            for end in self.ends(*more, endpoint=server.url,
                                 OCI_CLI_SECURITY_TOKEN_FILE="~/token", **variables):
                self.assertEqual((end.code, end.err), (0, ""), end)
            self.assertEqual(len(server.seen), 2)
            for seen in server.seen:
                self.assertIn(f'keyId="ST${token}"', seen.headers["authorization"])


if __name__ == "__main__":
    unittest.main()

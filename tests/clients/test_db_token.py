"""Tokens for databases, got with the official command line and with ours: the same request, the
same files, the same words.
"""

import base64
import json
import stat
import unittest

from cryptography.hazmat.primitives import serialization
from home import Home
from installation import OFFICIAL, OURS, Installation, run
from listener import Listener, json_of

GET = ("iam", "db-token", "get")
ALL = "urn:oracle:db::id::*"


def story():
    """What is said here, for whoever counts the commands that are told: this one is told to each
    command line in a process and a home of its own, since it writes files.
    """
    yield GET[1:]


def claims(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


class Tokens(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.durward = Installation()
        cls.addClassCleanup(cls.durward.stop)

    def oci(self, program, *words):
        """In a process of its own: the official one finds its usual folder when it is loaded."""
        return self.durward.run(program, *GET, *words, env=self.durward.client_environment())

    def kept(self, folder):
        """What is in the folder: modes, and that key and token belong together."""
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
        key = serialization.load_pem_private_key((folder / "oci_db_key.pem").read_bytes(), None)
        public = serialization.load_pem_public_key((folder / "oci_db_key_public.pem").read_bytes())
        self.assertEqual(key.public_key().public_numbers(), public.public_numbers())
        said = claims((folder / "token").read_text())
        number = base64.urlsafe_b64decode(json.loads(said["jwk"])["n"] + "==")
        self.assertEqual(int.from_bytes(number, "big"), public.public_numbers().n)
        self.assertEqual((said["sub"], said["tenant"]),
                         (self.durward.admin_id, self.durward.tenancy_id))
        return modes, said["scope"], said["exp"] - said["iat"]

    def test_both_get_one_and_keep_it_alike(self):
        said, kept = [], []
        usual = self.durward.home / ".oci" / "db-token"
        for program in (OFFICIAL, OURS):
            done = self.oci(program)
            self.assertEqual(done.code, 0, done)
            # Ours says the zone too.
            said.append((done.out, done.err.replace(" UTC", "")[:-len("00:00:00\n")]))
            kept.append(self.kept(usual))
        self.assertEqual(*said)
        self.assertEqual(*kept)
        self.assertEqual(kept[0][1:], (ALL, 3600))
        self.assertEqual(set(kept[0][0].values()), {0o600})

    def test_scope_and_folder_can_be_chosen(self):
        scope = f"urn:oracle:db::id::{self.durward.tenancy_id}"
        kept = []
        for name, program in (("official", OFFICIAL), ("ours", OURS)):
            folder = self.durward.dir / name / "deep"
            done = self.oci(program, "--scope", scope, "--db-token-location", folder)
            self.assertEqual(done.code, 0, done)
            self.assertIn(f"Private key written at {folder}/oci_db_key.pem\n", done.out)
            kept.append(self.kept(folder))
        self.assertEqual(*kept)
        self.assertEqual(kept[0][1], scope)

    def test_what_is_no_scope_is_refused_alike(self):
        for scope in ("all", "urn:oracle:db:", "urn:oracle:db::id::a b"):
            with self.subTest(scope):
                ended = []
                for program in (OFFICIAL, OURS):
                    done = self.oci(program, "--scope", scope)
                    told = done.problem if "{" in done.err else {}
                    ended.append((done.code, done.out, told.get("status"), told.get("message")))
                self.assertEqual(*ended)
                self.assertEqual(ended[0][0], 1)


class Asked(unittest.TestCase):
    """What goes over the wire, apart from the key."""

    def test_both_ask_the_same(self):
        parts = ({"alg": "RS256"}, {"exp": 1_900_000_000})
        parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts]
        server = Listener(json_of(json.dumps({"token": ".".join([*parts, "eA"])})))
        self.addCleanup(server.stop)
        home = Home()
        self.addCleanup(home.stop)
        env = home.environment(OCI_CLI_ENDPOINT=server.url)
        asked = []
        for program in (OFFICIAL, OURS):
            done = run(program, *GET, "--scope", "urn:oracle:db::path::acme", env=env)
            self.assertEqual(done.code, 0, done)
            seen = server.seen.pop()
            body = json.loads(seen.body)
            self.assertTrue(body.pop("publicKey").startswith("-----BEGIN PUBLIC KEY-----\n"))
            asked.append((seen.method, seen.target, seen.headers.get("content-type"), body))
        self.assertEqual(*asked)


if __name__ == "__main__":
    unittest.main()

"""T-1 for signed requests: neither what is wrong with a signature nor whether a thing exists can be
told by the time of the refusal.
"""

import unittest

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from stage import LONG, Caller, Stage, Wire, at_once
from test_timing_of_sign_in import pinned
from timing import Comparison, measure, together

ROUNDS, ROUNDS_AT_ONCE, CONNECTIONS = (2000, 125, 16) if LONG else (150, 25, 4)


def new_caller(stage, name):
    """A user who signs with a key of their own, and whom no policy allows anything."""
    user = stage.user(name)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    stage.admin.ask("POST", f"/users/{user}/apiKeys", {"key": public.decode()})
    fingerprint = stage.admin.ask("GET", f"/users/{user}/apiKeys")[0]["fingerprint"]
    caller = Caller(stage.address, stage.config_file)
    caller.key, caller.key_id = key, f"{stage.tenancy_id}/{user}/{fingerprint}"
    return caller


def absent(ocid):
    """An OCID of the same kind and length that nothing has."""
    head, _, tail = ocid.rpartition(".")
    return f"{head}.{tail[::-1]}"


class Requests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stage = Stage(under=pinned())
        cls.addClassCleanup(cls.stage.stop)
        cls.caller = new_caller(cls.stage, "nobody")
        cls.ann = cls.stage.user("ann")
        details = {"compartmentId": cls.stage.tenancy_id, "name": "group", "description": "x"}
        cls.group = cls.stage.admin.ask("POST", "/groups", details)["id"]

    def classes(self, wire, requests, status):
        def send(raw, expected):
            answer = wire.ask(raw)
            assert answer.status == expected, (answer.status, answer.body)
            return answer.seconds

        return {
            name: lambda raw=raw, expected=200 if name == "allowed" else status: send(raw, expected)
            for name, raw in requests.items()
        }

    def compare(self, requests, status, base, control):
        """Compares each class with `base`; of `control` it is known that it differs."""
        measured = {"alone": measure(ROUNDS, self.classes(self.wire(), requests, status))}
        works = [
            lambda: measure(ROUNDS_AT_ONCE, self.classes(self.wire(), requests, status))
            for _ in range(CONNECTIONS)
        ]
        measured["at once"] = together(at_once(works))
        for how, seconds in measured.items():
            for name in seconds:
                if name not in (base, control):
                    found = Comparison(seconds[base], seconds[name])
                    print(f"{base} / {name}, {how}: {found}")
                    with self.subTest(f"{name} {how}"):
                        self.assertTrue(found.are_alike(), found)
        seconds = measured["alone"]
        found = Comparison(seconds[base], seconds[control])
        print(f"{base} / {control}: {found}")
        self.assertFalse(found.are_alike(), found)

    def wire(self):
        return Wire(self.stage.address)

    def test_what_is_wrong_with_a_signature(self):
        tenancy, user, fingerprint = self.caller.key_id.split("/")
        other = new_caller(self.stage, "other")
        path = f"/users/{user}"
        signed = lambda *parts: self.caller.signed("GET", path, key_id="/".join(parts))
        requests = {
            "wrong signature": other.signed("GET", path, key_id=self.caller.key_id),
            "unknown fingerprint": signed(tenancy, user, fingerprint[::-1]),
            "unknown user": signed(tenancy, absent(user), fingerprint),
            "unknown tenancy": signed(absent(tenancy), user, fingerprint),
            "another version": signed(tenancy, user, fingerprint).replace(b'"1"', b'"2"'),
            "allowed": signed(tenancy, user, fingerprint),
        }
        self.compare(requests, 401, "wrong signature", "allowed")

    def test_whether_a_thing_exists(self):
        own = self.caller.key_id.split("/")[1]
        for method, path, thing in (
            ("GET", "/users/{}", self.ann),
            ("GET", "/groups/{}", self.group),
            ("POST", "/users/{}/uiPassword", self.ann),
            ("DELETE", "/users/{}", self.ann),
        ):
            requests = {
                "forbidden": self.caller.signed(method, path.format(thing)),
                "absent": self.caller.signed(method, path.format(absent(thing))),
                "allowed": self.caller.signed("GET", f"/users/{own}"),
            }
            with self.subTest(f"{method} {path}"):
                self.compare(requests, 404, "forbidden", "allowed")


if __name__ == "__main__":
    unittest.main()

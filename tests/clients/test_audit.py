"""The audit trail through both command lines and the Python SDK: the same events."""

import json
import unittest

from installation import OFFICIAL, OURS, Installation

SPAN = ("--start-time", "2026-01-01", "--end-time", "2096-01-01T00:00:00Z")


class Audit(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.durward = Installation()
        cls.addClassCleanup(cls.durward.stop)
        for number in range(120):  # more than a page
            cls.durward.oci(OURS, "iam", "user", "get", "--user-id", f"ocid1.user.oc1..{number}")

    def events(self, program, *more):
        words = ("audit", "event", "list", "--compartment-id", self.durward.tenancy_id, *SPAN)
        done = self.durward.oci(program, *words, *more)
        self.assertEqual(done.code, 0, done)
        return done

    def test_both_list_the_same_events(self):
        official = self.events(OFFICIAL, "--all").data
        ours = self.events(OURS, "--all").data
        # Each listing is an event itself, for each page that was asked for.
        self.assertEqual(ours[: len(official)], official)
        self.assertGreater(len(official), 120)
        self.assertEqual({event["data"]["event-name"] for event in ours[len(official):]},
                         {"ListEvents"})
        [first, *_] = official
        self.assertEqual(first["event-type"], "com.oraclecloud.IdentityControlPlane.GetUser")
        self.assertEqual(first["data"]["response"]["status"], "404")
        self.assertEqual(first["data"]["identity"]["principal-name"], "admin")

    def test_a_page_and_the_next_are_the_same(self):
        for program in (OFFICIAL, OURS):
            page = self.events(program).json
            self.assertEqual(len(page["data"]), 100)
            rest = self.events(program, "--page", page["opc-next-page"]).json
            self.assertNotEqual(rest["data"][0], page["data"][0])

    def test_events_as_they_came(self):
        official = self.events(OFFICIAL, "--skip-deserialization").data
        ours = self.events(OURS, "--skip-deserialization").data
        self.assertEqual(ours, official)
        self.assertIn("eventType", json.dumps(ours[0]))

    def test_the_configuration_is_the_same(self):
        words = ("audit", "config", "get", "--compartment-id", self.durward.tenancy_id)
        told = [self.durward.oci(program, *words).json for program in (OFFICIAL, OURS)]
        self.assertEqual(told[0], told[1])
        self.assertEqual(told[0]["data"], {"retention-period-days": 365})


if __name__ == "__main__":
    unittest.main()

"""The official SDK for TypeScript and JavaScript. What it does stands in sdk.mjs."""

import unittest
from pathlib import Path

from installation import Installation

SCRIPT = Path(__file__).with_name("sdk.mjs")
# This SDK's own part has dashes.
REQUEST_ID = r"^[0-9A-F-]+/[0-9A-F]{32}/[0-9A-F]{32}$"


class TypescriptSdk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.durward = Installation()
        cls.addClassCleanup(cls.durward.stop)
        done = cls.durward.run(
            "node", SCRIPT, cls.durward.config_file, "DEFAULT", cls.durward.url
        )
        assert done.code == 0, done
        cls.seen = done.json

    def test_users_are_created_and_read(self):
        user = self.seen["user"]
        self.assertEqual(user["name"], "script-0")
        self.assertEqual(user["compartmentId"], self.durward.tenancy_id)
        self.assertRegex(self.seen["etag"], r"^[0-9a-f]{40}$")
        self.assertRegex(self.seen["requestId"], REQUEST_ID)

    def test_a_retry_token_gives_the_same_one_time_password(self):
        self.assertEqual(len(self.seen["first"]["password"]), 20)
        self.assertEqual(self.seen["first"], self.seen["again"])

    def test_all_pages_are_read(self):
        listed = self.seen["listed"]
        self.assertEqual(len(listed), len(set(listed)))
        self.assertLessEqual({f"script-{number}" for number in range(5)} | {"admin"}, set(listed))

    def test_an_update_with_the_right_etag_is_done(self):
        self.assertEqual(self.seen["description"], "new")

    def test_refusals_have_their_codes(self):
        codes = {
            name: (self.seen[name]["statusCode"], self.seen[name]["serviceCode"])
            for name in ("absent", "stale", "duplicate")
        }
        self.assertEqual(
            codes,
            {
                "absent": (404, "NotAuthorizedOrNotFound"),
                "stale": (412, "NoEtagMatch"),
                "duplicate": (409, "UserAlreadyExists"),
            },
        )
        self.assertRegex(self.seen["absent"]["opcRequestId"], REQUEST_ID)


if __name__ == "__main__":
    unittest.main()

"""Servers for tests as the official clients meet them: they try again where a fault was asked for,
what expires is over for them, and what was seeded they find.
"""

import json
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

import oci
from console import Console
from installation import OFFICIAL, Installation
from oci.exceptions import ServiceError
from oci.identity import IdentityClient, models

SEED = """
[[compartments]]
name = "dev"
description = "Development"

[[groups]]
name = "Operators"
description = "Who operate"

[[users]]
name = "ann"
description = "Ann"
groups = ["Operators"]

[[policies]]
compartment = "dev"
name = "operators"
description = "Who look after development"
statements = ["Allow group Operators to manage policies in compartment dev"]
"""


class Seeded(Installation):
    """An installation for tests that begins with `SEED`."""

    def __init__(self, *more):
        seed = Path(self.scratch) / "seed.toml"
        seed.write_text(SEED)
        super().__init__("--testing", "--seed-file", seed, *more, serve=("--testing",))

    def steer(self, what, method="POST", **body):
        """Asks the server for what tests may ask for."""
        way = json.loads((self.data_dir / "testing.json").read_text())
        request = urllib.request.Request(
            f"{way['url']}/{what}",
            data=json.dumps(body).encode() if method == "POST" else None,
            method=method,
            headers={
                "Authorization": f"Bearer {way['token']}",
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())


def quick(**more):
    """The official retry strategy as it is by default, but for the seconds that it waits."""
    return oci.retry.RetryStrategyBuilder(
        retry_base_sleep_time_seconds=0.01, decorrelated_jitter=0.01, **more
    ).get_retry_strategy()


class Testing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory(prefix="durward-seed-")
        cls.addClassCleanup(scratch.cleanup)
        Seeded.scratch = scratch.name
        cls.durward = Seeded("--seed", "42")
        cls.addClassCleanup(cls.durward.stop)
        cls.config = oci.config.from_file(cls.durward.config_file)

    def setUp(self):
        self.durward.steer("reset")
        self.client = self.sdk(oci.retry.NoneRetryStrategy())

    def sdk(self, strategy):
        url = self.durward.url
        return IdentityClient(self.config, service_endpoint=url, retry_strategy=strategy)

    def names(self, client=None):
        listed = (client or self.client).list_users(self.durward.tenancy_id).data
        return sorted(user.name for user in listed)

    def test_the_sdk_tries_again_after_429_and_503_and_gets_what_it_asked_for(self):
        for status in (429, 503, 500):
            with self.subTest(status=status):
                self.durward.steer("faults", status=status, operation="ListUsers", times=3)
                self.assertEqual(self.names(self.sdk(quick())), ["admin", "ann"])
                [fault] = self.durward.steer("faults", "GET")
                self.assertEqual(fault["met"], 3)
                self.durward.steer("reset")

    def test_the_default_strategy_of_the_sdk_waits_out_a_429(self):
        self.durward.steer("faults", status=429, operation="ListUsers", retryAfterSeconds=1)
        self.assertEqual(self.names(self.sdk(oci.retry.DEFAULT_RETRY_STRATEGY)), ["admin", "ann"])

    def test_without_a_strategy_the_fault_is_seen_as_ocis(self):
        self.durward.steer("faults", status=429, operation="ListUsers")
        with self.assertRaises(ServiceError) as caught:
            self.names()
        self.assertEqual((caught.exception.status, caught.exception.code), (429, "TooManyRequests"))

    def test_an_answer_that_was_lost_is_asked_for_again_and_nothing_is_done_twice(self):
        self.durward.steer("faults", status=500, operation="CreateUser", times=2, after=True)
        details = models.CreateUserDetails(
            compartment_id=self.durward.tenancy_id, name="bob", description="Bob"
        )
        made = self.sdk(quick()).create_user(details).data
        self.assertEqual(made.name, "bob")
        self.assertEqual(self.names(), ["admin", "ann", "bob"])

    def test_a_one_time_password_is_over_when_eight_days_have_passed(self):
        [ann] = self.client.list_users(self.durward.tenancy_id, name="ann").data
        password = self.client.create_or_reset_ui_password(ann.id).data.password
        self.durward.steer("clock", advanceSeconds=6 * 86_400)
        visitor = Console(self.durward.url)
        visitor.sign_in("durward", "ann", password)
        self.assertTrue(visitor.asks_for_a_new_password())
        self.durward.steer("clock", advanceSeconds=2 * 86_400)
        visitor = Console(self.durward.url)
        visitor.sign_in("durward", "ann", password)
        self.assertFalse(visitor.asks_for_a_new_password())
        # Whoever signs goes by the clock on the wall, and is served as ever.
        self.assertEqual(self.client.get_user(ann.id).data.name, "ann")

    def test_a_reset_takes_milliseconds(self):
        for name in range(20):
            details = models.CreateUserDetails(
                compartment_id=self.durward.tenancy_id, name=f"user-{name}", description="one"
            )
            self.client.create_user(details)
        begun = time.monotonic()
        self.durward.steer("reset")
        took = time.monotonic() - begun
        self.assertEqual(self.names(), ["admin", "ann"])
        self.assertLess(took, 1, "a busy machine is given time")

    def test_the_official_command_line_finds_what_was_seeded(self):
        env = {
            **self.durward.environment(OCI_CLI_CONFIG_FILE=self.durward.config_file),
            "OCI_CLI_ENDPOINT": self.durward.url,
        }
        run = lambda *words: self.durward.run(OFFICIAL, "iam", *words, env=env)
        users = run("user", "list")
        self.assertEqual(users.code, 0, users)
        self.assertEqual(sorted(user["name"] for user in users.data), ["admin", "ann"])
        [compartment] = run("compartment", "list").data
        policies = run("policy", "list", "--compartment-id", compartment["id"])
        self.assertEqual([policy["name"] for policy in policies.data], ["operators"])

    def test_a_seed_makes_the_same_ocids_elsewhere(self):
        other = Seeded("--seed", "42")
        self.addCleanup(other.stop)
        self.assertEqual(other.tenancy_id, self.durward.tenancy_id)
        self.assertEqual(other.admin_id, self.durward.admin_id)


if __name__ == "__main__":
    unittest.main()

"""Rate limits as the official clients meet them: they wait, and try again."""

import unittest

import oci
from installation import Installation
from oci.exceptions import ServiceError
from oci.identity import IdentityClient


class RateLimits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.durward = Installation()
        cls.addClassCleanup(cls.durward.stop)
        file = cls.durward.dir / "durward.toml"
        file.write_text("[rate-limits]\nprincipal-per-second = 5\nprincipal-burst = 5\n")
        cls.durward.end()
        cls.durward.start(("--config", file))
        cls.config = oci.config.from_file(cls.durward.config_file)

    def sdk(self, strategy):
        url = self.durward.url
        return IdentityClient(self.config, service_endpoint=url, retry_strategy=strategy)

    def test_who_does_not_try_again_is_refused_and_who_does_gets_through(self):
        hasty = self.sdk(oci.retry.NoneRetryStrategy())
        with self.assertRaises(ServiceError) as caught:
            for _ in range(50):
                hasty.list_regions()
        refused = caught.exception
        self.assertEqual((refused.status, refused.code), (429, "TooManyRequests"))
        self.assertEqual(refused.headers["retry-after"], "1")
        patient = self.sdk(oci.retry.DEFAULT_RETRY_STRATEGY)
        for _ in range(12):
            self.assertEqual(patient.list_regions().status, 200)


if __name__ == "__main__":
    unittest.main()

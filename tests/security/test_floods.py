"""THR-4 and PWD-9: whoever tries to sign in, under names that nobody has or many times at once,
fills no memory.
"""

import os
import secrets
import unittest

from stage import LONG, TENANCY, Stage, Wire, at_once

CONNECTIONS, WARM, ROUNDS = 8, 6, 400 if LONG else 10
NAME_BYTES = 12_000
GROWTH_MAX_KIB = 32 * 1024
AT_ONCE = 64
# A hash takes 19 MiB, and as many are made at once as there are cores.
REST_MAX_KIB, HASH_MAX_KIB = 64 * 1024, 20 * 1024


class Floods(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stage = Stage()
        cls.addClassCleanup(cls.stage.stop)

    def resident(self):
        """How much memory the server holds, in KiB."""
        with open(f"/proc/{self.stage.server.pid}/status") as status:
            [line] = [line for line in status if line.startswith("VmRSS:")]
        return int(line.split()[1])

    def flood(self, connections, rounds):
        def tries():
            page = self.stage.visitor()
            page.get(f"/console/sign-in?tenant={TENANCY}")
            wire = Wire(self.stage.address)
            for _ in range(rounds):
                name = secrets.token_urlsafe(NAME_BYTES * 3 // 4)
                form = page.filled("/console/sign-in", username=name, password="x")
                assert wire.ask(form).status == 403

        at_once([tries] * connections)

    def test_names_that_nobody_has_do_not_fill_the_memory(self):
        self.flood(CONNECTIONS, WARM)
        before = self.resident()
        self.flood(CONNECTIONS, ROUNDS)
        grown = self.resident() - before
        sent = CONNECTIONS * ROUNDS * NAME_BYTES // 1024
        # In the long run more than the bound was sent; in the short one, a share of what was sent.
        self.assertLess(grown, min(GROWTH_MAX_KIB, max(sent // 2, 4096)), f"of {sent} KiB sent")

    def test_many_sign_ins_at_once_share_the_memory_to_hash_in(self):
        self.flood(AT_ONCE, 3 if LONG else 1)
        self.assertLess(self.resident(), REST_MAX_KIB + HASH_MAX_KIB * os.cpu_count())


if __name__ == "__main__":
    unittest.main()

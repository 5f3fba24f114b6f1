"""Two nodes on one database, and nothing goes wrong: every user looks as if there were one node that
does one thing after the other. What the kills and the new versions do is in tests of their own.
"""

import time
import unittest

from aftermath import check
from load import Load
from nodes import Fleet
from stage import LONG

SECONDS = 600 if LONG else 10


class TwoNodes(unittest.TestCase):
    def test_what_each_client_sees_has_one_order(self):
        fleet = Fleet()
        self.addCleanup(fleet.stop)
        load = Load(fleet.nodes, users=2 if not LONG else 6)
        with load:
            time.sleep(SECONDS)
        # Without both outcomes of each kind there would be little to judge.
        for kind, outcomes in (("credentials", (True, False, "refused")), ("key", (True, False)),
                               ("membership", (True, False, "refused"))):
            for outcome in outcomes:
                self.assertGreater(load.events(kind, outcome), 0, (kind, outcome))
        self.assertEqual(load.events(outcome="unknown"), 0)
        check(self, fleet.first, load, [])


if __name__ == "__main__":
    unittest.main()

"""Two nodes on one database, and nothing goes wrong: every user looks as if there were one node
that does one thing after the other. What kills and new versions do is in tests of their own.
"""

import time
import unittest

from aftermath import check
from load import Load
from nodes import Fleet
from stage import LONG

SECONDS, SECONDS_MAX = (600, 900) if LONG else (8, 60)
# Without both outcomes of each kind there would be little to judge.
OUTCOMES = {
    "credentials": (True, False, "refused"), "key": (True, False, "refused"),
    "membership": (True, False, "refused"),
}


class TwoNodes(unittest.TestCase):
    def test_what_each_client_sees_has_one_order(self):
        fleet = Fleet()
        self.addCleanup(fleet.stop)
        load = Load(fleet.nodes, users=2 if not LONG else 6)
        with load:
            began = time.monotonic()
            time.sleep(SECONDS)
            while missing := self.missing(load):
                self.assertLess(time.monotonic() - began, SECONDS_MAX, missing)
                time.sleep(0.1)
        self.assertEqual(load.events(outcome="unknown"), 0)
        check(self, fleet.first, load, [])

    def missing(self, load):
        """The outcomes that were not seen yet."""
        outcomes = [(kind, outcome) for kind in OUTCOMES for outcome in OUTCOMES[kind]]
        return [pair for pair in outcomes if load.events(*pair) == 0]


if __name__ == "__main__":
    unittest.main()

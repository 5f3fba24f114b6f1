"""The power fails, again and again, while clients change users: what was acknowledged had been
flushed. A process that is killed would not show that, since the system keeps what it wrote.
"""

import random
import time
import unittest

from aftermath import check, check_whole
from load import Load
from nodes import Node
from power import Power
from stage import LONG

CUTS = 100 if LONG else 4
LIFE_SECONDS_MAX = 0.5


class PowerCuts(unittest.TestCase):
    def setUp(self):
        self.power = Power()
        self.addCleanup(self.power.close)
        self.node = Node(under=self.power.under)
        self.addCleanup(self.node.stop)
        self.load = Load([self.node])
        # From a state that is safe for sure.
        self.node.end()
        self.begin()

    def begin(self):
        self.power.begin(self.node.data_dir)
        self.node.start()

    def cut(self, honest=True):
        self.node.kill()
        syncs = self.power.cut(self.node.data_dir, honest)
        self.assertGreater(syncs, 0, "the server flushes through the shim")
        self.begin()

    def test_what_was_acknowledged_survives_a_power_cut(self):
        moments = []
        with self.load:
            for _ in range(CUTS):
                self.load.await_more(random.randrange(1, 20))
                time.sleep(random.random() * LIFE_SECONDS_MAX)
                self.cut()
                moments.append(time.monotonic())
            self.load.await_more(20)
        check(self, self.node, self.load, moments)

    def test_a_disk_that_lies_is_found_out(self):
        """The judge, the trail and the power cut themselves: they see what is lost."""
        with self.load:
            self.load.await_more(60)
            self.cut(honest=False)
            moment = time.monotonic()
            self.load.await_more(60)
        self.assertNotEqual(list(self.load.impossible([moment])), [])
        check_whole(self, self.node)  # though older than it should be


if __name__ == "__main__":
    unittest.main()

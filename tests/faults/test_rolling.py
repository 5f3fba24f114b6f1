"""A new version is rolled out, one node after the other, and nobody who asks `/readyz` where to
send their requests notices. With DURWARD_OLD_BINARY the nodes begin as that program.
"""

import threading
import time
import unittest

from aftermath import check
from load import Load
from nodes import DURWARD, OLD, Fleet
from stage import LONG

ROUNDS = 20 if LONG else 1
# A balancer asks more often than the drain is long.
LOOK_SECONDS, DRAIN_SECONDS, WAIT_SECONDS_MAX = 0.1, 3, 60


class Balancer:
    """The nodes that are ready, as one who asks them sees it: for a load, in place of a list."""

    def __init__(self, nodes):
        self.nodes, self.ready = nodes, list(nodes)
        self.looking = threading.Thread(target=self.look, daemon=True)
        self.over = threading.Event()
        self.looking.start()

    def look(self):
        while not self.over.wait(LOOK_SECONDS):
            seen = [node for node in self.nodes if (node.readiness() or [0])[0] == 200]
            self.ready = seen

    def __len__(self):
        return len(self.nodes)

    def __getitem__(self, number):
        """One of those that are ready; on a machine that is very busy, none is at times."""
        ready = self.awaited(lambda ready: ready)
        return ready[number % len(ready)]

    def await_count(self, count):
        self.awaited(lambda ready: len(ready) == count)

    def awaited(self, is_so):
        ends = time.monotonic() + WAIT_SECONDS_MAX
        while not is_so(ready := self.ready):
            assert time.monotonic() < ends, f"{len(ready)} nodes are ready for long"
            time.sleep(LOOK_SECONDS / 4)
        return ready


class Rolling(unittest.TestCase):
    def test_nobody_notices_that_the_nodes_are_replaced(self):
        fleet = Fleet("--drain-seconds", str(DRAIN_SECONDS), binary=OLD)
        self.addCleanup(fleet.stop)
        balancer = Balancer(fleet.nodes)
        self.addCleanup(balancer.looking.join)
        self.addCleanup(balancer.over.set)
        load = Load(balancer)
        with load:
            for _ in range(ROUNDS):
                for node in fleet.nodes:
                    load.await_more(20)
                    ended = threading.Thread(target=lambda node=node: self.replace(node))
                    ended.start()
                    balancer.await_count(1)
                    load.await_more(20)
                    ended.join()
                    balancer.await_count(2)
            load.await_more(20)
        self.assertEqual(load.events(outcome="unknown"), 0, "a change was cut off")
        self.assertEqual(load.failed, [], "a request was cut off or failed")
        check(self, fleet.first, load, [])

    def replace(self, node):
        """Ends a node as a supervisor does, and starts it as the new program."""
        if node.end() != 0:
            raise AssertionError(node.logged())
        node.binary = DURWARD
        node.start()


if __name__ == "__main__":
    unittest.main()

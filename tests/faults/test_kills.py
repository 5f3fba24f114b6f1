"""`kill -9` at any moment, again and again, while clients change users: what was acknowledged is
there, what was cut off happened as a whole or never, and ten wrong passwords stay ten.
"""

import random
import threading
import time
import unittest

from aftermath import check
from load import Load
from nodes import Fleet, Node
from stage import LONG, Visitor

KILLS = 300 if LONG else 3
LIFE_SECONDS_MAX = 0.8
# After some wrong passwords each next one is weighed two seconds later, if it is by then.
GUESSED_LIFE_SECONDS_MAX = 4
# As long as a statement may take: by then the database has ended what a node left behind.
LEFT_BEHIND_SECONDS = 5
FAILURES_MAX, GUESSERS, GUESS_SECONDS_MAX = 10, 4, 60


class Kills(unittest.TestCase):
    def kill(self, nodes, settle_seconds):
        """Has clients change users on these nodes, of which one after the other is killed."""
        load, moments = Load(nodes), []
        with load:
            for _ in range(KILLS):
                load.await_more(random.randrange(1, 20))
                time.sleep(random.random() * LIFE_SECONDS_MAX)
                random.choice(nodes).again()
                moments.append(time.monotonic() + settle_seconds)
            load.await_more(20)
        self.assertGreater(load.events(outcome="unknown"), 0, "no change was ever cut off")
        check(self, nodes[0], load, moments)

    def test_one_server_on_its_directory(self):
        node = Node()
        self.addCleanup(node.stop)
        self.kill([node], 0)  # what a process that is gone has not made, it never will

    def test_one_of_two_nodes_on_a_database(self):
        fleet = Fleet()
        self.addCleanup(fleet.stop)
        self.kill(fleet.nodes, LEFT_BEHIND_SECONDS)


class Guesses(unittest.TestCase):
    def guess(self, nodes, name):
        """Has many guess a password until ten of them were told that it is wrong, while nodes are
        killed; answers how many were told."""
        refused, enough, ends = [], threading.Event(), time.monotonic() + GUESS_SECONDS_MAX

        def try_wrong():
            while not enough.is_set():
                visitor = Visitor(random.choice(nodes).address)
                try:
                    raw = visitor.to_sign_in(name, "Not-the-password-7")
                    if visitor.ask(raw).status == 403:
                        refused.append(time.monotonic())
                except (OSError, StopIteration):
                    time.sleep(0.02)  # there was nobody, or no form

        threads = [threading.Thread(target=try_wrong) for _ in range(GUESSERS)]
        for thread in threads:
            thread.start()
        while len(refused) < FAILURES_MAX and time.monotonic() < ends:
            time.sleep(random.random() * GUESSED_LIFE_SECONDS_MAX)
            random.choice(nodes).again()
        enough.set()
        for thread in threads:
            thread.join()
        return len(refused)

    def check_block(self, nodes):
        """After ten wrong ones the right one is wrong too, on every node and after a kill."""
        first = nodes[0]
        user = first.user("ann")
        password = first.one_time_password(user)
        self.assertEqual(first.visitor().sign_in("ann", password).status, 303)
        self.assertGreaterEqual(self.guess(nodes, "ann"), FAILURES_MAX)
        for node in nodes:
            self.assertEqual(node.visitor().sign_in("ann", password).status, 403)
            node.again()
            self.assertEqual(node.visitor().sign_in("ann", password).status, 403)
            state = node.admin.ask("GET", f"/users/{user}")
            self.assertEqual(state.get("inactiveStatus"), 4)
        first.unblock(user)
        for node in nodes:
            self.assertEqual(node.visitor().sign_in("ann", password).status, 303)

    def test_one_server_on_its_directory(self):
        node = Node()
        self.addCleanup(node.stop)
        self.check_block([node])

    def test_one_of_two_nodes_on_a_database(self):
        fleet = Fleet()
        self.addCleanup(fleet.stop)
        self.check_block(fleet.nodes)


if __name__ == "__main__":
    unittest.main()

"""The judge itself: it accepts what can be explained, and refuses what cannot."""

import unittest

from judge import UNKNOWN, Credentials, Event, Key, Membership, Undecided
from judge import first_impossible, settled


def verdict(model, *events):
    return first_impossible((Event(*event) for event in events), model.initial, model.step)


class Judge(unittest.TestCase):
    def refuses(self, model, *events):
        """It names the last event as the one that cannot be."""
        found = verdict(model, *events)
        self.assertIsNotNone(found, events)
        self.assertEqual(found[0], Event(*events[-1]))

    def accepts(self, model, *events):
        self.assertIsNone(verdict(model, *events))

    def test_one_after_the_other_is_accepted(self):
        self.accepts(
            Credentials,
            ("reset", None, "one", 0, 1), ("sign in", "one", "session", 2, 3),
            ("use", "session", True, 4, 5), ("reset", None, "two", 6, 7),
            ("use", "session", False, 8, 9), ("sign in", "one", "refused", 10, 11),
        )
        self.accepts(
            Membership,
            ("join", None, "m1", 0, 1), ("use", None, True, 2, 3), ("join", None, "refused", 4, 5),
            ("look", None, "m1", 6, 7), ("leave", "m1", "done", 8, 9), ("use", None, False, 10, 11),
            ("leave", "m1", "refused", 12, 13),
        )

    def test_a_stale_read_is_refused(self):
        uploaded = ("upload", None, "done", 0, 1)
        self.refuses(Key, uploaded, ("use", None, False, 2, 3))
        deleted = ("delete", None, "done", 2, 3)
        self.refuses(Key, uploaded, deleted, ("use", None, True, 4, 5))
        self.refuses(
            Membership, ("join", None, "m1", 0, 1), ("leave", "m1", "done", 2, 3),
            ("use", None, True, 4, 5),
        )

    def test_reads_that_go_back_in_time_are_refused(self):
        upload = ("upload", None, "done", 0, 10)
        self.accepts(Key, upload, ("use", None, False, 1, 2), ("use", None, True, 3, 4))
        events = [("use", None, True, 1, 2), ("use", None, False, 3, 4), upload]
        self.assertIsNotNone(verdict(Key, *events))

    def test_a_lost_update_is_refused(self):
        # Two resets at once, and the passwords of both sign in later, one after the other.
        self.refuses(
            Credentials,
            ("reset", None, "one", 0, 10), ("reset", None, "two", 1, 9),
            ("sign in", "one", "a", 11, 12), ("sign in", "two", "b", 13, 14),
        )
        self.refuses(
            Membership, ("join", None, "m1", 0, 5), ("join", None, "m2", 1, 6),
        )

    def test_a_change_that_was_lost_is_refused(self):
        self.refuses(
            Credentials, ("reset", None, "one", 0, 1), ("reset", None, "two", 2, 3),
            ("sign in", "one", "a", 4, 5),
        )
        self.refuses(
            Credentials, ("reset", None, "one", 0, 1), ("sign in", "one", "refused", 2, 3),
        )

    def test_a_session_that_outlives_a_reset_or_a_bar_is_refused(self):
        begun = [("reset", None, "one", 0, 1), ("sign in", "one", "session", 2, 3)]
        used = ("use", "session", True, 6, 7)
        self.accepts(Credentials, *begun, used)
        self.refuses(Credentials, *begun, ("reset", None, "two", 4, 5), used)
        self.refuses(Credentials, *begun, ("allow", False, "done", 4, 5), used)

    def test_what_overlaps_may_come_in_either_order(self):
        for outcome in (True, False):
            self.accepts(Key, ("upload", None, "done", 0, 10), ("use", None, outcome, 1, 2))
        for right in ("one", "two"):
            self.accepts(
                Credentials, ("reset", None, "one", 0, 10), ("reset", None, "two", 0, 10),
                ("sign in", right, "session", 11, 12),
            )

    def test_what_nobody_knows_of_may_have_happened_or_not_until_its_end(self):
        unknown = ("upload", None, UNKNOWN, 0, 5)
        for outcome in (True, False):
            self.accepts(Key, unknown, ("use", None, outcome, 6, 7))
        self.accepts(Key, unknown, ("use", None, False, 1, 2), ("use", None, True, 3, 4))
        # It was not there when its time was over, so it is not there later either.
        self.refuses(Key, unknown, ("use", None, False, 6, 7), ("use", None, True, 8, 9))
        self.refuses(Key, unknown, ("use", None, True, 6, 7), ("use", None, False, 8, 9))

    def test_a_reset_that_was_cut_off_ends_the_older_password_for_good_or_not_at_all(self):
        begun = [("reset", None, "one", 0, 1), ("reset", None, UNKNOWN, 2, 3)]
        self.accepts(Credentials, *begun, ("sign in", "one", "refused", 4, 5))
        self.accepts(Credentials, *begun, ("sign in", "one", "session", 4, 5))
        self.refuses(
            Credentials, *begun, ("sign in", "one", "refused", 4, 5),
            ("sign in", "one", "session", 6, 7),
        )

    def test_the_end_of_what_is_unknown_is_the_first_moment_after_it(self):
        unknown = Event("upload", None, UNKNOWN, 0, 5)
        known = Event("use", None, True, 20, 30)
        self.assertEqual([event.end for event in settled([unknown, known], [3, 9, 12])], [9, 30])
        self.assertEqual([event.end for event in settled([unknown, known], [3])], [30, 30])

    def test_many_that_nobody_knows_of_are_decided(self):
        many = [("reset", None, UNKNOWN, number, 100) for number in range(40)]
        many += [("allow", number % 2 == 0, UNKNOWN, number, 100) for number in range(40)]
        begun = ("reset", None, "one", 41, 42)
        self.accepts(Credentials, *many, begun, ("sign in", "one", "session", 50, 60))
        self.accepts(Credentials, *many, begun, ("sign in", "one", "refused", 50, 60))
        self.refuses(Credentials, *many, begun, ("sign in", "none", "session", 50, 60))

    def test_it_gives_up_where_there_are_too_many_orders(self):
        many = [("reset", None, f"password-{number}", 0, 100) for number in range(40)]
        with self.assertRaises(Undecided):
            verdict(Credentials, *many, ("sign in", "none", "session", 50, 60))


if __name__ == "__main__":
    unittest.main()

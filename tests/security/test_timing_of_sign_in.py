"""T-1 for signing in to the Console: why a password was refused cannot be told by the time it
took."""

import os
import secrets
import shutil
import sqlite3
import string
import unittest

from stage import LONG, TENANCY, Stage, Wire, at_once
from timing import Comparison, measure, together

ROUNDS, ROUNDS_AT_ONCE, CONNECTIONS = (2000, 125, 16) if LONG else (24, 0, 1)
ROUNDS_BLOCKED = 40 if LONG else 2
# After the third failure in a row the next attempt waits.
FREE = 3
WRONG = "Not-the-right-one-9"
WEEK_AND_A_DAY = 8 * 24 * 3600 * 1_000_000


def pinned():
    """What starts a server on a core that the test does not use; the test is moved to another."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2 or not shutil.which("taskset"):
        return ()
    os.sched_setaffinity(0, cores[1:])
    return ("taskset", "-c", str(cores[0]))


def a_name():
    """A user name that nobody has, as long as those of the users here."""
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(12))


def expire(stage, users):
    """Lets a week and a day pass for the one-time passwords of these users."""
    stage.end()
    with sqlite3.connect(stage.data_dir / "durward.db") as rows:
        for user in users:
            changed = rows.execute(
                "UPDATE ui_passwords SET created = created - ?1, expires = expires - ?1,"
                " anchor = anchor - ?1 WHERE user_id = ?2", (WEEK_AND_A_DAY, user)
            )
            assert changed.rowcount == 1
    rows.close()
    stage.start()


class Cast:
    """The users that one connection tries to sign in as, each refused for a reason of its own."""

    def __init__(self, stage):
        self.stage, self.users, self.tries = stage, [], {}
        self.add("wrong", WRONG)
        stage.member(*self.users[-1])
        self.add("wrong for a one-time password", WRONG)
        stage.one_time_password(self.users[-1][1])
        self.add("without a password", WRONG)
        self.add("barred")
        barred = self.users[-1][1]
        capability = {"canUseConsolePassword": False}
        stage.admin.ask("PUT", f"/users/{barred}/capabilities", capability)
        self.add("expired")
        self.expired = self.users[-1][1]

    def add(self, reason, password=None):
        name = a_name()
        user = self.stage.user(name)
        self.users.append((name, user))
        self.tries[reason] = name, password or self.stage.one_time_password(user)

    def classes(self):
        """What to measure, by name."""
        page = self.stage.visitor()
        page.get(f"/console/sign-in?tenant={TENANCY}")
        wire = Wire(self.stage.address)

        def attempt(name, password):
            form = page.filled("/console/sign-in", username=name, password=password)
            answer = wire.ask(form)
            assert answer.status == 403 and b"not right" in answer.body, answer.body
            return answer.seconds

        def malformed():
            wrong = page.filled("/console/sign-in", username="x", password="x", form_token="x")
            answer = wire.ask(wrong)
            assert answer.status == 403 and b"not right" not in answer.body
            return answer.seconds

        known = {
            reason: lambda tried=tried: attempt(*tried) for reason, tried in self.tries.items()
        }
        return {"unknown": lambda: attempt(a_name(), WRONG), "malformed": malformed, **known}

    def measure(self, rounds):
        return measure(rounds, self.classes(), FREE, self.forgive)

    def forgive(self):
        for _, user in self.users:
            self.stage.unblock(user)


class Refusals(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stage = Stage(under=pinned())
        cls.addClassCleanup(cls.stage.stop)
        cls.casts = [Cast(cls.stage) for _ in range(CONNECTIONS)]
        expire(cls.stage, [cast.expired for cast in cls.casts])

    def compare(self, seconds):
        for reason in seconds:
            if reason not in ("unknown", "malformed"):
                found = Comparison(seconds["unknown"], seconds[reason])
                print(f"unknown / {reason}: {found}")
                with self.subTest(reason):
                    self.assertTrue(found.are_alike(), found)
        # What is known to differ has to be seen, or the rest says nothing.
        control = Comparison(seconds["unknown"], seconds["malformed"])
        self.assertFalse(control.are_alike(), control)

    def test_why_a_password_is_refused_cannot_be_told_by_the_time(self):
        self.compare(self.casts[0].measure(ROUNDS))

    @unittest.skipUnless(LONG, "of few answers it says nothing")
    def test_nor_on_many_connections_at_once(self):
        works = [lambda cast=cast: cast.measure(ROUNDS_AT_ONCE) for cast in self.casts]
        self.compare(together(at_once(works)))


class Blocks(unittest.TestCase):
    """After ten failures every attempt waits two seconds, whether the name is a user's or
    nobody's."""

    @classmethod
    def setUpClass(cls):
        cls.stage = Stage(under=pinned())
        cls.addClassCleanup(cls.stage.stop)

    def attempts(self, name, password):
        """Fails ten times with that name; answers what tries once more."""
        form = self.stage.visitor().to_sign_in(name, WRONG)
        at_once([lambda: Wire(self.stage.address).ask(form) for _ in range(10)])
        wire, form = Wire(self.stage.address), self.stage.visitor().to_sign_in(name, password)

        def attempt():
            answer = wire.ask(form)
            assert answer.status == 403
            return answer.seconds

        return attempt

    def one(self, index):
        """A blocked user whose password is right, and a name that nobody has."""
        name = f"blocked{index:05}"
        user = self.stage.user(name)
        password = self.stage.one_time_password(user)
        classes = {"blocked": self.attempts(name, password),
                   "unknown": self.attempts(f"unknown{index:05}", password)}
        state = self.stage.admin.ask("GET", f"/users/{user}")
        self.assertEqual((state["lifecycleState"], state["inactiveStatus"]), ("INACTIVE", 4))
        return classes

    def test_a_block_cannot_be_told_by_the_time(self):
        classes = [self.one(index) for index in range(8)]
        works = [lambda one=one: measure(ROUNDS_BLOCKED, one) for one in classes]
        seconds = together(at_once(works))
        found = Comparison(seconds["blocked"], seconds["unknown"])
        print(f"blocked / unknown: {found}")
        self.assertTrue(found.are_alike(), found)
        self.assertGreater(min(found.medians), 2, "the delay is there")


if __name__ == "__main__":
    unittest.main()

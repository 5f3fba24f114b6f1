"""The clock jumps by eight days, ahead and back, while the server serves: what was over stays over,
also after a crash, and what is signed is judged by the clock as it is.
"""

import unittest

from aftermath import check_secrets, check_whole
from nodes import Node
from shim import Shim
from stage import CHOSEN, SESSION

DAY = 24 * 60 * 60
STEP = 8 * DAY
BACK = "not ready: the clock has gone back"


class Clock(unittest.TestCase):
    def setUp(self):
        self.shim = Shim()
        self.addCleanup(self.shim.close)
        self.node = Node(under=self.shim.under)
        self.addCleanup(self.node.stop)
        self.ann = self.node.user("ann")
        self.secrets = [CHOSEN]

    def step(self, seconds):
        """Has the server's clock be so far from the true one; the administrator's goes along."""
        self.shim.set_clock(seconds)
        self.node.admin.clock_ahead = seconds

    def again(self):
        """Kills the server and starts it again, with the clock as it is."""
        ahead = self.node.admin.clock_ahead
        self.node.again()
        self.node.admin.clock_ahead = ahead

    def one_time_password(self):
        self.secrets.append(self.node.one_time_password(self.ann))
        return self.secrets[-1]

    def sign_in(self, password):
        """The status of trying: 303 for right, 403 for wrong. No failure counts for the next."""
        status = self.node.visitor().sign_in("ann", password).status
        self.node.unblock(self.ann)
        return status

    def signed_at(self, ahead):
        """What a request is answered that is signed by a clock so far ahead of the true one."""
        admin = self.node.admin
        kept, admin.clock_ahead = admin.clock_ahead, ahead
        status = admin.wire.ask(admin.signed("GET", f"/users/{self.ann}")).status
        admin.clock_ahead = kept
        return status

    def check(self):
        self.assertGreater(self.shim["clock_reads"], 0)
        self.assertNotIn("panicked", self.node.logged())
        check_whole(self, self.node)
        check_secrets(self, self.node, self.secrets)

    def test_a_one_time_password_that_expired_stays_so_when_the_clock_goes_back(self):
        password = self.one_time_password()
        self.assertEqual(self.sign_in(password), 303)
        self.step(STEP)
        self.assertEqual(self.sign_in(password), 403)
        self.step(0)
        self.assertEqual(self.sign_in(password), 403)
        self.node.await_readiness(503, BACK)
        self.again()
        self.assertEqual(self.sign_in(password), 403)
        # A new one is of the clock as it is now, and works.
        self.assertEqual(self.sign_in(self.one_time_password()), 303)
        self.check()

    def test_one_that_was_refused_in_the_last_moment_before_a_crash_stays_so(self):
        password = self.one_time_password()
        self.step(STEP)
        self.assertEqual(self.node.visitor().sign_in("ann", password).status, 403)
        self.node.kill()
        self.step(0)
        self.node.start()
        self.assertEqual(self.sign_in(password), 403)
        self.node.await_readiness(503, BACK)
        self.check()

    def test_one_that_is_from_the_future_is_not_believed(self):
        self.step(STEP)
        password = self.one_time_password()
        self.assertEqual(self.sign_in(password), 303)
        self.step(0)
        self.assertEqual(self.sign_in(password), 403)
        self.again()
        self.assertEqual(self.sign_in(password), 403)
        self.check()

    def test_a_session_does_not_come_back(self):
        member = self.node.member("ann", self.ann)
        self.secrets.append(member.cookies[SESSION])
        self.assertEqual(member.get("/console/").status, 200)
        self.step(STEP)
        self.assertEqual(member.get("/console/").status, 303)
        self.step(0)
        self.assertEqual(member.get("/console/").status, 303)
        self.node.unblock(self.ann)
        self.assertEqual(self.sign_in(CHOSEN), 303)
        self.check()

    def test_signatures_are_judged_by_the_clock_as_it_is(self):
        for clock in (0, STEP, -STEP, 0):
            self.step(clock)
            for signed in (0, STEP, -STEP):
                expected = 200 if signed == clock else 401
                self.assertEqual(self.signed_at(signed), expected, (clock, signed))
        self.one_time_password()
        self.check()

    def test_a_clock_that_is_far_behind_makes_the_server_unready_until_it_is_right(self):
        password = self.one_time_password()
        self.step(-STEP)
        self.node.await_readiness(503, BACK)
        self.assertEqual(self.sign_in(password), 403, "a password of the future")
        self.step(0)
        self.node.await_readiness(200)
        self.assertEqual(self.sign_in(password), 303)
        self.check()


if __name__ == "__main__":
    unittest.main()

"""What only one of many may do, with many at once: OTP-6 and THR-2."""

import random
import unittest

from stage import CHOSEN, LONG, Stage, at_once

CHANGES, CHANGE_ROUNDS = 64, 500 if LONG else 10
WRONG, GUESS_ROUNDS = 200, 20 if LONG else 2
# After ten failures in a row nothing is weighed any more; so many more may be on their way into the
# server before the first of them are counted there.
WEIGHED_MAX, UNDER_WAY = 10, 32

OVER = {"/console/sign-in?done=over", "/console/sign-in?done=ended"}


class Races(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stage = Stage()
        cls.addClassCleanup(cls.stage.stop)
        cls.user = cls.stage.user("ann")

    def test_of_many_changes_of_a_one_time_password_one_succeeds(self):
        for number in range(CHANGE_ROUNDS):
            visitor = self.stage.visitor()
            visitor.sign_in("ann", self.stage.one_time_password(self.user))
            visitor.get("/console/change-password")
            windows = [visitor.another() for _ in range(CHANGES)]
            chosen = [f"{CHOSEN}-{number}-{index}" for index in range(CHANGES)]
            forms = [
                visitor.filled("/console/change-password", new_password=new, repeat_password=new)
                for new in chosen
            ]
            works = [
                lambda window=window, form=form: window.ask(form).header("location")
                for window, form in zip(windows, forms)
            ]
            led = at_once(works)
            changed = [index for index, to in enumerate(led) if to == "/console/?done=changed"]
            self.assertEqual(len(changed), 1, led)
            # The others learn that it is over (or, where they came when the change had ended the
            # session, that), and only the one that was taken opens anything.
            [taken] = changed
            self.assertLessEqual({to for to in led if to != led[taken]}, OVER, led)
            self.assertEqual(windows[taken].get("/console/").status, 200)
            loser = windows[taken - 1]
            self.assertEqual(loser.get("/console/").status, 303)
            tried = self.stage.visitor().sign_in("ann", chosen[taken - 1])
            self.assertEqual(tried.status, 403)
            self.stage.unblock(self.user)

    def test_of_many_guesses_at_once_ten_at_most_are_weighed(self):
        for number in range(GUESS_ROUNDS):
            name = f"guessed{number}"
            user = self.stage.user(name)
            right = self.stage.one_time_password(user)
            place = random.randrange(WRONG + 1)
            passwords = [f"Wrong-{index}-password" for index in range(WRONG)]
            passwords.insert(place, right)
            visitors = [self.stage.visitor() for _ in passwords]
            forms = [
                visitor.to_sign_in(name, password)
                for visitor, password in zip(visitors, passwords)
            ]
            works = [
                lambda visitor=visitor, form=form: visitor.ask(form).status
                for visitor, form in zip(visitors, forms)
            ]
            answers = at_once(works)
            # Those for whom there is no room are told so before they are counted.
            self.assertLessEqual(set(answers), {303, 403, 429}, answers)
            if place >= WEIGHED_MAX + UNDER_WAY:
                self.assertNotIn(303, answers, f"the right one came in place {place}")
            self.assertGreaterEqual(answers.count(403), WEIGHED_MAX)
            state = self.stage.admin.ask("GET", f"/users/{user}")
            self.assertEqual(state.get("inactiveStatus"), 4, "and the user is blocked")
            self.assertEqual(self.stage.visitor().sign_in(name, right).status, 403)


if __name__ == "__main__":
    unittest.main()

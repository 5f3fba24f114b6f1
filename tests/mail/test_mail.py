"""E-mail from the real program to a real mail server: over TLS of either kind, with a password, to
servers that are wrong, slow, away or broken, and from a program that is killed.
"""

import json
import time
import urllib.error
import urllib.request
from collections import Counter

from post_office import Authority, PostOffice, free_port
from mailing import PUBLIC_URL, RESET_EVENT, Scene, smtp

# A mail arrives within this time after its server is back.
ARRIVAL_SECONDS_MAX = 60


class OverStartTls(Scene):
    def test_a_reset_is_mailed_to_the_stored_address_with_its_link(self):
        context = self.authority.context()
        with PostOffice(starttls=context, demands_tls=True, login=True) as office:
            durward = self.install(*smtp(office, *self.trusting(), *self.with_login()))
            ann = self.make_user(durward, "ann")
            self.reset(durward, ann)
            came = office.wait_for_different(2)
            (mail,) = self.resets(came)
            self.assertTrue(all(mail.was_encrypted for mail in came))
            self.assertEqual(mail.recipients, ["ann@example.com"])
            self.assertEqual(mail.sender, "no-reply@example.com")
            self.assertEqual(mail.message["to"], "ann@example.com")
            self.assertEqual(mail.message["auto-submitted"], "auto-generated")
            (link,) = mail.links
            self.assertTrue(link.startswith(f"{PUBLIC_URL}/console/"), link)
            self.assertIn(link.replace("&", "&amp;"), mail.part("html"))
            self.assertNotIn("src=", mail.part("html"))


class OverImplicitTls(Scene):
    def test_a_reset_is_mailed(self):
        with PostOffice(implicit=self.authority.context()) as office:
            durward = self.install(*smtp(office, "--smtp-tls", "implicit", *self.trusting()))
            self.reset(durward, self.make_user(durward, "ann"))
            office.wait_for_different(2)


class ToAWrongServer(Scene):
    def test_nothing_is_sent_and_the_error_is_seen_until_its_certificate_is_right(self):
        port = free_port()
        wrong = {
            "another name": self.authority.context("192.0.2.1"),
            "expired": self.authority.context(days=-1),
            "another authority": Authority(self.files, "another").context(),
        }
        options = ("--smtp-tls", "starttls", *self.trusting())
        durward = None
        for what, context in wrong.items():
            with self.subTest(what), PostOffice(port, starttls=context) as office:
                durward = durward or self.install(*smtp(office, *options))
                self.reset(durward, self.make_user(durward, what.replace(" ", "-")))
                self.wait_until_logged(durward, "certificate")
                time.sleep(2)
                self.assertEqual(office.mails, [])
        with PostOffice(port, starttls=self.authority.context()) as office:
            back = time.monotonic()
            came = office.wait_for_different(2 * len(wrong))
            self.assertLess(came[-1].at - back, ARRIVAL_SECONDS_MAX)
            self.wait_until_logged(durward, "e-mail is delivered again")

    def test_a_server_without_tls_gets_nothing(self):
        with PostOffice() as office:
            durward = self.install(*smtp(office, *self.trusting()))
            self.reset(durward, self.make_user(durward, "ann"))
            self.wait_until_logged(durward, "does not offer STARTTLS")
            self.assertEqual(office.mails, [])

    def test_a_server_that_demands_tls_gets_nothing_without(self):
        context = self.authority.context()
        with PostOffice(starttls=context, demands_tls=True) as office:
            durward = self.install(*smtp(office, "--smtp-tls", "none"))
            self.reset(durward, self.make_user(durward, "ann"))
            self.wait_until_logged(durward, "530")
            self.assertEqual(office.mails, [])

    def test_a_server_that_does_not_know_us_gets_nothing(self):
        self.password_file.write_text("guess")
        with PostOffice(starttls=self.authority.context(), login=True) as office:
            durward = self.install(*smtp(office, *self.trusting(), *self.with_login()))
            self.reset(durward, self.make_user(durward, "ann"))
            self.wait_until_logged(durward, "535")
            self.assertEqual(office.mails, [])
            self.assertNotIn("guess", durward.logged())


class ToAServerThatIsAway(Scene):
    def test_nobody_waits_for_it_and_all_arrives_when_it_is_back(self):
        port = free_port()
        office = PostOffice(port)
        durward = self.install(*smtp(office, "--smtp-tls", "none"))
        users = [self.make_user(durward, f"user{number}") for number in range(5)]
        taken = [self.reset(durward, user) for user in users for _ in range(4)]
        self.assertLess(max(taken), 2)
        self.wait_until_logged(durward, "e-mail cannot be delivered")
        time.sleep(20)  # so that pauses have grown
        with office:
            back = time.monotonic()
            came = office.wait_for_different(25)
            self.assertLess(came[-1].at - back, ARRIVAL_SECONDS_MAX)
            self.assertEqual(len(self.resets(came)), 20)
            self.wait_until_logged(durward, "e-mail is delivered again")
            time.sleep(1)
            self.assertEqual(set(Counter(mail.id for mail in office.mails).values()), {1})


class ToAServerOfABadTemper(Scene):
    def test_what_it_refuses_or_cuts_off_arrives_when_it_is_in_a_better_one(self):
        with PostOffice() as office:
            durward = self.install(*smtp(office, "--smtp-tls", "none"))
            ann = self.make_user(durward, "ann")
            expected = len(office.wait_for_different(1))
            for temper in ("451 4.3.0 later", "554 5.6.0 spam", "slow", "cut"):
                with self.subTest(temper):
                    before = len(office.mails)
                    office.temper = temper
                    self.assertLess(self.reset(durward, ann), 2)
                    time.sleep(4)
                    office.temper, back = "take", time.monotonic()
                    expected += 1
                    came = office.wait_for_different(expected)
                    self.assertLess(came[-1].at - back, ARRIVAL_SECONDS_MAX)
                    time.sleep(1)
                    again = len(office.mails) - before - 1
                    # What was cut off was kept each time, and only its sender does not know.
                    self.assertLessEqual(again, 4 if temper == "cut" else 0)


class FromAProgramThatIsKilled(Scene):
    def test_nothing_is_lost_and_one_mail_comes_twice_at_the_most(self):
        with PostOffice() as office:
            office.temper = "slow"
            durward = self.install(*smtp(office, "--smtp-tls", "none"))
            ann = self.make_user(durward, "ann")
            for _ in range(9):
                self.reset(durward, ann)
            office.wait_for(2)
            durward.kill()
            self.assertLess(len(office.mails), 10)
            office.temper, back = "take", time.monotonic()
            durward.start(smtp(office, "--smtp-tls", "none"))
            came = office.wait_for_different(10)
            self.assertLess(came[-1].at - back, ARRIVAL_SECONDS_MAX)
            time.sleep(1)
            self.assertLessEqual(len(office.mails) - len(office.ids()), 1)


class WithoutAMailServer(Scene):
    def get(self, durward, path, **headers):
        request = urllib.request.Request(durward.url + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def test_programs_and_people_on_this_machine_find_it_in_the_mailbox(self):
        durward = self.install()
        self.reset(durward, self.make_user(durward, "ann"))
        end = time.monotonic() + 20
        while len(json.loads(self.get(durward, "/mailbox.json")[1])) < 2:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.1)
        reset, _welcome = json.loads(self.get(durward, "/mailbox.json")[1])
        self.assertEqual(reset["event"], RESET_EVENT)
        self.assertEqual(reset["to"], ["ann@example.com"])
        (link,) = reset["links"]
        self.assertTrue(link.startswith(durward.url + "/console/"), link)
        status, page = self.get(durward, f"/mailbox/{reset['number']}")
        self.assertEqual(status, 200)
        self.assertIn(link.replace("&", "&#38;"), page)
        self.assertEqual(self.get(durward, "/mailbox.json", Forwarded="for=1.2.3.4")[0], 404)
        self.assertEqual(self.get(durward, "/mailbox.json", Host="evil.example")[0], 421)

    def test_behind_a_proxy_it_waits_and_nobody_sees_it(self):
        durward = self.install("--behind-proxy")
        self.wait_until_logged(durward, "no smtp-host is set")
        self.assertEqual(self.get(durward, "/mailbox.json")[0], 404)


if __name__ == "__main__":
    import unittest

    unittest.main()

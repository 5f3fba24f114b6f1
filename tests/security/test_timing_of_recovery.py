"""T-1 for a forgotten password (RST-9): neither the answer nor its time tells who has an account,
who is mailed a link, and who got too many. And nobody waits for a mail server that says nothing.
"""

import itertools
import json
import socket
import statistics
import threading
import unittest
import urllib.request

from stage import CHOSEN, DOMAIN, LONG, TENANCY, Stage, Wire, at_once
from test_timing_of_sign_in import a_name, pinned
from timing import Comparison, measure, together

ROUNDS, ROUNDS_AT_ONCE, CONNECTIONS = (2000, 125, 16) if LONG else (400, 25, 4)
ROUNDS_BESIDE = 400 if LONG else 40
# What one address is mailed in an hour, and what is mailed for the asking of one peer.
MAILS_TO_ADDRESS, MAILS_FROM_PEER = 3, 20
# In every round two users are asked for who count for the peer.
ROUNDS_OF_PEER = MAILS_FROM_PEER // 2 - 1
ASK, PAGE = "/console/forgot-password", f"/console/forgot-password?tenant={TENANCY}"
FORGOTTEN = "admin.me.password.reset.request.success"
IDCS = "urn:ietf:params:scim:schemas:oracle:idcs:"
DOMAINS = ("--identity-domains", "--admin-email", "admin@example.com")
# Beside a server whose mail server takes everything, one whose mail server says nothing may be so
# much slower in the middle, and so slow at the most.
SHARE_MAX, GAP_SECONDS_MAX, SECONDS_MAX = 1.25, 0.003, 2


class Domain(Stage):
    """An installation whose tenancy has identity domains, and users who have an address."""

    def __init__(self, **more):
        super().__init__(*DOMAINS, **more)
        numbers = itertools.count()
        self.peers = (f"127.1.{number // 250}.{number % 250 + 1}" for number in numbers)

    def invited(self):
        """The name and OCID of a user who has been mailed a link to a first password."""
        name = a_name()
        return name, self.user(name, email=f"{name}@example.com")

    def put(self, kind, user, **attributes):
        body = {"schemas": [IDCS + kind], **attributes}
        return self.admin.ask("PUT", f"{DOMAIN}/{kind}/{user}", body)

    def settled(self):
        """The same, who has chosen a password with a link, so that their address is known to be
        theirs."""
        name, user = self.invited()
        reset = self.put("UserPasswordResetter", user, userFlowControlledByExternalClient=True)
        body = {"schemas": [IDCS + "MePasswordResetter"], "password": CHOSEN}
        body["token"] = reset["userToken"]["value"]
        self.admin.ask("POST", f"{DOMAIN}/MePasswordResetter", body)
        return name, user

    def mailed(self):
        """To whom a link was mailed for the asking, as far back as the list of mail goes."""
        with urllib.request.urlopen(f"{self.url}/mailbox.json", timeout=10) as answer:
            mails = json.load(answer)
        return [mail["to"][0] for mail in mails if mail["event"] == FORGOTTEN]


class Cast:
    """Those whom one connection asks for, and how."""

    def __init__(self, stage, rounds):
        self.stage, self.wire = stage, Wire(stage.address)
        self.page = stage.visitor()
        self.page.get(PAGE)
        count = -(-rounds // MAILS_TO_ADDRESS)
        known = [stage.settled()[0] for _ in range(count)]
        self.known = [name for name in known for _ in range(MAILS_TO_ADDRESS)]
        self.inactive, gone = stage.settled()
        stage.put("UserStatusChanger", gone, active=False)
        self.flooded, _ = stage.settled()
        self.move()
        for _ in range(MAILS_TO_ADDRESS):
            self.ask(self.flooded)
        self.move()

    def move(self):
        """Goes on from another address, over a connection that has been used."""
        self.wire.close()
        self.wire.source = next(self.stage.peers)
        self.wire.ask(self.page.filled(ASK, username="x", form_token="x"))

    def ask(self, name, status=303, **more):
        answer = self.wire.ask(self.page.filled(ASK, username=name, **more))
        assert answer.status == status, (answer.status, answer.body)
        return answer

    def classes(self):
        """What to measure, by name."""
        return {
            "unknown": lambda: self.ask(a_name()).seconds,
            "known": lambda: self.ask(self.known.pop()).seconds,
            "inactive": lambda: self.ask(self.inactive).seconds,
            "throttled": lambda: self.ask(self.flooded).seconds,
            "malformed": lambda: self.ask(a_name(), 403, form_token="x").seconds,
        }

    def measure(self, rounds):
        return measure(rounds, self.classes(), ROUNDS_OF_PEER, self.move)


class Forgotten(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stage = Domain(under=pinned())
        cls.addClassCleanup(cls.stage.stop)

    def compare(self, seconds):
        for name in seconds:
            if name not in ("unknown", "malformed"):
                found = Comparison(seconds["unknown"], seconds[name])
                print(f"unknown / {name}: {found}")
                with self.subTest(name):
                    self.assertTrue(found.are_alike(), found)
        # What is known to differ has to be seen, or the rest says nothing.
        control = Comparison(seconds["unknown"], seconds["malformed"])
        self.assertFalse(control.are_alike(), control)

    def check_mails(self, casts):
        """Whoever could be mailed a link was, or the times compare nothing with nothing."""
        mailed = self.stage.mailed()
        for cast in casts:
            address = f"{cast.inactive}@example.com"
            self.assertNotIn(address, mailed)
            address = f"{cast.flooded}@example.com"
            self.assertLessEqual(mailed.count(address), MAILS_TO_ADDRESS)
        self.assertGreater(len(set(mailed)), len(casts))

    def test_whether_there_is_a_user_cannot_be_told_by_the_time(self):
        cast = Cast(self.stage, ROUNDS)
        self.compare(cast.measure(ROUNDS))
        self.check_mails([cast])

    def test_nor_on_several_connections_at_once(self):
        casts = [Cast(self.stage, ROUNDS_AT_ONCE) for _ in range(CONNECTIONS)]
        works = [lambda cast=cast: cast.measure(ROUNDS_AT_ONCE) for cast in casts]
        self.compare(together(at_once(works)))
        self.check_mails(casts)

    def test_nor_by_the_answer(self):
        cast = Cast(self.stage, 1)
        invited, _ = self.stage.invited()
        seen = {}
        for name in (a_name(), cast.known[0], cast.inactive, cast.flooded, invited):
            visitor = self.stage.visitor()
            visitor.get(PAGE)
            answer = visitor.ask(visitor.filled(ASK, username=name))
            page = visitor.get(answer.header("location"))
            seen[name] = [self.seen(answer), self.seen(page)]
        first, *rest = seen.values()
        self.assertEqual(first[0][0], 303)
        for other in rest:
            self.assertEqual(other, first)

    def seen(self, answer):
        """Everything of an answer but what every answer has anew."""
        headers = [pair for pair in answer.headers if pair[0] not in ("date", "opc-request-id")]
        return answer.status, headers, answer.body


class Tarpit:
    """A mail server that takes every connection, and says nothing on it."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.held = []
        self.came = threading.Event()
        threading.Thread(target=self.hold, daemon=True).start()

    def hold(self):
        while True:
            try:
                self.held.append(self.socket.accept()[0])
            except OSError:
                return
            self.came.set()

    def stop(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        for one in [self.socket, *self.held]:
            one.close()


class BesideATarpit(unittest.TestCase):
    """Two servers of one kind: one needs no mail server, and that of the other says nothing."""

    @classmethod
    def setUpClass(cls):
        cls.tarpit = Tarpit()
        cls.addClassCleanup(cls.tarpit.stop)
        smtp = ("--smtp-host", "127.0.0.1", "--smtp-port", str(cls.tarpit.port), "--smtp-tls",
                "none", "--mail-from", "no-reply@example.com")
        cls.stages = {"quick": Domain(), "silent": Domain(serve=smtp)}
        for stage in cls.stages.values():
            cls.addClassCleanup(stage.stop)

    def works(self, stage):
        """What people do while mail waits, by name; each answers how long it took."""
        (member, _), (_, reset) = stage.settled(), stage.settled()
        page = stage.visitor()
        page.get(f"/console/sign-in?tenant={TENANCY}")
        form = page.filled("/console/sign-in", username=member, password=CHOSEN)
        wire, cast = Wire(stage.address), Cast(stage, ROUNDS_BESIDE)

        def done(raw, status):
            answer = wire.ask(raw)
            self.assertEqual(answer.status, status, answer.body)
            return answer.seconds

        path = f"/users/{reset}/uiPassword"
        return {
            "signing in": lambda: done(form, 303),
            "a reset": lambda: done(stage.admin.signed("POST", path), 200),
            "asking for a link": lambda: cast.ask(cast.known.pop()).seconds,
        }

    def test_nobody_waits_for_a_mail_server_that_says_nothing(self):
        works = {
            (work, which): seconds
            for which, stage in self.stages.items()
            for work, seconds in self.works(stage).items()
        }
        self.assertTrue(self.tarpit.came.wait(30), "the mail server was never asked")
        seconds = measure(ROUNDS_BESIDE, works)
        for work in sorted({work for work, _ in works}):
            quick, silent = (seconds[work, which] for which in ("quick", "silent"))
            median, beside = statistics.median(quick), statistics.median(silent)
            print(f"{work}: {median * 1000:.2f} ms, and {beside * 1000:.2f} beside a tarpit")
            with self.subTest(work):
                self.assertLessEqual(beside, median * SHARE_MAX + GAP_SECONDS_MAX)
                self.assertLess(max(silent), SECONDS_MAX)
        self.assertEqual(self.stages["silent"].server.poll(), None)


if __name__ == "__main__":
    unittest.main()

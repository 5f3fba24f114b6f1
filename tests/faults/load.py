"""Clients that change a few users at once, and write down each operation with its begin and its end
and what came of it: for the judge, and to be compared with the audit trail.
"""

import json
import random
import sys
import threading
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "security"))

from cryptography.hazmat.primitives.asymmetric import rsa
from judge import UNKNOWN, Credentials, Event, Key, Membership, first_impossible, settled
from stage import SESSION, Visitor, fingerprint, public_pem, request

MODELS = {"credentials": Credentials, "key": Key, "membership": Membership}
CHANGE = "/console/change-password"
REST_SECONDS, SEQUEL_SHARE = 0.05, 0.8


class Change(NamedTuple):
    """A change that was asked for: the id of its request, what it does, and what is known of it."""

    name: str
    operation: str
    known: str
    begin: float
    end: float


class Unsent(Exception):
    """Nobody took the connection, so nothing was sent."""


def exchange(wire, raw):
    """Sends a request; answers its answer, None where there was none, and between which moments."""
    try:
        wire.connect()
    except OSError as cause:
        raise Unsent from cause
    begin = time.monotonic()
    try:
        answer = wire.ask(raw)
    except OSError:
        wire.close()
        answer = None
    return answer, begin, time.monotonic()


class User:
    """A user who is changed, and what was seen of them."""

    def __init__(self, stage, name):
        self.name, self.id = name, stage.user(name)
        self.key, self.spare = (rsa.generate_private_key(65537, 2048) for _ in range(2))
        stage.admin.ask("POST", f"/users/{self.id}/apiKeys", {"key": public_pem(self.key)})
        details = {"compartmentId": stage.tenancy_id, "name": f"of-{name}", "description": name}
        self.group = stage.admin.ask("POST", "/groups", details)["id"]
        allow = f"Allow group of-{name} to inspect users in tenancy"
        stage.admin.ask("POST", "/policies", {**details, "statements": [allow]})
        self.histories = {kind: [] for kind in MODELS}
        self.passwords, self.sessions, self.membership = [], [], None
        # One sign-in at a time, and none while a failure counts: ten would be a reason to refuse
        # what is right, and attempts that were cut off count as well.
        self.signing_in, self.has_failed = threading.Lock(), False

    def note(self, kind, *event):
        self.histories[kind].append(Event(*event))


class Load:
    """Clients of all nodes, as long as it runs. Kills and restarts may come at any moment."""

    def __init__(self, nodes, users=3, clients=8):
        self.nodes, self.stopping = nodes, threading.Event()
        names = [f"loaded-{random.randrange(1 << 32):08x}" for _ in range(users)]
        self.users = [User(nodes[0], name) for name in names]
        # Changes; answers that nothing explains; and those that told of a failure, or were none.
        self.changes, self.unexpected, self.failed = [], [], []
        self.clients = [Client(self, number) for number in range(clients)]

    def __enter__(self):
        for client in self.clients:
            client.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for client in self.clients:
            client.join()

    def acknowledged(self):
        """How many changes were."""
        return sum(change.known == "done" for change in self.changes)

    def acknowledged_within(self, begin, end):
        """The changes that were asked for and acknowledged between these moments."""
        within = (change for change in self.changes if begin < change.begin and change.end < end)
        return [change for change in within if change.known == "done"]

    def await_more(self, count, seconds_max=60):
        """Waits until so many more changes are acknowledged."""
        ends, goal = time.monotonic() + seconds_max, self.acknowledged() + count
        while self.acknowledged() < goal:
            assert time.monotonic() < ends, "changes do not go on"
            time.sleep(0.01)

    def events(self, kind=None, outcome=None):
        """How many operations were seen, of a kind, with an outcome."""
        kinds = [kind] if kind else MODELS
        found = [event for user in self.users for kind in kinds for event in user.histories[kind]]
        return sum(outcome is None or event.outcome == outcome for event in found)

    def impossible(self, moments):
        """What no order of the operations explains. After each of these moments nothing can take
        effect any more that was given up before."""
        for user in self.users:
            for kind, model in MODELS.items():
                history = list(settled(user.histories[kind], moments))
                found = first_impossible(history, model.initial, model.step)
                if found:
                    yield f"{user.name}'s {kind}: {found[0]} where it could be {found[1]}"

    def secrets(self):
        """The newest one-time passwords and sessions of each user."""
        for user in self.users:
            yield from user.passwords[-6:]
            yield from user.sessions[-6:]


class Client(threading.Thread):
    """One client: an administrator, the users themselves, and their browsers."""

    def __init__(self, load, number):
        super().__init__(daemon=True)
        self.load, self.number, self.sent, self.callers = load, number, 0, {}
        self.works = [
            (self.reset, 3), (self.sign_in, 4), (self.sign_in_with_older, 1), (self.use, 4),
            (self.allow, 2), (self.upload, 2), (self.delete, 2), (self.use_key, 4), (self.join_, 2),
            (self.leave, 2), (self.use_right, 4), (self.look, 1),
        ]
        self.sequels = {
            self.reset: self.use, self.allow: self.use, self.sign_in: self.use,
            self.upload: self.use_key, self.delete: self.use_key,
            self.join_: self.use_right, self.leave: self.use_right,
        }

    def run(self):
        works, weights = zip(*self.works)
        while not self.load.stopping.is_set():
            self.node = random.choice(self.load.nodes)
            user = random.choice(self.load.users)
            work = random.choices(works, weights)[0]
            try:
                work(user)
                # What a change has ended is tried at once, most often on another node.
                if work in self.sequels and random.random() < SEQUEL_SHARE:
                    self.node = random.choice(self.load.nodes)
                    self.sequels[work](user)
            except Unsent as cause:
                self.load.failed.append(repr(cause.__cause__))
                time.sleep(REST_SECONDS)
            except Exception as cause:  # whatever it is, the test has to hear of it
                self.load.unexpected.append(repr(cause))
                return

    def caller(self, of=None, key=None):
        """Who signs requests to the node: the administrator, or a user with a key."""
        admin = self.node.admin  # a new one whenever the node was started
        who = (id(admin), of, key and fingerprint(key))
        if who not in self.callers:
            self.callers[who] = admin.as_user(of or self.node.admin_id, key or admin.key)
        return self.callers[who]

    def exchange(self, wire, raw):
        """Sends a request, and notes where it failed."""
        answer, begin, end = exchange(wire, raw)
        if answer is None or answer.status >= 500:
            self.load.failed.append((raw.split(b"\r\n")[0], answer and answer.status))
        return answer, begin, end

    def change(self, operation, raw, wire, right=(200, 204), wrong=(400, 404, 409)):
        """Sends a change under an id of its own, and notes what is known of it; answers `done`,
        `refused` or UNKNOWN, with answer, begin and end; None where it was not made for sure."""
        self.sent += 1
        name = f"load{self.number}-{self.sent}-{id(self.load):x}"
        first, rest = raw.split(b"\r\n", 1)
        raw = first + b"\r\nopc-request-id: " + name.encode() + b"\r\n" + rest
        answer, begin, end = self.exchange(wire, raw)
        if answer is None or answer.status >= 500:
            known = UNKNOWN
        elif answer.status in right:
            known = "done"
        elif answer.status in wrong:
            known = "refused"
        else:
            known = None
            if answer.status != 429:
                self.load.unexpected.append((operation, answer.status, answer.body))
        self.load.changes.append(Change(name, operation, known or "refused", begin, end))
        if known == UNKNOWN:
            time.sleep(REST_SECONDS)
        return known, answer, begin, end

    def api(self, operation, method, path, body=None):
        """The same through the Identity API, as the administrator."""
        admin = self.caller()
        return self.change(operation, admin.signed(method, path, body), admin.wire)

    def read(self, wire, raw, statuses):
        """Sends what only reads; answers what its status stands for, and when; None where nobody
        knows."""
        answer, begin, end = self.exchange(wire, raw)
        if answer is None or answer.status >= 500 or answer.status == 429:
            return None
        if answer.status not in statuses:
            self.load.unexpected.append((raw[:100], answer.status, answer.body))
            return None
        return statuses[answer.status], answer, begin, end

    def reset(self, user):
        known, answer, begin, end = self.api(
            "CreateOrResetUIPassword", "POST", f"/users/{user.id}/uiPassword")
        if known == "done":
            known = answer.json["password"]
            user.passwords.append(known)
        if known:
            user.note("credentials", "reset", None, known, begin, end)

    def sign_in(self, user, older=False):
        if not user.passwords or not user.signing_in.acquire(blocking=False):
            return
        try:
            if not user.has_failed or self.unblock(user):
                user.has_failed = True
                self.show_password(user, older)
        finally:
            user.signing_in.release()

    def unblock(self, user):
        """Whether the user's failures are forgotten."""
        path = f"/users/{user.id}/state"
        return self.api("UpdateUserState", "PUT", path, {"blocked": False})[0] == "done"

    def show_password(self, user, older):
        password = random.choice(user.passwords[-5:]) if older else user.passwords[-1]
        visitor = Visitor(self.node.address)
        try:
            raw = visitor.to_sign_in(user.name, password)
        except (OSError, StopIteration) as cause:  # there was no page to sign in on
            self.load.failed.append(repr(cause))
            return
        known, answer, begin, end = self.change("SignIn", raw, visitor.wire, (303,), (403,))
        if known == "done":
            cookies = [value for name, value in answer.headers if name == "set-cookie"]
            [known] = [text.split(";")[0].partition("=")[2] for text in cookies if SESSION in text]
            user.sessions.append(known)
            user.has_failed = False
        if known not in (None, UNKNOWN):  # the session of one that was cut off is nobody's
            user.note("credentials", "sign in", password, known, begin, end)

    def sign_in_with_older(self, user):
        self.sign_in(user, older=True)

    def use(self, user):
        if not user.sessions:
            return
        session = random.choice(user.sessions[-2:])
        visitor = Visitor(self.node.address, {SESSION: session})
        raw = request("GET", CHANGE, visitor.headers())
        found = self.read(visitor.wire, raw, {200: True, 303: False})
        if found:
            user.note("credentials", "use", session, found[0], *found[2:])

    def allow(self, user):
        may = random.random() < 0.7
        body = {"canUseConsolePassword": may}
        path = f"/users/{user.id}/capabilities"
        known, _, begin, end = self.api("UpdateUserCapabilities", "PUT", path, body)
        if known:
            user.note("credentials", "allow", may, known, begin, end)

    def upload(self, user):
        path, body = f"/users/{user.id}/apiKeys", {"key": public_pem(user.spare)}
        known, _, begin, end = self.api("UploadApiKey", "POST", path, body)
        if known:
            user.note("key", "upload", None, known, begin, end)

    def delete(self, user):
        path = f"/users/{user.id}/apiKeys/{fingerprint(user.spare)}"
        known, _, begin, end = self.api("DeleteApiKey", "DELETE", path)
        if known:
            user.note("key", "delete", None, known, begin, end)

    def try_key(self, user, what, key, path, refused):
        """Reads something with one of the user's keys, and notes whether that was allowed."""
        caller = self.caller(user.id, key)
        found = self.read(caller.wire, caller.signed("GET", path), {200: True, refused: False})
        if found:
            user.note(what, "use", None, found[0], *found[2:])

    def use_key(self, user):
        self.try_key(user, "key", user.spare, f"/users/{user.id}", refused=401)

    def join_(self, user):
        body = {"userId": user.id, "groupId": user.group}
        known, answer, begin, end = self.api(
            "AddUserToGroup", "POST", "/userGroupMemberships", body)
        if known == "done":
            known = user.membership = answer.json["id"]
        if known:
            user.note("membership", "join", None, known, begin, end)

    def leave(self, user):
        name = user.membership
        if name is None:
            return
        path = f"/userGroupMemberships/{name}"
        known, _, begin, end = self.api("RemoveUserFromGroup", "DELETE", path)
        if known:
            user.note("membership", "leave", name, known, begin, end)

    def use_right(self, user):
        path = f"/users?compartmentId={self.node.tenancy_id}&limit=1"
        self.try_key(user, "membership", user.key, path, refused=404)

    def look(self, user):
        admin = self.caller()
        path = f"/userGroupMemberships?compartmentId={self.node.tenancy_id}"
        raw = admin.signed("GET", f"{path}&userId={user.id}&groupId={user.group}")
        found = self.read(admin.wire, raw, {200: None})
        if found:
            listed = json.loads(found[1].body)
            user.membership = listed[0]["id"] if listed else None
            user.note("membership", "look", None, user.membership, *found[2:])

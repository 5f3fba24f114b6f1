"""Decides whether what was seen of one object could have come of its operations one at a time,
each at some moment between its begin and its end: Wing and Gong's search, at each end as Lowe does.

An operation whose outcome nobody knows may have taken effect, at some moment until its end, or not.
"""

import collections
import itertools
from typing import Any, NamedTuple

CONFIGS_MAX = 30_000
UNKNOWN = "unknown"


class Event(NamedTuple):
    """An operation, from when it was sent until its answer was there."""

    action: str
    argument: Any
    outcome: Any
    begin: float
    end: float


class Undecided(Exception):
    """There were more ways to put the operations in order than are tried."""


def first_impossible(history, initial, step):
    """The first event that no order explains, with what the object could have been; None if there
    is an order for all. `step(state, event)` answers the states that the event may lead to, none
    where it cannot have had that outcome in that state."""
    history = list(history)
    numbers = range(len(history))
    # Of what happens in the same moment the begin comes first, so that the two overlap.
    moments = sorted(
        [(history[number].begin, 0, number) for number in numbers]
        + [(history[number].end, 1, number) for number in numbers]
    )
    ways = Ways(history, step)
    # What the object may be, and which of the pending events have then taken effect.
    configs, pending = [(initial, frozenset())], set()
    for _, is_end, number in moments:
        if not is_end:
            pending.add(number)
            continue
        placed = ways.to(number, configs, pending)
        if history[number].outcome == UNKNOWN:
            placed += configs  # it may never have happened
        if not placed:
            states = sorted({repr(state) for state, _ in configs})
            return history[number], states[:8]
        pending.discard(number)
        best = Best(history)
        configs = [config for config in sorted(
            ((state, done - {number}) for state, done in placed), key=lambda config: len(config[1])
        ) if best.add(*config)]
    return None


class Ways:
    """The ways to let pending events take effect."""

    def __init__(self, history, step):
        self.history, self.step = history, step

    def to(self, number, configs, pending):
        """All that comes of the configurations by letting pending events take effect until this one
        has."""
        found, best = [], Best(self.history)
        ahead = collections.deque(config for config in configs if best.add(*config))
        tried = len(ahead)
        while ahead:
            state, done = ahead.popleft()
            if number in done:
                found.append((state, done))
                continue
            for other in self.next(pending - done):
                for after in self.step(state, self.history[other]):
                    following = done | {other}
                    if best.add(after, following):
                        ahead.append((after, following))
                        tried += 1
            if tried > CONFIGS_MAX:
                raise Undecided(f"{tried} ways to order what was pending at {self.history[number]}")
        return found

    def next(self, pending):
        """Those of which one may be next. Of events alike whose outcome is unknown that is the one
        with the least time left: wherever another would do, it does."""
        first = {}
        for number in sorted(pending, key=lambda number: self.history[number].end):
            event = self.history[number]
            is_unknown = event.outcome == UNKNOWN
            first.setdefault((event.action, event.argument) if is_unknown else number, number)
        return first.values()


class Best:
    """Configurations that are not worth less than another: the same state, reached with more of the
    events that need not have happened."""

    def __init__(self, history):
        self.history, self.kept = history, collections.defaultdict(list)

    def add(self, state, done):
        """Keeps it, and answers true, unless it is worth less than one that is kept."""
        needless = {number for number in done if self.history[number].outcome == UNKNOWN}
        kept = self.kept[state, done - needless]
        if any(other <= needless for other in kept):
            return False
        kept.append(needless)
        return True


class Credentials:
    """A user's one-time password, the sessions that it opened, and whether they may sign in."""

    initial = (None, True, frozenset())

    @staticmethod
    def step(state, event):
        password, may, sessions = state
        action, argument, outcome = event[:3]
        if action == "reset":
            if outcome == "refused":
                return () if may else (state,)
            # Nobody knows the password of a reset that was not answered, so no sign-in is right.
            return ((outcome, may, frozenset()),) if may else ()
        if action == "allow":
            return ((password, argument, sessions if argument else frozenset()),)
        if action == "sign in":
            right = may and argument == password
            if outcome == "refused":
                return () if right else (state,)
            return ((password, may, sessions | {outcome}),) if right else ()
        assert action == "use"
        return (state,) if outcome == (argument in sessions) else ()


class Key:
    """Whether a user has an API key."""

    initial = False

    @staticmethod
    def step(state, event):
        action, _, outcome = event[:3]
        if action == "use":
            return (state,) if outcome == state else ()
        wanted = action == "upload"
        if outcome == "refused":
            return (state,) if state == wanted else ()
        return (wanted,) if state != wanted else ()


class Membership:
    """The OCID of a user's membership in a group, and what it allows."""

    initial = None

    @staticmethod
    def step(state, event):
        action, argument, outcome = event[:3]
        if action == "use":
            return (state,) if outcome == (state is not None) else ()
        if action == "look":
            made_unseen = state == UNKNOWN and outcome is not None
            return (outcome,) if made_unseen or outcome == state else ()
        if action == "join":
            if outcome == "refused":
                return () if state is None else (state,)
            return (outcome,) if state is None else ()
        assert action == "leave"
        if outcome == "refused":
            return (state,) if state != argument else ()
        return (None,) if state == argument else ()


def settled(history, moments):
    """The history with an end for each event whose outcome is unknown: the first of these moments,
    in their order, that comes after it was given up; else it may still take effect after all."""
    moments, last = sorted(moments), max((event.end for event in history), default=0)
    for event in history:
        if event.outcome == UNKNOWN:
            later = itertools.dropwhile(lambda moment, event=event: moment < event.end, moments)
            event = event._replace(end=next(later, last))
        yield event

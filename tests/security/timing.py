"""T-1: whether the time of an answer tells two classes of requests apart.

The classes are asked in turn, in a random order each round, over one connection. Of each the
slowest twentieth is dropped: it is the machine's. They pass for alike where the best single
threshold sorts hardly more than half of the answers right, and their medians are close.
"""

import random
import statistics

KEPT = 0.95
ACCURACY_MAX = 0.55
GAP_SECONDS_MAX, GAP_SHARE_MAX = 0.0002, 0.02
ENOUGH = 2000


def measure(rounds, classes, every=0, after=None):
    """The seconds of each class, by its name. `after` runs unmeasured after every so many
    rounds."""
    seconds = {name: [] for name in classes}
    for number in range(rounds):
        for name in random.sample(list(classes), len(classes)):
            seconds[name].append(classes[name]())
        if every and number % every == every - 1:
            after()
    return seconds


def together(parts):
    """What several connections measured, as one."""
    return {name: [one for part in parts for one in part[name]] for name in parts[0]}


def kept(seconds):
    return sorted(seconds)[: max(1, int(len(seconds) * KEPT))]


def accuracy(first, second):
    """How many of the answers the best threshold sorts right; a half is what guessing does."""
    marked = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    below, best = [0, 0], 0.5
    for index, (value, which) in enumerate(marked):
        below[which] += 1
        if index + 1 < len(marked) and marked[index + 1][0] == value:
            continue
        sorted_right = (below[0] / len(first) + 1 - below[1] / len(second)) / 2
        best = max(best, sorted_right, 1 - sorted_right)
    return best


class Comparison:
    """Two classes, compared."""

    def __init__(self, first, second):
        self.count = min(len(first), len(second))
        first, second = kept(first), kept(second)
        self.accuracy = accuracy(first, second)
        self.medians = statistics.median(first), statistics.median(second)

    def are_alike(self):
        """Whether nobody could tell them apart. Of few answers the best threshold sorts more than
        half right by chance, which is allowed on top, and the medians say nothing."""
        if self.count < ENOUGH:
            return self.accuracy <= ACCURACY_MAX + self.count**-0.5
        first, second = self.medians
        close = max(GAP_SECONDS_MAX, GAP_SHARE_MAX * min(first, second))
        return abs(first - second) <= close and self.accuracy <= ACCURACY_MAX

    def __repr__(self):
        first, second = (f"{median * 1000:.3f} ms" for median in self.medians)
        return f"{first} and {second}, accuracy {self.accuracy:.3f} of {self.count} pairs"

"""The page for readers says what `differences.py` lists, and nothing else. `UPDATE=1` writes it."""

import os
import unittest

import test_same_commands
import test_same_domains
import test_same_inputs
import test_same_mistakes
import test_same_output
import test_same_stories
import test_same_ways
from differences import DIFFERENCES
from installation import REPOSITORY

MODULES = (
    test_same_commands, test_same_domains, test_same_inputs, test_same_mistakes, test_same_output,
    test_same_stories, test_same_ways,
)
PAGE = REPOSITORY / "docs/reference/cli-differences.md"
HEAD = """# Where `oci` differs from the official command line

Compared with version 3.95.1, command by command, for all that is served: success, refusals of the
service, every kind of mistake in the line, in the configuration and of servers. Everything that is
not listed here is the same, to the byte. The list is `tests/clients/differences.py`; its tests fail
where another difference appears, and where one of these is gone. This page is written from it.

"""


def page():
    """The page."""
    parts = []
    for difference in DIFFERENCES.values():
        lines = [
            f"**{difference.title}.**",
            f"- Official: {difference.official}",
            f"- Ours: {difference.ours}",
        ]
        if difference.why:
            lines.append(f"- Why: {difference.why}")
        parts.append("".join(f"{line}\n" for line in lines))
    return HEAD + "\n".join(parts)


class Page(unittest.TestCase):
    def test_it_is_written_from_the_list(self):
        if os.environ.get("UPDATE"):
            PAGE.write_text(page())
        self.assertEqual(PAGE.read_text(), page())

    def test_every_difference_that_can_be_levelled_is_met_somewhere(self):
        met = set()
        for module in MODULES:
            for thing in vars(module).values():
                met |= set(getattr(thing, "meets", ()))
        listed = {name for name, difference in DIFFERENCES.items() if difference.level}
        self.assertEqual(listed, met)


if __name__ == "__main__":
    unittest.main()

"""The page for readers says what `differences.py` lists, and nothing else. `UPDATE=1` writes it."""

import os
import unittest

from differences import DIFFERENCES
from installation import REPOSITORY

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
        both = f"- Official: {difference.official}\n- Ours: {difference.ours}\n"
        part = f"**{difference.title}.**\n{both}"
        parts.append(part + (f"- Why: {difference.why}\n" if difference.why else ""))
    return HEAD + "\n".join(parts)


class Page(unittest.TestCase):
    def test_it_is_written_from_the_list(self):
        if os.environ.get("UPDATE"):
            PAGE.write_text(page())
        self.assertEqual(PAGE.read_text(), page())


if __name__ == "__main__":
    unittest.main()

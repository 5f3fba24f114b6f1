"""Two parsers of the policy language read the statements of OCI's pages: `durward policy check`
and `oci-lexer-parser`. Where one takes a statement and the other does not, the reason stands here,
and the statement in `corpus/differences.md`. `UPDATE=1` writes that.

The other parser knows the grammar alone: it takes any word for a resource type or a variable.
"""

import json
import logging
import os
import re
import subprocess
import unittest
import warnings

from installation import DURWARD, REPOSITORY
from oci_lexer_parser import parse_policy_statements

CORPUS = REPOSITORY / "crates/iam-policy/tests/corpus"
PAGE = CORPUS / "differences.md"
HEAD = """# Where two parsers differ

Statements of the corpus that `durward policy check` and the public `oci-lexer-parser` 0.5.0 do not
judge alike, with the reason. Written by `tests/clients/test_policy_parsers.py`, `UPDATE=1`.
"""
# What our message or the statement is like where we refuse, and why that is right.
REFUSED_HERE = [
    (r"unknown resource type `(instance|ons-topic|function-family|autonomous-(database|backup))`",
     "Refused here: the sample's name of the type is not one that OCI's reference lists"),
    (r"unknown resource type",
     "Refused here: no page tells which permissions the type has (decision 0033)"),
    (r"unknown permission", "Refused here: no page tells of the permission (decision 0033)"),
    (r"(unknown variable|variable .* not supported)",
     "Refused here: nothing of this server has what the variable stands for"),
    (r"not supported yet", "Refused here for now: read, and not enforced"),
]
# What a statement is like that the other parser refuses, and why it should not.
REFUSED_THERE = [
    (r" to associate .* with ", "Refused there: it does not know `associate … with …`"),
    (r" any-user \{", "Refused there: it wants `to` before permissions, which OCI lets out"),
]


def statements():
    """All statements of the corpus, each once, in order."""
    files = CORPUS.glob("*.txt")
    lines = {line for file in files for line in file.read_text().splitlines()}
    return sorted(line for line in lines if line and not line.startswith("#"))


def refused_here(lines):
    """What we say of each statement that we refuse, by statement."""
    command = [DURWARD, "policy", "check", "--json", "-"]
    done = subprocess.run(
        command, input="\n".join(lines), capture_output=True, text=True, timeout=60, check=False,
        env={},
    )
    found = json.loads(done.stdout)
    errors = [item for item in found if item["severity"] == "error"]
    return {lines[item["line"] - 1]: item["message"] for item in errors}


def refused_there(lines):
    """The statements that the other parser refuses."""
    refused = set()
    logging.disable(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for line in lines:
            try:
                parse_policy_statements(line)
            except ValueError:
                refused.add(line)
    logging.disable(logging.NOTSET)
    return refused


def reason(table, text):
    """Why they differ, where that is known."""
    return next((why for like, why in table if re.search(like, text)), None)


class PolicyParsers(unittest.TestCase):
    """Two parsers."""

    def test_where_they_differ_is_listed_with_the_reason(self):
        lines = statements()
        here, there = refused_here(lines), refused_there(lines)
        self.assertGreater(len(lines), 300)
        differences = {}
        for line in lines:
            if (line in here) == (line in there):
                continue
            if line in here:
                why = reason(REFUSED_HERE, here[line])
            else:
                why = reason(REFUSED_THERE, line)
            self.assertIsNotNone(why, f"{line}: {here.get(line, 'taken here, refused there')}")
            differences.setdefault(why, []).append(line)
        agreed = len(lines) - sum(map(len, differences.values()))
        parts = [HEAD, f"\nOf {len(lines)} statements, {agreed} are judged alike.\n"]
        for why in sorted(differences):
            parts.append(f"\n## {why}\n\n" + "".join(f"    {line}\n" for line in differences[why]))
        page = "".join(parts)
        if os.environ.get("UPDATE"):
            PAGE.write_text(page)
        self.assertEqual(PAGE.read_text(), page, "UPDATE=1 writes it")

    def test_both_refuse_what_is_none(self):
        wrong = [
            "Alow group A to manage users in tenancy",
            "Allow group A to manage users",
            "Allow group A B to manage users in tenancy",
            "Allow group A to manage users in tenancy where",
            "Allow group A to manage users in tenancy where all {request.user.id = 'a'",
            "Allow to manage users in tenancy",
        ]
        self.assertEqual(sorted(refused_here(wrong)), sorted(wrong))
        self.assertEqual(refused_there(wrong), set(wrong))

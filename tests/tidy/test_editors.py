"""The TextMate grammar in `editors/`: what it says of sample statements, and of the whole corpus.

The grammar has rules with `match` alone, so TextMate's reading is a few lines: of all rules the one
that matches first wins, of two at one place the earlier one. That its resource types are those of
the tables, a test of iam-policy sees to.
"""

import json
import re
import unittest
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
EXTENSION = REPOSITORY / "editors/vscode"
GRAMMAR = json.loads((EXTENSION / "syntaxes/oci-policy.tmLanguage.json").read_text())
RULES = [(re.compile(rule["match"]), rule) for rule in GRAMMAR["patterns"]]
CORPUS = REPOSITORY / "crates/iam-policy/tests/corpus"


def scopes(line):
    """Each piece of a line that has a scope, with the scope's first two words."""
    found, at = [], 0
    while at < len(line):
        matches = [(match.start(), index, match, rule)
                   for index, (pattern, rule) in enumerate(RULES)
                   if (match := pattern.search(line, at)) and match.end() > match.start()]
        if not matches:
            break
        _, _, match, rule = min(matches, key=lambda item: item[:2])
        captures = rule.get("captures", {"0": rule})
        for group, scope in captures.items():
            if match[int(group)]:
                found.append((match[int(group)].strip(), ".".join(scope["name"].split(".")[:-1])))
        at = match.end()
    return found


class Editors(unittest.TestCase):
    """The grammar."""

    def test_a_statement_is_read_part_by_part(self):
        line = ("Allow group 'Help Desk', id ocid1.group.oc1..a to manage instance-family in "
                "compartment A where all {request.permission != 'X', target.group.name = /A*/}")
        self.assertEqual(scopes(line), [
            ("Allow", "keyword.control"),
            ("group", "storage.type.subject"),
            ("'Help Desk'", "string.quoted.single"),
            ("id", "keyword.other"),
            ("ocid1.group.oc1..a", "constant.other.ocid"),
            ("to", "keyword.other"),
            ("manage", "support.function.verb"),
            ("instance-family", "entity.name.type.family"),
            ("in", "keyword.other"),
            ("compartment", "storage.type.place"),
            ("where", "keyword.other"),
            ("all", "keyword.operator.logical"),
            ("request.permission", "variable.other"),
            ("!=", "keyword.operator.comparison"),
            ("'X'", "string.quoted.single"),
            ("target.group.name", "variable.other"),
            ("=", "keyword.operator.comparison"),
            ("/A*/", "string.regexp"),
        ])

    def test_other_forms_are_read(self):
        for line, piece, scope in [
            ("  # Allow group A", "# Allow group A", "comment.line.number-sign"),
            ("deny endorse group A to read users in any-tenancy", "endorse", "keyword.control"),
            ("allow any-user {PAR_MANAGE} in tenancy", "PAR_MANAGE", "support.constant.permission"),
            ("Allow group A to READ Users in tenancy", "Users", "entity.name.type.resource"),
            ("Allow group A to read user in tenancy", "user", "invalid.illegal.resource-type"),
            ("Allow group A to read ipsec in tenancy", "ipsec", "entity.name.type.resource"),
            ("Endorse group A to associate vcns in tenancy with vcns in any-tenancy", "associate",
             "support.function.verb"),
            ("Allow group A to use vcns in tenancy where request.utc-timestamp before 'x'",
             "before", "keyword.operator.comparison"),
        ]:
            with self.subTest(line):
                self.assertIn((piece, scope), scopes(line))

    def test_a_name_is_no_keyword(self):
        for name in ["to-in", "use.group", "allow-all", "ocid1x", "A_b"]:
            line = f"Allow group {name} to manage users in compartment {name}"
            with self.subTest(name):
                self.assertNotIn(name, [piece for piece, _ in scopes(line)])

    def test_the_whole_corpus_has_verbs_and_types(self):
        refused = (CORPUS / "refused.md").read_text()
        lines = [line for file in CORPUS.glob("*.txt") for line in file.read_text().splitlines()]
        read = 0
        for line in lines:
            if line.startswith("#") or f"    {line}\n" in refused or " {" in line.split(" in ")[0]:
                continue
            kinds = {scope.split(".")[-1] for _, scope in scopes(line)}
            with self.subTest(line):
                self.assertNotIn("resource-type", kinds)
                self.assertTrue(kinds & {"family", "resource"} or line.lower().startswith("define"))
            read += 1
        self.assertGreater(read, 150)

    def test_the_extension_names_files_that_are_there(self):
        package = json.loads((EXTENSION / "package.json").read_text())
        language, = package["contributes"]["languages"]
        grammar, = package["contributes"]["grammars"]
        json.loads((EXTENSION / language["configuration"]).read_text())
        self.assertEqual(json.loads((EXTENSION / grammar["path"]).read_text()), GRAMMAR)
        self.assertEqual((grammar["language"], grammar["scopeName"]),
                         (language["id"], GRAMMAR["scopeName"]))

"""Rules for files: small, opened by what they are for, and free of what belongs to one machine."""

import re
import unittest

from tree import files

LINES_MAX = 600
COLUMNS_MAX = 100
SOURCE = (".rs", ".py", ".mjs", ".js", ".css", ".html", ".sh", ".sql")
TEXT = (*SOURCE, ".toml", ".json", ".md", ".txt", ".yml", ".yaml", ".tpl", ".cfg",
        ".service", ".conf", "Containerfile", "Makefile", ".ci/run")
# Only the store knows on what it stands; a benchmark compares with one bare engine.
ENGINES = re.compile(r"sqlite|postgres|cockroach|yugabyte", re.IGNORECASE)
ENGINES_ALLOWED = (
    "crates/iam-store/",
    "crates/scratch-postgres/",
    "bench/",
    # Where a person says which one to use, and where tests do.
    "crates/iam-server/src/config",
    "crates/iam-server/src/commands/",
    "crates/iam-server/src/place.rs",
    "crates/iam-server/tests/",
)
# Where packages come from, and where things lie, is each machine's own affair.
MACHINE = re.compile(
    r"/root/|/work/|static\.crates\.io|index\.crates\.io|files\.pythonhosted|pypi\.org/simple"
    r"|registry\.npmjs|deb\.debian\.org"
)


class Files(unittest.TestCase):
    maxDiff = None

    def assert_none(self, found):
        self.assertEqual(list(found), [])

    def test_there_is_something_to_look_at(self):
        self.assertGreater(len(list(files(".rs"))), 100)

    def test_no_file_is_longer_than_a_reader_can_hold(self):
        lengths = ((name, len(text.splitlines())) for name, text in files(*SOURCE))
        self.assert_none((name, length) for name, length in lengths if length > LINES_MAX)

    def test_no_line_is_too_wide(self):
        # In Rust rustfmt sees to the code, but not to comments.
        comment = re.compile(r"\s*//")
        self.assert_none(
            f"{name}:{number}"
            for name, text in files(".rs", ".py", ".mjs", ".sh")
            for number, line in enumerate(text.splitlines(), 1)
            if len(line) > COLUMNS_MAX and (comment.match(line) or not name.endswith(".rs"))
        )

    def test_every_rust_file_begins_with_what_it_is_for(self):
        # rustfmt keeps attributes of the whole file below its description.
        self.assert_none(name for name, text in files(".rs") if not text.startswith("//! "))

    def test_every_python_file_begins_with_what_it_is_for(self):
        opening = re.compile(r'(#!.*\n)?"""\S')
        self.assert_none(name for name, text in files(".py") if not opening.match(text))

    def test_no_two_modules_of_tests_have_one_name(self):
        """They are found and run together, and only the first of a name would be."""
        names = sorted(name.rpartition("/")[2] for name, _ in files(".py") if "/test_" in name)
        self.assertEqual(names, sorted(set(names)))

    def test_the_engines_of_the_store_are_named_nowhere_above_it(self):
        self.assert_none(
            name
            for name, text in files(".rs")
            if ENGINES.search(text) and not name.startswith(ENGINES_ALLOWED)
        )

    def test_nothing_names_a_machine_or_a_registry(self):
        self.assert_none(
            f"{name}: {found[0]}"
            for name, text in files(*TEXT)
            for found in [MACHINE.search(text)]
            if found and not name.startswith("tests/tidy/")
        )

    def test_nothing_is_left_to_do(self):
        words = re.compile(r"\b(TODO|FIXME|XXX|todo!|unimplemented!)\b")
        self.assert_none(
            name
            for name, text in files(*SOURCE)
            if words.search(text) and not name.startswith("tests/tidy/")
        )


if __name__ == "__main__":
    unittest.main()

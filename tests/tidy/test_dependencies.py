"""Rules for dependencies: what deny.toml says of licences, sources and names, and that the command
line pulls in what its list says and nothing more.

cargo-deny checks more, but takes minutes to build; this needs nothing but cargo.
"""

import os
import re
import tomllib
import unittest

from tree import REPOSITORY, output, packages

LISTED = REPOSITORY / "crates/iam-cli/dependencies.txt"
RULES = tomllib.loads((REPOSITORY / "deny.toml").read_text())
REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"


def is_allowed(licence, allowed):
    """Whether a licence expression can be met by licences that are allowed."""
    # Older packages write the alternatives with a slash.
    words = re.findall(r"[()]|[^\s()/]+(?: WITH [^\s()]+)?|/", licence)
    names = {"(": "(", ")": ")", "AND": "and", "OR": "or", "/": "or"}
    # What is evaluated holds nothing but parentheses, and/or, and True/False.
    return eval(" ".join(names.get(word, str(word in allowed)) for word in words))


class Dependencies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.foreign = [package for package in packages() if package["source"]]

    def test_every_licence_is_allowed(self):
        allowed = set(RULES["licenses"]["allow"])
        found = [
            f"{package['name']}: {package['license']}"
            for package in self.foreign
            if not is_allowed(package["license"] or "none", allowed)
        ]
        self.assertEqual(found, [])

    def test_a_licence_that_is_not_allowed_is_seen(self):
        allowed = {"MIT", "Apache-2.0"}
        for good in ("MIT", "MIT/GPL-3.0", "GPL-3.0 OR (MIT AND Apache-2.0)"):
            self.assertTrue(is_allowed(good, allowed), good)
        for bad in ("GPL-3.0", "MIT AND GPL-3.0", "(MIT OR ISC) AND ISC", "none",
                    "Apache-2.0 WITH LLVM-exception"):
            self.assertFalse(is_allowed(bad, allowed), bad)

    def test_nothing_comes_from_elsewhere(self):
        sources = {package["source"] for package in self.foreign}
        self.assertEqual(sources, {REGISTRY})

    def test_nothing_is_used_that_was_ruled_out(self):
        ruled_out = {rule["name"] for rule in RULES["bans"]["deny"]}
        self.assertEqual(ruled_out & {package["name"] for package in self.foreign}, set())

    def test_the_command_line_depends_on_what_its_list_says(self):
        tree = output(
            "cargo", "tree", "--locked", "--package=iam-cli", "--edges=normal", "--prefix=none",
            "--format={p}", "--target=x86_64-unknown-linux-gnu",
        )
        names = sorted({line.split()[0] for line in tree.splitlines()} - {"iam-cli"})
        text = "".join(f"{name}\n" for name in names)
        if os.environ.get("UPDATE") == "1":
            LISTED.write_text(text)
        self.assertEqual(LISTED.read_text(), text, "if that is meant: UPDATE=1 make lint")


if __name__ == "__main__":
    unittest.main()

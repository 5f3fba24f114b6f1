"""Both command lines side by side: the same command for each, and what is left of the
difference."""

import json

from differences import DIFFERENCES, End, compare
from installation import OURS, REPOSITORY, run
from official import Fork

FACTS = json.loads((REPOSITORY / "facts/identity-cli.json").read_text())


class Pair:
    """Runs commands in both; a test class mixes it in, and says which differences it meets."""

    meets = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fork = Fork()
        cls.addClassCleanup(cls.fork.stop)
        cls.met = set()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        # One that is listed and not met is gone, and so must be its entry.
        assert cls.met == set(cls.meets), (cls.met, cls.meets)
        assert set(cls.meets) <= DIFFERENCES.keys()

    def both(self, words, env, cwd, stdin=""):
        """How the official one and ours ended, as it was."""
        theirs = End(**self.fork.run(words, env, cwd, stdin))
        own = run(OURS, *words, env=env, cwd=cwd, stdin=stdin)
        return theirs, End(own.code, own.out, own.err)

    def assert_alike(self, words, env, cwd, stdin=""):
        """Both made the same of it, but for what is listed."""
        with self.subTest(" ".join(words)):
            theirs, own = self.both(words, env, cwd, stdin)
            before = (f"{theirs}", f"{own}")
            theirs, own, met = compare(theirs, own)
            type(self).met.update(met)
            self.assertEqual(theirs, own, before)


def served():
    """The official facts about each command below `oci iam` that ours has too."""
    env = {"HOME": "/nonexistent"}
    for command in FACTS["commands"]:
        if run(OURS, *command["command"].split(), "--help", env=env).code == 0:
            yield command

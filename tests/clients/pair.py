"""Both command lines side by side: the same command for each, and what is left of the difference.
"""

import json
import re

from differences import DIFFERENCES, compare
from installation import OURS, REPOSITORY, run
from levels import End
from official import Fork



class Pair:
    """Runs commands in both; a test class mixes it in, and says which differences it meets."""

    meets = ()
    # Whether what the models of the official SDK lose counts as a difference.
    watched = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fork = Fork(cls.watched)
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
        self.between()
        own = run(OURS, *words, env=env, cwd=cwd, stdin=stdin)
        return theirs, End(own.code, own.out, own.err)

    def between(self):
        """Called when the official one has ended, and ours not begun."""

    def assert_alike(self, words, env, cwd, stdin=""):
        """Both made the same of it, but for what is listed."""
        with self.subTest(" ".join(words)):
            self.assert_level(*self.both(words, env, cwd, stdin))

    def assert_level(self, theirs, own):
        """What is left of both without what is listed is equal; answers what of that was met."""
        before = (f"{theirs}", f"{own}")
        theirs, own, met = compare(theirs, own)
        type(self).met.update(met)
        self.assertEqual(theirs, own, before)
        return met


class Told(Pair):
    """Tells the same story with each of the two: commands that change something of their own.

    A story is a generator of commands that is sent the answer to each; it gets a name, which is
    another for each of the two, and as long as the other's, as tables show.
    """

    # What the service draws anew each time, in the order in which it is looked for.
    DRAWN = (
        r"ocid1\.[a-z0-9]+\.oc1\.[a-z0-9-]*\.[a-z0-9]+",
        r"\d{4}-\d\d-\d\dT[0-9:.]+(\+00:00|Z)",
        r"([0-9a-f]{2}:){15}[0-9a-f]{2}",
        r'(?<="etag": ")[^"]+',
        r'(?<="opc-request-id": ")[^"]+',
        r'(?<="password": ")[^"]{20}',
        r'(?<="token": ")[^"]{20}',
        r'(?<="key": ")[^"]{44}',
        r'(?<="client-secret": ")[^"]+',
        r"(?<=@…\.)[a-z]{2}(?=\.com)",
        r'(?<="seed": ")[A-Z2-7]+',
        r"(?<=\.)[A-Za-z0-9]{8}(?=[`\"])",
        r"-----BEGIN[^\"]*",
        r"[0-9a-f]{32,40}",
    )

    def tamed(self, text, name):
        """A text without what has to differ."""
        for pattern in self.DRAWN:
            text = re.sub(pattern, "…", text)
        return text.replace(name, "NAME")

    def ends(self, story, run, name):
        """Each command of a story, and how it ended."""
        command = next(story)
        while command:
            end = run(command)
            assert end.code != 2, (command, end)
            yield command, End(end.code, self.tamed(end.out, name), self.tamed(end.err, name))
            try:
                command = story.send(json.loads(end.out) if end.out[:1] == "{" else {})
            except StopIteration:
                return

    def assert_told_alike(self, story, env, cwd, prefix):
        """Both tell the story alike, but for what is listed."""
        def official(words):
            return End(**self.fork.run([prefix, *words], env, cwd))

        def ours(words):
            end = run(OURS, prefix, *words, env=env, cwd=cwd)
            return End(end.code, end.out, end.err)

        theirs = list(self.ends(story("grace"), official, "grace"))
        own = list(self.ends(story("annie"), ours, "annie"))
        self.assertEqual(len(own), len(theirs))
        for (words, end), (_, our_end) in zip(theirs, own):
            with self.subTest(" ".join(words)):
                end, our_end, met = compare(end, our_end)
                type(self).met.update(met)
                self.assertEqual(our_end, end)


def served(service="identity"):
    """The official facts about each command of a service that ours has too."""
    env = {"HOME": "/nonexistent"}
    facts = json.loads((REPOSITORY / f"facts/{service}-cli.json").read_text())
    for command in facts["commands"]:
        if run(OURS, *command["command"].split(), "--help", env=env).code == 0:
            yield command


def wrong_lines(command, options):
    """The command without anything, and with one mistake at a time, also in each of the options."""
    words = command["command"].split()
    yield words
    yield [*words, "--bogus"]
    yield [*words, "extra"]
    yield [*words, "--from-json", "{x"]
    yield [*words, "--from-json", "[]"]
    yield [*words, "--from-json", "file://none"]
    yield [*words, "--from-json", "file:///"]
    yield [*words, "--generate-full-command-json-input"]
    yield [*words, "--output", "yaml"]
    for option in options:
        name, kind = option["name"], option.get("type", "")
        yield [*words, f"{name}=x"] if option.get("flag") else [*words, name]
        yield [*words, "--generate-param-json-input", name.lstrip("-")]
        if kind == "IntParamType":
            yield [*words, name, "many"]
        if "Bool" in kind and not option.get("flag"):
            yield [*words, name, "perhaps"]
        if option.get("choice"):
            yield [*words, name, "wrong"]

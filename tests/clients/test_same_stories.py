"""Stories told by both command lines against the real server, for every command of `oci iam`: the
same output, and nothing that the models of the official SDK lose.
"""

import re
import unittest

import oci
import stories
import test_db_token
from installation import Installation
from oci.identity import IdentityClient
from pair import Told, served
from samples import facts
from test_python_sdk import WITHOUT_COMMANDS
from test_same_output import Scenery, reads

# Operations that need a tenancy with domains.
OF_DOMAINS = re.compile("(?<!availability_)(?<!fault_)domain|iam_work_request|replication")


class Anything(str):
    """Stands for whatever a story reads of an answer, where only its words are wanted."""

    def __getitem__(self, _):
        return self

    def __call__(self, *_):
        return self

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return self


def commands_of(*told):
    """The words of all that stories say, with nobody to hear them."""
    for story in told:
        answer, said = Anything("A" * 8), next(story)
        while True:
            yield " ".join(said)
            try:
                said = story.send(answer)
            except StopIteration:
                break


class Stories(Scenery, Told, unittest.TestCase):
    """In a tenancy without domains."""

    watched = True
    meets = ("advice", "unknown words", "waiting")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Standard tags that are there already are not made, whoever imports them.
        cls.durward.ours(
            "iam", "tag", "import-standard-tags", "--compartment-id", cls.durward.tenancy_id,
            "--standard-tag-namespace-name", "Oracle-Standard", *stories.SOON,
        )
        config = oci.config.from_file(cls.durward.config_file)
        cls.scene.sdk = IdentityClient(config, service_endpoint=cls.durward.url)

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        every = {one["sdk_method"] for one in facts("identity-api")["operations"]}
        own = {name for name in every if not OF_DOMAINS.search(name)} - WITHOUT_COMMANDS
        assert own <= cls.fork.called, own - cls.fork.called

    def tamed(self, text, name):
        for word in stories.REGIONS[name]:
            text = text.replace(word, "REGION")
        return super().tamed(text, name)

    def tell(self, story):
        """Both tell it."""
        self.assert_told_alike(lambda name: story(self.scene, name), self.env, self.durward.dir,
                               "iam")

    def test_what_is_read_loses_nothing(self):
        for words in reads(self.scene):
            with self.subTest(" ".join(words)):
                end = self.fork.run(["iam", *words], self.env, self.durward.dir)
                self.assertEqual(end["code"], 0)
                self.assertNotIn("LOST", end["err"])

    def test_users_groups_and_policies(self):
        self.tell(stories.users)

    def test_compartments(self):
        self.tell(stories.compartments)

    def test_tags(self):
        self.tell(stories.tags)

    def test_what_goes_on_with_tags_later(self):
        self.tell(stories.tags_later)

    def test_credentials(self):
        self.tell(stories.credentials)

    def test_places(self):
        self.tell(stories.places)

    def test_federation(self):
        self.tell(stories.federation)


class Domains(Told, unittest.TestCase):
    """In a tenancy with domains."""

    watched = True
    meets = ("advice",)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.durward = Installation("--admin-email", "admin@example.com", "--identity-domains")
        cls.addClassCleanup(cls.durward.stop)

    def test_a_domain(self):
        class Place:
            tenancy = self.durward.tenancy_id

        self.assert_told_alike(lambda name: stories.domains(Place, name),
                               self.durward.client_environment(), self.durward.dir, "iam")
        every = {one["sdk_method"] for one in facts("identity-api")["operations"]}
        own = {name for name in every if OF_DOMAINS.search(name)}
        self.assertEqual(own - self.fork.called, set())


class All(unittest.TestCase):
    def test_every_command_is_in_a_story(self):
        nobody = Anything("A" * 8)
        said = set(commands_of(
            reads(nobody), stories.users(nobody, "grace"), stories.compartments(nobody, "grace"),
            stories.tags(nobody, "grace"), stories.tags_later(nobody, "grace"),
            stories.places(nobody, "grace"), stories.domains(nobody, "grace"),
            stories.credentials(nobody, "grace"), stories.federation(nobody, "grace"),
            test_db_token.story(),
        ))
        missing = [command["command"] for command in served()
                   if not any(f"iam {line} ".startswith(f"{command['command']} ")
                              for line in said)]
        self.assertEqual(missing, [])


if __name__ == "__main__":
    unittest.main()

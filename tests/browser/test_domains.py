"""The Console of a tenancy with identity domains, in a real browser: every link is mailed, and
followed from the list of mail that a server without a mail server keeps.
"""

import sys
import unittest
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests" / "clients"))

from domains_story import ADMIN_ADDRESS, DomainsStory
from eye import Eye
from installation import TARGET, Installation
from story import TENANCY
from webdriver import Browser, Driver

PICTURES = TARGET / "browser"
AXE = REPOSITORY / "node_modules" / "axe-core" / "axe.min.js"


class Told:
    """The story, told in one window."""

    width, height, scheme, scripts = 1280, 800, "light", True

    @classmethod
    def setUpClass(cls):
        cls.durward = Installation("--tenancy-name", TENANCY, "--identity-domains",
                                   "--admin-email", ADMIN_ADDRESS)
        cls.addClassCleanup(cls.durward.stop)
        driver = Driver()
        cls.addClassCleanup(driver.stop)
        PICTURES.mkdir(parents=True, exist_ok=True)
        cls.browser = Browser(driver, cls.width, cls.height, cls.scheme, cls.scripts)
        cls.addClassCleanup(cls.browser.stop)
        name = f"Domains{cls.__name__}"
        cls.eye = Eye(cls.browser, cls.durward.url, PICTURES, name, AXE.read_text())
        cls.story = DomainsStory(cls.durward, cls.browser, cls.eye, "ann.smith")

    def test_the_story_of_mailed_links(self):
        story = self.story
        story.the_administrator_follows_a_link()
        story.a_user_is_created()
        story.the_user_chooses_a_first_password()
        story.the_mail_is_looked_at_alone()
        story.a_letter_is_put_into_other_words()
        story.the_administrator_resets()
        story.the_user_asks_for_a_link_too()
        story.only_the_newest_link_works()
        story.ten_failures_block_and_a_link_unblocks()
        story.the_password_will_be_too_old()
        story.the_address_is_changed()
        story.no_token_went_elsewhere()
        self.assertGreaterEqual(self.eye.count, 42)
        self.assertEqual(self.eye.found, [])


class Desktop(Told, unittest.TestCase):
    pass


class PhoneWithoutScripts(Told, unittest.TestCase):
    width, height, scheme, scripts = 375, 740, "dark", False

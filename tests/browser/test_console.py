"""The Console in a real browser: the whole story in windows of several sizes, light and dark, with
and without scripts. On every page nothing may be found that `eye` looks for; its picture is left
beside the programs, in `browser/`.
"""

import sys
import unittest
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests" / "clients"))

from eye import Eye
from installation import TARGET, Installation
from story import TENANCY, Story
from webdriver import Browser, Driver

PICTURES = TARGET / "browser"
AXE = REPOSITORY / "node_modules" / "axe-core" / "axe.min.js"


class Told:
    """The story, told in one window."""

    width, height, scheme, scripts = 1280, 800, "light", True

    @classmethod
    def setUpClass(cls):
        cls.durward = Installation("--tenancy-name", TENANCY)
        cls.addClassCleanup(cls.durward.stop)
        driver = Driver()
        cls.addClassCleanup(driver.stop)
        PICTURES.mkdir(parents=True, exist_ok=True)
        cls.browser = Browser(driver, cls.width, cls.height, cls.scheme, cls.scripts)
        cls.addClassCleanup(cls.browser.stop)
        cls.eye = Eye(cls.browser, cls.durward.url, PICTURES, cls.__name__, AXE.read_text())
        cls.story = Story(cls.durward, cls.browser, cls.eye, "ann.smith")
        cls.story.the_administrator_gets_a_password()

    def test_the_story_from_a_new_user_to_a_deleted_one(self):
        story = self.story
        story.the_administrator_signs_in()
        story.a_user_is_created()
        one_time = story.a_one_time_password_is_given()
        story.the_user_has_to_choose_a_password(one_time)
        story.the_one_time_password_is_worthless_now(one_time)
        story.the_user_looks_around()
        story.the_user_shows_a_code_too()
        story.the_administrator_sees_why_the_user_was_refused()
        self.before_the_end()
        story.the_user_is_deleted()
        self.assertGreaterEqual(self.eye.count, 24)
        self.assertEqual(self.eye.found, [])

    def before_the_end(self):
        self.story.find_the_user()


class Desktop(Told, unittest.TestCase):
    def before_the_end(self):
        self.story.ten_failures_block_and_the_administrator_unblocks()


class Phone(Told, unittest.TestCase):
    width, height, scheme = 375, 740, "dark"


class DesktopWithoutScripts(Told, unittest.TestCase):
    scheme, scripts = "dark", False


class NarrowWithoutScripts(Told, unittest.TestCase):
    width, height, scripts = 320, 640, False

"""The disk fails: flushes that are refused, and no room left. Nothing is acknowledged that is not
on the disk, the server says what is wrong, and goes on when the disk does.
"""

import ctypes
import os
import random
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from aftermath import check
from load import Load
from nodes import Node
from shim import Shim
from stage import LONG

ROUNDS = 40 if LONG else 2
FAULT_SECONDS = 1.0
UNCHANGING = "not ready: the store takes no changes"
SILENT = "not ready: the store does not answer"
# The most bytes that a commit of this load writes, about: so that some are cut off in the middle.
ROOM_MAX = 200_000
CLONE_NEWNS, TMPFS_BYTES = 0x20000, 24 << 20


class Disk(unittest.TestCase):
    def setUp(self):
        self.shim = Shim()
        self.addCleanup(self.shim.close)
        self.node = Node(under=self.shim.under)
        self.addCleanup(self.node.stop)
        self.addCleanup(self.shim.repair)  # or what hangs would not stop
        self.load, self.moments = Load([self.node]), []

    def broken(self, begin):
        """The disk has failed since that moment; it is seen, and nothing is acknowledged."""
        self.node.await_readiness(503, UNCHANGING)
        time.sleep(FAULT_SECONDS)
        self.assertEqual(self.load.acknowledged_within(begin, time.monotonic()), [])
        asked = [change for change in self.load.changes if change.begin > begin]
        self.assertGreater(len(asked), 0, "nobody asked for a change meanwhile")
        self.node.admin.ask("GET", f"/users/{self.node.admin_id}")  # reading goes on

    def whole(self):
        """The disk is repaired: changes go on by themselves, and then the server is ready."""
        self.shim.repair()
        self.load.await_more(20)
        self.moments.append(time.monotonic())
        self.node.await_readiness(200)

    def killed(self):
        """The server is killed while the disk fails, and comes back with a disk that does not."""
        self.node.kill()
        self.shim.repair()
        self.node.start()
        self.moments.append(time.monotonic())

    def test_what_cannot_be_flushed_is_not_acknowledged(self):
        with self.load:
            for number in range(ROUNDS):
                self.load.await_more(20)
                self.shim.fail_syncs()
                self.broken(time.monotonic())
                if number % 2:
                    self.killed()
                self.whole()
        self.assertGreater(self.shim["syncs_failed"], 0)
        check(self, self.node, self.load, self.moments)

    def test_what_waits_for_a_disk_that_hangs_is_done_when_it_goes_on(self):
        with self.load:
            self.load.await_more(20)
            self.shim.hang()
            begin = time.monotonic()
            self.node.await_readiness(503, SILENT)
            self.assertEqual(self.load.acknowledged_within(begin, time.monotonic()), [])
            self.node.admin.ask("GET", f"/users/{self.node.admin_id}")  # reading goes on
            self.whole()
        self.assertEqual(self.load.failed, [])
        check(self, self.node, self.load, self.moments)

    def test_what_there_is_no_room_for_is_not_acknowledged(self):
        with self.load:
            for number in range(ROUNDS):
                self.load.await_more(20)
                self.shim.fill_disk(random.randrange(ROOM_MAX))
                self.node.await_readiness(503, UNCHANGING)
                self.broken(time.monotonic())
                if number % 2:
                    self.killed()
                self.whole()
        self.assertGreater(self.shim["writes_failed"], 0)
        check(self, self.node, self.load, self.moments)


def in_small_disk(bytes_max):
    """Mounts a small disk where temporary files go, which this process and its children alone see.
    Answers where; None where that is not permitted."""
    libc = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() != 0 or libc.unshare(CLONE_NEWNS) != 0:
        return None
    place = tempfile.mkdtemp(prefix="durward-disk-")
    for mount in (("--make-rprivate", "/"),
                  ("-t", "tmpfs", "-o", f"size={bytes_max}", "durward", place)):
        if subprocess.run(("mount", *mount), capture_output=True, timeout=30).returncode != 0:
            return None
    return Path(place)


class SmallDisk(unittest.TestCase):
    """A real disk that is full, with the log on it too."""

    def test_a_server_on_a_full_disk_goes_on_when_there_is_room(self):
        place = in_small_disk(TMPFS_BYTES)
        if place is None:
            self.skipTest("it takes the right to mount")
        self.addCleanup(place.rmdir)
        self.addCleanup(subprocess.run, ("umount", "-l", place), check=True)
        tempfile.tempdir = str(place)
        self.addCleanup(setattr, tempfile, "tempdir", None)
        node = Node()
        self.addCleanup(node.stop)
        load, moments, ballast = Load([node]), [], place / "ballast"
        with load:
            for _ in range(ROUNDS):
                load.await_more(20)
                fill(ballast)
                node.await_readiness(503, UNCHANGING)
                begin = time.monotonic()
                time.sleep(FAULT_SECONDS)
                self.assertEqual(load.acknowledged_within(begin, time.monotonic()), [])
                ballast.unlink()
                load.await_more(20)
                moments.append(time.monotonic())
                node.await_readiness(200)
        check(self, node, load, moments)


def fill(file):
    """Writes a file until the disk is full."""
    with open(file, "wb", buffering=0) as out:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    out.write(bytes(size))
            except OSError:
                pass


if __name__ == "__main__":
    unittest.main()

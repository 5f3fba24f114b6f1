"""A disk and a clock that a test can make fail: `shim.c` is compiled, loaded into a server before
libc, and told what to do by numbers that both map.
"""

import functools
import mmap
import struct
import subprocess
import tempfile
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")
# The numbers, in the order of the source.
WORDS = ("shift", "sync", "full", "room", "syncs", "syncs_failed", "writes_failed", "clock_reads")
FAILS, HANGS = 1, 2
COMPILER = ("cc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror")


@functools.cache
def library():
    """The compiled shim, which is there as long as this process."""
    place = tempfile.TemporaryDirectory(prefix="durward-shim-")
    file = Path(place.name) / "shim.so"
    subprocess.run([*COMPILER, "-o", file, SOURCE, "-ldl"], check=True, timeout=60)
    return place, file


class Shim:
    """What one server's disk and clock do."""

    def __init__(self):
        self.file = tempfile.NamedTemporaryFile(prefix="durward-faults-")
        self.file.truncate(8 * len(WORDS))
        # Where the writes are noted, if they are.
        self.noting = ()
        self.words = mmap.mmap(self.file.fileno(), 8 * len(WORDS))

    @property
    def under(self):
        """What starts a program with this disk and this clock."""
        return ("env", f"LD_PRELOAD={library()[1]}", f"FAULTS_FILE={self.file.name}", *self.noting)

    def __getitem__(self, word):
        return struct.unpack_from("=q", self.words, 8 * WORDS.index(word))[0]

    def __setitem__(self, word, number):
        struct.pack_into("=q", self.words, 8 * WORDS.index(word), number)

    def fail_syncs(self):
        """Has every flush fail from here on."""
        self["sync"] = FAILS

    def hang(self):
        """Has every flush wait until the disk is repaired."""
        self["sync"] = HANGS

    def fill_disk(self, room):
        """Lets so many more bytes be written, and then no more."""
        self["room"] = room
        self["full"] = 1

    def repair(self):
        """Has flushes and writes go on as they should."""
        self["sync"] = self["full"] = 0

    def set_clock(self, seconds):
        """Has the clock be so many seconds ahead, or behind where it is less than 0."""
        self["shift"] = seconds

    def close(self):
        self.words.close()
        self.file.close()

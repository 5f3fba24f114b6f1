"""A power cut: of what a server wrote, only what it has flushed is on the disk for sure. Of the
rest some is there and some is not, sector by sector, in whatever order the disk liked.
"""

import random
import struct
import tempfile

from shim import Shim

SECTOR_BYTES = 512
NOTE = struct.Struct("=qqqq")
WROTE, CUT, SYNCED = range(3)
# What the server has to find again; the index of the log in memory is made anew.
FILES, INDEX = ("durward.db", "durward.db-wal"), "durward.db-shm"


class File:
    """A file as the disk has it: what is safe, and what came after that."""

    def __init__(self, content):
        self.content, self.unsafe = bytearray(content), []

    def put(self, at, content):
        if len(self.content) < at + len(content):
            self.content.extend(bytes(at + len(content) - len(self.content)))
        self.content[at : at + len(content)] = content

    def apply(self, changes, keeps):
        """Makes the changes, of those that write the sectors that are kept."""
        for kind, at, content in changes:
            if kind == CUT:
                self.content = self.content[:at].ljust(at, b"\0")
                continue
            start = at
            while start < at + len(content):
                end = min((start // SECTOR_BYTES + 1) * SECTOR_BYTES, at + len(content))
                if keeps():
                    self.put(start, content[start - at : end - at])
                start = end

    def sync(self):
        """All that came is safe."""
        self.apply(self.unsafe, lambda: True)
        self.unsafe = []

    def after_a_cut(self):
        """What is there after a power cut."""
        self.apply(self.unsafe, lambda: random.random() < 0.5)
        return bytes(self.content)


class Power(Shim):
    """The power of the machine that a server runs on."""

    def __init__(self):
        super().__init__()
        self.notes = tempfile.NamedTemporaryFile(prefix="durward-writes-")
        self.noting = (f"WRITES_FILE={self.notes.name}",)
        self.before = {}

    def begin(self, folder):
        """Takes what is in the directory, which nobody writes to, as safe."""
        self.notes.truncate(0)
        files = (folder / name for name in FILES)
        self.before = {path.stat().st_ino: path.read_bytes() for path in files if path.exists()}

    def cut(self, folder, honest=True):
        """Has the directory, whose server was killed, be as after a power cut. A disk that is not
        honest has said that it flushed, and has not. Answers how many flushes there were."""
        files = {inode: File(content) for inode, content in self.before.items()}
        syncs = 0
        for kind, inode, at, content in self.noted():
            file = files.setdefault(inode, File(b""))
            if kind == SYNCED:
                syncs += 1
                if honest:
                    file.sync()
            else:
                file.unsafe.append((kind, at, content))
        for name in FILES:
            path = folder / name
            if path.exists():
                path.write_bytes(files[path.stat().st_ino].after_a_cut())
        (folder / INDEX).unlink(missing_ok=True)
        return syncs

    def noted(self):
        """The notes of the shim, in their order."""
        with open(self.notes.name, "rb") as notes:
            while head := notes.read(NOTE.size):
                kind, inode, at, count = NOTE.unpack(head)
                yield kind, inode, at, notes.read(count) if kind == WROTE else b""

    def close(self):
        super().close()
        self.notes.close()

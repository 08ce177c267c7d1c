"""A large new file that is written straight to the disk, past the memory that the system keeps for files.

What is written the ordinary way is copied there, page by page, before the disk sees it, and all that is left at the end
is waited for. Straight it costs a tenth of the processor time (bench/README.md), and is on its way while more is made.
"""

from __future__ import annotations

import errno
import mmap
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rodatraden.cli import disk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future
    from typing import BinaryIO

    from rodatraden.core.sealing.age_file import Bytes

PAGE = mmap.PAGESIZE
"""What is written straight begins and ends at whole pages, in the file and in memory."""
ROOM = 4 * 1024 * 1024


class Straight:
    """Where a new file is written, from its beginning to its end but for a few places that are sought again.

    One room is filled while a thread writes the other. What the disk says of a room shows when the next is full, at a seek,
    or at the end. A file or system that can't be written straight is written the ordinary way, and so is the rest of a page.
    """

    def __init__(self, file: BinaryIO, straight: int | None, writer: ThreadPoolExecutor) -> None:
        self._file, self._straight, self._writer = file, straight, writer
        self._room, self._other = mmap.mmap(-1, ROOM), mmap.mmap(-1, ROOM)
        self._begins = self._from = self._to = 0  # of the room in the file, and of what lies in the room
        self._underway: Future[None] | None = None

    def tell(self) -> int:
        """Return the place where the next byte is written."""
        return self._begins + self._to

    def seek(self, place: int, /) -> int:
        """Write on from a place; all that came before is in the file by then, on the disk or on its way there."""
        if self._from < self._to:
            self._send()
        self._wait()
        self._begins = place // PAGE * PAGE
        self._from = self._to = place - self._begins
        return place

    def write(self, data: Bytes, /) -> int:
        """Take in bytes; they are the caller's again when this returns."""
        at = 0
        with memoryview(data) as view:
            while at < len(view):
                count = min(len(view) - at, ROOM - self._to)
                self._room[self._to : self._to + count] = view[at : at + count]
                at, self._to = at + count, self._to + count
                if self._to == ROOM:
                    self._send()
        return at

    def _send(self) -> None:
        self._wait()
        self._underway = self._writer.submit(self._lay, self._room, self._begins, self._from, self._to)
        self._room, self._other = self._other, self._room
        self._begins, self._from, self._to = self._begins + ROOM, 0, 0

    def _wait(self) -> None:
        underway, self._underway = self._underway, None
        if underway:
            underway.result()

    def _lay(self, room: mmap.mmap, begins: int, first: int, end: int) -> None:
        """Write what lies in a room from `first` to `end`; the room begins at a whole page of the file."""
        whole, rest = -(-first // PAGE) * PAGE, end // PAGE * PAGE
        with memoryview(room) as view:
            if (
                whole < rest
                and self._straight is not None
                and _is_laid(self._straight, view[whole:rest], begins + whole)
            ):
                self._lay_ordinarily(view[first:whole], begins + first)
                self._lay_ordinarily(view[rest:end], begins + rest)
            else:
                self._lay_ordinarily(view[first:end], begins + first)
                disk.send_on(self._file, begins + first)

    def _lay_ordinarily(self, view: memoryview, at: int) -> None:
        self._file.seek(at)
        self._file.write(view)
        self._file.flush()


def _is_laid(descriptor: int, view: memoryview, at: int) -> bool:
    """Write whole pages straight, and return whether that can be done."""
    try:
        while view:
            count = os.pwrite(descriptor, view, at)
            view, at = view[count:], at + count
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        return False
    return True


@contextmanager
def straight(file: BinaryIO) -> Iterator[Straight]:
    """Give what writes an open, named and empty file straight to the disk; at the end `file` holds all of it.

    Raises:
        OSError: what the disk says, such as that it is full.
    """
    try:
        descriptor = os.open(file.name, os.O_WRONLY | os.O_DIRECT)
    except (OSError, AttributeError):  # there is no such way on this disk or system
        descriptor = None
    try:
        with ThreadPoolExecutor(max_workers=1) as writer:
            into = Straight(file, descriptor, writer)
            yield into
            into.seek(into.tell())
    finally:
        if descriptor is not None:
            os.close(descriptor)

"""Parts: the files of a bid laid end to end, zero-padded to whole parts of 4 MiB, each part an age file of its own.

Every part is encrypted to the public half of the bid's key alone, so that an upload that broke off is taken up again
with nothing secret kept; and all parts have one length, so that outside only their number shows. A part is made of the
bytes at its place and nothing else: the same files give the same parts in the browser and on the command line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO

from rodatraden.core.canonical import canonical_hash
from rodatraden.core.message import say
from rodatraden.core.sealing.age_file import open_into, seal_into, sealed_size
from rodatraden.core.sealing.contents import CHUNK, PART, UNREAD, PackageError, PackageFault, changed
from rodatraden.core.sealing.identity import NotOpenedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from rodatraden.core.sealing.contents import NewFile

MOST_PARTS = 512
"""2 GiB."""
SEALED = sealed_size(PART)
"""How long each part is that this program seals; other programs' may be longer by a stanza."""


def most_of_files(whole: int) -> int:
    """Return how many bytes of files a bid can hold where it may take `whole` bytes sealed.

    Whole parts, and one left for its indexes, which are far smaller. A file has no limit of its own.
    """
    return max(0, min(MOST_PARTS, whole // SEALED - 1)) * PART


@dataclass(frozen=True, slots=True)
class Part:
    """One sealed part, as it is stored: the SHA-256 of its ciphertext, and its length in bytes."""

    sha256: str
    size: int


def part_count(sizes: Iterable[int]) -> int:
    """Return in how many parts files of these sizes lie: none when there are no bytes."""
    return -(-sum(sizes) // PART)


def list_hash(parts: Sequence[Part]) -> str:
    """Return the hash of the list of parts in their order; the manifest holds it in place of the list."""
    return canonical_hash([[part.sha256, part.size] for part in parts])


@dataclass(frozen=True, slots=True)
class Room:
    """Where a part lies, plain and sealed: some 8 MiB that are used again, since to get new ones takes longer than to encrypt."""

    plain: bytearray = field(default_factory=lambda: bytearray(PART))
    sealed: bytearray = field(default_factory=lambda: bytearray(SEALED))


def plain_parts(
    files: Iterable[NewFile], rooms: Iterator[Room], found: Callable[[str], object] = len
) -> Iterator[Room]:
    """Lay the files end to end in the plain halves of `rooms`, and yield each when it is full; the last is filled up with zeros.

    `found` is told the SHA-256 of each file when it has been read to its end: of the very bytes that are laid.

    Raises:
        PackageError: a file has another size than it had, or another SHA-256 than was known of it.
    """
    room, at = next(rooms), 0
    for file in files:
        digest, left = sha256(), file.size
        with file.open() as opened:
            while count := opened.readinto(memoryview(room.plain)[at:]):
                digest.update(memoryview(room.plain)[at : at + count])
                at, left = at + count, left - count
                if left < 0:
                    break
                if at == PART:
                    yield room
                    room, at = next(rooms), 0
        if left or file.sha256 not in {UNREAD, digest.hexdigest()}:
            raise changed(file)
        found(digest.hexdigest())
    if at:
        room.plain[at:] = bytes(PART - at)
        yield room


def seal_part(room: Room, recipient: str) -> Part:
    """Seal the part that lies in `room` to the bid's key, and return what names it.

    Raises:
        PackageError: the recipient is no public age key.
    """
    seal_into(room.sealed, recipient, room.plain)
    return Part(sha256(room.sealed).hexdigest(), SEALED)


def check_parts(parts: Sequence[Part], opened: Sequence[Callable[[], BinaryIO]]) -> None:
    """Compare what is stored with the list: every part, its place and its hash, before anything is decrypted.

    Raises:
        PackageError: a part is missing, another, or in another's place.
    """
    if len(parts) != len(opened):
        raise _damaged()
    for part, open_ in zip(parts, opened, strict=True):
        digest, size = sha256(), 0
        with open_() as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
        if (digest.hexdigest(), size) != (part.sha256, part.size):
            raise _damaged()


def open_parts(opened: Sequence[Callable[[], BinaryIO]], identity: str, scratch: BinaryIO) -> int:
    """Decrypt every part into `scratch`, end to end, and return how many bytes there are.

    Raises:
        PackageError: a part was sealed for another key, or is not 4 MiB long.
    """
    plain = bytearray(PART)
    for open_ in opened:
        with open_() as file:
            sealed = file.read()
        try:
            size = open_into(plain, identity, sealed)
        except NotOpenedError as error:
            raise _damaged() from error
        if size != PART:
            raise _damaged()
        scratch.write(plain)
    return len(opened) * PART


def _damaged() -> PackageError:
    return PackageError(PackageFault.PARTS, say("A part of the bid is missing, damaged or in the wrong place."))

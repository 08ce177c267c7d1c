"""Parts: the files of a bid laid end to end, zero-padded to whole parts of 4 MiB, each part an age file of its own.

Every part is encrypted to the public half of the bid's key alone, so that an upload that broke off is taken up again
with nothing secret kept; and all parts have one length, so that outside only their number shows. A part is made of the
bytes at its place and nothing else: the same files give the same parts in the browser and on the command line.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO

import pyrage

from rodatraden.core.canonical import canonical_hash
from rodatraden.core.message import say
from rodatraden.core.sealing.contents import (
    CHUNK,
    PART,
    PackageError,
    PackageFault,
    unchanged,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from rodatraden.core.sealing.contents import NewFile

MOST_PARTS = 512
"""2 GiB."""


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


def plain_parts(files: Iterable[NewFile]) -> Iterator[bytes]:
    """Yield the plain parts, each of exactly 4 MiB, the last one filled up with zeros.

    Raises:
        PackageError: a file is no longer what it was when it was chosen.
    """
    part = bytearray()
    for file in files:
        for chunk in unchanged(file):
            part += chunk
            while len(part) >= PART:
                with memoryview(part) as view:  # one copy of 4 MiB, where a slice of the array would be two
                    whole = bytes(view[:PART])
                del part[:PART]
                yield whole
    if part:
        yield bytes(part.ljust(PART, b"\0"))


def seal_part(plain: bytes, recipient: pyrage.x25519.Recipient) -> tuple[Part, bytes]:
    """Return a part sealed to the bid's key, and what names it."""
    sealed = bytes(pyrage.encrypt(plain, [recipient]))
    return Part(sha256(sealed).hexdigest(), len(sealed)), sealed


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


def open_parts(opened: Sequence[Callable[[], BinaryIO]], identity: pyrage.x25519.Identity, scratch: BinaryIO) -> int:
    """Decrypt every part into `scratch`, end to end, and return how many bytes there are.

    Raises:
        PackageError: a part was sealed for another key, or is not 4 MiB long.
    """
    for open_ in opened:
        with open_() as file:
            sealed = file.read()
        try:
            plain = pyrage.decrypt(sealed, [identity])
        except pyrage.DecryptError as error:
            raise _damaged() from error
        if len(plain) != PART:
            raise _damaged()
        scratch.write(plain)
    return len(opened) * PART


def _damaged() -> PackageError:
    return PackageError(PackageFault.PARTS, say("A part of the bid is missing, damaged or in the wrong place."))

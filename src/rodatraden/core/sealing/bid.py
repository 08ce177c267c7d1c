"""Seal a bid to its tender's holders, and open it again with the key that two of them have unlocked together.

A version of a bid has one key for the bid and one for its price, both made here and forgotten when they are wrapped.
The index of each package is an age file of its own: file names, their number and sizes exist nowhere else. Opening
compares key, hashes, order, index and every file before anything is handed out: a part of a bid is no evidence
(sealing.md 3.6, 3.7).
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from itertools import repeat
from typing import TYPE_CHECKING, BinaryIO

import pyrage

from rodatraden.core.canonical import NotCanonicalError, canonical_json, read_canonical, sha256_hex
from rodatraden.core.message import say
from rodatraden.core.sealing.age_file import seal_to
from rodatraden.core.sealing.contents import (
    LONGEST_INDEX,
    SMALLEST,
    UNREAD,
    Package,
    PackageError,
    PackageFault,
    check_names,
    damaged_index,
    is_zero,
    packed_files,
    written_list,
)
from rodatraden.core.sealing.manifest import SealedPackage
from rodatraden.core.sealing.parts import (
    Room,
    check_parts,
    list_hash,
    open_parts,
    part_count,
    plain_parts,
    seal_part,
)
from rodatraden.core.sealing.wraps import wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from rodatraden.core.sealing.contents import NewFile
    from rodatraden.core.sealing.holders import HolderList, Holds
    from rodatraden.core.sealing.parts import Part

FORMAT = "rodatraden-index-1"
MAGIC = b"rodatraden index 1\n"
LENGTH_BYTES = 8
LONGEST_SEALED_INDEX = LONGEST_INDEX + 2 * SMALLEST


@dataclass(frozen=True, slots=True)
class Envelope:
    """Where a package belongs: the tender, the version of the bid, and whether it holds the bid or its price."""

    tender: UUID
    bid: UUID
    holds: Holds


@dataclass(frozen=True, slots=True)
class Begun:
    """A package whose key is wrapped and forgotten, and whose index is sealed; its parts need `recipient` alone."""

    recipient: str
    wraps: bytes
    index: bytes

    def with_parts(self, parts: Sequence[Part]) -> SealedPackage:
        """Return what the manifest says of the package when these are its parts."""
        return SealedPackage(
            recipient=self.recipient,
            wraps_sha256=sha256_hex(self.wraps),
            index_sha256=sha256_hex(self.index),
            parts_count=len(parts),
            parts_sha256=list_hash(parts),
        )


@dataclass(frozen=True, slots=True)
class Sealed:
    """A package that has been sealed: what the manifest says of it, its wraps, its index and the list of its parts."""

    package: SealedPackage
    wraps: bytes
    index: bytes
    parts: tuple[Part, ...]


def seal_package(
    content: dict[str, object],
    files: Sequence[NewFile],
    *,
    holders: HolderList,
    bid: UUID,
    holds: Holds,
    nonce: str,
    store: Callable[[int, Part, bytes], None],
    own_recipient: str | None = None,
) -> Sealed:
    """Seal one package, and hand each sealed part to `store` with its place from 0 on; needs some 16 MiB of memory.

    Raises:
        PackageError: see `begin_package`, or a file is no longer what it was; what was stored by then must be thrown
            away.
        ValueError: the hash of a file is not known, so that the index, which is sealed first, could not name it.
    """
    if any(file.sha256 == UNREAD for file in files):
        msg = "a package is sealed of files that have been read"
        raise ValueError(msg)
    begun = begin_package(
        content, files, holders=holders, bid=bid, holds=holds, nonce=nonce, own_recipient=own_recipient
    )
    parts = []
    for number, room in enumerate(plain_parts(files, repeat(Room()))):
        part = seal_part(room, begun.recipient)
        store(number, part, bytes(room.sealed))
        parts.append(part)
    return Sealed(begun.with_parts(parts), begun.wraps, begun.index, tuple(parts))


def begin_package(
    content: dict[str, object],
    files: Sequence[NewFile],
    *,
    holders: HolderList,
    bid: UUID,
    holds: Holds,
    nonce: str,
    own_recipient: str | None = None,
) -> Begun:
    """Make the key of a package, wrap it and seal the index: all that there is to do before the first part.

    Nothing of the key is kept. Of files that are `UNREAD` the index is made once more by `seal_index`. `nonce` is drawn by who seals, so that the hash of an index that says little can't be
    guessed.

    Raises:
        PackageError: a name is not a file name or stands twice, the index is too long, or the documents fix the price.
    """
    check_names([file.name for file in files])
    index = _framed_index(Envelope(holders.tender, bid, holds), nonce, content, files)
    key = pyrage.x25519.Identity.generate()
    wraps = wrap(str(key), holders=holders, bid=bid, holds=holds, own_recipient=own_recipient)
    recipient = str(key.to_public())
    del key
    return Begun(recipient, wraps.canonical(), seal_to(recipient, index))


def seal_index(
    recipient: str, where: Envelope, nonce: str, content: dict[str, object], files: Sequence[NewFile]
) -> bytes:
    """Return the index of a package that was begun before its files were read: as long as the one that was made then.

    Raises:
        PackageError: the index is too long or holds something that can't be written.
    """
    return seal_to(recipient, _framed_index(where, nonce, content, files))


def is_key_of(package: SealedPackage, identity: bytes) -> bool:
    """Whether what came out of a wrap is the key that the manifest names: age does not tell whose wrap it was."""
    try:
        key = pyrage.x25519.Identity.from_str(identity.decode("ascii"))
    except (UnicodeDecodeError, pyrage.IdentityError):
        return False
    return str(key.to_public()) == package.recipient


def check_stored(package: SealedPackage, index: bytes, parts: Sequence[Part]) -> None:
    """Refuse a manifest that does not name what is stored, in its order.

    Raises:
        PackageError: the index or the list of parts is not the one that the manifest names.
    """
    if len(index) > LONGEST_SEALED_INDEX or sha256_hex(index) != package.index_sha256:
        raise damaged_index()
    if (len(parts), list_hash(parts)) != (package.parts_count, package.parts_sha256):
        reason = say("A part of the bid has not arrived, or is not the one that was sealed. Hand in the bid again.")
        raise PackageError(PackageFault.PARTS, reason)


def open_package(
    package: SealedPackage,
    where: Envelope,
    *,
    identity: bytes,
    index: bytes,
    parts: Sequence[Part],
    stored: Sequence[Callable[[], BinaryIO]],
    scratch: BinaryIO,
    are_compared: bool = False,
) -> Package:
    """Return what was sealed, or nothing of it; the files are read from `scratch`, empty and seekable, while it is open.

    `stored` says how each sealed part is opened for reading, in the order of `parts`. Where they have just been read and compared
    with `parts`, as `read_bundle` does, they are not once more; each file is compared with the index in any case.

    Raises:
        PackageError: the key is not the manifest's, or anything at all is not as it was sealed. `scratch` may then
            hold a part of it, and must be thrown away.
    """
    if not is_key_of(package, identity):
        reason = say("The key that came out is not the key of this bid.")
        raise PackageError(PackageFault.IDENTITY, reason)
    check_stored(package, index, parts)
    if not are_compared:
        check_parts(parts, stored)
    key = pyrage.x25519.Identity.from_str(identity.decode("ascii"))
    content, listed, digest = _opened_index(index, key, where)
    size = open_parts(stored, str(key), scratch)
    files, end = packed_files(listed, scratch, start=0, size=size)
    if len(stored) != part_count(file.size for file in files) or not is_zero(scratch, end):
        raise PackageError(PackageFault.PADDING, say("The package is not filled up as it should be."))
    return Package(content, files, digest)


def _framed_index(where: Envelope, nonce: str, content: dict[str, object], files: Sequence[NewFile]) -> bytes:
    """Return the index with its length before it, filled up with zeros to whole 64 KiB."""
    try:
        index = canonical_json(
            {
                "format": FORMAT,
                "tender": where.tender,
                "bid": where.bid,
                "holds": str(where.holds),
                "nonce": nonce,
                "content": content,
                "files": written_list(files),
            }
        )
    except NotCanonicalError as error:
        reason = say("What is to be sealed holds something that cannot be written: {place}.", place=error.path)
        raise PackageError(PackageFault.INDEX, reason) from error
    if len(index) > LONGEST_INDEX:
        raise PackageError(PackageFault.INDEX, say("What is to be sealed is too long."))
    return _filled_up(MAGIC + len(index).to_bytes(LENGTH_BYTES) + index)


def _filled_up(framed: bytes) -> bytes:
    return framed.ljust(-(-len(framed) // SMALLEST) * SMALLEST, b"\0")


def _opened_index(
    sealed: bytes, key: pyrage.x25519.Identity, where: Envelope
) -> tuple[dict[str, object], list[object], str]:
    try:
        framed = bytes(pyrage.decrypt(sealed, [key]))
    except pyrage.DecryptError as error:
        raise damaged_index() from error
    start = len(MAGIC) + LENGTH_BYTES
    end = start + int.from_bytes(framed[len(MAGIC) : start])
    index = framed[start:end]
    if not framed.startswith(MAGIC) or end > len(framed) or framed != _filled_up(framed[:end]):
        raise damaged_index()
    try:
        found = read_canonical(index)
    except NotCanonicalError as error:
        raise damaged_index() from error
    match found:
        case {
            "format": str(form),
            "tender": tender,
            "bid": bid,
            "holds": holds,
            "nonce": str(),
            "content": dict(content),
            "files": list(files),
            **rest,
        } if form == FORMAT and not rest:
            if (tender, bid, holds) != (str(where.tender), str(where.bid), str(where.holds)):
                reason = say("What was sealed belongs to another bid or procurement.")
                raise PackageError(PackageFault.ANOTHER, reason)
            return content, files, sha256(index).hexdigest()
    raise damaged_index()

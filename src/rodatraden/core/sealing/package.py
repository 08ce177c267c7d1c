"""The package format: an index and files, laid end to end, padded to a size class, encrypted with age.

Inside the encryption, in this order (docs/rules/sealed_package.md):

- 24 bytes that name the format, 8 bytes with the length of the index, 32 bytes with its SHA-256;
- the index: canonical JSON with `format`, the `content` that the room gave, and for each file its name, size and SHA-256;
- the bytes of the files in the order of the index, without anything between them;
- zeros up to the size class, so that the length outside tells little.

The same index and files always give the same bytes before encryption. Opening gives either all of it, every hash
compared, or nothing: a part of a damaged package is no evidence.
"""

from __future__ import annotations

import io
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO

import pyrage

from rodatraden.core.canonical import NotCanonicalError, canonical_json, read_canonical
from rodatraden.core.message import say
from rodatraden.core.sealing.contents import (
    CHUNK,
    LONGEST_INDEX,
    PART,
    SMALLEST,
    Package,
    PackageError,
    PackageFault,
    check_names,
    damaged_index,
    is_zero,
    packed_files,
    unchanged,
    written_list,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rodatraden.core.sealing.contents import NewFile

MAGIC = b"rodatraden sealed pack 1"
LENGTH_BYTES = 8
HASH_BYTES = 32
HEADER = len(MAGIC) + LENGTH_BYTES + HASH_BYTES
FORMAT = 1


def padded_size(size: int) -> int:
    """Return the length that a package of `size` bytes is padded to: 64 KiB, or whole parts of 4 MiB."""
    return SMALLEST if size <= SMALLEST else -(-size // PART) * PART


def seal(content: dict[str, object], files: Iterable[NewFile], recipient: str) -> bytes:
    """Return `content` and `files` as one package for `recipient` (age1…); for what fits in memory, such as a price.

    Raises:
        PackageError: see `seal_stream`.
    """
    sealed = io.BytesIO()
    seal_stream(content, files, recipient, sealed)
    return sealed.getvalue()


def seal_stream(content: dict[str, object], files: Iterable[NewFile], recipient: str, into: BinaryIO) -> str:
    """Write the package for `recipient` to `into`, and return the SHA-256 of its index, for the receipt.

    Raises:
        PackageError: a name is not a file name or stands twice, the recipient is none, or a file is no longer what it
            was; what was written by then must be thrown away.
    """
    packed = tuple(files)
    check_names([file.name for file in packed])
    index = _index(content, packed)
    try:
        to = pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError as error:
        raise PackageError(PackageFault.RECIPIENT, say("The key to seal with is not a public age key.")) from error
    reader = _Reader(_plain(index, packed))
    try:
        pyrage.encrypt_io(reader, into, [to])
    except pyrage.EncryptError as error:
        if reader.stopped_by is not None:
            raise reader.stopped_by from None
        raise PackageError(PackageFault.SEALED, say("The package could not be sealed.")) from error
    return sha256(index).hexdigest()


def open_package(sealed: bytes, identity: str) -> Package:
    """Return what was sealed; for what fits in memory.

    Raises:
        PackageError: see `open_stream`.
    """
    return open_stream(io.BytesIO(sealed), identity, io.BytesIO())


def open_stream(sealed: BinaryIO, identity: str, scratch: BinaryIO) -> Package:
    """Return what was sealed; the files are read from `scratch`, empty and seekable, as long as it stays open.

    Raises:
        PackageError: the identity (AGE-SECRET-KEY-1…) doesn't open it, or anything in it is not as it was sealed.
            `scratch` may then hold a part of it, and must be thrown away.
    """
    try:
        holder = pyrage.x25519.Identity.from_str(identity)
    except pyrage.IdentityError as error:
        raise PackageError(PackageFault.IDENTITY, say("The key to open with is not an age identity.")) from error
    try:
        pyrage.decrypt_io(sealed, scratch, [holder])
    except (pyrage.DecryptError, OSError) as error:
        reason = say("The package is damaged, or was sealed for another key.")
        raise PackageError(PackageFault.SEALED, reason) from error
    return _unpack(scratch)


def _index(content: dict[str, object], files: Sequence[NewFile]) -> bytes:
    try:
        index = canonical_json({"format": FORMAT, "content": content, "files": written_list(files)})
    except NotCanonicalError as error:
        reason = say("What is to be sealed holds something that cannot be written: {place}.", place=error.path)
        raise PackageError(PackageFault.INDEX, reason) from error
    if len(index) > LONGEST_INDEX:
        raise PackageError(PackageFault.INDEX, say("What is to be sealed is too long."))
    return index


def _plain(index: bytes, files: Sequence[NewFile]) -> Iterator[bytes]:
    yield MAGIC + len(index).to_bytes(LENGTH_BYTES) + sha256(index).digest()
    yield index
    size = HEADER + len(index)
    for file in files:
        yield from unchanged(file)
        size += file.size
    left = padded_size(size) - size
    while left:
        yield bytes(min(left, CHUNK))
        left -= min(left, CHUNK)


class _Reader(io.RawIOBase):
    """A file made of the pieces of an iterator; remembers the error that stopped it, since age forgets it."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")
        self.stopped_by: PackageError | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]  # age hands over bytes to write to
        """Fill the beginning of `buffer`, and return with how many bytes: none at the end."""
        try:
            while not self._rest:
                self._rest = memoryview(next(self._pieces))
        except StopIteration:
            return 0
        except PackageError as error:
            self.stopped_by = error
            raise
        n = min(len(buffer), len(self._rest))
        buffer[:n], self._rest = self._rest[:n], self._rest[n:]
        return n


def _unpack(plain: BinaryIO) -> Package:
    size = plain.seek(0, io.SEEK_END)
    plain.seek(0)
    header = plain.read(HEADER)
    length = int.from_bytes(header[len(MAGIC) : len(MAGIC) + LENGTH_BYTES])
    if len(header) < HEADER or not header.startswith(MAGIC) or length > min(LONGEST_INDEX, size):
        raise PackageError(PackageFault.FORMAT, say("This is not a sealed package."))
    index = plain.read(length)
    if sha256(index).digest() != header[-HASH_BYTES:]:
        raise damaged_index()
    content, listed = _read_index(index)
    files, end = packed_files(listed, plain, start=HEADER + length, size=size)
    if size != padded_size(end) or not is_zero(plain, end):
        raise PackageError(PackageFault.PADDING, say("The package is not filled up as it should be."))
    return Package(content, files, sha256(index).hexdigest())


def _read_index(index: bytes) -> tuple[dict[str, object], list[object]]:
    try:
        found = read_canonical(index)
    except NotCanonicalError as error:
        raise damaged_index() from error
    match found:
        case {"format": int(version), "content": dict(content), "files": list(files), **rest} if (
            version == FORMAT and not rest
        ):
            return content, files
    raise damaged_index()

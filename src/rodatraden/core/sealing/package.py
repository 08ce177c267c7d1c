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
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO

import pyrage

from rodatraden.core.canonical import NotCanonicalError, canonical_json, read_canonical
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

MAGIC = b"rodatraden sealed pack 1"
LENGTH_BYTES = 8
HASH_BYTES = 32
HEADER = len(MAGIC) + LENGTH_BYTES + HASH_BYTES
FORMAT = 1

SMALLEST = 64 * 1024
"""The size class of what holds no files, such as a price: 64 KiB."""
PART = 4 * 1024 * 1024
"""Above that, whole parts of 4 MiB: the step that hides most for the bytes that it costs (measured in sealing.md 7)."""

LONGEST_INDEX = 4 * 1024 * 1024
MOST_FILES = 200
LONGEST_NAME = 200
CHUNK = 1024 * 1024


class PackageFault(StrEnum):
    """What can be wrong with a package, or with what is to be packed."""

    RECIPIENT = "recipient"
    IDENTITY = "identity"
    NAME = "name"
    TOO_MANY = "too_many"
    INDEX = "index"
    CHANGED = "changed"
    SEALED = "sealed"
    FORMAT = "format"
    FILE = "file"
    PADDING = "padding"


class PackageError(ValueError):
    """A package could not be made or opened; nothing of it may be used."""

    def __init__(self, fault: PackageFault, reason: Message) -> None:
        super().__init__(str(reason))
        self.fault = fault
        self.reason = reason


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to be packed: its size and SHA-256 as they were when it was received, and how to read it from the start."""

    name: str
    size: int
    sha256: str
    open: Callable[[], BinaryIO]

    @classmethod
    def of(cls, name: str, data: bytes) -> NewFile:
        """Return the file that holds `data`."""
        return cls(name, len(data), sha256(data).hexdigest(), lambda: io.BytesIO(data))


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file in an opened package; its bytes have been compared with their hash."""

    name: str
    size: int
    sha256: str
    _plain: BinaryIO
    _start: int

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes, at most 1 MiB at a time."""
        left, at = self.size, self._start
        while left:
            self._plain.seek(at)
            chunk = self._plain.read(min(left, CHUNK))
            left, at = left - len(chunk), at + len(chunk)
            yield chunk

    def read(self) -> bytes:
        """Return all bytes."""
        return b"".join(self.chunks())


@dataclass(frozen=True, slots=True)
class Package:
    """What was sealed. In `content` amounts, dates and the like are text, as canonical JSON wrote them."""

    content: dict[str, object]
    files: tuple[PackedFile, ...]
    index_sha256: str


def name_problem(name: str) -> Message | None:
    """Return what is wrong with a file name, or None: it names a file anywhere, and never a place."""
    if not name.strip() or name != name.strip():
        return say("A file name must not be empty, or begin or end with a space.")
    if len(name.encode(errors="replace")) > LONGEST_NAME:
        return say("The file name is too long. It can be at most {most} characters.", most=LONGEST_NAME)
    if name in {".", ".."} or any(sign in "/\\:" or not sign.isprintable() for sign in name):
        return say("The file name {name} holds signs that are not allowed in a file name.", name=ascii(name))
    return None


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
    _check_names([file.name for file in packed])
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
    listed = [{"name": file.name, "size": file.size, "sha256": file.sha256} for file in files]
    try:
        index = canonical_json({"format": FORMAT, "content": content, "files": listed})
    except NotCanonicalError as error:
        reason = say("What is to be sealed holds something that cannot be written: {place}.", place=error.path)
        raise PackageError(PackageFault.INDEX, reason) from error
    if len(index) > LONGEST_INDEX:
        raise PackageError(PackageFault.INDEX, say("What is to be sealed is too long."))
    return index


def _check_names(names: Sequence[str]) -> None:
    if len(names) > MOST_FILES:
        raise PackageError(
            PackageFault.TOO_MANY, say("There are too many files. Send at most {most}.", most=MOST_FILES)
        )
    seen: set[str] = set()
    for name in names:
        problem = name_problem(name)
        if problem:
            raise PackageError(PackageFault.NAME, problem)
        folded = unicodedata.normalize("NFC", name).casefold()
        if folded in seen:
            raise PackageError(PackageFault.NAME, say("Two files are called {name}.", name=name))
        seen.add(folded)


def _plain(index: bytes, files: Sequence[NewFile]) -> Iterator[bytes]:
    yield MAGIC + len(index).to_bytes(LENGTH_BYTES) + sha256(index).digest()
    yield index
    size = HEADER + len(index)
    for file in files:
        yield from _unchanged(file)
        size += file.size
    left = padded_size(size) - size
    while left:
        yield bytes(min(left, CHUNK))
        left -= min(left, CHUNK)


def _unchanged(file: NewFile) -> Iterator[bytes]:
    """Yield the bytes of `file`, and stop when they are not those that were received."""
    found, size = sha256(), 0
    with file.open() as opened:
        while chunk := opened.read(CHUNK):
            found.update(chunk)
            size += len(chunk)
            if size <= file.size:
                yield chunk
    if (size, found.hexdigest()) != (file.size, file.sha256):
        reason = say("The file {name} has changed since it was received. Upload it again.", name=file.name)
        raise PackageError(PackageFault.CHANGED, reason)


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
        raise PackageError(PackageFault.INDEX, say("The index of the package is damaged."))
    content, listed = _read_index(index)
    _check_names([name for name, _, _ in listed])
    start = HEADER + length
    files = []
    for name, file_size, digest in listed:
        file = PackedFile(name, file_size, digest, plain, start)
        if start + file_size > size or _digest(file.chunks()) != digest:
            raise PackageError(PackageFault.FILE, say("The file {name} in the package is damaged.", name=name))
        files.append(file)
        start += file_size
    _check_padding(plain, start, size)
    return Package(content, tuple(files), sha256(index).hexdigest())


def _read_index(index: bytes) -> tuple[dict[str, object], list[tuple[str, int, str]]]:
    try:
        found = read_canonical(index)
    except NotCanonicalError as error:
        raise PackageError(PackageFault.INDEX, say("The index of the package is damaged.")) from error
    match found:
        case {"format": int(version), "content": dict(content), "files": list(files), **rest} if (
            version == FORMAT and not rest
        ):
            return content, [_listed(file) for file in files]
    raise PackageError(PackageFault.INDEX, say("The index of the package is damaged."))


def _listed(file: object) -> tuple[str, int, str]:
    match file:
        case {"name": str(name), "size": int(size), "sha256": str(digest), **rest} if size >= 0 and not rest:
            return name, size, digest
    raise PackageError(PackageFault.INDEX, say("The index of the package is damaged."))


def _digest(chunks: Iterable[bytes]) -> str:
    found = sha256()
    for chunk in chunks:
        found.update(chunk)
    return found.hexdigest()


def _check_padding(plain: BinaryIO, start: int, size: int) -> None:
    plain.seek(start)
    is_zero = all(not chunk.strip(b"\0") for chunk in iter(lambda: plain.read(CHUNK), b""))
    if size != padded_size(start) or not is_zero:
        raise PackageError(PackageFault.PADDING, say("The package is not filled up as it should be."))

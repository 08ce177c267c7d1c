"""What lies inside the encryption: files with their names and fingerprints, and the index that says what the bid says."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO

from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Final

LONGEST_INDEX = 4 * 1024 * 1024
MOST_FILES = 200
LONGEST_NAME = 200
PART = 4 * 1024 * 1024
"""What bids are padded to: the step that hides most for the bytes that it costs (measured in sealing.md 7)."""
SMALLEST = 64 * 1024
CHUNK = 1024 * 1024
UNREAD: Final = "0" * 64
"""Stands for the SHA-256 of a file that is read for the first time when it is sealed, until then."""


class PackageFault(StrEnum):
    """What can be wrong with a package, or with what is to be packed."""

    RECIPIENT = "recipient"
    IDENTITY = "identity"
    NAME = "name"
    TOO_MANY = "too_many"
    TOO_LARGE = "too_large"
    INDEX = "index"
    CHANGED = "changed"
    SEALED = "sealed"
    FILE = "file"
    PADDING = "padding"
    HOLDERS = "holders"
    WRAPS = "wraps"
    MANIFEST = "manifest"
    PARTS = "parts"
    ANOTHER = "another"
    BUNDLE = "bundle"


class PackageError(ValueError):
    """Something could not be sealed or opened; nothing of it may be used."""

    def __init__(self, fault: PackageFault, reason: Message) -> None:
        super().__init__(str(reason))
        self.fault = fault
        self.reason = reason


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to be packed: its size and SHA-256 (or `UNREAD`) when it was received, and how to read it from the start."""

    name: str
    size: int
    sha256: str
    open: Callable[[], io.BufferedIOBase]

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


def check_names(names: Sequence[str]) -> None:
    """Refuse names that name a place, too many of them, and two that a file system would take for one.

    Raises:
        PackageError: which name is wrong, or that there are too many.
    """
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


def written_list(files: Iterable[NewFile]) -> list[dict[str, object]]:
    """Return the list of files as an index holds it."""
    return [{"name": file.name, "size": file.size, "sha256": file.sha256} for file in files]


def too_large(most: int) -> PackageError:
    """Return the error of files that are more than `most` bytes together."""
    reason = say("The files are too large. Together they can be at most {most} MB.", most=most // 1_000_000)
    return PackageError(PackageFault.TOO_LARGE, reason)


def changed(file: NewFile) -> PackageError:
    """Return the error of a file that is no longer what it was."""
    reason = say("The file {name} has changed since it was received. Upload it again.", name=file.name)
    return PackageError(PackageFault.CHANGED, reason)


def packed_files(listed: list[object], plain: BinaryIO, *, start: int, size: int) -> tuple[tuple[PackedFile, ...], int]:
    """Return the files that an index lists, laid end to end in `plain` from `start`, and where the last one ends.

    Raises:
        PackageError: the list is malformed, or a file is not whole and as it was.
    """
    rows = [_listed(row) for row in listed]
    check_names([name for name, _, _ in rows])
    files = []
    for name, file_size, digest in rows:
        file = PackedFile(name, file_size, digest, plain, start)
        if start + file_size > size or _digest(file.chunks()) != digest:
            raise PackageError(PackageFault.FILE, say("The file {name} in the package is damaged.", name=name))
        files.append(file)
        start += file_size
    return tuple(files), start


def is_zero(plain: BinaryIO, start: int) -> bool:
    """Whether all bytes of `plain` from `start` on are zero."""
    plain.seek(start)
    return all(not chunk.strip(b"\0") for chunk in iter(lambda: plain.read(CHUNK), b""))


def damaged_index() -> PackageError:
    """Return the error of an index that cannot be read."""
    return PackageError(PackageFault.INDEX, say("The index of the package is damaged."))


def _listed(file: object) -> tuple[str, int, str]:
    match file:
        case {"name": str(name), "size": int(size), "sha256": str(digest), **rest} if size >= 0 and not rest:
            return name, size, digest
    raise damaged_index()


def _digest(chunks: Iterable[bytes]) -> str:
    found = sha256()
    for chunk in chunks:
        found.update(chunk)
    return found.hexdigest()

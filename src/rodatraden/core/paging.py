"""Count the pages of a file from its bytes; its name only has to agree.

A page count decides whether a bid may be read, so there is one function for all, and what can't be counted is said
instead of guessed. PDF: its pages. PNG and JPEG: one. Word: a document has pages first when it is laid out; what the
program that saved it wrote down is told as its claim. XML and spreadsheets have no pages.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from typing import BinaryIO


class FileKind(StrEnum):
    """What the bytes are; the value is how people call it."""

    PDF = "PDF"
    WORD = "Word"
    SPREADSHEET = "Excel"
    PNG = "PNG"
    JPEG = "JPEG"
    XML = "XML"


class Counting(StrEnum):
    """How far a count can be relied on."""

    COUNTED = "counted"
    CLAIMED = "claimed"
    NOT_PAGED = "not_paged"
    PROBLEM = "problem"


class PageFault(StrEnum):
    """Why a file can't be taken as it is."""

    EMPTY = "empty"
    WRONG_TYPE = "wrong_type"
    MISNAMED = "misnamed"
    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    MACROS = "macros"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class PageCount:
    """What the bytes told. `pages` is None where there are none to count, `fault` is set where there is a problem."""

    kind: FileKind | None
    counting: Counting
    pages: int | None
    reason: Message
    fault: PageFault | None = None


ENDINGS = {
    FileKind.PDF: {".pdf"},
    FileKind.WORD: {".docx"},
    FileKind.SPREADSHEET: {".xlsx"},
    FileKind.PNG: {".png"},
    FileKind.JPEG: {".jpg", ".jpeg"},
    FileKind.XML: {".xml"},
}

MEDIA_TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.SPREADSHEET: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.PNG: "image/png",
    FileKind.JPEG: "image/jpeg",
    FileKind.XML: "application/xml",
}

OTHER = "application/octet-stream"
"""The media type of what nobody needs to know more about than its name."""


def media_type_of(name: str) -> str:
    """Return the media type of a file by the ending of its name; what the sender's browser claims is not asked."""
    ending = PurePosixPath(name).suffix.lower()
    return next((MEDIA_TYPES[kind] for kind, endings in ENDINGS.items() if ending in endings), OTHER)


OFFICE = {FileKind.WORD, FileKind.SPREADSHEET}
PDF_START_WITHIN = 1024
"""Readers of PDF accept that much before the signature."""
MOST_UNPACKED = 512 * 1024 * 1024
"""More than any bid: a Word file that claims to unpack to more is a trap. Source: policy."""
MOST_ENTRIES = 5000
MOST_READ = 1024 * 1024
HEAD, TAIL = 64 * 1024, 64
"""How much of the beginning and of the end tells what a file is."""
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Word before 2007, and every Office file with a password."""


def count_pages(data: bytes | BinaryIO, name: str) -> PageCount:
    """Return how many pages `data` has, or what is the matter with it. `name` is what the sender calls the file.

    A file that is handed over open is looked into, and never read as a whole.
    """
    file = io.BytesIO(data) if isinstance(data, bytes) else data
    head = _head(file)
    if not head:
        return _problem(None, PageFault.EMPTY, say("{name} is empty.", name=name))
    kind = _kind(head, file)
    if kind is None:
        return _unknown(head, name)
    ending = PurePosixPath(name).suffix.lower()
    if ending and ending not in ENDINGS[kind]:
        reason = say(
            "{name} is a {kind} file, whatever its name says. Give it the right ending.", name=name, kind=kind.value
        )
        return _problem(kind, PageFault.MISNAMED, reason)
    if kind is FileKind.PDF:
        return _pdf(file, name)
    return _office(file, name, kind) if kind in OFFICE else _plain(head, _tail(file), name, kind)


def _head(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read(HEAD)


def _tail(file: BinaryIO) -> bytes:
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - TAIL))
    return file.read(TAIL)


def _kind(data: bytes, file: BinaryIO) -> FileKind | None:
    if data.startswith(b"PK\x03\x04"):
        return _office_kind(file)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if data.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:5] == b"<?xml":
        return FileKind.XML
    return FileKind.PDF if b"%PDF-" in data[:PDF_START_WITHIN] else None


def _office_kind(file: BinaryIO) -> FileKind | None:
    try:
        with zipfile.ZipFile(file) as archive:
            entries = set(archive.namelist())
    except Exception:  # noqa: BLE001 -- zipfile and its decompressors raise errors of many kinds
        return None
    if "[Content_Types].xml" not in entries:
        return None
    parts = {"word/document.xml": FileKind.WORD, "xl/workbook.xml": FileKind.SPREADSHEET}
    return next((kind for part, kind in parts.items() if part in entries), None)


def _unknown(data: bytes, name: str) -> PageCount:
    if data.startswith(OLD_OFFICE):
        reason = say("{name} has a password or an old format. Save it as PDF, without password.", name=name)
        return _problem(None, PageFault.ENCRYPTED, reason)
    if data.startswith(b"PK\x03\x04") and PurePosixPath(name).suffix.lower() in {".docx", ".xlsx"}:
        return _broken(None, name)
    reason = say("{name} is of a kind that is not taken. Send PDF, Word, Excel, PNG, JPEG or XML.", name=name)
    return _problem(None, PageFault.WRONG_TYPE, reason)


def _pdf(file: BinaryIO, name: str) -> PageCount:
    from pypdf import PdfReader  # noqa: PLC0415 -- it takes long to load, and most commands look into no PDF
    from pypdf.errors import LimitReachedError  # noqa: PLC0415 -- as above

    try:
        reader = PdfReader(file)
        if reader.is_encrypted:
            reason = say("{name} has a password or is protected. Save it without protection.", name=name)
            return _problem(FileKind.PDF, PageFault.ENCRYPTED, reason)
        pages = len(reader.pages)
    except LimitReachedError:
        return _too_large(FileKind.PDF, name)
    except Exception:  # noqa: BLE001 -- pypdf lets errors of every kind through when a file is broken
        return _broken(FileKind.PDF, name)
    if not pages:
        return _broken(FileKind.PDF, name)
    return _counted(FileKind.PDF, name, pages)


def _office(file: BinaryIO, name: str, kind: FileKind) -> PageCount:
    """Look into a Word or Excel file without unpacking more than two small parts of it."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
                return _too_large(kind, name)
            if any(entry.filename.lower().endswith("vbaproject.bin") for entry in entries):
                reason = say("{name} holds macros. Save it without them, or as PDF.", name=name)
                return _problem(kind, PageFault.MACROS, reason)
            if kind is FileKind.SPREADSHEET:
                return _not_paged(kind, name)
            about = _part(archive, "docProps/app.xml")
    except Exception:  # noqa: BLE001 -- zipfile and its decompressors raise errors of many kinds
        return _broken(kind, name)
    claim = re.search(rb"<(?:\w+:)?Pages>\s*(\d{1,5})\s*<", about)
    if claim is None or not int(claim[1]):
        reason = say(
            "The pages of {name} cannot be counted: it does not say how many it has. Save it as PDF.", name=name
        )
        return PageCount(kind, Counting.CLAIMED, None, reason)
    pages = int(claim[1])
    reason = say(
        "{name} gives its own number of pages as {pages}. That cannot be checked in a Word file; in a PDF it can.",
        name=name, pages=pages,
    )  # fmt: skip
    return PageCount(kind, Counting.CLAIMED, pages, reason)


def _part(archive: zipfile.ZipFile, part: str) -> bytes:
    """Return the beginning of `part`, at most 1 MiB whatever it claims to hold, or nothing when it isn't there."""
    if part not in archive.namelist():
        return b""
    with archive.open(part) as opened:
        return opened.read(MOST_READ)


def _plain(head: bytes, tail: bytes, name: str, kind: FileKind) -> PageCount:
    """Count one page for a picture that is there from beginning to end, and none for XML."""
    if kind is FileKind.XML:
        return _not_paged(kind, name)
    is_whole = head[12:16] == b"IHDR" and b"IEND" in tail if kind is FileKind.PNG else b"\xff\xd9" in tail
    return _counted(kind, name, 1) if is_whole else _broken(kind, name)


def _counted(kind: FileKind, name: str, pages: int) -> PageCount:
    return PageCount(kind, Counting.COUNTED, pages, say("Pages in {name}: {pages}.", name=name, pages=pages))


def _not_paged(kind: FileKind, name: str) -> PageCount:
    reason = say("{name} is a {kind} file, which has no pages to count.", name=name, kind=kind.value)
    return PageCount(kind, Counting.NOT_PAGED, None, reason)


def _broken(kind: FileKind | None, name: str) -> PageCount:
    reason = say("{name} is broken and cannot be opened. Save it again, and send the new file.", name=name)
    return _problem(kind, PageFault.BROKEN, reason)


def _too_large(kind: FileKind, name: str) -> PageCount:
    reason = say("{name} unpacks to more than can be looked through. Save it as a plain PDF.", name=name)
    return _problem(kind, PageFault.TOO_LARGE, reason)


def _problem(kind: FileKind | None, fault: PageFault, reason: Message) -> PageCount:
    return PageCount(kind, Counting.PROBLEM, None, reason, fault)

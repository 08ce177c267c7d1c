"""What leaves the records: a case with its documents for an archive, as ZIP with CSV and files; how a document is checked."""

from __future__ import annotations

import csv
import io
import re
import tempfile
import zipfile
from dataclasses import replace
from typing import IO, TYPE_CHECKING

from django.conf import settings
from django.http import FileResponse, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from rodatraden.records.models import ScanMark
from rodatraden.records.queries import diary_documents, mark_scans, open_stored
from rodatraden.ui.documents import Block, Bullets, Code, Facts, Heading, Text, as_word, typeset
from rodatraden.ui.files import PDF_TYPE, as_made
from rodatraden.ui.words import moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from rodatraden.records.models import DiaryAttachment, DiaryCase, DiaryDocument, StoredFile
    from rodatraden.ui.documents import Paper

BOM = "\ufeff"
"""Without it Excel reads UTF-8 as something else, and å, ä and ö are lost."""
FORMULA = re.compile(r"^[=+\-@\t\r]")
UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LONGEST_NAME = 100
CHUNK = 1 << 16


def csv_bytes(rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows as CSV that a Swedish spreadsheet opens as it is: UTF-8 with BOM, semicolons, CRLF.

    A cell that a spreadsheet would run as a formula begins with an apostrophe instead (OWASP, CSV injection).
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([_guarded(str(cell)) for cell in row] for row in rows)
    return (BOM + text.getvalue()).encode()


def diary_archive(case: DiaryCase) -> IO[bytes]:
    """Return the case as an open ZIP file: `arende.csv`, `handlingar.csv`, `bilagor.csv` and the files under `handlingar/`.

    The same diary gives the same bytes: nothing in it is the moment of the export, and files are stored as they are. What a virus
    scanner found something in is there too, since an archive keeps what came; `genomsokning.csv` says what it said of each file.
    """
    documents = diary_documents(case)
    archive = tempfile.TemporaryFile()  # noqa: SIM115 -- whoever sends it closes it
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for name, rows in (
            ("arende.csv", _case_rows(case)),
            ("handlingar.csv", _document_rows(documents)),
            ("bilagor.csv", _attachment_rows(documents)),
            ("genomsokning.csv", _scan_rows(documents)),
        ):
            if not rows:
                continue
            packed.writestr(archive_entry(name, case.opened_on), csv_bytes(rows))
        for document in documents:
            if document.file:
                _pack(packed, document.file, archive_entry(_name(document), document.on))
            for attached in document.attached:
                _pack(packed, attached.file, archive_entry(_attached_name(document, attached), document.on))
    archive.seek(0)
    return archive


def how_to_check(document: DiaryDocument, title: str, fingerprint: str, index: int, at: datetime) -> list[Block]:
    """Return the last page of an issued document: what it is in the diary and the log, and how its reader checks it."""
    page = f"{settings.SITE_URL}{reverse('records:check')}"
    return [
        Heading(gettext("Check that this document is genuine")),
        Facts(
            [
                (gettext("Document"), document.number),
                (gettext("Version"), str(document.version)),
                (gettext("Title"), title),
                (gettext("Registered"), moment(at)),
                (gettext("Diary"), document.case.organisation.name),
                (gettext("Entry in the log"), str(index)),
            ]
        ),
        Code(gettext("Fingerprint of what stands in it (SHA-256)"), fingerprint),
        Text(
            gettext(
                "Everything on the pages before this one is set from data that is kept beside the document. The fingerprint "
                "is made of that data, and stands in the log too, where nothing can be changed without it being seen."
            )
        ),
        Bullets(
            [
                gettext("Open %(page)s and choose this file, or write the fingerprint there.") % {"page": page},
                gettext(
                    "The answer says the number, the version and when it was registered, if you may see the document."
                ),
                gettext(
                    "The file itself has a fingerprint of its own, which stands in the diary. A single changed letter gives another."
                ),
            ]
        ),
    ]


def handed_out(document: DiaryDocument) -> FileResponse:
    """Return the answer with an issued document as its bytes were registered; whoever calls has asked its own rule."""
    assert document.file is not None, "only what was issued is handed out"
    response = FileResponse(
        open_stored(document.file), filename=document.file.name, content_type=document.file.media_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    return response


def as_copy(paper: Paper, document: DiaryDocument) -> HttpResponse:
    """Return the answer with a copy in Word of an issued document, for a receiver who must edit it."""
    assert document.version is not None, "only what was issued is copied"
    copy = as_word(replace(paper, number=document.number, version=document.version, on=document.on))
    return as_made(copy, f"{paper.title} {document.number.replace('/', '-')}.docx", WORD)


def as_draft(paper: Paper) -> HttpResponse:
    """Return the answer with a paper that is not issued: it says so on each page, and nothing of it is kept."""
    return as_made(typeset(paper), f"{paper.kind}.pdf", PDF_TYPE, is_shown=True)


def _pack(packed: zipfile.ZipFile, file: StoredFile, entry: zipfile.ZipInfo) -> None:
    with open_stored(file) as source, packed.open(entry, "w") as to:
        while chunk := source.read(CHUNK):
            to.write(chunk)


def _case_rows(case: DiaryCase) -> list[list[object]]:
    return [
        [
            gettext("Diary number"),
            gettext("Subject"),
            gettext("Opened"),
            gettext("Organisation"),
            gettext("Organisation number"),
        ],
        [case.number, case.subject, case.opened_on, case.organisation.name, case.organisation.published_number],
    ]


def _document_rows(documents: Iterable[DiaryDocument]) -> list[list[object]]:
    head: list[object] = [
        gettext("Number"),
        gettext("Date"),
        gettext("Direction"),
        gettext("Sender or receiver"),
        gettext("Subject"),
        gettext("Secrecy note"),
        gettext("File"),
        gettext("Size in bytes"),
        "SHA-256",
    ]
    return [head, *map(_document_row, documents)]


def _document_row(document: DiaryDocument) -> list[object]:
    file = document.file
    return [
        document.number,
        document.on,
        document.get_direction_display(),
        document.counterparty,
        document.subject,
        document.secrecy_note,
        _name(document) if file else "",
        file.size if file else "",
        file.sha256 if file else "",
    ]


def _attachment_rows(documents: Iterable[DiaryDocument]) -> list[list[object]]:
    head: list[object] = [
        gettext("Number"),
        gettext("Attachment"),
        gettext("What it is"),
        gettext("File"),
        gettext("Size in bytes"),
        "SHA-256",
    ]
    return [
        head,
        *(
            [
                document.number,
                attached.serial,
                attached.title,
                _attached_name(document, attached),
                attached.file.size,
                attached.file.sha256,
            ]
            for document in documents
            for attached in document.attached
        ),
    ]


def _scan_rows(documents: Iterable[DiaryDocument]) -> list[list[object]]:
    """Return what a scanner said of each file of others; nothing at all where no scanner is set, or has been."""
    files = [(_name(document), document.file) for document in documents if document.file]
    files += [
        (_attached_name(document, attached), attached.file) for document in documents for attached in document.attached
    ]
    mark_scans(file for _, file in files)
    rows: list[list[object]] = [
        [name, mark.said, mark.scanner, mark.signatures, moment(mark.at) if mark.at else "", file.sha256]
        for name, file in files
        if (mark := file.mark) and mark.state != ScanMark.State.NOT_SCANNED
    ]
    head: list[object] = [
        gettext("File"),
        gettext("Virus scan"),
        gettext("Scanner"),
        gettext("Virus signatures"),
        gettext("When"),
        "SHA-256",
    ]
    return [head, *rows] if rows else []


def _name(document: DiaryDocument) -> str:
    """Return the file's place in the archive: numbered, so that two of the same name are told apart."""
    return f"handlingar/{document.serial:03} {_safe(document.file)}"


def _attached_name(document: DiaryDocument, attached: DiaryAttachment) -> str:
    return f"handlingar/{document.serial:03}-{attached.serial:02} {_safe(attached.file)}"


def _safe(file: StoredFile | None) -> str:
    return file_name(file.name if file else "")


def file_name(name: str) -> str:
    """Return a name that every file system takes: no folders, no control characters, its end kept when it is long."""
    return UNSAFE.sub("_", name).strip(" .")[-LONGEST_NAME:] or "fil"


def archive_entry(name: str, on: date) -> zipfile.ZipInfo:
    """Return the head of a file in a ZIP: dated by what it is, so that the same files give the same bytes."""
    entry = zipfile.ZipInfo(name, (on.year, on.month, on.day, 0, 0, 0))
    entry.create_system, entry.external_attr = 3, 0o644 << 16  # the same bytes on every kind of machine
    return entry


def _guarded(cell: str) -> str:
    return f"'{cell}" if FORMULA.match(cell) else cell

"""What leaves for an authority's own records system and archive: a case with its documents, as ZIP with CSV and files."""

from __future__ import annotations

import csv
import io
import re
import tempfile
import zipfile
from typing import IO, TYPE_CHECKING

from django.utils.translation import gettext

from rodatraden.records.queries import diary_documents, open_stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from rodatraden.records.models import DiaryAttachment, DiaryCase, DiaryDocument, StoredFile

BOM = "\ufeff"
"""Without it Excel reads UTF-8 as something else, and å, ä and ö are lost."""
FORMULA = re.compile(r"^[=+\-@\t\r]")
UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
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

    The same diary gives the same bytes: nothing in it is the moment of the export, and files are stored as they are.
    """
    documents = diary_documents(case)
    archive = tempfile.TemporaryFile()  # noqa: SIM115 -- whoever sends it closes it
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for name, rows in (
            ("arende.csv", _case_rows(case)),
            ("handlingar.csv", _document_rows(documents)),
            ("bilagor.csv", _attachment_rows(documents)),
        ):
            packed.writestr(_entry(name, case.opened_on), csv_bytes(rows))
        for document in documents:
            if document.file:
                _pack(packed, document.file, _entry(_name(document), document.on))
            for attached in document.attachments.all():
                _pack(packed, attached.file, _entry(_attached_name(document, attached), document.on))
    archive.seek(0)
    return archive


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
            for attached in document.attachments.all()
        ),
    ]


def _name(document: DiaryDocument) -> str:
    """Return the file's place in the archive: numbered, so that two of the same name are told apart."""
    return f"handlingar/{document.serial:03} {_safe(document.file)}"


def _attached_name(document: DiaryDocument, attached: DiaryAttachment) -> str:
    return f"handlingar/{document.serial:03}-{attached.serial:02} {_safe(attached.file)}"


def _safe(file: StoredFile | None) -> str:
    return UNSAFE.sub("_", file.name if file else "").strip(" .")[-LONGEST_NAME:] or "fil"


def _entry(name: str, on: date) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (on.year, on.month, on.day, 0, 0, 0))
    entry.create_system, entry.external_attr = 3, 0o644 << 16  # the same bytes on every kind of machine
    return entry


def _guarded(cell: str) -> str:
    return f"'{cell}" if FORMULA.match(cell) else cell

"""Named reads of the records."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, TypeVar

from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Prefetch

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.canonical import sha256_hex
from rodatraden.core.ledger import Body, Fault, Row, root_hash, verify
from rodatraden.core.message import say
from rodatraden.records.models import (
    DiaryAttachment,
    DiaryDocument,
    LedgerBody,
    LedgerEntry,
    OutboxMail,
    StoredFile,
    WaitingWork,
)
from rodatraden.records.rules import LEASE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from rodatraden.records.models import DiaryCase

Work = TypeVar("Work", bound=WaitingWork)
CHUNK = 1000
TRIGGERS = {
    "sqlite": {
        f"records_ledgerentry_no_{verb.lower()}": (
            f"CREATE TRIGGER IF NOT EXISTS records_ledgerentry_no_{verb.lower()} BEFORE {verb} ON records_ledgerentry "
            "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
        )
        for verb in ("UPDATE", "DELETE")
    },
    "postgresql": {
        f"records_ledgerentry_no_{verb.lower()}": (
            f"CREATE OR REPLACE TRIGGER records_ledgerentry_no_{verb.lower()} BEFORE {verb} ON records_ledgerentry "
            "FOR EACH STATEMENT EXECUTE FUNCTION records_ledger_append_only()"
        )
        for verb in ("UPDATE", "DELETE", "TRUNCATE")
    },
}


def verify_ledger() -> Fault | None:
    """Return the first fault of the log, or None when every entry holds (Annex IV g, INV-32)."""
    return verify(_rows())


def log_holds() -> Answer:
    """Answer whether the log holds: a broken chain stops the opening and the award (INV-32)."""
    fault = verify_ledger()
    if fault is None:
        return YES
    return no(
        say(
            "The log does not hold, so nothing is opened or decided. Tell those who run the system: {fault}",
            fault=str(fault),
        ),
        source="LOU 12 kap. 8 §",
    )


@dataclass(frozen=True, slots=True)
class Head:
    """How many entries the log has, and the root of their tree: written down elsewhere it proves all of them."""

    size: int
    root: str


def ledger_head() -> Head:
    """Return the log's head, by which what is cut off at the end can be seen too."""
    hashes = list(LedgerEntry.objects.order_by("index").values_list("leaf_hash", flat=True))
    return Head(size=len(hashes), root=root_hash(hashes))


def case_log(case: UUID, *, with_sealed: bool) -> QuerySet[LedgerBody]:
    """Return what has happened in a procurement, oldest first; sealed events only once the bids are opened (INV-02)."""
    events = LedgerBody.objects.filter(case=case).order_by("index")
    return events if with_sealed else events.filter(is_sealed=False)


def unsent_mail() -> QuerySet[OutboxMail]:
    """Return messages that have been written but not sent, oldest first."""
    return OutboxMail.objects.filter(sent_at=None).order_by("written_at", "id")


def diary_documents(case: DiaryCase, *, search: str = "") -> list[DiaryDocument]:
    """Return the documents of a case in the order of their numbers, only those that `search` is found in if given.

    Searched here and not in the database: SQLite takes Å and å for different letters.
    """
    documents = (
        DiaryDocument.objects.filter(case=case)
        .select_related("case", "file")
        .prefetch_related(Prefetch("attachments", DiaryAttachment.objects.select_related("file").order_by("serial")))
        .order_by("serial")
    )
    wanted = search.casefold()
    return [d for d in documents if wanted in f"{d.number} {d.subject} {d.counterparty}".casefold()]


@dataclass(frozen=True, slots=True)
class Checked:
    """An issued document that a fingerprint led to: by the file itself or by its data, and whether both still hold."""

    document: DiaryDocument
    by_file: bool
    entry: LedgerBody | None
    is_whole: bool


def issued_as(fingerprint: str) -> Checked | None:
    """Return the issued document whose PDF or data has this SHA-256; the caller asks who may know of it.

    Whole it is when what lies in storage still has the fingerprints that it was registered with, and the log's entry says
    the same.
    """
    issued = DiaryDocument.objects.exclude(version=None).select_related("case__organisation", "file")
    by_file = issued.filter(file__sha256=fingerprint).first()
    document = by_file or issued.filter(attachments__serial=1, attachments__file__sha256=fingerprint).first()
    if document is None or document.file is None:
        return None
    data = document.attachments.select_related("file").get(serial=1).file
    entry = LedgerBody.objects.filter(
        event="document_issued", object_type="records.DiaryDocument", object_id=document.pk
    ).first()
    is_told = entry is not None and json.loads(entry.what)["fingerprint"] == data.sha256
    is_whole = all(_lies_whole(file) for file in (document.file, data))
    return Checked(document, by_file=by_file is not None, entry=entry, is_whole=is_told and is_whole)


def _lies_whole(file: StoredFile) -> bool:
    try:
        return sha256_hex(read_bytes(file)) == file.sha256
    except FileNotFoundError:
        return False


def read_bytes(file: StoredFile) -> bytes:
    """Return the bytes of a stored file.

    Raises:
        FileNotFoundError: the file is gone from storage.
    """
    with default_storage.open(file.location) as opened:
        data: bytes = opened.read()
    return data


def open_stored(file: StoredFile) -> BinaryIO:
    """Return a stored file opened for reading; who opens it closes it.

    Raises:
        FileNotFoundError: the file is gone from storage.
    """
    return default_storage.open(file.location)  # type: ignore[return-value]  # Django's File answers to all of it


def missing_triggers() -> list[str]:
    """Return the names of the triggers that should keep the ledger append-only and are not there."""
    sql = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'records_ledgerentry'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = 'records_ledgerentry'::regclass AND NOT tgisinternal",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(sql)
        there = {name for (name,) in cursor.fetchall()}
    return sorted(set(TRIGGERS[connection.vendor]) - there)


def _rows() -> Iterator[tuple[Row, Body | None]]:
    entries = LedgerEntry.objects.order_by("index").iterator(CHUNK)
    batch: list[LedgerEntry] = []
    for entry in entries:
        batch.append(entry)
        if len(batch) == CHUNK:
            yield from _with_bodies(batch)
            batch = []
    yield from _with_bodies(batch)


def _with_bodies(entries: list[LedgerEntry]) -> Iterator[tuple[Row, Body | None]]:
    bodies = LedgerBody.objects.in_bulk([entry.index for entry in entries])
    for entry in entries:
        body = bodies.get(entry.index)
        yield Row(entry.index, entry.leaf, entry.leaf_hash), as_body(body) if body else None


def as_body(body: LedgerBody) -> Body:
    """Return a stored body in the form that its commitments were made of; what can't be read opens nothing."""
    try:
        salts = {part: bytes.fromhex(salt) for part, salt in json.loads(body.salts).items()}
        told = json.loads(body.what)
    except (ValueError, AttributeError, TypeError):
        return Body(salts={}, parts={})
    what = {
        "event": body.event,
        "object_type": body.object_type,
        "object_id": body.object_id,
        "case": body.case,
        "what": told,
        "is_sealed": body.is_sealed,
    }
    return Body(salts=salts, parts={"who": body.by, "when": body.at, "what": what})


def lost_work(kind: type[Work], at: datetime) -> QuerySet[Work]:
    """Return the work whose worker has been silent for longer than its lease; `rules.is_lost` says the same of one."""
    return kind.objects.filter(ended_at=None, beat_at__lt=at - LEASE).order_by("pk")


def forgotten_work(kind: type[Work], at: datetime) -> QuerySet[Work]:
    """Return the work that nobody does: it waits, or stopped halfway, and no worker has spoken for the lease."""
    left = kind.objects.filter(ended_at=None)
    if left.filter(beat_at__gte=at - LEASE).exists():
        return left.none()  # the others wait for their turn
    return left.filter(asked_at__lt=at - LEASE)

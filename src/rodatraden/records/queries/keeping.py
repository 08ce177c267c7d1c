"""Reads of what is kept: documents of the diary, stored files, mail, work that waits."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, TypeVar

from django.core.files.storage import default_storage
from django.db.models import Min

from rodatraden.core.canonical import sha256_hex
from rodatraden.records.models import (
    DiaryAttachment,
    DiaryDocument,
    LedgerBody,
    OutboxMail,
    StampTrial,
    StoredFile,
    WaitingWork,
)
from rodatraden.records.rules import LEASE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from rodatraden.records.models import DiaryCase

Work = TypeVar("Work", bound=WaitingWork)


def last_stamp_trial() -> StampTrial | None:
    """Return how the stamp did when the server last tried it; None where it never has."""
    return StampTrial.objects.first()


def unsent_mail() -> QuerySet[OutboxMail]:
    """Return messages that have been written but not sent, oldest first."""
    return OutboxMail.objects.filter(sent_at=None).order_by("written_at", "id")


def diary_documents(case: DiaryCase, *, search: str = "") -> list[DiaryDocument]:
    """Return the documents of a case in the order of their numbers, only those that `search` is found in if given.

    Each with its further files as `attached`: to go through a manager for each row costs Django more than the row.

    Searched here and not in the database: SQLite takes Å and å for different letters.
    """
    documents = DiaryDocument.objects.filter(case=case).select_related("file").order_by("serial")
    attached: dict[UUID, list[DiaryAttachment]] = {}
    for file in DiaryAttachment.objects.filter(document__case=case).select_related("file").order_by("serial"):
        attached.setdefault(file.document_id, []).append(file)
    for each in documents:
        each.case, each.attached = case, attached.get(each.pk, [])
    wanted = search.casefold()
    return [d for d in documents if wanted in f"{d.number} {d.subject} {d.counterparty}".casefold()]


def before_secret(case: DiaryCase, documents: Iterable[DiaryDocument]) -> list[DiaryDocument]:
    """Return those of a case's documents that come before its first with a secrecy note.

    Also what comes after it is left out: the gap in the numbers would tell how many are secret (INV-02).
    """
    first = DiaryDocument.objects.filter(case=case).exclude(secrecy_note="").aggregate(first=Min("serial"))["first"]
    return [each for each in documents if first is None or each.serial < first]


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


def is_whole(file: StoredFile) -> bool:
    """Whether a stored file lies in storage with all its bytes; what they are is for its hash to say."""
    try:
        return default_storage.size(file.location) == file.size
    except FileNotFoundError:
        return False


def lost_work(kind: type[Work], at: datetime) -> QuerySet[Work]:
    """Return the work whose worker has been silent for longer than its lease; `rules.is_lost` says the same of one."""
    return kind.objects.filter(ended_at=None, beat_at__lt=at - LEASE).order_by("pk")


def forgotten_work(kind: type[Work], at: datetime) -> QuerySet[Work]:
    """Return the work that nobody does: it waits, or stopped halfway, and no worker has spoken for the lease."""
    left = kind.objects.filter(ended_at=None)
    if left.filter(beat_at__gte=at - LEASE).exists():
        return left.none()  # the others wait for their turn
    return left.filter(asked_at__lt=at - LEASE)

"""What lies in the box: which bids take part in the opening, and how a sealed thing is read.

Only the supplier's own people, on their own request, and the opening itself call the readers here.
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING

import pyrage
from django.conf import settings

from rodatraden.bids.models import SealingKey, Submission
from rodatraden.bids.rules import may_read_submission, may_write
from rodatraden.core.answer import require
from rodatraden.core.canonical import sha256_hex
from rodatraden.core.offer import MalformedError, Offer, read_index, read_price
from rodatraden.records.queries import read_bytes

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal
    from pathlib import Path
    from uuid import UUID

    from rodatraden.bids.models import BidDraft, DraftFile
    from rodatraden.parties.models import Person
    from rodatraden.records.models import StoredFile
    from rodatraden.tenders.models import Tender


class Fault(StrEnum):
    """Why a package could not be read."""

    GONE = "gone"
    CHANGED = "changed"
    NOT_OPENED = "not_opened"
    MALFORMED = "malformed"


class PackageError(Exception):
    """A sealed package could not be read; the fault is a fact of the opening protocol, not of the program."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def key_path(tender_id: UUID) -> Path:
    """Return where the private half of a tender's sealing key lies: a file outside the database."""
    folder: Path = settings.DATA_DIR / "keys"
    return folder / f"{tender_id}.age"


def identity_of(tender_id: UUID) -> str:
    """Return the private half of a tender's sealing key.

    Raises:
        FileNotFoundError: the key file is gone; what was sealed to it can then only be read with its backup.
    """
    return key_path(tender_id).read_text(encoding="ascii").strip()


def sealing_key_of(tender: Tender) -> SealingKey:
    """Return the public half of a tender's sealing key; there is one from the publication on."""
    return SealingKey.objects.get(tender=tender)


def in_the_box(tender: Tender) -> list[Submission]:
    """Return the bids that take part in the opening, by arrival: of each supplier the latest, in time, not withdrawn.

    Never shown to anybody before the opening; what calls it is the opening itself (INV-02, INV-04, INV-05).
    """
    latest: dict[UUID, Submission] = {}
    kept = Submission.objects.filter(tender=tender, is_late=False, withdrawn_at=None)
    for submission in kept.select_related("supplier", "package", "price_package", "snapshot").order_by("version"):
        latest[submission.supplier_id] = submission
    return sorted(latest.values(), key=lambda each: (each.received_at, str(each.pk)))


def not_in_the_opening(tender: Tender) -> dict[str, int]:
    """Return how many bids stay sealed, by reason; shown only after the opening."""
    every = list(Submission.objects.filter(tender=tender))
    late = sum(each.is_late for each in every)
    withdrawn = sum(each.withdrawn_at is not None for each in every)
    return {
        "late": late,
        "withdrawn": withdrawn,
        "replaced": len(every) - late - withdrawn - len(in_the_box(tender)),
    }


def read_offer(draft: BidDraft, *, by: Person, at: datetime) -> Offer:
    """Return what a draft says, for those who bid for its supplier.

    Raises:
        RefusedError: `by` does not bid for the supplier.
    """
    require(may_write(by, draft, at))
    return _read_answers(draft.sealed_answers, draft.tender_id)


def read_submitted(submission: Submission, *, by: Person, at: datetime) -> Offer:
    """Return what a bid said when it was handed in, for those who bid for its supplier.

    Raises:
        RefusedError: `by` does not bid for the supplier.
    """
    require(may_read_submission(by, submission, at))
    return _read_answers(submission.sealed_answers, submission.tender_id)


def read_draft_file(file: DraftFile, *, by: Person, at: datetime) -> bytes:
    """Return the bytes of a file in a draft, for those who bid for its supplier.

    Raises:
        RefusedError: `by` does not bid for the supplier.
    """
    require(may_write(by, file.draft, at))
    return unseal(read_bytes(file.sealed), file.draft.tender_id)


def read_package(submission: Submission) -> tuple[dict[str, object], Offer, dict[str, bytes]]:
    """Return the index of a submission as it was sealed, the offer that it holds, and its files by id.

    Raises:
        PackageError: the package is gone, changed, cannot be opened, or does not hold what it says.
    """
    index, files = _open(submission.package, submission.tender_id)
    try:
        offer = read_index(index)
    except MalformedError as error:
        raise PackageError(Fault.MALFORMED) from error
    for file in offer.files:
        data = files.get(str(file.id))
        if data is None or len(data) != file.size or sha256_hex(data) != file.sha256:
            raise PackageError(Fault.MALFORMED)
    return index, offer, files


def read_price_package(package: StoredFile, tender_id: UUID) -> Decimal:
    """Return the price that a price package holds.

    Raises:
        PackageError: the package is gone, changed, cannot be opened, or holds no price.
    """
    index, _ = _open(package, tender_id)
    try:
        return read_price(index)
    except MalformedError as error:
        raise PackageError(Fault.MALFORMED) from error


def unseal(data: bytes, tender_id: UUID) -> bytes:
    """Return what was sealed to a tender's key.

    Raises:
        PackageError: it was not sealed to that key, or was changed.
    """
    identity = pyrage.x25519.Identity.from_str(identity_of(tender_id))
    try:
        return bytes(pyrage.decrypt(data, [identity]))
    except pyrage.DecryptError as error:
        raise PackageError(Fault.NOT_OPENED) from error


def _read_answers(sealed: bytes | memoryview, tender_id: UUID) -> Offer:
    if not sealed:
        return Offer()
    return read_index(json.loads(unseal(bytes(sealed), tender_id)))


def _open(package: StoredFile, tender_id: UUID) -> tuple[dict[str, object], dict[str, bytes]]:
    try:
        data = read_bytes(package)
    except FileNotFoundError as error:
        raise PackageError(Fault.GONE) from error
    if sha256_hex(data) != package.sha256:
        raise PackageError(Fault.CHANGED)
    plain = unseal(data, tender_id)
    length = int.from_bytes(plain[:8], "big")
    head = json.loads(plain[8 : 8 + length])
    files, at = {}, 8 + length
    for name, size in head["files"]:
        files[name] = plain[at : at + size]
        at += size
    return head["index"], files

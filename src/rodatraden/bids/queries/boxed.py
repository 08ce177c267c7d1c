"""What lies in the box: which bids take part in the opening, and how a sealed thing is read.

Only the supplier's own people, on their own request, and the opening itself call the readers here.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO

import pyrage
from django.conf import settings

from rodatraden.bids.models import SealingKey, Submission
from rodatraden.bids.rules import may_read_submission, may_write
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.canonical import canonical_json
from rodatraden.core.message import say
from rodatraden.core.offer import MalformedError, Offer, index_of, read_index, read_price
from rodatraden.core.sealing import Package, PackageError, PackageFault, PackedFile, open_stream
from rodatraden.records.queries import open_stored

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from decimal import Decimal
    from pathlib import Path
    from uuid import UUID

    from rodatraden.bids.models import BidDraft, DraftFile
    from rodatraden.parties.models import Person
    from rodatraden.records.models import StoredFile
    from rodatraden.tenders.models import Tender


CHUNK = 1024 * 1024


class Fault(StrEnum):
    """Why a package could not be read, beside the faults of the package format itself."""

    GONE = "gone"
    STORAGE = "storage"
    MALFORMED = "malformed"


class UnreadableError(Exception):
    """A sealed package could not be read; the fault is a fact of the opening protocol, not of the program."""

    def __init__(self, fault: Fault | PackageFault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Unsealed:
    """A bid as it was sealed: its index word for word, what it says, and its files by the id that the index gives."""

    index: dict[str, object]
    offer: Offer
    files: dict[UUID, PackedFile]


def key_path(tender_id: UUID) -> Path:
    """Return where the private half of a tender's sealing key lies: a file outside the database."""
    folder: Path = settings.DATA_DIR / "keys"
    return folder / f"{tender_id}.age"


def identity_of(tender_id: UUID) -> str:
    """Return the private half of a tender's sealing key.

    Raises:
        RefusedError: the key file is gone; what was sealed to it can only be read with its backup.
    """
    try:
        return key_path(tender_id).read_text(encoding="ascii").strip()
    except FileNotFoundError as error:
        raise RefusedError(
            no(
                say(
                    "The key to the sealed bids is missing on the server. Nothing is lost: those who run the system "
                    "must put it back from its backup."
                )
            )
        ) from error


def sealing_key_of(tender: Tender) -> SealingKey:
    """Return the public half of a tender's sealing key; there is one from the publication on."""
    return SealingKey.objects.get(tender=tender)


def in_the_box(tender: Tender) -> list[Submission]:
    """Return the bids that take part in the opening, by arrival: of each supplier the latest, in time, not withdrawn.

    The latest is what was handed in last, by version and not by stamp: a clock that is set back between two bids would let
    the one that was replaced win.
    Never shown to anybody before the opening; what calls it is the opening itself (INV-02, INV-04, INV-05).
    """
    latest: dict[UUID, Submission] = {}
    kept = Submission.objects.filter(tender=tender, is_late=False, withdrawn_at=None)
    rows = kept.select_related("supplier", "package", "price_package", "snapshot", "upload")
    for submission in rows.order_by("version"):
        submission.tender = tender
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


def read_submitted(submission: Submission, *, by: Person, at: datetime) -> Offer | None:
    """Return what a bid said when it was handed in, for those who bid for its supplier; None where only they can read it.

    Raises:
        RefusedError: `by` does not bid for the supplier.
    """
    require(may_read_submission(by, submission, at))
    if submission.manifest:
        return None
    return _read_answers(submission.sealed_answers, submission.tender_id)


def read_draft_file(file: DraftFile, *, by: Person, at: datetime) -> BinaryIO:
    """Return a file of a draft opened for reading, for those who bid for its supplier; who asks for it closes it.

    Raises:
        RefusedError: `by` does not bid for the supplier.
    """
    require(may_write(by, file.draft, at))
    plain = TemporaryFile()  # noqa: SIM115 -- who asks for it closes it
    with open_stored(file.sealed) as sealed:
        pyrage.decrypt_io(sealed, plain, [_identity(file.draft.tender_id)])
    plain.seek(0)
    return plain


@contextmanager
def unsealed(submission: Submission) -> Iterator[Unsealed]:
    """Open a bid's package for as long as the block lasts.

    Raises:
        UnreadableError: the package is gone, changed, cannot be opened, or does not hold what it says.
    """
    assert submission.package is not None, "bids that suppliers sealed are opened by holders"
    with TemporaryFile() as scratch:
        yield understood(_open(submission.package, submission.tender_id, scratch))


def understood(package: Package) -> Unsealed:
    """Return what an opened package says, with its files as the index of the bid names them.

    Raises:
        UnreadableError: it does not hold what it says.
    """
    files = {file.name: file for file in package.files}
    try:
        offer = read_index(package.content)
    except MalformedError as error:
        raise UnreadableError(Fault.MALFORMED) from error
    # Nothing beside what an index says, and every file once: a bidder's own program may write what it likes.
    if canonical_json(index_of(offer)) != canonical_json(package.content):
        raise UnreadableError(Fault.MALFORMED)
    if sorted(str(file.id) for file in offer.files) != sorted(files):
        raise UnreadableError(Fault.MALFORMED)
    for file in offer.files:
        packed = files[str(file.id)]
        if (packed.size, packed.sha256) != (file.size, file.sha256):
            raise UnreadableError(Fault.MALFORMED)
    return Unsealed(package.content, offer, {file.id: files[str(file.id)] for file in offer.files})


def read_price_package(package: StoredFile, tender_id: UUID) -> Decimal:
    """Return the price that a price package holds.

    Raises:
        UnreadableError: the package is gone, changed, cannot be opened, or holds no price.
    """
    with TemporaryFile() as scratch:
        return price_in(_open(package, tender_id, scratch))


def price_in(package: Package) -> Decimal:
    """Return the price that an opened price package holds.

    Raises:
        UnreadableError: it holds none.
    """
    try:
        return read_price(package.content)
    except MalformedError as error:
        raise UnreadableError(Fault.MALFORMED) from error


def measure(file: BinaryIO) -> tuple[str, int]:
    """Return the SHA-256 of a file and how many bytes it has."""
    file.seek(0)
    digest, size = sha256(), 0
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def _identity(tender_id: UUID) -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.from_str(identity_of(tender_id))


def _read_answers(sealed: bytes | memoryview, tender_id: UUID) -> Offer:
    if not sealed:
        return Offer()
    return read_index(json.loads(pyrage.decrypt(bytes(sealed), [_identity(tender_id)])))


def _open(package: StoredFile, tender_id: UUID, scratch: BinaryIO) -> Package:
    identity = identity_of(tender_id)
    try:
        with open_stored(package) as sealed:
            digest, _ = measure(sealed)
        if digest != package.sha256:
            raise UnreadableError(Fault.STORAGE)
        with open_stored(package) as sealed:
            return open_stream(sealed, identity, scratch)
    except FileNotFoundError as error:
        raise UnreadableError(Fault.GONE) from error
    except PackageError as error:
        raise UnreadableError(error.fault) from error

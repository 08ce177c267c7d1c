"""What lies in the box: which bids take part in the opening, and what an opened package says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO

from rodatraden.bids.models import Bid, Submission
from rodatraden.bids.rules import SETTLING, Kind
from rodatraden.core.canonical import canonical_json
from rodatraden.core.offer import MalformedError, Offer, index_of, read_index, read_price
from rodatraden.procurements.models import StageFact
from rodatraden.tenders.models import Tender

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal
    from uuid import UUID

    from rodatraden.core.sealing import Package, PackageFault, PackedFile


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


def in_the_box(tender: Tender) -> list[Submission]:
    """Return the bids that take part in the opening, by arrival: of each supplier the latest, in time, not withdrawn.

    The latest is what was handed in last, by version and not by stamp: a clock that is set back between two bids would let
    the one that was replaced win.
    Never shown to anybody before the opening; what calls it is the opening itself (INV-02, INV-04, INV-05).
    """
    latest: dict[UUID, Submission] = {}
    kept = Submission.objects.filter(tender=tender, is_late=False, withdrawn_at=None)
    rows = kept.select_related("supplier", "snapshot", "upload")
    for submission in rows.order_by("version"):
        submission.tender = tender
        latest[submission.supplier_id] = submission
    return sorted(latest.values(), key=lambda each: (each.received_at, str(each.pk)))


def due_to_close(at: datetime) -> list[Tender]:
    """Return the tenders that are published and not cancelled, whose time for bids is out and whose box is still open."""
    facts = StageFact.objects.values("procurement")
    return list(
        Tender.objects.filter(
            deadline_at__lte=at - SETTLING, procurement__in=facts.filter(kind=Kind.PUBLISHED)
        ).exclude(procurement__in=facts.filter(kind__in=(Kind.CLOSED, Kind.CANCELLED)))
    )


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


def tenders_received(tender: Tender) -> int:
    """Return how many suppliers' bids came in time and were not withdrawn, those received in another tool too.

    Asked only once the bids have been opened: before that nobody knows how many there are (INV-02).
    """
    return len(in_the_box(tender)) + Bid.objects.filter(tender=tender, submission=None).count()


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

"""What a bid handed in is acknowledged with, and its withdrawal: acts with a receipt, of which nobody but the supplier learns (INV-02)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext

from rodatraden.bids.actions.box import lock_box, lock_supplier
from rodatraden.bids.models import SealedUpload, Submission
from rodatraden.bids.rules import Kind, may_withdraw
from rodatraden.core.answer import require
from rodatraden.core.instants import ZONES
from rodatraden.core.sealing.holders import Holds
from rodatraden.procurements.rules import has_happened
from rodatraden.records.actions import (
    once,
    record_event,
    sign_receipt,
    write_mail,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender
    from rodatraden.ui.policy import Arrival

RECEIPT_FORMAT = "rodatraden-bid-receipt-2"
IN_THE_LOG = {Holds.BID: "package", Holds.PRICE: "price_package"}
"""The names under which the log keeps the fingerprints of what was handed in."""


@dataclass(frozen=True, slots=True)
class ReceivedPackage:
    """A package that was handed in: the SHA-256 that names it, and how many bytes are stored of it."""

    sha256: str
    size: int


def withdraw_bid(*, submission: Submission, by: Person, arrival: Arrival, key: str) -> Submission:
    """Withdraw a supplier's bid until the deadline, all its versions; a new one can be handed in afterwards.

    One that has come whole and is still being stored by us is one of them.

    Raises:
        RefusedError: `by` does not bid for the supplier, the time is out, or it has been withdrawn already.
    """
    answer = once(
        key=key,
        purpose="withdraw_bid",
        body={"submission": submission.pk},
        effect=lambda: str(_withdraw(submission, by, arrival).pk),
        by=by,
        at=arrival.at,
    )
    return Submission.objects.select_related("tender__procurement", "supplier").get(pk=UUID(answer))


def acknowledge(
    submission: Submission, packages: Mapping[Holds, ReceivedPackage], *, by: Person, at: datetime
) -> Submission:
    """Store a bid handed in with its entry in the log, its signed receipt and the mail with it; returns when all is durable."""
    told = _told(submission, packages)
    submission.save(force_insert=True)
    event = record_event(
        "bid_received",
        of=submission,
        by=by,
        at=at,
        is_sealed=True,
        is_covered=True,
        what={
            **{IN_THE_LOG[holds]: package.sha256 for holds, package in packages.items()},
            "manifest": submission.fingerprint,
            "is_late": submission.is_late,
        },
    )
    submission.receipt = sign_receipt(receipt=told, event=event)
    submission.save(update_fields=["receipt"])
    _mail(submission, by=by, at=at)
    return submission


def _withdraw(submission: Submission, by: Person, arrival: Arrival) -> Submission:
    lock_box(submission.tender_id, alone=False)
    lock_supplier(submission.tender_id, submission.supplier_id)
    stored = (
        Submission.objects.select_for_update(of=("self",), no_key=True)
        .select_related("tender__procurement__buyer", "supplier", "snapshot")
        .get(pk=submission.pk)
    )
    require(may_withdraw(by, stored, arrival.at))
    of_mine = {"tender": stored.tender, "supplier": stored.supplier, "withdrawn_at": None}
    mine = Submission.objects.filter(**of_mine, is_late=False)
    coming = SealedUpload.objects.filter(**of_mine, submission=None, arrived_version__gte=1)
    versions = {*mine.values_list("version", flat=True), *coming.values_list("arrived_version", flat=True)}
    mine.update(withdrawn_at=arrival.at)
    coming.update(withdrawn_at=arrival.at)
    stored.withdrawn_at = arrival.at
    event = record_event("bid_withdrawn", of=stored, by=by, at=arrival.at, is_sealed=True, is_covered=True)
    stored.withdrawal_receipt = sign_receipt(
        receipt={
            "format": RECEIPT_FORMAT,
            "what": "withdrawn",
            "submission": stored.pk,
            "versions": sorted(number for number in versions if number is not None),
            "tender": stored.tender_id,
            "withdrawn_at": arrival.at,
            "withdrawn_at_local": local_time(arrival.at, stored.tender),
            "stamped_by": arrival.source,
            "clock": told_clock(arrival.is_synchronised, arrival.error_ms),
            "deadline_at": stored.tender.deadline_at,
        },
        event=event,
    )
    stored.save(update_fields=["withdrawal_receipt"])
    _mail(stored, by=by, at=arrival.at)
    return stored


def _told(submission: Submission, packages: Mapping[Holds, ReceivedPackage]) -> dict[str, object]:
    """Return what a receipt tells, but where it stands in the log."""
    return {
        "format": RECEIPT_FORMAT,
        "what": "received",
        "submission": submission.pk,
        "version": submission.version,
        "tender": submission.tender_id,
        "snapshot": {"number": submission.snapshot.number, "sha256": submission.snapshot.sha256},
        "packages": [
            {"holds": str(holds), "sha256": package.sha256, "size": package.size} for holds, package in packages.items()
        ],
        "manifest": submission.fingerprint,
        "received_at": submission.received_at,
        "received_at_local": local_time(submission.received_at, submission.tender),
        "stamped_by": submission.received_by,
        "clock": told_clock(submission.clock_synchronised, submission.clock_error_ms),
        "deadline_at": submission.deadline_at,
        "in_time": not submission.is_late,
        "box_was_closed": has_happened(submission.tender.procurement, Kind.CLOSED),
    }


def told_clock(is_synchronised: bool | None, error_ms: int | None) -> dict[str, object]:  # noqa: FBT001 -- None too, which no word is for
    """Return what a receipt tells of the clock that stamped it; null is unknown."""
    return {"synchronised": is_synchronised, "error_ms": error_ms}


def local_time(at: datetime, tender: Tender) -> str:
    return at.astimezone(ZONES[tender.procurement.country]).isoformat(timespec="milliseconds")


def _mail(submission: Submission, *, by: Person, at: datetime) -> None:
    """Send the receipt to who acted, and to the supplier's own address; it holds nothing that the bid says."""
    if submission.withdrawal_receipt:
        subject, receipt = gettext("Receipt: your bid is withdrawn"), submission.withdrawal_receipt
    elif submission.withdrawn_at:
        subject, receipt = gettext("Receipt: your bid had come, and is withdrawn"), submission.receipt
    elif submission.is_late:
        subject, receipt = gettext("Receipt: your bid came too late"), submission.receipt
    else:
        subject, receipt = gettext("Receipt: your bid has been received"), submission.receipt
    text = gettext(
        "%(subject)s\n\nProcurement: %(title)s\n\nSave this receipt. It proves what was received and when:\n\n%(receipt)s\n"
    ) % {
        "subject": subject,
        "title": submission.tender.procurement.title,
        "receipt": receipt,
    }
    for address in dict.fromkeys(each for each in (by.email, submission.supplier.email) if each):
        write_mail(to=address, subject=subject, text=text, by=by, at=at)

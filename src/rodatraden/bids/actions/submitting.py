"""Hand in, replace and withdraw: small acts with a receipt, of which nobody but the supplier learns (INV-02)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from tempfile import TemporaryFile
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext

from rodatraden.bids.actions.box import lock_box
from rodatraden.bids.models import BidDraft, DraftFile, Submission
from rodatraden.bids.queries.asked import asked
from rodatraden.bids.queries.boxed import CHUNK, read_draft_file, read_offer, sealing_key_of
from rodatraden.bids.queries.changed import only_what_is_asked
from rodatraden.bids.rules import Kind, has_read, is_out_of_time, may_withdraw, may_write
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.checklist import Point, missing
from rodatraden.core.instants import ZONES
from rodatraden.core.message import say
from rodatraden.core.offer import Offer, index_of, price_of
from rodatraden.core.sealing import NewFile, seal, seal_stream
from rodatraden.core.sealing.holders import Holds
from rodatraden.procurements.rules import has_happened
from rodatraden.records.actions import (
    once,
    record_event,
    sign_receipt,
    store_bytes,
    store_chunks,
    write_mail,
)
from rodatraden.tenders.models import Snapshot, Tender

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from rodatraden.parties.models import Person
    from rodatraden.records.models import StoredFile
    from rodatraden.ui.policy import Arrival

RECEIPT_FORMAT = "rodatraden-bid-receipt-2"
IN_THE_LOG = {Holds.BID: "package", Holds.PRICE: "price_package"}
"""The names under which the log keeps the fingerprints of what was handed in."""


@dataclass(frozen=True, slots=True)
class ReceivedPackage:
    """A package that was handed in: the SHA-256 that names it, and how many bytes are stored of it."""

    sha256: str
    size: int


class IncompleteError(RefusedError):
    """The bid lacks something that it must hold; `missing` lists exactly what, and in which part it is mended."""

    def __init__(self, draft: BidDraft, points: tuple[Point, ...]) -> None:
        super().__init__(
            no(say("The bid is not complete. Mend what is missing, then hand it in."), mend=_overview(draft))
        )
        self.missing = points


def submit_bid(*, draft: BidDraft, by: Person, arrival: Arrival, key: str, version: int | None = None) -> Submission:
    """Hand in a draft: seal it, its price in a package of its own, and give a receipt of when its last byte had come.

    In time is strictly before the deadline, while the box is open (LOU 12 kap. 8 §, INV-05); what comes later is kept
    sealed as late. It replaces what the supplier handed in before. `version` is that of the draft which the person
    looked at; the same `key` again gives the same submission.

    Raises:
        IncompleteError: something that must be there is missing.
        RefusedError: `by` does not bid for the supplier, or the draft was changed since it was looked at.
    """
    require(may_write(by, draft, arrival.at))
    version = draft.version if version is None else version
    answer = once(
        key=key,
        purpose="submit_bid",
        body={"draft": draft.pk, "version": version},
        effect=lambda: str(_submit(draft, version, by, arrival).pk),
        by=by,
        at=arrival.at,
    )
    return Submission.objects.select_related("tender__procurement", "supplier").get(pk=UUID(answer))


def withdraw_bid(*, submission: Submission, by: Person, arrival: Arrival, key: str) -> Submission:
    """Withdraw a supplier's bid until the deadline, all its versions; a new one can be handed in afterwards.

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


def _overview(draft: BidDraft) -> str:
    return reverse("bids:overview", args=[draft.pk])


def _submit(draft: BidDraft, version: int, by: Person, arrival: Arrival) -> Submission:
    lock_box(draft.tender_id, alone=False)
    tender = Tender.objects.select_related("procurement__buyer").get(pk=draft.tender_id)
    stored = BidDraft.objects.select_for_update().select_related("supplier").get(pk=draft.pk)
    stored.tender = tender
    if stored.version != version:
        raise RefusedError(
            no(
                say(
                    "The bid was changed in another tab or by a colleague after you opened the page. Look at it again."
                ),
                mend=_overview(stored),
            )
        )
    latest = Snapshot.objects.filter(tender=tender).order_by("-number")[0]
    require(has_read(stored, latest))
    asks = asked(tender)
    offer = only_what_is_asked(read_offer(stored, by=by, at=arrival.at), asks)
    lacking = missing(asks.asks, offer)
    if lacking or tender.deadline_at is None:
        raise IncompleteError(stored, lacking)
    submission = Submission(
        id=uuid4(),
        tender=tender,
        supplier=stored.supplier,
        snapshot=latest,
        version=_next_version(stored),
        received_at=arrival.at,
        received_by=arrival.source,
        deadline_at=tender.deadline_at,
        is_late=is_out_of_time(tender, arrival.at),
        submitted_by=by,
        sealed_answers=bytes(stored.sealed_answers),
    )
    submission.package, submission.price_package = _seal(stored, offer, by=by, at=arrival.at)
    return acknowledge(submission, _packages(submission), by=by, at=arrival.at)


def acknowledge(
    submission: Submission, packages: Mapping[Holds, ReceivedPackage], *, by: Person, at: datetime
) -> Submission:
    """Store a bid handed in with its entry in the log, its signed receipt and the mail with it; returns when all is durable."""
    sealed_here = {"manifest": submission.fingerprint} if submission.manifest else {}
    told = _told(submission, packages) | sealed_here
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
            **sealed_here,
            "is_late": submission.is_late,
        },
    )
    submission.receipt = sign_receipt(receipt=told, event=event)
    submission.save(update_fields=["receipt"])
    _mail(submission, by=by, at=at)
    return submission


def _withdraw(submission: Submission, by: Person, arrival: Arrival) -> Submission:
    lock_box(submission.tender_id, alone=False)
    stored = (
        Submission.objects.select_for_update(of=("self",))
        .select_related("tender__procurement__buyer", "supplier", "snapshot", "package", "price_package")
        .get(pk=submission.pk)
    )
    require(may_withdraw(by, stored, arrival.at))
    mine = Submission.objects.filter(tender=stored.tender, supplier=stored.supplier, is_late=False, withdrawn_at=None)
    mine.update(withdrawn_at=arrival.at)
    stored.withdrawn_at = arrival.at
    event = record_event("bid_withdrawn", of=stored, by=by, at=arrival.at, is_sealed=True, is_covered=True)
    stored.withdrawal_receipt = sign_receipt(
        receipt={
            "format": RECEIPT_FORMAT,
            "what": "withdrawn",
            "submission": stored.pk,
            "tender": stored.tender_id,
            "withdrawn_at": arrival.at,
            "withdrawn_at_local": local_time(arrival.at, stored.tender),
            "stamped_by": arrival.source,
            "deadline_at": stored.tender.deadline_at,
        },
        event=event,
    )
    stored.save(update_fields=["withdrawal_receipt"])
    _mail(stored, by=by, at=arrival.at)
    return stored


def _next_version(draft: BidDraft) -> int:
    mine = Submission.objects.filter(tender=draft.tender_id, supplier=draft.supplier_id)
    return (mine.aggregate(last=Max("version"))["last"] or 0) + 1


def _seal(draft: BidDraft, offer: Offer, *, by: Person, at: datetime) -> tuple[StoredFile, StoredFile | None]:
    """Store the opaque package of files and index, and the price in a package of its own, unless the price is fixed."""
    recipient = sealing_key_of(draft.tender).recipient
    rows = DraftFile.objects.filter(draft=draft, removed_at=None).select_related("sealed").in_bulk()
    for row in rows.values():
        row.draft = draft
    files = [
        NewFile(str(file.id), file.size, file.sha256, partial(read_draft_file, rows[file.id], by=by, at=at))
        for file in offer.files
    ]
    with TemporaryFile() as sealed:
        seal_stream(index_of(offer), files, recipient, sealed)
        sealed.seek(0)
        package = store_chunks(iter(lambda: sealed.read(CHUNK), b""), by=by, at=at)
    if draft.tender.has_fixed_price:
        return package, None
    price = price_of(offer.price, currency=draft.tender.currency, unit=draft.tender.price_unit)
    return package, store_bytes(seal(price, (), recipient), by=by, at=at)


def _packages(submission: Submission) -> dict[Holds, ReceivedPackage]:
    found = {Holds.BID: submission.package, Holds.PRICE: submission.price_package}
    return {holds: ReceivedPackage(file.sha256, file.size) for holds, file in found.items() if file is not None}


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
        "received_at": submission.received_at,
        "received_at_local": local_time(submission.received_at, submission.tender),
        "stamped_by": submission.received_by,
        "deadline_at": submission.deadline_at,
        "in_time": not submission.is_late,
        "box_was_closed": has_happened(submission.tender.procurement, Kind.CLOSED),
    }


def local_time(at: datetime, tender: Tender) -> str:
    return at.astimezone(ZONES[tender.procurement.country]).isoformat(timespec="milliseconds")


def _mail(submission: Submission, *, by: Person, at: datetime) -> None:
    """Send the receipt to who acted, and to the supplier's own address; it holds nothing that the bid says."""
    if submission.withdrawal_receipt:
        subject, receipt = gettext("Receipt: your bid is withdrawn"), submission.withdrawal_receipt
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

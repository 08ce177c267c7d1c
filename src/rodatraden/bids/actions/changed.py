"""What a published change asks of bidders: to confirm or replace what they have handed in (INV-08)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from rodatraden.bids.actions.box import lock_box
from rodatraden.bids.actions.submitting import RECEIPT_FORMAT, local_time, told_clock
from rodatraden.bids.models import BidConfirmation, SealedUpload, Submission
from rodatraden.bids.queries.changed import answered_by
from rodatraden.bids.rules import may_confirm_bid
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.message import say
from rodatraden.parties.rules import may_bid_for
from rodatraden.records.actions import once, record_event, sign_receipt, write_mail
from rodatraden.tenders.queries import latest_snapshot, versions_page

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.parties.models import Organisation, Person
    from rodatraden.tenders.models import Snapshot, Tender
    from rodatraden.ui.policy import Arrival


def confirm_bid(
    *, submission: Submission, snapshot: Snapshot, by: Person, arrival: Arrival, key: str
) -> BidConfirmation:
    """Say that a bid handed in for an earlier version holds as it is for `snapshot`, the latest one, with a receipt.

    Whether it holds what the latest version asks for nobody here can see: its supplier answers for it.

    Raises:
        RefusedError: `by` does not bid for the supplier, the time is out, the bid is withdrawn or replaced, or a later
            version has come meanwhile.
    """
    answer = once(
        key=key,
        purpose="confirm_bid",
        body={"submission": submission.pk, "snapshot": snapshot.pk},
        effect=lambda: str(_confirm(submission, snapshot, by, arrival).pk),
        by=by,
        at=arrival.at,
    )
    return BidConfirmation.objects.select_related("submission", "snapshot").get(pk=UUID(answer))


def tell_bidders_of_change(*, tender: Tender, by: Person | None, at: datetime) -> None:
    """Write to all who have begun or handed in a bid that the documents have changed, one mail to each address.

    Nobody but the addressed learns of it: no event counts the mails, and they hang on no case (INV-02).
    """
    snapshot = latest_snapshot(tender)
    if snapshot is None:
        return
    for supplier, (senders, ask) in _asked_to_act(tender).items():
        people = [each for each in senders if may_bid_for(each, supplier, at)]  # who has left learns of nothing
        text = gettext(
            "The documents of %(title)s have changed. Version %(number)d holds from now on.\n\n%(ask)s\n\n"
            "Each change, before and after: %(versions)s"
        ) % {
            "title": tender.procurement.title,
            "number": snapshot.number,
            "ask": ask,
            "versions": versions_page(snapshot),
        }
        subject = gettext("Changed documents: %(title)s") % {"title": tender.procurement.title}
        for address in dict.fromkeys(each for each in (supplier.email, *(one.email for one in people)) if each):
            write_mail(to=address, subject=subject, text=text, by=by, at=at)


def _asked_to_act(tender: Tender) -> dict[Organisation, tuple[list[Person], str]]:
    """Return what each supplier is asked to do, and who of its people has sent something: what it handed in stands before what it has begun."""
    asked: dict[Organisation, tuple[list[Person], str]] = {}
    begun = SealedUpload.objects.filter(tender=tender).select_related("supplier", "started_by")
    for upload in begun.order_by("started_at", "pk"):
        page = reverse("bids:workspace", args=[tender.pk, upload.supplier_id])
        ask = gettext("Read what has changed before you hand in your bid: %(page)s")
        people, _ = asked.get(upload.supplier, ([], ""))
        asked[upload.supplier] = ([*people, upload.started_by], ask % {"page": settings.SITE_URL + page})
    handed_in = Submission.objects.filter(tender=tender, withdrawn_at=None, is_late=False)
    for submission in handed_in.select_related("supplier", "submitted_by").order_by("version"):
        page = reverse("bids:confirm", args=[submission.pk])
        ask = gettext(
            "Your bid was made for an earlier version. Read what has changed, then confirm or replace it: %(page)s"
        )
        people, _ = asked.get(submission.supplier, ([], ""))
        asked[submission.supplier] = ([*people, submission.submitted_by], ask % {"page": settings.SITE_URL + page})
    return asked


def _confirm(submission: Submission, snapshot: Snapshot, by: Person, arrival: Arrival) -> BidConfirmation:
    lock_box(submission.tender_id, alone=False)
    stored = (
        Submission.objects.select_for_update(of=("self",), no_key=True)
        .select_related("tender__procurement__buyer", "supplier", "snapshot")
        .get(pk=submission.pk)
    )
    latest = latest_snapshot(stored.tender)
    if latest is None or latest != snapshot:
        raise RefusedError(no(say("The documents have changed once more. Read what has changed since.")))
    require(may_confirm_bid(by, stored, answered_by(stored), latest, arrival.at))
    later = Submission.objects.filter(
        tender=stored.tender_id,
        supplier=stored.supplier_id,
        version__gt=stored.version,
        withdrawn_at=None,
        is_late=False,
    )
    if later.exists():
        raise RefusedError(no(say("A newer bid has replaced this one. Confirm that one.")))
    confirmation = BidConfirmation(
        id=uuid4(), submission=stored, snapshot=latest, confirmed_at=arrival.at, confirmed_by=by
    )
    event = record_event(
        "bid_confirmed",
        of=stored,
        by=by,
        at=arrival.at,
        is_sealed=True,
        is_covered=True,
        what={"number": latest.number},
    )
    confirmation.receipt = sign_receipt(
        receipt={
            "format": RECEIPT_FORMAT,
            "what": "confirmed",
            "submission": stored.pk,
            "tender": stored.tender_id,
            "snapshot": {"number": latest.number, "sha256": latest.sha256},
            "confirmed_at": arrival.at,
            "confirmed_at_local": local_time(arrival.at, stored.tender),
            "stamped_by": arrival.source,
            "clock": told_clock(arrival.is_synchronised, arrival.error_ms),
            "deadline_at": stored.tender.deadline_at,
        },
        event=event,
    )
    confirmation.save(force_insert=True)
    subject = gettext("Receipt: your bid is confirmed for the changed documents")
    text = gettext(
        "%(subject)s\n\nProcurement: %(title)s\n\nSave this receipt. It proves what was received and when:\n\n%(receipt)s\n"
    ) % {"subject": subject, "title": stored.tender.procurement.title, "receipt": confirmation.receipt}
    for address in dict.fromkeys(each for each in (by.email, stored.supplier.email) if each):
        write_mail(to=address, subject=subject, text=text, by=by, at=arrival.at)
    return confirmation

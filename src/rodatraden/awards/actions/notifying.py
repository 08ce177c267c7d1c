"""The act in which all bidders are notified at once, the letters after it, and the receipts."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext

from rodatraden.awards.actions.diary import issued
from rodatraden.awards.documents import notification_paper
from rodatraden.awards.models import AwardDecision, Notification
from rodatraden.awards.queries import own_results, with_case
from rodatraden.awards.rules import (
    Kind,
    may_notify,
    may_open_notification,
    may_send_letter,
    standstill_basis,
)
from rodatraden.bids.queries import opened_bids
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.calendars import Unknown, standstill
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.evaluation.queries import held
from rodatraden.parties.models import Country
from rodatraden.procurements.actions import record_fact
from rodatraden.procurements.rules import has_happened
from rodatraden.records.actions import record_event, write_mail
from rodatraden.records.models import DiaryDocument
from rodatraden.ui.documents import written_in
from rodatraden.ui.words import weekday_date

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from uuid import UUID

    from rodatraden.bids.models import Bid
    from rodatraden.parties.models import Person

Channel = Notification.Channel


def notify_bidders(
    *,
    decision: AwardDecision,
    by: Person,
    at: datetime,
    channels: Mapping[UUID, Notification.Channel] | None = None,
    stated_days: int | None = None,
    court: str = "",
) -> list[Notification]:
    """Notify all bidders of the decision in one act and at one instant, with reasons and standstill (INV-20, INV-21).

    `channels` names, by bid, who gets a letter instead; one letter makes the standstill the longer one. `stated_days`
    is a longer standstill than the law's, or the authority's own where the law has none; it binds.

    `court` is where an application for review is made; without it the notification says which kind of court it is.

    Raises:
        RefusedError: `by` may not, all are notified already, an address is missing, or the standstill is unknown.
    """
    sent_by = channels or {}
    with transaction.atomic():
        tender = held(decision.tender)
        require(may_notify(by, tender))
        decision = AwardDecision.objects.select_related("winner__supplier").get(in_force_of=tender)
        decision.tender, decision.stated_days, decision.court = tender, stated_days, court.strip()
        decision.save(update_fields=["stated_days", "court"])
        bids = list(opened_bids(tender).select_related("submission__submitted_by"))
        standstill_text = _standstill_text(decision, [sent_by.get(bid.pk, Channel.ELECTRONIC) for bid in bids], at)
        results = own_results(tender, decision.winner)
        notifications = [
            _notify(
                decision,
                bid,
                sent_by.get(bid.pk, Channel.ELECTRONIC),
                f"{decision.reasons}\n\n{results[bid.pk]}",
                standstill_text,
                by=by,
                at=at,
            )
            for bid in bids
        ]
        what: dict[str, object] = {"notifications": len(notifications)}
        if has_happened(tender.procurement, Kind.NOTIFIED):
            record_event("bidders_notified_anew", of=decision, by=by, at=at, case=tender.procurement_id, what=what)
        else:
            record_fact(procurement=tender.procurement, kind=Kind.NOTIFIED, by=by, at=at, what=what)
    return notifications


def send_letter(*, notification: Notification, by: Person, at: datetime) -> Notification:
    """Register that a letter was posted at `at`, in place of a mail that did not go out.

    The standstill counts from this sending when it is the last, and is the longer one (LOU 20 kap. 1 §, INV-21).

    Raises:
        RefusedError: `by` may not, or the notification has been sent.
    """
    with transaction.atomic():
        tender = held(notification.decision.tender)
        notification = with_case(Notification.objects.filter(pk=notification.pk)).get()
        require(may_send_letter(by, notification))
        notification.letter_at = at
        notification.save(update_fields=["letter_at"])
        issued(
            tender,
            DiaryDocument.Direction.SENT,
            notification_paper(notification),
            subject=gettext("Notification of the award decision, by letter"),
            counterparty=notification.bid.supplier.name,
            by=by,
            at=at,
        )
        record_event("notification_letter_posted", of=notification, by=by, at=at, case=tender.procurement_id)
    return notification


def note_opened(*, notification: Notification, by: Person, at: datetime) -> Notification:
    """Note that somebody of the supplier has opened the notification on its own page: the first one is the receipt.

    Raises:
        RefusedError: `by` does not bid for the supplier.
    """
    require(may_open_notification(by, notification, at))
    if notification.opened_at is None:
        with transaction.atomic():
            notification.opened_at, notification.opened_by = at, by
            if Notification.objects.filter(pk=notification.pk, opened_at=None).update(opened_at=at, opened_by=by):
                case = notification.decision.tender.procurement_id
                record_event("notification_opened", of=notification, by=by, at=at, case=case)
    return notification


@written_in(lambda decision, *_, **__: decision.tender.procurement.language)
def _notify(
    decision: AwardDecision,
    bid: Bid,
    channel: Notification.Channel,
    reasons: str,
    standstill_text: str,
    *,
    by: Person,
    at: datetime,
) -> Notification:
    tender = decision.tender
    notification = Notification(
        id=uuid4(),
        decision=decision,
        bid=bid,
        channel=channel,
        sent_at=at,
        reasons=reasons,
        standstill_text=standstill_text,
    )
    if channel == Channel.ELECTRONIC:
        address = bid.address
        if not address:
            raise RefusedError(
                no(
                    say(
                        "{supplier} has no e-mail address. Choose a letter for this bidder.", supplier=bid.supplier.name
                    ),
                    source="LOU 12 kap. 12 §",
                )
            )
        notification.mail = write_mail(
            to=address,
            subject=gettext("Award decision: %(title)s") % {"title": tender.procurement.title},
            text=_letter(notification),
            by=by,
            at=at,
            case=tender.procurement_id,
        )
    notification.document = issued(
        tender,
        DiaryDocument.Direction.SENT,
        notification_paper(notification),
        counterparty=bid.supplier.name,
        by=by,
        at=at,
    )
    notification.save(force_insert=True)
    return notification


def _letter(notification: Notification) -> str:
    procurement = notification.decision.tender.procurement
    page = settings.SITE_URL + reverse("awards:notification", kwargs={"notification_id": notification.pk})
    return "\n\n".join(
        [
            f"{procurement.title}, {procurement.buyer.name}, {procurement.diary_case.number}",
            gettext("The bid of %(winner)s is accepted.") % {"winner": notification.decision.winner.supplier.name},
            notification.reasons,
            notification.standstill_text,
            gettext("The same stands on your own page: %(page)s") % {"page": page},
        ]
    )


@written_in(lambda decision, *_: decision.tender.procurement.language)
def _standstill_text(decision: AwardDecision, channels: list[Notification.Channel], at: datetime) -> str:
    """Return the standstill as the bidder reads it; without it no notification is sent (INV-20)."""
    procurement = decision.tender.procurement
    worst = Channel.LETTER if Channel.LETTER in channels else Channel.ELECTRONIC
    found = standstill(
        basis=standstill_basis(procurement, decision.stated_days),
        sent_on=local_date(at, procurement.country),
        channel=worst,
        stated_days=decision.stated_days,
    ).value
    if isinstance(found, Unknown):
        raise RefusedError(no(found.reason, source=found.source))
    if found.last_barred_on is None:
        return gettext("No standstill applies to this decision.")
    text = gettext(
        "Standstill: the contract is signed on %(earliest)s at the earliest. The last day of the standstill is %(last)s (%(source)s)."
    ) % {
        "earliest": weekday_date(found.earliest_signing_on),
        "last": weekday_date(found.last_barred_on),
        "source": found.basis.paragraph,
    }
    if found.extended_by_review:
        text = f"{text} {gettext('An application for review in time extends it.')}"
    if found.mandatory:
        text = f"{text} {_where_to_apply(decision, found.last_barred_on)}"
    return text


def _where_to_apply(decision: AwardDecision, last: date) -> str:
    """Say where a bidder has the decision tried, and by when the application must be there (LOU 20 kap. 11 §)."""
    if decision.tender.procurement.country == Country.NO:
        return gettext("A petition to the court is made to %(court)s by %(last)s (FOA § 25-3).") % {
            "court": decision.court or gettext("the district court (tingretten)"),
            "last": weekday_date(last),
        }
    return gettext(
        "A bidder who wants the decision reviewed applies to %(court)s. The application must have arrived by %(last)s (LOU 20 kap. 11 §)."
    ) % {
        "court": decision.court or gettext("the administrative court of the authority's district"),
        "last": weekday_date(last),
    }

"""The verbs of the award: a named person decides, and all bidders are notified in one act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext

from rodatraden.awards.models import AwardDecision, Notification
from rodatraden.awards.queries import own_result
from rodatraden.awards.rules import Kind, may_decide, may_notify
from rodatraden.bids.models import Bid
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.calendars import PROCEDURES, Unknown, standstill
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.evaluation.models import FrozenOutcome
from rodatraden.procurements.actions import record_fact
from rodatraden.records.actions import register_document, write_mail
from rodatraden.records.models import DiaryDocument

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from uuid import UUID

    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender

Channel = Notification.Channel


def decide_award(
    *, tender: Tender, winner: Bid, reasons: str, delegation: str, by: Person, at: datetime
) -> AwardDecision:
    """Decide the award, with reasons and the delegation that it rests on (LOU 12 kap. 12 §).

    The winner is the bid in first place of the frozen outcome; the person decides, the program only refuses another.

    Raises:
        RefusedError: `by` may not decide, the winner is another, or reasons or delegation are missing.
    """
    require(may_decide(by, tender))
    if FrozenOutcome.objects.get(tender=tender).winner_id != winner.pk:
        raise RefusedError(
            no(
                say("{supplier} is not in first place of the published evaluation.", supplier=winner.supplier.name),
                mend="evaluation:outcome",
                source="LOU 16 kap. 1 §",
            )
        )
    if not reasons.strip() or not delegation.strip():
        raise RefusedError(
            no(say("Write the reasons, and which delegation the decision rests on."), source="LOU 12 kap. 12 §")
        )
    with transaction.atomic():
        decision = AwardDecision.objects.create(
            tender=tender, winner=winner, reasons=reasons, delegation=delegation, decided_at=at, decided_by=by
        )
        register_document(
            case=tender.procurement.diary_case,
            direction=DiaryDocument.Direction.DRAWN_UP,
            subject=gettext("Award decision"),
            by=by,
            at=at,
        )
        record_fact(procurement=tender.procurement, kind=Kind.DECIDED, by=by, at=at, what={"winner": winner.pk})
    return decision


def notify_bidders(
    *, decision: AwardDecision, by: Person, at: datetime, channels: Mapping[UUID, Notification.Channel] | None = None
) -> list[Notification]:
    """Notify all bidders of the decision in one act and at one instant, with reasons and standstill (INV-20, INV-21).

    `channels` names, by bid, who got a letter instead; one letter makes the standstill the longer one.

    Raises:
        RefusedError: `by` may not, all are notified already, or the standstill is unknown.
    """
    tender = decision.tender
    procurement = tender.procurement
    require(may_notify(by, procurement))
    sent_by = channels or {}
    bids = list(
        Bid.objects.filter(tender=tender).select_related("supplier", "submission__submitted_by").order_by("number")
    )
    worst = Channel.LETTER if Channel.LETTER in sent_by.values() else Channel.ELECTRONIC
    standstill_text = _standstill_text(tender, local_date(at, procurement.country), worst)
    with transaction.atomic():
        notifications = [
            _notify(decision, bid, sent_by.get(bid.pk, Channel.ELECTRONIC), standstill_text, by=by, at=at)
            for bid in bids
        ]
        record_fact(
            procurement=procurement, kind=Kind.NOTIFIED, by=by, at=at, what={"notifications": len(notifications)}
        )
    return notifications


def _notify(
    decision: AwardDecision, bid: Bid, channel: Notification.Channel, standstill_text: str, *, by: Person, at: datetime
) -> Notification:
    procurement = decision.tender.procurement
    reasons = f"{decision.reasons}\n\n{own_result(decision.tender, bid)}"
    address = bid.supplier.email or (bid.submission.submitted_by.email if bid.submission else "")
    mail = None
    if channel == Channel.ELECTRONIC:
        if not address:
            raise RefusedError(
                no(
                    say(
                        "{supplier} has no e-mail address. Choose a letter for this bidder.", supplier=bid.supplier.name
                    ),
                    mend="awards:notices",
                    source="LOU 12 kap. 12 §",
                )
            )
        mail = write_mail(
            to=address,
            subject=gettext("Award decision: %(title)s") % {"title": procurement.title},
            text=f"{reasons}\n\n{standstill_text}",
            by=by,
            at=at,
            case=procurement.pk,
        )
    register_document(
        case=procurement.diary_case,
        direction=DiaryDocument.Direction.SENT,
        counterparty=bid.supplier.name,
        subject=gettext("Notification of the award decision"),
        by=by,
        at=at,
    )
    return Notification.objects.create(
        decision=decision,
        bid=bid,
        channel=channel,
        sent_at=at,
        reasons=reasons,
        standstill_text=standstill_text,
        mail=mail,
    )


def _standstill_text(tender: Tender, sent_on: date, channel: Notification.Channel) -> str:
    """Return the standstill as the bidder reads it; without it no notification is sent (INV-20)."""
    found = standstill(
        basis=PROCEDURES[tender.procurement.procedure].standstill, sent_on=sent_on, channel=channel
    ).value
    if isinstance(found, Unknown):
        raise RefusedError(no(found.reason, source=found.source))
    if found.last_barred_on is None:
        return gettext("No standstill applies to this decision.")
    return gettext(
        "Standstill: the contract is not signed before %(earliest)s. The last day of the standstill is %(last)s (%(source)s)."
    ) % {
        "earliest": date_format(found.earliest_signing_on, "l j F Y"),
        "last": date_format(found.last_barred_on, "l j F Y"),
        "source": found.basis.paragraph,
    }

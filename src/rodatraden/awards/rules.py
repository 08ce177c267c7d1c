"""Who decides and who notifies, and from which day a contract may be concluded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.awards.models import AwardDecision, Notification
from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.calendars import (
    PROCEDURES,
    Computed,
    Sending,
    Standstill,
    Unknown,
    last_sending,
    standstill,
)
from rodatraden.core.calendars import Channel as SendingChannel
from rodatraden.core.message import say
from rodatraden.evaluation.models import FrozenOutcome
from rodatraden.procurements.models import StageFact, TeamMember
from rodatraden.procurements.rules import has_happened, may_act_as

if TYPE_CHECKING:
    from datetime import date

    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement
    from rodatraden.tenders.models import Tender

Role = TeamMember.Role
Kind = StageFact.Kind


def may_decide(person: Person, tender: Tender) -> Answer:
    """Answer whether `person` may decide the award: the decision maker, on a frozen outcome with one winner (INV-35)."""
    decider = may_act_as(Role.DECIDER, person, tender.procurement)
    if not decider:
        return decider
    if has_happened(tender.procurement, Kind.DECIDED):
        return no(say("The award has been decided already."))
    outcome = FrozenOutcome.objects.filter(tender=tender).first()
    if outcome is None:
        return no(say("The outcome has not been computed and frozen yet."), mend="evaluation:outcome")
    if outcome.winner_id is None:
        return no(
            say("No single bid is in first place, so there is nothing to award."),
            mend="evaluation:outcome",
            source="LOU 16 kap. 1 §",
        )
    return YES


def may_notify(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` may send the notifications: the officer or the decision maker, once decided."""
    official = may_act_as(Role.OFFICER, person, procurement) or may_act_as(Role.DECIDER, person, procurement)
    if not official:
        return official
    if not has_happened(procurement, Kind.DECIDED):
        return no(say("The award has not been decided yet."), mend="awards:decision")
    if has_happened(procurement, Kind.NOTIFIED):
        return no(say("All bidders have been notified already."))
    return YES


def computed_standstill(tender: Tender) -> Computed[Standstill]:
    """Return the standstill of a tender's award, counted from the last notification sent (INV-21), with its steps."""
    procurement = tender.procurement
    sent = [
        Sending(sent_at=notification.sent_at, channel=SendingChannel(notification.channel))
        for notification in Notification.objects.filter(decision__tender=tender).order_by("sent_at", "pk")
    ]
    last = last_sending(sent, country=procurement.country)
    if isinstance(last.value, Unknown):
        return Computed(last.value, last.steps)
    counted = standstill(
        basis=PROCEDURES[procurement.procedure].standstill, sent_on=last.value.sent_on, channel=last.value.channel
    )
    return Computed(counted.value, last.steps + counted.steps)


def may_conclude_contract(tender: Tender, on: date) -> Answer:
    """Answer whether a contract may be concluded on the day `on`: decided, all notified, the standstill over (INV-19)."""
    if not AwardDecision.objects.filter(tender=tender).exists():
        return no(say("The award has not been decided yet."), mend="awards:decision")
    found = computed_standstill(tender).value
    if isinstance(found, Unknown):
        return no(found.reason, mend="awards:notices", source=found.source)
    if on < found.earliest_signing_on:
        return no(
            say(
                "The standstill runs. The contract can be signed on {earliest} at the earliest.",
                earliest=found.earliest_signing_on,
            ),
            mend="awards:notices",
            source=found.basis.paragraph,
        )
    return YES

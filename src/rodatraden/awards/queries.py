"""Named reads of awards: what a decision rests on, what each bidder reads, and what is left to do."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q, prefetch_related_objects
from django.utils.translation import gettext

from rodatraden.awards.models import AwardDecision, Cancellation, Notification
from rodatraden.awards.rules import Kind, Role, may_decide, may_notify, may_send_letter
from rodatraden.bids.queries import suppliers_of
from rodatraden.core import evaluation as core
from rodatraden.core.calendars import PROCEDURES, duty_due_on
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.core.numbers import swedish_number
from rodatraden.core.thread import Task
from rodatraden.evaluation.queries import frozen_outcome, judged, told, valued
from rodatraden.procurements.queries import accessible_to, standing
from rodatraden.procurements.rules import has_happened, may_act_as
from rodatraden.tenders.queries import tenders_of
from rodatraden.ui.words import said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from django.db.models import QuerySet

    from rodatraden.core.calendars import Computed
    from rodatraden.core.message import Message
    from rodatraden.evaluation.queries import Counted, Judged
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement
    from rodatraden.tenders.models import Tender

OF_OTHERS = {core.StepKind.TIE, core.StepKind.PLACE}
"""Steps that may name other bidders."""


def visible_to(person: Person, at: datetime) -> QuerySet[Notification]:
    """Return the notifications that `person` reads; the same that `rules.may_read_notification` allows."""
    own = Q(bid__supplier__in=suppliers_of(person, at).order_by())
    return with_case(Notification.objects.filter(own | Q(decision__tender__procurement__in=accessible_to(person))))


def with_case(notifications: QuerySet[Notification]) -> QuerySet[Notification]:
    """Return the same notifications with what their rules and pages read, in a constant number of queries."""
    case = "decision__tender__procurement"
    return (
        _with_bid(notifications)
        .select_related(f"{case}__buyer", f"{case}__diary_case")
        .prefetch_related(*standing(case))
    )


def _with_bid(notifications: QuerySet[Notification]) -> QuerySet[Notification]:
    return notifications.select_related(
        "bid__supplier", "mail", "document__case", "decision__decided_by", "decision__winner__supplier"
    )


def decision_of(tender: Tender) -> AwardDecision | None:
    """Return the award decision of a tender, or None."""
    found = AwardDecision.objects.filter(tender=tender)
    return found.select_related("winner__supplier", "decided_by", "document__case").first()


def cancellation_of(tender: Tender) -> Cancellation | None:
    """Return why and by whom a published procurement was cancelled, or None."""
    return Cancellation.objects.filter(tender=tender).select_related("cancelled_by", "document__case").first()


def duties_after_cancelling(cancellation: Cancellation) -> list[tuple[Message, Computed[date | None]]]:
    """Return what the law still asks for after a cancellation, each with its last day, counted from rule rows."""
    procurement = cancellation.tender.procurement
    procedure = PROCEDURES.get(procurement.procedure)
    if procedure is None:
        return []
    on = local_date(cancellation.cancelled_at, procurement.country)
    asked = (
        (say("The documentation of the procurement is finished"), procedure.documentation_days),
        (say("The individual report is written"), procedure.report_days),
    )
    return [(what, duty_due_on(kind, procedure=procedure, event_on=on)) for what, kind in asked if kind]


def notifications_of(tender: Tender) -> list[Notification]:
    """Return the notifications of an award by the number of the bid."""
    found = list(_with_bid(Notification.objects.filter(decision__tender=tender)).order_by("bid__number"))
    for each in found:
        each.decision.tender = tender  # with what has been fetched with it
    return found


def proposed_reasons(tender: Tender) -> str:
    """Return reasons for awarding the bid in first place, from its result and the consensus; a person edits them.

    Nothing but what concerns the winner: all bidders read it (OSL 31 kap. 16 §).

    Raises:
        LookupError: the outcome is not frozen, or nobody is in first place.
    """
    counted = _frozen(tender)
    outcome = counted.outcome
    first = next((result for result in outcome.results if result.key == outcome.value.winner), None)
    if first is None:
        msg = "Nobody is in first place"
        raise LookupError(msg)
    scored = judged(tender).get(UUID(first.key), [])
    most = sum(each.highest for each in scored)
    values = {
        "winner": first.name,
        "value": valued(first.value or Decimal(0), first.unit),
        "points": swedish_number(first.points or 0),
        "most": swedish_number(most),
    }
    if first.unit is core.Unit.AMOUNT:
        line = gettext("The bid of %(winner)s has the lowest evaluation price, %(value)s.") % values
        if scored:
            line = (
                gettext(
                    "The bid of %(winner)s has the lowest evaluation price, %(value)s, and %(points)s of %(most)s points."
                )
                % values
            )
    else:
        line = gettext("The bid of %(winner)s is best by the published model, with %(value)s.") % values
    lines = [line]
    if any(step.kind is core.StepKind.TIE for step in first.steps):
        by_price = counted.model.tie_rule is core.TieRule.LOWER_PRICE
        lines.append(
            gettext("Another bid has the same value. By the published rule the lower price goes first.")
            if by_price
            else gettext("Another bid has the same value. By the published rule more points go first.")
        )
    return "\n".join([*lines, *map(_told, scored)])


def own_results(tender: Tender) -> dict[UUID, str]:
    """Return each bid's own result, step by step with reasons, and what first place took; nothing else of others.

    Source: LOU 12 kap. 12 and 13 §§, OSL 31 kap. 16 §.

    Raises:
        LookupError: the outcome is not frozen.
    """
    outcome = _frozen(tender).outcome
    scored = judged(tender)
    return {
        (key := UUID(result.key)): "\n".join(_own_result(result, outcome, scored.get(key, [])))
        for result in outcome.results
    }


def open_tasks(person: Person, at: datetime, cases: Iterable[Procurement]) -> list[Task]:
    """Return what `person` has to do in the awards of `cases`: decide, notify, post a letter for a mail that stayed."""
    del at
    known = [
        case
        for case in cases
        if has_happened(case, Kind.OUTCOME_FROZEN)
        and not has_happened(case, Kind.CONTRACT_SIGNED)
        and any(may_act_as(role, person, case) for role in (Role.OFFICER, Role.DECIDER))
    ]
    if not known:
        return []
    tenders = tenders_of(known)
    prefetch_related_objects(tenders, "outcome")
    returned = {
        each.decision.tender_id: each
        for each in with_case(
            Notification.objects.filter(decision__tender__in=tenders, letter_at=None, mail__attempts__gt=0)
        )
        if each.dispatched_at is None
    }
    return [
        Task(
            title=title,
            for_person=person.pk,
            due=due,
            url_name=f"awards:{page}",
            url_kwargs={"procurement_id": tender.procurement_id},
            case_title=tender.procurement.title,
            kind=f"awards.{kind}",
        )
        for tender in tenders
        for title, page, kind, due in _to_do(person, tender, returned.get(tender.pk))
    ]


def _to_do(
    person: Person, tender: Tender, returned: Notification | None
) -> Iterator[tuple[Message, str, str, date | None]]:
    if may_decide(person, tender):
        yield say("Decide the award"), "decision", "decide", tender.bids_valid_until_on
    if may_notify(person, tender.procurement):
        yield say("Notify all bidders"), "notices", "notify", tender.bids_valid_until_on
    if returned is not None and may_send_letter(person, returned):
        yield say("Post a letter: a notification did not go out by mail"), "notices", "letter", None


def _own_result(result: core.BidResult, outcome: core.Outcome, scored: list[Judged]) -> Iterator[str]:
    yield gettext("Your bid:")
    if result.steps:
        yield from map(_told, scored)
    for line in told(result):
        if line.kind not in OF_OTHERS and line.kind is not core.StepKind.SCORE:
            yield str(line)
    if result.reason is not None:
        yield said(result.reason)
    if result.place is not None:
        yield said(say("Place {place}", place=result.place))
    first = outcome.results[0]
    if outcome.value.winner and first.key != result.key:
        values = {"winner": first.name, "value": valued(first.value or Decimal(0), first.unit)}
        if first.unit is core.Unit.AMOUNT:
            yield gettext("First place: %(winner)s, evaluation price %(value)s.") % values
        else:
            yield gettext("First place: %(winner)s, %(value)s.") % values


def _told(judgement: Judged) -> str:
    score = said(say("{score} of {highest}", score=judgement.points, highest=judgement.highest))
    return f"{judgement.criterion}: {score}. {judgement.reason}"


def _frozen(tender: Tender) -> Counted:
    found = frozen_outcome(tender)
    if found is None:
        msg = "The outcome is not frozen"
        raise LookupError(msg)
    return found

"""Named reads of the follow-up."""

from __future__ import annotations

from datetime import timedelta
from itertools import count, takewhile
from typing import TYPE_CHECKING

from rodatraden.contracts.queries import visible_to as contracts_visible_to
from rodatraden.contracts.rules import signed_on, term_of
from rodatraden.core.calendars import PROCEDURES, contract_period, is_off, months_later
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.core.thread import Link, Node, NodeState, Station, Task
from rodatraden.followup.models import Check, CheckResult, Deviation, NeedResult
from rodatraden.tenders.models import Requirement

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.db.models import QuerySet

    from rodatraden.contracts.models import Contract, Term
    from rodatraden.core.calendars import Calendar
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement

When = Requirement.When
MONTHS_BETWEEN: dict[str, int] = {When.QUARTERLY: 3, When.HALF_YEARLY: 6, When.YEARLY: 12}


def visible_to(person: Person, at: datetime) -> QuerySet[Check]:
    """Return the checks of the contracts that `person` sees, by date."""
    return (
        Check.objects.filter(contract__in=contracts_visible_to(person, at).order_by())
        .select_related("contract__tender__procurement__buyer", "term__requirement", "term__promise", "responsible")
        .prefetch_related("results__deviations", "contract__tender__procurement__team")
        .order_by("due_on", "term__requirement__number", "pk")
    )


def due_dates(term: Term, contract: Contract) -> list[date]:
    """Return the days on which a term is checked, within what has been agreed on so far.

    Counted from the day the last party signed: once at the award (that day), once after a number of months, or on the
    last day of every quarter, half-year or year of the contract. A day off moves to the working day before it, so that
    no check falls outside the term; a follow-up without dates gives none. Source: policy.
    """
    signed, agreed = signed_on(contract), term_of(contract)
    if signed is None or agreed is None:
        return []
    requirement = term.requirement
    match requirement.follow_up_when:
        case When.AT_AWARD:
            days = [signed]
        case When.AFTER_MONTHS:
            days = [months_later(signed, requirement.follow_up_months)] if requirement.follow_up_months else []
        case When.QUARTERLY | When.HALF_YEARLY | When.YEARLY as often:
            ends = (contract_period(signed_on=signed, months=MONTHS_BETWEEN[often] * n).known() for n in count(1))
            days = [end.last_on for end in takewhile(lambda end: end.last_on <= agreed[1], ends)]
        case _:
            days = []
    calendar = PROCEDURES[contract.tender.procurement.procedure].calendar
    return [_working_day(day, calendar) for day in days]


def thread_pieces(procurement: Procurement, at: datetime) -> tuple[list[Node], list[Link]]:
    """Return planned checks linked from their terms, and results for needs linked from the checks.

    A check waits until the end of its day, so that the thread is not broken by what is not due yet.
    """
    today = local_date(at, procurement.country)
    checks = list(
        Check.objects.filter(contract__tender__procurement=procurement)
        .select_related("term__requirement")
        .order_by("due_on", "pk")
    )
    results = list(
        NeedResult.objects.filter(need__procurement=procurement)
        .select_related("result", "need")
        .order_by("recorded_at", "pk")
    )
    nodes = [
        Node(
            Station.CHECK,
            c.pk,
            c.term.requirement.label,
            c.term.requirement.follow_up_how,
            NodeState.WAITING if today <= c.due_on else NodeState.STANDING,
        )
        for c in checks
    ]
    nodes += [Node(Station.RESULT, r.pk, r.need.label, r.text) for r in results]
    links = [Link(c.term_id, c.pk) for c in checks]
    links += [Link(r.result.check_of_id, r.pk) for r in results]
    return nodes, links


def latest_results(contract: Contract) -> dict[object, CheckResult]:
    """Return the result that counts, the latest, by check."""
    rows = CheckResult.objects.filter(check_of__contract=contract).select_related("recorded_by")
    return {row.check_of_id: row for row in rows.order_by("recorded_at", "pk")}


def open_deviations(contract: Contract) -> QuerySet[Deviation]:
    """Return the deviations that have not been mended, by date."""
    return (
        Deviation.objects.filter(result__check_of__contract=contract, closed_at=None)
        .select_related("owner", "result__check_of__term__requirement")
        .order_by("due_on", "pk")
    )


def open_tasks(person: Person, at: datetime) -> list[Task]:
    """Return what waits on `person`: checks to record and deviations to mend, each on its day."""
    del at
    checks = (
        Check.objects.filter(responsible=person, results=None)
        .select_related("contract__tender__procurement", "term__requirement")
        .order_by("due_on", "pk")
    )
    tasks = [
        Task(
            say("Follow up {label} {title}", label=c.term.requirement.label, title=c.term.requirement.title),
            person.pk,
            c.due_on,
            "followup:check",
            str(c.contract.tender.procurement),
            "followup.check",
            {"check_id": c.pk},
        )
        for c in checks
    ]
    deviations = (
        Deviation.objects.filter(owner=person, closed_at=None)
        .select_related("result__check_of__contract__tender__procurement", "result__check_of__term__requirement")
        .order_by("due_on", "pk")
    )
    return tasks + [
        Task(
            say("Mend the deviation in {label}", label=d.result.check_of.term.requirement.label),
            person.pk,
            d.due_on,
            "followup:deviation",
            str(d.result.check_of.contract.tender.procurement),
            "followup.deviation",
            {"deviation_id": d.pk},
        )
        for d in deviations
    ]


def _working_day(day: date, calendar: Calendar) -> date:
    while is_off(day, calendar):
        day -= timedelta(days=1)
    return day

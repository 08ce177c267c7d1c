"""Named reads of the follow-up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch, Q, prefetch_related_objects

from rodatraden.bids.queries import pieces as bids_pieces
from rodatraden.contracts.models import Contract
from rodatraden.contracts.queries import pieces as contracts_pieces
from rodatraden.contracts.rules import signed_on
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.core.thread import Link, Node, NodeState, Phase, Station, Task, join
from rodatraden.followup.models import Check, CheckResult, Deviation, NeedResult
from rodatraden.followup.rules import THE_SUPPLIERS
from rodatraden.needs.queries import pieces as needs_pieces
from rodatraden.parties.models import Membership, Person
from rodatraden.parties.queries import organisations_of
from rodatraden.procurements.models import StageFact, TeamMember
from rodatraden.procurements.queries import accessible_to, standing
from rodatraden.procurements.rules import has_happened, may_work, team_roles
from rodatraden.tenders.models import Requirement
from rodatraden.tenders.queries import pieces as tenders_pieces
from rodatraden.tenders.queries import tenders_of
from rodatraden.ui.drawing import station_name, tell_row
from rodatraden.ui.frame import Station as ShownStation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from rodatraden.contracts.models import Term
    from rodatraden.core.thread import Break, RequirementRow, Thread
    from rodatraden.needs.models import Need
    from rodatraden.procurements.models import Procurement
    from rodatraden.tenders.models import Tender
    from rodatraden.ui.drawing import ToldRow


def plans() -> QuerySet[Contract]:
    """Return the contracts with what the page of their follow-up reads; who sees it is `rules.may_follow_up`."""
    return _with_case(Contract.objects.all()).prefetch_related("signatures", "extensions")


def planned() -> QuerySet[Check]:
    """Return the checks with what the page of one reads; who sees it is `rules.may_follow_up`."""
    return _with_term(Check.objects.all())


def visible_to(person: Person) -> QuerySet[Check]:
    """Return the checks that `person` sees, by date: those of the contracts whose follow-up they see."""
    return _with_term(Check.objects.filter(contract__tender__procurement__in=accessible_to(person)))


def results_visible_to(person: Person) -> QuerySet[CheckResult]:
    """Return the results that `person` sees: those of the checks that they see."""
    seen = CheckResult.objects.filter(check_of__contract__tender__procurement__in=accessible_to(person))
    return seen.prefetch_related(Prefetch("check_of", _with_term(Check.objects.all())))


def deviations_visible_to(person: Person, at: datetime) -> QuerySet[Deviation]:
    """Return the deviations that `person` sees, by date; the same that `rules.may_see_deviation` allows."""
    ours = Q(result__check_of__contract__tender__procurement__in=accessible_to(person))
    suppliers = organisations_of(person, at, role=Membership.Role.BIDDER).order_by()
    theirs = Q(acts_by__in=THE_SUPPLIERS, result__check_of__contract__supplier__in=suppliers)
    return _with_result(Deviation.objects.filter(ours | theirs))


def need_results_visible_to(person: Person) -> QuerySet[NeedResult]:
    """Return what results meant for needs, as far as `person` sees the results."""
    results = results_visible_to(person)
    return (
        NeedResult.objects.filter(result__in=results.values("pk"))
        .select_related("need__organisation", "next_need")
        .prefetch_related(Prefetch("result", results))
    )


@dataclass(frozen=True, slots=True)
class FollowedTerm:
    """A term with its checks in order, the result that counts, and its thread from need to result."""

    term: Term
    checks: Sequence[Check]
    latest: CheckResult | None
    next_due: Check | None
    told: ToldRow
    breaks: Sequence[Break]

    @property
    def state(self) -> str:
        """How the term is kept by the latest result: met, partly, not_met, or waiting before the first."""
        return self.latest.verdict if self.latest else "waiting"


def followed_terms(contract: Contract, terms: Sequence[Term], at: datetime) -> list[FollowedTerm]:
    """Return the terms of a contract with what their checks have found so far, and how their threads hold."""
    by_term: dict[UUID, list[Check]] = {term.pk: [] for term in terms}
    known = {term.pk: term for term in terms}
    checks = list(_with_results(contract.checks.select_related("responsible")).order_by("number"))
    for check in checks:
        check.term = known[check.term_id]  # with what has been fetched with it
        by_term[check.term_id].append(check)
    rows = {row.node.id: row for row in _thread(contract, terms, checks, at).requirements}
    return [_followed(term, by_term[term.pk], rows[term.requirement_id]) for term in terms]


def _thread(contract: Contract, terms: Sequence[Term], checks: Sequence[Check], at: datetime) -> Thread:
    """Return the thread of the contract, from the needs that its terms answer to, to the results."""
    requirements = [term.requirement for term in terms]
    prefetch_related_objects(requirements, "steps")
    needs = {need.pk: need for requirement in requirements for need in requirement.needs.all()}
    found = [
        needs_pieces(sorted(needs.values(), key=lambda need: (need.number, need.pk))),
        tenders_pieces(requirements),
        bids_pieces((term.promise, term.requirement) for term in terms if term.promise),
        contracts_pieces(contract, terms),
        pieces(checks, local_date(at, contract.tender.procurement.country)),
    ]
    stage = Phase.FOLLOW_UP if signed_on(contract) else Phase.CONTRACT
    return join(
        [node for nodes, _ in found for node in nodes], [link for _, links in found for link in links], stage=stage
    )


def counts(terms: Sequence[FollowedTerm]) -> dict[str, int]:
    """Return how many terms are kept, kept partly, not kept, and not followed up yet, by state."""
    return {state: sum(term.state == state for term in terms) for state in (*CheckResult.Verdict.values, "waiting")}


def stations(terms: Sequence[FollowedTerm]) -> list[ShownStation]:
    """Return the six stations as the page of the follow-up shows them."""
    found = {
        Station.NEED: len({need.pk for each in terms for need in each.term.requirement.needs.all()}),
        Station.REQUIREMENT: len(terms),
        Station.PROMISE: sum(each.term.promise is not None for each in terms),
        Station.TERM: len(terms),
        Station.CHECK: sum(len(each.checks) for each in terms),
        Station.RESULT: sum(each.latest is not None for each in terms),
    }
    return [
        ShownStation(
            station_name(station),
            "whole" if found[station] else "coming",
            found[station],
            current=station in {Station.CHECK, Station.RESULT},
        )
        for station in Station
    ]


@dataclass(frozen=True, slots=True)
class DatedCheck:
    """A check on its day: done, overdue, due today (now) or to come."""

    check: Check
    state: str


def dates(terms: Sequence[FollowedTerm], on: date) -> list[DatedCheck]:
    """Return every planned check by its day, and how it stands on the day `on`."""
    checks = sorted(
        (check for each in terms for check in each.checks),
        key=lambda check: (check.due_on, check.term.requirement.number, str(check.pk)),
    )
    return [DatedCheck(check, _dated(check, on)) for check in checks]


def _dated(check: Check, on: date) -> str:
    if check.results.all():
        return "done"
    if check.due_on == on:
        return "now"
    return "overdue" if check.due_on < on else "coming"


def team_of(procurement: Procurement) -> QuerySet[Person]:
    """Return the people in the team of a procurement, by name."""
    members = TeamMember.objects.filter(procurement=procurement, removed_at=None)
    return Person.objects.filter(pk__in=members.values("person")).order_by("name", "pk")


def latest_result(check: Check) -> CheckResult | None:
    """Return the result of a check that counts, the latest one, or None; earlier ones are kept."""
    return max(check.results.all(), key=lambda result: (result.recorded_at, str(result.pk)), default=None)


def deviations_of(terms: Sequence[FollowedTerm]) -> list[Deviation]:
    """Return the deviations that the checks of `terms` have found, those that wait first, by date."""
    found = (
        deviation
        for each in terms
        for check in each.checks
        for result in check.results.all()
        for deviation in result.deviations.all()
    )
    return sorted(
        found, key=lambda each: (bool(each.closed_at), each.closed_at or each.due_on, each.due_on, str(each.pk))
    )


def told(result: CheckResult) -> list[tuple[Need, NeedResult | None]]:
    """Return the needs of a result's requirement, each with what the result meant for it, if somebody has said so."""
    said = {linked.need_id: linked for linked in result.need_results.all()}
    needs = result.check_of.term.requirement.needs.filter(struck_at=None).order_by("number", "pk")
    return [(need, said.get(need.pk)) for need in needs]


def thread_pieces(procurement: Procurement, at: datetime) -> tuple[list[Node], list[Link]]:
    """Return planned checks linked from their terms, and for each need what a check last meant for it."""
    checks = Check.objects.filter(contract__tender__procurement=procurement).select_related("term__requirement")
    ordered = checks.order_by("due_on", "term__requirement__number", "pk")
    return pieces(_with_results(ordered), local_date(at, procurement.country))


def pieces(checks: Iterable[Check], today: date) -> tuple[list[Node], list[Link]]:
    """Return nodes and links of checks that have been fetched with their terms and results.

    A check waits until the end of its day, so that the thread is not broken by what is not due yet.
    """
    checks = list(checks)
    told_by = {
        (check.pk, linked.need_id): linked
        for check in checks
        for result in check.results.all()
        for linked in result.need_results.all()
    }
    nodes = [
        Node(
            Station.CHECK,
            check.pk,
            check.term.requirement.label,
            check.term.requirement.follow_up_how,
            NodeState.WAITING if today <= check.due_on else NodeState.STANDING,
        )
        for check in checks
    ]
    nodes += [Node(Station.RESULT, each.pk, each.need.label, each.text) for each in told_by.values()]
    links = [Link(check.term_id, check.pk) for check in checks]
    links += [Link(check_id, each.pk) for (check_id, _), each in told_by.items()]
    return nodes, links


def open_tasks(person: Person, at: datetime, cases: Iterable[Procurement]) -> list[Task]:
    """Return what waits on `person` in `cases`: checks to record and deviations to mend, each on its day.

    A check whose named person has left the team waits on the contract manager, so that nothing is forgotten.
    """
    del at
    agreed = [case for case in cases if has_happened(case, StageFact.Kind.CONTRACT_SIGNED) and may_work(person, case)]
    if not agreed:
        return []
    tenders = {tender.pk: tender for tender in tenders_of(agreed)}
    return [*_to_record(person, tenders), *_to_mend(person, tenders)]


def _to_record(person: Person, tenders: Mapping[UUID, Tender]) -> Iterator[Task]:
    cases = {key: tender.procurement for key, tender in tenders.items()}
    managed = [key for key, case in cases.items() if TeamMember.Role.CONTRACT_MANAGER in team_roles(person, case)]
    checks = (
        Check.objects.filter(
            Q(responsible=person) | Q(contract__tender__in=managed), contract__tender__in=tenders, results=None
        )
        .order_by("due_on", "term__requirement__number", "pk")
        .values_list(
            "pk", "contract__tender", "due_on", "responsible", *(f"term__requirement__{each}" for each in NAMED)
        )
    )
    for key, tender_id, due_on, responsible_id, number, title in checks:
        case = cases[tender_id]
        if responsible_id != person.pk and _is_there(responsible_id, case):
            continue
        yield Task(
            say("Follow up {label} {title}", label=Requirement.labelled(number), title=title),
            person.pk,
            due_on,
            "followup:check",
            case.title,
            "followup.check",
            {"check_id": key},
        )


NAMED = ("number", "title")


def _is_there(person_id: UUID, case: Procurement) -> bool:
    return any(member.person_id == person_id and member.removed_at is None for member in case.team.all())


def _to_mend(person: Person, tenders: Mapping[UUID, Tender]) -> Iterator[Task]:
    of = "result__check_of"
    deviations = (
        Deviation.objects.filter(owner=person, closed_at=None, **{f"{of}__contract__tender__in": tenders})
        .order_by("due_on", "pk")
        .values_list("pk", "due_on", f"{of}__contract__tender", f"{of}__term__requirement__number")
    )
    for key, due_on, tender_id, number in deviations:
        yield Task(
            say("Mend the deviation in {label}", label=Requirement.labelled(number)),
            person.pk,
            due_on,
            "followup:deviation",
            tenders[tender_id].procurement.title,
            "followup.deviation",
            {"deviation_id": key},
        )


def _with_case(contracts: QuerySet[Contract]) -> QuerySet[Contract]:
    """Return the same contracts with the supplier and the case, which every rule and page of the follow-up reads."""
    case = "tender__procurement"
    parties = contracts.select_related("supplier", f"{case}__buyer", f"{case}__diary_case")
    return parties.prefetch_related(*standing(case))


def _with_term(checks: QuerySet[Check]) -> QuerySet[Check]:
    return (
        _with_results(checks.select_related("term__requirement", "term__promise", "responsible"))
        .prefetch_related(Prefetch("contract", _with_case(Contract.objects.all())))
        .order_by("due_on", "term__requirement__number", "pk")
    )


def _with_results(checks: QuerySet[Check]) -> QuerySet[Check]:
    """Return the same checks with their results in the order in which they were recorded, and what followed of each."""
    results = CheckResult.objects.select_related("recorded_by", "file").prefetch_related(
        Prefetch("deviations", Deviation.objects.select_related("owner", "closed_by")),
        Prefetch("need_results", NeedResult.objects.select_related("need", "next_need").order_by("recorded_at", "pk")),
    )
    return checks.prefetch_related(Prefetch("results", results.order_by("recorded_at", "pk")))


def _with_result(deviations: QuerySet[Deviation]) -> QuerySet[Deviation]:
    return (
        deviations.select_related("owner", "closed_by", "result")
        .prefetch_related(Prefetch("result__check_of", _with_term(Check.objects.all())))
        .order_by("due_on", "pk")
    )


def _followed(term: Term, checks: Sequence[Check], row: RequirementRow) -> FollowedTerm:
    found = [result for check in checks if (result := latest_result(check))]
    return FollowedTerm(
        term=term,
        checks=checks,
        latest=max(found, key=lambda result: (result.recorded_at, str(result.pk)), default=None),
        next_due=next((check for check in checks if not check.results.all()), None),
        told=tell_row(row),
        breaks=row.breaks,
    )

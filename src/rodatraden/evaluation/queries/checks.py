"""What was checked in the bids, and what is left."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.bids.models import Bid, RequirementAnswer
from rodatraden.bids.queries import opened_bids
from rodatraden.core.evaluation import Assignment as Stretch
from rodatraden.core.evaluation import CountingRule, experience
from rodatraden.core.instants import local_date
from rodatraden.evaluation.models import RequirementCheck
from rodatraden.procurements.models import Procurement
from rodatraden.procurements.queries import with_case
from rodatraden.tenders.models import Requirement, Tender

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from rodatraden.bids.models import Assignment

Checked = Requirement.Checked


@dataclass(frozen=True, slots=True)
class CheckCell:
    """One must requirement in one bid: what the bid says of it, and the check that counts."""

    bid: Bid
    requirement: Requirement
    answer: RequirementAnswer | None
    check: RequirementCheck | None

    @property
    def waits_for_award(self) -> bool:
        """Whether it is checked only for the bid that is about to be awarded (LOU 4 kap. 12 §, 15 kap. 4 §)."""
        return self.requirement.checked_when == Checked.BEFORE_AWARD


def held(tender: Tender) -> Tender:
    """Return the tender as it stands now, with what its rules read, held until the transaction ends."""
    fresh = Tender.objects.select_for_update(no_key=True).get(pk=tender.pk)
    fresh.procurement = with_case(Procurement.objects.filter(pk=fresh.procurement_id)).get()
    return fresh


def readable_bids(tender: Tender) -> list[Bid]:
    """Return the bids that could be read at the opening; the others have nothing to check or judge."""
    return [bid for bid in opened_bids(tender) if not bid.is_unreadable]


def check_cells(tender: Tender, bids: Sequence[Bid] | None = None) -> list[CheckCell]:
    """Return every readable bid × must requirement, with what the bid says and who checked it, in four queries.

    `bids` are all the tender's, with their suppliers, where they have been read already.
    """
    said = {(a.bid_id, a.requirement_id): a for a in RequirementAnswer.objects.filter(bid__tender=tender)}
    checks = RequirementCheck.objects.filter(bid__tender=tender).select_related("checked_by")
    return _cells([tender], bids_of([tender]) if bids is None else bids, checks, said)


def check_history(bid: Bid, requirement: Requirement) -> list[RequirementCheck]:
    """Return every check of one requirement in one bid, the one that counts first."""
    checks = RequirementCheck.objects.filter(bid=bid, requirement=requirement).select_related("checked_by")
    return list(checks.order_by("-number"))


@dataclass(frozen=True, slots=True)
class CountedPerson:
    """A person that a bid names, with the assignments of the CV and how many completed months they are together."""

    name: str
    assignments: list[Assignment]
    months: int


def counted_people(bid: Bid) -> list[CountedPerson]:
    """Return the people that a bid names; months are counted up to the last day for bids, overlaps once.

    A help for the one who checks, never a check by itself (open question 6, INV-35).
    """
    last = bid.tender.deadline_at or bid.received_at
    return [
        CountedPerson(
            name=named.name,
            assignments=(assignments := list(named.assignments.all())),
            months=experience(
                [Stretch(each.starts_on, each.ends_on) for each in assignments],
                rule=CountingRule.COMPLETED_MONTHS,
                counted_on=local_date(last, bid.tender.procurement.country),
            ).value,
        )
        for named in bid.named_people.prefetch_related("assignments").order_by("name", "id")
    ]


def left_to_check(cells: list[CheckCell]) -> list[CheckCell]:
    """Return what has to be checked before the outcome is computed; a bid that fails one must needs no more checks."""
    failed = failed_checks(cells)
    return [cell for cell in cells if not cell.check and not cell.waits_for_award and cell.bid.pk not in failed]


def left_for_first(cells: list[CheckCell], first: Collection[str]) -> list[CheckCell]:
    """Return what has to be checked in the bids that come first, named by key, before one of them can be awarded."""
    return [cell for cell in cells if not cell.check and str(cell.bid.pk) in first]


def failed_checks(cells: list[CheckCell]) -> dict[UUID, RequirementCheck]:
    """Return, for each bid that fails a must, the check of the first one that it fails (INV-12)."""
    failed: dict[UUID, RequirementCheck] = {}
    for cell in cells:
        if cell.check and not cell.check.is_met:
            failed.setdefault(cell.bid.pk, cell.check)
    return failed


def unchecked(tenders: list[Tender]) -> set[UUID]:
    """Return in which of the tenders `left_to_check` leaves something, in three queries; no more is read than tells."""
    musts: dict[UUID, list[tuple[UUID, bool]]] = defaultdict(list)
    for tender, must, checked_when in _musts(tenders).values_list("tender", "pk", "checked_when"):
        musts[tender].append((must, checked_when == Checked.BEFORE_AWARD))
    checks = RequirementCheck.objects.filter(bid__tender__in=tenders).order_by("number")
    met = {(bid, must): is_met for bid, must, is_met in checks.values_list("bid", "requirement", "is_met")}
    found = set()
    for bid in Bid.objects.filter(tender__in=tenders).only("tender", "index").order_by():
        checked = [(met.get((bid.pk, must)), waits) for must, waits in musts[bid.tender_id]]
        has_failed = any(is_met is False for is_met, _ in checked)
        if not bid.is_unreadable and not has_failed and any(is_met is None and not waits for is_met, waits in checked):
            found.add(bid.tender_id)
    return found


def _musts(tenders: list[Tender]) -> QuerySet[Requirement]:
    return Requirement.objects.filter(tender__in=tenders, kind=Requirement.Kind.MUST, struck_at=None).order_by("number")


def bids_of(tenders: list[Tender]) -> QuerySet[Bid]:
    """Return the bids of the tenders by number, unreadable ones too, with their suppliers."""
    return Bid.objects.filter(tender__in=tenders).select_related("supplier").order_by("tender_id", "number")


def _cells(
    tenders: list[Tender],
    bids: Iterable[Bid],
    checks: QuerySet[RequirementCheck],
    answers: Mapping[tuple[UUID, UUID], RequirementAnswer],
) -> list[CheckCell]:
    """Return every readable bid × must requirement of the tenders, by bid and requirement."""
    musts: dict[UUID, list[Requirement]] = defaultdict(list)
    for must in _musts(tenders):
        musts[must.tender_id].append(must)
    latest = {(check.bid_id, check.requirement_id): check for check in checks.order_by("number")}
    cells = [
        CheckCell(bid, must, answers.get((bid.pk, must.pk)), latest.get((bid.pk, must.pk)))
        for bid in bids
        if not bid.is_unreadable
        for must in musts[bid.tender_id]
    ]
    for cell in cells:
        if cell.check:
            cell.check.requirement = cell.requirement  # the same row
    return cells

"""The list of procurements: searched, filtered by phase, sorted and paged by the database, whatever their number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q

from rodatraden.contracts.models import Contract
from rodatraden.core.numbers import whole_number
from rodatraden.core.thread import FactKind, Happened, Phase, cancelled_at, phase
from rodatraden.core.thread.stages import ENTERS, ORDER
from rodatraden.pages.queries.casepages import PHASE_NAMES
from rodatraden.procurements.models import Procurement, StageFact
from rodatraden.procurements.queries import visible_to
from rodatraden.tenders.models import Requirement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from django.db.models import QuerySet
    from django.db.models.expressions import OrderBy

    from rodatraden.parties.models import Person

DIARY_NUMBER = re.compile(r"\s*([0-9]{4})\s*/\s*([0-9]+)\s*")
SORTS: Mapping[str, Sequence[str | OrderBy]] = {
    "title": ("title", "id"),
    "-title": ("-title", "id"),
    "created": ("created_at", "id"),
    "-created": ("-created_at", "id"),
    "deadline": (F("tender__deadline_at").asc(nulls_last=True), "id"),
    "-deadline": (F("tender__deadline_at").desc(nulls_last=True), "id"),
}
DEFAULT_SORT = "-created"


@dataclass(frozen=True, slots=True)
class Listed:
    """A procurement in the list: how far it has come, and what the person is in it."""

    procurement: Procurement
    phase: Phase
    phase_name: str
    is_cancelled: bool
    roles: Sequence[str]


def listed(person: Person, *, text: str = "", phase_name: str = "", sort: str = DEFAULT_SORT) -> QuerySet[Procurement]:
    """Return the procurements that `person` sees, with what `as_listed` reads; unknown words of choice change nothing."""
    found = visible_to(person).select_related("tender")
    if text.strip():
        found = found.filter(matching(text))
    if phase_name in set(Phase):
        found = _in_phase(found, Phase(phase_name))
    requirements = Requirement.objects.filter(tender__procurement=OuterRef("pk"))
    contracts = Contract.objects.filter(tender__procurement=OuterRef("pk"))
    annotated = found.annotate(has_requirements=Exists(requirements), has_contract=Exists(contracts))
    return annotated.order_by(*SORTS.get(sort, SORTS[DEFAULT_SORT]))


def matching(text: str) -> Q:
    """Return the condition that a procurement is called so, or has that diary number."""
    number = DIARY_NUMBER.fullmatch(text)
    serial = whole_number(number[2]) if number else None
    if number and serial is not None:
        return Q(diary_case__year=int(number[1]), diary_case__serial=serial)
    return Q(title__icontains=text.strip())


def as_listed(person: Person, procurement: Procurement, at: datetime) -> Listed:
    """Return a row of the list, from what `listed` has fetched: no query of its own."""
    facts = [*procurement.facts.all()]
    derived = [
        Happened(kind, procurement.created_at)
        for kind, has_happened in (
            (FactKind.DOCUMENTS_STARTED, procurement.has_requirements),  # type: ignore[attr-defined]  # annotated
            (FactKind.CONTRACT_DRAWN_UP, procurement.has_contract),  # type: ignore[attr-defined]  # annotated
        )
        if has_happened
    ]
    reached = phase([*facts, *derived], at)
    mine = [member for member in procurement.team.all() if member.person_id == person.pk and member.removed_at is None]
    return Listed(
        procurement,
        reached,
        str(PHASE_NAMES[reached]),
        cancelled_at(facts, at) is not None,
        [member.get_role_display() for member in mine],
    )


def _in_phase(procurements: QuerySet[Procurement], wanted: Phase) -> QuerySet[Procurement]:
    """Keep those that have entered `wanted` and no later phase: the database's reading of `core.thread.phase`."""
    later = [each for each in ORDER if ORDER.index(each) > ORDER.index(wanted)]
    found = procurements.filter(_entered([wanted, *later])) if wanted is not Phase.NEED else procurements
    return found.exclude(_entered(later)) if later else found


def _entered(phases: Sequence[Phase]) -> Q:
    kinds = {kind for kind, entered in ENTERS.items() if entered in phases}
    stored = kinds & set(StageFact.Kind.values)
    condition = Q(Exists(StageFact.objects.filter(procurement=OuterRef("pk"), kind__in=sorted(stored))))
    if FactKind.DOCUMENTS_STARTED in kinds:
        condition |= Q(Exists(Requirement.objects.filter(tender__procurement=OuterRef("pk"))))
    if FactKind.CONTRACT_DRAWN_UP in kinds:
        condition |= Q(Exists(Contract.objects.filter(tender__procurement=OuterRef("pk"))))
    return condition

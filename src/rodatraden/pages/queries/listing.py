"""The list of procurements: searched, filtered by phase, sorted and paged by the database, whatever their number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from rodatraden.contracts.models import Contract
from rodatraden.core.numbers import whole_number
from rodatraden.core.thread import FactKind, Happened, Phase, cancelled_at, phase
from rodatraden.core.thread.stages import ENTERS, ORDER
from rodatraden.pages.queries.casepages import PHASE_NAMES
from rodatraden.procurements.models import Procurement, StageFact, TeamMember
from rodatraden.procurements.queries import visible_to
from rodatraden.records.models import DiaryCase
from rodatraden.tenders.models import Requirement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet
    from django.db.models.expressions import OrderBy

    from rodatraden.core.thread import Fact
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


class Listed(NamedTuple):
    """A procurement in the list: how far it has come, and what the person is in it; `state` says it in a word."""

    pk: UUID
    title: str
    number: str
    created_at: datetime
    deadline_at: datetime | None
    phase: Phase
    state: str
    roles: str


def listed(person: Person, *, text: str = "", phase_name: str = "", sort: str = DEFAULT_SORT) -> QuerySet[Procurement]:
    """Return the procurements that `person` sees, bare, for `lines`; unknown words of choice change nothing."""
    found = visible_to(person).select_related(None).prefetch_related(None)
    if text.strip():
        found = found.filter(matching(text))
    if phase_name in set(Phase):
        found = _in_phase(found, Phase(phase_name))
    return found.order_by(*SORTS.get(sort, SORTS[DEFAULT_SORT]))


def matching(text: str) -> Q:
    """Return the condition that a procurement is called so, or has that diary number."""
    number = DIARY_NUMBER.fullmatch(text)
    serial = whole_number(number[2]) if number else None
    if number and serial is not None:
        return Q(diary_case__year=int(number[1]), diary_case__serial=serial)
    return Q(title__icontains=text.strip())


def lines(person: Person, procurements: QuerySet[Procurement], at: datetime) -> list[Listed]:
    """Return what the list says of `procurements`, some of `listed`, in five queries: of each no more than is shown."""
    columns = ("pk", "title", "diary_case__year", "diary_case__serial", "created_at", "tender__deadline_at")
    found = list(procurements.values_list(*columns))
    facts: dict[UUID, list[Fact]] = {row[0]: [] for row in found}
    stored = StageFact.objects.filter(procurement__in=[*facts]).order_by()
    for key, kind, happened_at in stored.values_list("procurement", "kind", "at"):
        facts[key].append(Happened(kind, happened_at))
    roles: dict[UUID, list[str]] = {row[0]: [] for row in found}
    mine = TeamMember.objects.filter(person=person, procurement__in=[*roles], removed_at=None).order_by("role")
    for key, role in mine.values_list("procurement", "role"):
        roles[key].append(str(TeamMember.Role(role).label))
    shown = []
    reached = _reached({row[0]: (row[4], facts[row[0]]) for row in found}, at)
    for key, title, year, serial, created_at, deadline_at in found:
        number = DiaryCase.written(year, serial)
        shown.append(Listed(key, title, number, created_at, deadline_at, *reached[key], ", ".join(roles[key])))
    return shown


def lines_of(person: Person, cases: Iterable[Procurement], at: datetime) -> list[Listed]:
    """Return the same of `cases` that have been read whole, with their documents: two queries."""
    whole = list(cases)
    reached = _reached({case.pk: (case.created_at, list(case.facts.all())) for case in whole}, at)
    shown = []
    for case in whole:
        held = [each for each in case.team.all() if each.person_id == person.pk and each.removed_at is None]
        roles = ", ".join(each.get_role_display() for each in held)
        deadline_at = case.tender.deadline_at if hasattr(case, "tender") else None
        number = case.diary_case.number
        shown.append(Listed(case.pk, case.title, number, case.created_at, deadline_at, *reached[case.pk], roles))
    return shown


def _reached(facts: Mapping[UUID, tuple[datetime, list[Fact]]], at: datetime) -> dict[UUID, tuple[Phase, str]]:
    """Return by key the phase of each procurement, from when it was started and what has happened, and its state in a word.

    That it has requirements or a contract is no fact of its own: later rooms' rows tell (`facts_of`).
    """
    keys = [*facts]
    of = "tender__procurement"
    written = Requirement.objects.filter(tender__procurement__in=keys).order_by().values_list(of, flat=True).distinct()
    drawn_up = Contract.objects.filter(tender__procurement__in=keys).order_by().values_list(of, flat=True)
    told = {FactKind.DOCUMENTS_STARTED: set(written), FactKind.CONTRACT_DRAWN_UP: set(drawn_up)}
    found = {}
    for key, (created_at, happened) in facts.items():
        derived = [Happened(kind, created_at) for kind, cases in told.items() if key in cases]
        entered = phase([*happened, *derived], at)
        found[key] = entered, _("Cancelled") if cancelled_at(happened, at) else str(PHASE_NAMES[entered])
    return found


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

"""Named reads of procurements."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.http import Http404
from django.shortcuts import get_object_or_404

from rodatraden.core.calendars import CPV_NAMES
from rodatraden.core.message import say
from rodatraden.core.thread import Task
from rodatraden.parties.models import KeyHolder, Membership
from rodatraden.procurements.models import ConflictDeclaration, Procurement, StageFact, TeamMember
from rodatraden.procurements.rules import cpv_of, declaration_due, has_happened, may_clear, may_see

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from rodatraden.core.message import Message
    from rodatraden.parties.models import Organisation, Person


def visible_to(person: Person) -> QuerySet[Procurement]:
    """Return the procurements in whose team `person` is, newest first; the same people as `rules.may_see` allows."""
    return with_case(Procurement.objects.filter(pk__in=_teams_of(person)))


def with_teams(procurements: QuerySet[Procurement]) -> QuerySet[Procurement]:
    """Return many cases with what `with_case` reads; who is in many of the teams is read once for all of them."""
    return procurements.prefetch_related(None).prefetch_related("facts", "team__person", "conflict_declarations")


def procurement_or_404(person: Person, procurement_id: UUID) -> Procurement:
    """Return one of `visible_to(person)` for a page: read by its key, with the rule asked of what has been read.

    Raises:
        Http404: there is none, or `person` is not in its team.
    """
    found = get_object_or_404(with_case(Procurement.objects.all()), pk=procurement_id)
    if not may_see(person, found):
        raise Http404
    return found


def accessible_to(person: Person) -> QuerySet[Procurement]:
    """Return the procurements that `person` has access to, bare, to choose other rows by in the same query.

    The database's reading of `rules.may_work` (INV-15); a test holds the two together.
    """
    declared = ConflictDeclaration.objects.filter(person=person).order_by().values("procurement")
    opened = Exists(StageFact.objects.filter(procurement=OuterRef("pk"), kind=StageFact.Kind.OPENED))
    before, after = (Q(pk__in=declared.filter(moment=moment)) for moment in ConflictDeclaration.Moment)
    return Procurement.objects.filter(
        Q(opened, after) | Q(~opened, before),
        ~Q(pk__in=declared.filter(has_conflict=True, cleared_at=None)),
        pk__in=_teams_of(person),
    ).order_by()


MANY_CASES = 500
"""In so many teams access is quicker to ask of each row that is found than of all cases first; measured by bench/many.py."""


def accessible_in(person: Person, path: str, *, many: int = MANY_CASES) -> Q:
    """Return the condition that the procurement at the end of `path` is one that `person` has access to.

    The same rows as by `accessible_to`, for a search that few rows of thousands of cases pass; one query more. From
    `many` teams on it is asked of each row.
    """
    if TeamMember.objects.filter(person=person, removed_at=None).count() < many:
        return Q(**{f"{path}__in": accessible_to(person)})
    return accessible_of_each(person, path)


def accessible_of_each(person: Person, path: str) -> Q:
    """Return the condition of `accessible_to` as it is asked of each row, which goes by indexes and makes no list of all cases.

    For rows that are few beside the cases that somebody may work in; a test holds it to the rule.
    """
    declared = ConflictDeclaration.objects.filter(person=person, procurement=OuterRef(path)).order_by()
    opened = Exists(StageFact.objects.filter(procurement=OuterRef(path), kind=StageFact.Kind.OPENED))
    before, after = (Exists(declared.filter(moment=moment)) for moment in ConflictDeclaration.Moment)
    in_team = TeamMember.objects.filter(person=person, removed_at=None, procurement=OuterRef(path)).order_by()
    in_conflict = Exists(declared.filter(has_conflict=True, cleared_at=None))
    return (Q(opened, after) | Q(~opened, before)) & Q(~in_conflict, Exists(in_team))


def _teams_of(person: Person) -> QuerySet[TeamMember, Any]:
    """Return the keys of the procurements in whose team `person` is."""
    return TeamMember.objects.filter(person=person, removed_at=None).order_by().values("procurement")


def with_case(procurements: QuerySet[Procurement]) -> QuerySet[Procurement]:
    """Return the same procurements with what every rule and page of the case reads, in three queries more."""
    return procurements.select_related("buyer", "diary_case").prefetch_related(*standing())


def standing(path: str = "") -> tuple[Any, ...]:
    """Return what to prefetch so that no rule about a procurement asks the database: facts, team, declarations.

    `path` leads from the row that is read to its procurement, such as "tender__procurement".
    """
    lead = f"{path}__" if path else ""
    team = Prefetch(f"{lead}team", TeamMember.objects.select_related("person"))
    return f"{lead}facts", team, f"{lead}conflict_declarations"


def members_visible_to(person: Person) -> QuerySet[TeamMember]:
    """Return the members of the teams that `person` is in, also removed ones."""
    members = TeamMember.objects.filter(procurement__in=visible_to(person).order_by())
    return members.select_related("person", "procurement__buyer", "procurement__diary_case").prefetch_related(
        *standing("procurement")
    )


def declarations_visible_to(person: Person) -> QuerySet[ConflictDeclaration]:
    """Return the declarations in the procurements that `person` is in the team of; who may read one is a rule."""
    declarations = ConflictDeclaration.objects.filter(procurement__in=visible_to(person).order_by())
    return declarations.select_related("person", "procurement__buyer", "procurement__diary_case").prefetch_related(
        *standing("procurement")
    )


@dataclass(frozen=True, slots=True)
class Place:
    """A person's role in the team, with whether a declaration is due or a conflict undecided."""

    member: TeamMember
    is_due: bool
    has_undecided: bool


def team_members(procurement: Procurement) -> list[Place]:
    """Return who is in the team now, by role and name; what they have declared only as done, due or undecided."""
    undecided = {declaration.person_id for declaration in undecided_conflicts(procurement)}
    members = [member for member in procurement.team.all() if member.removed_at is None]
    order = list(TeamMember.Role.values)
    members.sort(key=lambda member: (order.index(member.role), member.person.name, str(member.pk)))
    return [
        Place(member, bool(declaration_due(member.person, procurement)), member.person_id in undecided)
        for member in members
    ]


def undecided_conflicts(procurement: Procurement) -> list[ConflictDeclaration]:
    """Return the declared conflicts that nobody has decided on, of people who are still in the team."""
    present = {member.person_id: member.person for member in procurement.team.all() if member.removed_at is None}
    found = [
        declaration
        for declaration in procurement.conflict_declarations.all()
        if declaration.has_conflict and declaration.cleared_at is None and declaration.person_id in present
    ]
    for declaration in found:
        declaration.person = present[declaration.person_id]
    return sorted(found, key=lambda declaration: declaration.declared_at)


def declarations_of(person: Person, procurement: Procurement) -> QuerySet[ConflictDeclaration]:
    """Return what `person` has declared in the procurement, latest first."""
    return ConflictDeclaration.objects.filter(person=person, procurement=procurement).order_by("-declared_at", "id")


def fact_at(procurement: Procurement, kind: StageFact.Kind) -> datetime | None:
    """Return when the fact `kind` happened, or None."""
    return next((fact.at for fact in procurement.facts.all() if fact.kind == kind), None)


def cpv_name(procurement: Procurement) -> str:
    """Return the Swedish name of the CPV code, or nothing where the program does not hold it."""
    cpv = cpv_of(procurement)
    known = CPV_NAMES.get(cpv.digits) if cpv else None
    return known.name if known else ""


def unshared(procurement: Procurement) -> Procurement:
    """Return a copy to fill in: a form that is refused leaves the procurement as it stands."""
    return copy(procurement)


def open_tasks(person: Person, at: datetime, cases: Iterable[Procurement]) -> list[Task]:
    """Return what `person` must do in `cases`: declare interests, decide on conflicts; no query of its own.

    `cases`, here and in every later room, are procurements of `visible_to(person)`, read once for all rooms.
    """
    del at
    tasks = []
    for procurement in cases:
        if has_happened(procurement, StageFact.Kind.CANCELLED):
            continue
        if declaration_due(person, procurement):
            tasks.append(_task(say("Declare your interests"), "declare", procurement, person, procurement.pk))
        for declaration in undecided_conflicts(procurement):
            declaration.procurement = procurement
            if may_clear(person, declaration):
                title = say("Decide on the conflict of interest of {name}", name=declaration.person.name)
                tasks.append(_task(title, "clear", procurement, person, declaration.pk))
    return tasks


def _task(title: Message, page: str, procurement: Procurement, person: Person, pk: UUID) -> Task:
    return Task(
        title=title,
        for_person=person.pk,
        due=None,
        url_name=f"procurements:{page}",
        url_kwargs={"declaration_id" if page == "clear" else "procurement_id": pk},
        case_title=procurement.title,
        kind=f"procurements.{page}",
    )


def hold_teams(*, person: Person, buyer: Organisation | None) -> None:
    """Hold, for verbs, the teams of the buyer's procurements, of every buyer's if None, that `person` is in, until the transaction ends.

    For `leave_teams` and `leave_as_bidder`, before their verb writes in the log. Who appoints the person now is done first, or
    then refused. Those that have ended or were cancelled too: the person is taken off their teams as well, and somebody is left
    in each.
    """
    hold_ties(person, buyer)
    mine = Procurement.objects.filter(team__person=person, team__removed_at=None)
    wanted = mine if buyer is None else mine.filter(buyer=buyer)
    teams = Procurement.objects.filter(pk__in=wanted.values("pk")).order_by("pk")  # in one order, whoever holds several
    list(teams.select_for_update(of=("self",), no_key=True))


def hold_ties(person: Person, buyer: Organisation | None) -> None:
    """Hold what ties `person` to the buyer, to every buyer if None, until the transaction ends: their keys and roles."""
    for ties in (KeyHolder.objects.filter(person=person, ended_at=None), Membership.objects.filter(person=person)):
        wanted = ties if buyer is None else ties.filter(organisation=buyer)
        list(wanted.order_by("pk").select_for_update(no_key=True))


def hold_procurement(procurement: Procurement) -> Procurement:
    """Return the procurement as it stands now, whose team and course nobody else changes until the transaction ends.

    Locks are taken in one order everywhere: what ties people to the buyer, the box, the documents, the procurement, the log,
    its diary. Foreign keys are checked at the commit, when the log is held already: PostgreSQL then asks for a lock
    (`KEY SHARE`) on each row that a new one points to, out of this order. Everything that is held before the log is
    therefore held with `no_key`, which lets that pass; only a row that is deleted is held in full, and no other row points
    to it then but those its holder writes.
    """
    return (
        Procurement.objects.select_related("buyer").select_for_update(of=("self",), no_key=True).get(pk=procurement.pk)
    )

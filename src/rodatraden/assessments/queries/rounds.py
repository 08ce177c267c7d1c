"""Which rounds there are for whom, with what every page of a round reads, and what there is to judge in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Prefetch, Q, prefetch_related_objects

from rodatraden.assessments.models import Criterion, IndividualScore, Item, PanelMember, Round, RoundParty
from rodatraden.assessments.rules import JUDGES, Role, may_join, may_observe
from rodatraden.parties.models import Membership
from rodatraden.parties.queries import people_of
from rodatraden.procurements.models import TeamMember
from rodatraden.procurements.queries import accessible_to, standing

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from rodatraden.core.answer import Answer
    from rodatraden.parties.models import Person

Key = tuple["UUID", "UUID"]
"""An item and a criterion."""


def visible_to(person: Person) -> QuerySet[Round]:
    """Return the rounds that `person` sees, newest first; the same that `rules.may_see` allows."""
    judges = TeamMember.objects.filter(procurement=OuterRef("pk"), person=person, removed_at=None, role__in=JUDGES)
    mine = PanelMember.objects.filter(round=OuterRef("pk"), person=person, removed_at=None).exclude(role=Role.OBSERVER)
    rounds = with_panel(Round.objects.filter(Exists(mine), within(person)))
    return rounds.filter(Q(case=None) | Q(case__in=accessible_to(person).filter(Exists(judges))))


def round_by(round_id: UUID) -> Round | None:
    """Return a round with what every rule and page of it reads, or None; who has a part in it is `rules.has_part`."""
    found = in_case(Round.objects.filter(pk=round_id)).order_by().first()
    if found is not None and found.case_id is None:
        prefetch_related_objects([found], *BELONGING)
    return found


def within(person: Person) -> Q:
    """Return which rounds are of a procurement, or of an organisation to which `person` still belongs.

    The database's reading of `rules.still_belongs`; of an example also that the person has a place in the real round.
    """
    held = Membership.objects.filter(person=person, until_on=None).values("organisation")
    parties = RoundParty.objects.filter(organisation__in=held).values("round")
    placed = PanelMember.objects.filter(person=person, removed_at=None).values("round")
    own = Q(organisation=None) | Q(organisation__in=held) | Q(pk__in=parties) | Q(calibrates__round__in=parties)
    return own & (Q(calibrates=None) | Q(calibrates__round__in=placed))


def with_panel(rounds: QuerySet[Round]) -> QuerySet[Round]:
    """Return the same rounds with what every rule and page of a round reads, in a constant number of queries."""
    return in_case(rounds).prefetch_related(*BELONGING)


def in_case(rounds: QuerySet[Round]) -> QuerySet[Round]:
    """Return the same rounds with what is read of those that belong to a procurement."""
    found = _with_items(rounds).select_related("case__buyer", "case__diary_case")
    return found.prefetch_related(*preparation(), *standing("case"))


BELONGING = ("panel__person__memberships", "parties__organisation")
"""What says who still belongs where nothing is bought; of a procurement its own rules say that."""


def with_items(rounds: QuerySet[Round]) -> QuerySet[Round]:
    """Return the same rounds with panel, items and criteria, for whoever has read their procurement already."""
    return _with_items(rounds).prefetch_related(*BELONGING, *preparation())


def _with_items(rounds: QuerySet[Round]) -> QuerySet[Round]:
    before = ("calibration__example", "calibrates__round")
    return rounds.select_related("model", "organisation", *before).prefetch_related(
        Prefetch("panel", PanelMember.objects.select_related("person", "replaces__person")),
        "items",
        Prefetch("model__criteria", Criterion.objects.select_related("area")),
    )


def preparation() -> tuple[str, ...]:
    """Return what to prefetch, beside the panel, so that no rule of what comes before judging asks the database."""
    return (
        "readings",
        "calibration__example__panel",
        "calibrates__round__panel",
        "calibrates__round__parties",
        "calibrates__round__readings",
    )


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of the procurement's team, and whether that person may take a part in the round now."""

    person: Person
    answer: Answer
    has_been: bool


def candidates(assessed: Round) -> list[Candidate]:
    """Return the evaluators of the procurement, each with whether they may join the panel now.

    Where nothing is bought nobody is offered: the panel is who was named at the start.
    """
    if assessed.case is None:
        return []
    been = {member.person_id for member in assessed.panel.all() if member.role == PanelMember.Role.ASSESSOR}
    team = [m for m in assessed.case.team.all() if m.role == TeamMember.Role.EVALUATOR and m.removed_at is None]
    return [Candidate(m.person, may_join(m.person, assessed), m.person_id in been) for m in team]


def observers_to_be(assessed: Round, at: datetime) -> list[Candidate]:
    """Return who has no part in the panel, each with whether they may follow the round.

    Of the procurement's team, or of the organisation whose round it is; the people of its partners are listed to nobody.
    """
    in_panel = {member.person_id for member in assessed.panel.all() if member.removed_at is None}
    if assessed.case is not None:
        team = {m.person_id: m.person for m in assessed.case.team.all() if m.removed_at is None}
    else:
        team = {each.pk: each for each in people_of(assessed.organisation, at)} if assessed.organisation else {}
    people = sorted((each for pk, each in team.items() if pk not in in_panel), key=lambda person: person.name)
    return [Candidate(person, may_observe(person, assessed), has_been=False) for person in people]


def has_begun(assessed: Round) -> bool:
    """Whether somebody has written a score in the round."""
    return IndividualScore.objects.filter(item__round=assessed).exists()


def cells_of(assessed: Round) -> list[tuple[Item, Criterion]]:
    """Return every item × criterion of the round, in the order in which they are asked for."""
    criteria = assessed.model.asked
    return [(item, criterion) for item in assessed.items.all() for criterion in criteria]

"""Named reads of rounds, each within what the reader may see."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.dispatch import Signal

from rodatraden.assessments.models import Consensus, Criterion, IndividualScore, Item, PanelMember, Round
from rodatraden.assessments.rules import (
    JUDGES,
    Role,
    may_record_consensus,
    may_score,
    may_see_all_scores,
    member_as,
)
from rodatraden.core.answer import require
from rodatraden.core.assessment import Completeness, Spread, completeness, spread
from rodatraden.core.exact import as_fraction
from rodatraden.core.message import say
from rodatraden.core.thread import Task
from rodatraden.procurements.models import StageFact, TeamMember
from rodatraden.procurements.queries import accessible_to, standing
from rodatraden.procurements.rules import has_happened

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement

Key = tuple["UUID", "UUID"]
"""An item and a criterion."""

material_asked = Signal()
"""Sent with `item: Item`, `person: Person` and `at: datetime` by `material_of`; the later room that knows what the item
is answers with a list of `Material`, within what the person may see."""

WIDE_SHARE = Fraction(3, 10)
"""A spread of this share of the scale or more is talked through first: three points of ten. Source: policy."""


@dataclass(frozen=True, slots=True)
class Material:
    """Something to read before one scores; `criteria` are the keys of the criteria that it answers, none = all."""

    name: str
    url: str
    note: str = ""
    criteria: frozenset[str] = frozenset()


def for_criterion(material: Iterable[Material], criterion: Criterion) -> list[Material]:
    """Return what answers this criterion, or all of them."""
    return [each for each in material if not each.criteria or criterion.key in each.criteria]


def visible_to(person: Person) -> QuerySet[Round]:
    """Return the rounds that `person` sees, newest first; the same that `rules.may_see` allows."""
    judges = TeamMember.objects.filter(procurement=OuterRef("pk"), person=person, removed_at=None, role__in=JUDGES)
    return in_panel(person).filter(Q(case=None) | Q(case__in=accessible_to(person).filter(Exists(judges))))


def in_panel(person: Person) -> QuerySet[Round]:
    """Return the rounds in whose panel `person` is, with access or still without."""
    mine = PanelMember.objects.filter(round=OuterRef("pk"), person=person, removed_at=None)
    return with_panel(Round.objects.filter(Exists(mine)))


def with_panel(rounds: QuerySet[Round]) -> QuerySet[Round]:
    """Return the same rounds with what every rule and page of a round reads, in a constant number of queries."""
    return with_items(rounds).select_related("case__buyer", "case__diary_case").prefetch_related(*standing("case"))


def with_items(rounds: QuerySet[Round]) -> QuerySet[Round]:
    """Return the same rounds with panel, items and criteria, for whoever has read their procurement already."""
    return rounds.select_related("model").prefetch_related(
        Prefetch("panel", PanelMember.objects.select_related("person")), "items", "model__criteria"
    )


def cells_of(assessed: Round) -> list[tuple[Item, Criterion]]:
    """Return every item × criterion of the round, in the order in which they are asked for."""
    criteria = list(assessed.model.criteria.all())
    return [(item, criterion) for item in assessed.items.all() for criterion in criteria]


def own_scores(person: Person, assessed: Round) -> dict[Key, IndividualScore]:
    """Return the person's own scores and drafts by item and criterion; never anybody else's."""
    member = member_as(person, assessed, Role.ASSESSOR)
    scores = IndividualScore.objects.filter(assessor=member) if member else []
    return {(score.item_id, score.criterion_id): score for score in scores}


def submitted_scores(assessed: Round) -> list[IndividualScore]:
    """Return the individual scores of a locked round, with assessor and criterion; nobody reads them here before (INV-14)."""
    if assessed.consensus_locked_at is None:
        return []
    scores = IndividualScore.objects.filter(item__round=assessed, points__isnull=False)
    return list(scores.filter(assessor__submitted_at__isnull=False).select_related("assessor__person", "criterion"))


def left_to_score(person: Person, assessed: Round) -> list[tuple[Item, Criterion]]:
    """Return which items × criteria the person has not yet scored with points and a reason."""
    own = own_scores(person, assessed)
    return [
        (item, criterion)
        for item, criterion in cells_of(assessed)
        if (score := own.get((item.pk, criterion.pk))) is None or not score.is_complete
    ]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the person has come with one item."""

    item: Item
    n_scored: int
    n_all: int

    @property
    def is_complete(self) -> bool:
        """Whether every criterion has points and a reason."""
        return self.n_scored == self.n_all


def progress(person: Person, assessed: Round) -> list[Progress]:
    """Return how far the person has come, item by item."""
    left = [item.pk for item, _ in left_to_score(person, assessed)]
    n_all = len(assessed.model.criteria.all())
    return [Progress(item, n_all - left.count(item.pk), n_all) for item in assessed.items.all()]


@dataclass(frozen=True, slots=True)
class Cell:
    """One item × criterion of the matrix: everybody's score, how they differ, and what was agreed on."""

    item: Item
    criterion: Criterion
    scores: tuple[IndividualScore, ...]
    spread: Spread | None
    consensus: Consensus | None

    @property
    def is_wide(self) -> bool:
        """Whether the assessors differ so much that it is talked through first."""
        limit = self.criterion.scale.width * WIDE_SHARE
        return self.spread is not None and self.spread.is_wide(limit)


def matrix(person: Person, assessed: Round) -> list[Cell]:
    """Return all scores of a round, cell by cell, with spread and the consensus that counts.

    Raises:
        RefusedError: the individual part is not locked yet, or `person` is not in the panel (INV-14).
    """
    require(may_see_all_scores(person, assessed))
    scores: dict[Key, list[IndividualScore]] = defaultdict(list)
    handed_in = IndividualScore.objects.filter(
        item__round=assessed, assessor__submitted_at__isnull=False, assessor__removed_at=None
    )
    for score in handed_in.select_related("assessor__person").order_by("assessor__person__name", "assessor"):
        scores[score.item_id, score.criterion_id].append(score)
    agreed = latest_consensus(assessed)
    return [
        _cell(item, criterion, scores[item.pk, criterion.pk], agreed.get((item.pk, criterion.pk)))
        for item, criterion in cells_of(assessed)
    ]


def agenda(cells: Iterable[Cell]) -> list[Cell]:
    """Return what the panel has not agreed on yet, the largest spread first; a spread is counted in shares of its scale."""
    return sorted((cell for cell in cells if cell.consensus is None), key=_share, reverse=True)


def latest_consensus(assessed: Round) -> dict[Key, Consensus]:
    """Return the consensus that counts, the latest, by item and criterion."""
    records = Consensus.objects.filter(item__round=assessed).order_by("number")
    return {(record.item_id, record.criterion_id): record for record in records}


def consensus_history(item: Item, criterion: Criterion) -> list[Consensus]:
    """Return every consensus that was written down for one criterion of one item, the one that counts first."""
    records = Consensus.objects.filter(item=item, criterion=criterion).select_related("written_by")
    return list(records.prefetch_related("present__person").order_by("-number"))


def consensus_completeness(assessed: Round) -> Completeness:
    """Return how many cells have a consensus and which are left."""
    asked = [(str(item.pk), str(criterion.pk)) for item, criterion in cells_of(assessed)]
    return completeness(asked, [(str(item), str(criterion)) for item, criterion in latest_consensus(assessed)])


def material_of(item: Item, *, person: Person, at: datetime) -> list[Material]:
    """Return what the later room that knows the item offers `person` to read."""
    offered: list[Material] = []
    for _, found in material_asked.send(sender=Item, item=item, person=person, at=at):
        materials: Any = found  # Django's stubs know text only
        offered += materials
    return offered


def open_tasks(person: Person, at: datetime, cases: Iterable[Procurement]) -> list[Task]:
    """Return what waits on `person` in the rounds of `cases`: scores to hand in, consensus to write down."""
    del at
    known: dict[UUID | None, Procurement] = {
        case.pk: case for case in cases if not has_happened(case, StageFact.Kind.CONSENSUS_LOCKED)
    }
    rounds = list(_unlocked(person).filter(case__in=known)) if known else []
    for assessed in rounds:
        assessed.case = known[assessed.case_id]  # with what has been fetched with it
    return _tasks(person, rounds)


def tasks_elsewhere(person: Person) -> list[Task]:
    """Return what waits on `person` in rounds that belong to no procurement."""
    return _tasks(person, _unlocked(person).filter(case=None))


def _unlocked(person: Person) -> QuerySet[Round]:
    mine = PanelMember.objects.filter(round=OuterRef("pk"), person=person, removed_at=None)
    return Round.objects.filter(Exists(mine), consensus_locked_at=None).prefetch_related("panel")


def _tasks(person: Person, rounds: Iterable[Round]) -> list[Task]:
    tasks: list[Task] = []
    for assessed in rounds:
        if may_score(person, assessed):
            title, name, kind = say("Score alone, with reasons, and hand in"), "assessments:round", "assessments.score"
        elif may_record_consensus(person, assessed):
            title, name, kind = say("Write down the consensus"), "assessments:consensus", "assessments.consensus"
        else:
            continue
        tasks.append(
            Task(
                title=title,
                for_person=person.pk,
                due=None,
                url_name=name,
                url_kwargs={"round_id": assessed.pk},
                case_title=assessed.title,
                kind=kind,
            )
        )
    return tasks


def _cell(item: Item, criterion: Criterion, scores: list[IndividualScore], agreed: Consensus | None) -> Cell:
    points = [score.points for score in scores if score.points is not None]
    return Cell(item, criterion, tuple(scores), spread(criterion.scale, points), agreed)


def _share(cell: Cell) -> Fraction:
    return as_fraction(cell.spread.value) / cell.criterion.scale.width if cell.spread else Fraction(0)

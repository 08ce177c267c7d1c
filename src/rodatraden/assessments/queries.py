"""Named reads of rounds, each within what the reader may see."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from rodatraden.assessments.models import Consensus, Criterion, IndividualScore, Item, PanelMember, Round
from rodatraden.assessments.rules import Role, may_score, may_see_all_scores, member_as
from rodatraden.core.answer import require
from rodatraden.core.assessment import Completeness, Scale, Spread, completeness, spread
from rodatraden.core.message import say
from rodatraden.core.thread.tasks import Task

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from rodatraden.parties.models import Person


def visible_to(person: Person) -> QuerySet[Round]:
    """Return the rounds in whose panel `person` is, newest first; the same people as `rules.may_see` allows."""
    mine = PanelMember.objects.filter(round=OuterRef("pk"), person=person, removed_at=None)
    return with_panel(Round.objects.filter(Exists(mine)))


def with_panel(rounds: QuerySet[Round]) -> QuerySet[Round]:
    """Return the same rounds with what every rule and page of a round reads, in a constant number of queries."""
    return rounds.select_related("model").prefetch_related("panel__person", "items", "model__criteria")


def scale_of(criterion: Criterion) -> Scale:
    """Return the scale that a criterion's points lie on."""
    return Scale(lowest=criterion.min_points, highest=criterion.max_points, step=criterion.step)


def cells_of(assessed: Round) -> list[tuple[Item, Criterion]]:
    """Return every item × criterion of the round, in the order in which they are asked for."""
    criteria = list(assessed.model.criteria.all())
    return [(item, criterion) for item in assessed.items.all() for criterion in criteria]


def own_scores(person: Person, assessed: Round) -> dict[tuple[str, str], IndividualScore]:
    """Return the person's own scores and drafts by item and criterion; never anybody else's."""
    member = member_as(person, assessed, Role.ASSESSOR)
    scores = IndividualScore.objects.filter(assessor=member).select_related("item", "criterion") if member else []
    return {(str(score.item_id), str(score.criterion_id)): score for score in scores}


def left_to_score(person: Person, assessed: Round) -> list[tuple[Item, Criterion]]:
    """Return which items × criteria the person has not yet scored with points and a reason."""
    done = {cell for cell, score in own_scores(person, assessed).items() if score.points is not None and score.reason}
    return [
        (item, criterion) for item, criterion in cells_of(assessed) if (str(item.pk), str(criterion.pk)) not in done
    ]


@dataclass(frozen=True, slots=True)
class Cell:
    """One item × criterion of the matrix: everybody's score, how they differ, and what was agreed on."""

    item: Item
    criterion: Criterion
    scores: tuple[IndividualScore, ...]
    spread: Spread | None
    consensus: Consensus | None


def matrix(person: Person, assessed: Round) -> list[Cell]:
    """Return all scores of a round, cell by cell, with spread and the consensus that counts.

    Raises:
        RefusedError: the individual part is not locked yet, or `person` is not in the panel (INV-14).
    """
    require(may_see_all_scores(person, assessed))
    scores: dict[tuple[UUID, UUID], list[IndividualScore]] = defaultdict(list)
    handed_in = IndividualScore.objects.filter(item__round=assessed, assessor__submitted_at__isnull=False)
    for score in handed_in.select_related("assessor__person").order_by("assessor__person__name", "assessor"):
        scores[score.item_id, score.criterion_id].append(score)
    agreed = latest_consensus(assessed)
    return [
        _cell(item, criterion, scores[item.pk, criterion.pk], agreed.get((item.pk, criterion.pk)))
        for item, criterion in cells_of(assessed)
    ]


def latest_consensus(assessed: Round) -> dict[tuple[UUID, UUID], Consensus]:
    """Return the consensus that counts, the latest, by item and criterion."""
    records = Consensus.objects.filter(item__round=assessed).prefetch_related("present__person")
    return {(record.item_id, record.criterion_id): record for record in records.order_by("decided_at", "pk")}


def consensus_completeness(assessed: Round) -> Completeness:
    """Return how many cells have a consensus and which are left."""
    asked = [(str(item.pk), str(criterion.pk)) for item, criterion in cells_of(assessed)]
    return completeness(asked, [(str(item), str(criterion)) for item, criterion in latest_consensus(assessed)])


def open_tasks(person: Person, at: datetime) -> list[Task]:
    """Return what waits on `person` in rounds: scores to hand in, consensus to write down."""
    del at
    tasks: list[Task] = []
    for assessed in visible_to(person).filter(consensus_locked_at=None):
        if may_score(person, assessed):
            title, name, kind = say("Score alone, with reasons"), "assessments:round", "assessments.score"
        elif assessed.individual_locked_at and member_as(person, assessed, Role.LEADER):
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
    differ = spread(scale_of(criterion), points) if points else None
    return Cell(item, criterion, tuple(scores), differ, agreed)

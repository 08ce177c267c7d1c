"""Named reads of one's own scores and of how far one has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.assessments.models import Criterion, IndividualScore, Item, Round
from rodatraden.assessments.queries.rounds import Key, cells_of
from rodatraden.assessments.rules import Role, member_as

if TYPE_CHECKING:
    from rodatraden.parties.models import Person


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

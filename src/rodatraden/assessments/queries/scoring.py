"""Named reads of one's own scores, what they are known by, and how far one has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from rodatraden.assessments.models import Criterion, IndividualScore, Item, Round
from rodatraden.assessments.queries.rounds import Key, cells_of
from rodatraden.assessments.rules import Role, member_as
from rodatraden.core.canonical import canonical_hash

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from rodatraden.parties.models import Person

MARK_LENGTH = 16
"""Characters of a mark: as many as tell a person's own few texts of one criterion apart, and no secret."""


class Written(Protocol):
    """What somebody has written of one criterion of one item."""

    @property
    def points(self) -> Decimal | None: ...
    @property
    def reason(self) -> str: ...
    @property
    def strengths(self) -> str: ...
    @property
    def improvements(self) -> str: ...
    @property
    def places(self) -> str: ...


def mark_of(written: Written | None) -> str:
    """Return the mark of what is written; the same words and points have the same mark, nothing has one too."""
    if written is None:
        return canonical_hash([None, "", "", "", ""])[:MARK_LENGTH]
    points = None if written.points is None else f"{written.points.normalize():f}"
    texts = [written.reason, written.strengths, written.improvements, written.places]
    return canonical_hash([points, *texts])[:MARK_LENGTH]


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
    return left_of(assessed, own_scores(person, assessed))


def left_of(assessed: Round, own: Mapping[Key, IndividualScore]) -> list[tuple[Item, Criterion]]:
    """Return which items × criteria have no points or no reason among the scores `own`."""
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
    def n_left(self) -> int:
        """How many criteria still lack points or a reason."""
        return self.n_all - self.n_scored

    @property
    def is_complete(self) -> bool:
        """Whether every criterion has points and a reason."""
        return not self.n_left


def progress(assessed: Round, own: Mapping[Key, IndividualScore]) -> list[Progress]:
    """Return how far whoever wrote the scores `own` has come, item by item."""
    left = [item.pk for item, _ in left_of(assessed, own)]
    n_all = len(assessed.model.asked)
    return [Progress(item, n_all - left.count(item.pk), n_all) for item in assessed.items.all()]

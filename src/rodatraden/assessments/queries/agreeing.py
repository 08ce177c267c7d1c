"""Named reads of the panel that agrees: the matrix, what is left to talk through, what was written down."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from rodatraden.assessments.models import Consensus, Criterion, IndividualScore, Item, Round
from rodatraden.assessments.queries.rounds import Key, cells_of
from rodatraden.assessments.rules import may_see_all_scores
from rodatraden.core.answer import require
from rodatraden.core.assessment import Completeness, Spread, completeness, spread
from rodatraden.core.exact import as_fraction

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rodatraden.parties.models import Person

WIDE_SHARE = Fraction(3, 10)
"""A spread of this share of the scale or more is talked through first: three points of ten. Source: policy."""


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


def _cell(item: Item, criterion: Criterion, scores: list[IndividualScore], agreed: Consensus | None) -> Cell:
    points = [score.points for score in scores if score.points is not None]
    return Cell(item, criterion, tuple(scores), spread(criterion.scale, points), agreed)


def _share(cell: Cell) -> Fraction:
    return as_fraction(cell.spread.value) / cell.criterion.scale.width if cell.spread else Fraction(0)

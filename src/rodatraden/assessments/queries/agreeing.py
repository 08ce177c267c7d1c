"""Named reads of the panel that agrees: the matrix, what is left to talk through, what was written down."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.dispatch import Signal

from rodatraden.assessments.models import Consensus, Criterion, IndividualScore, Item, Round
from rodatraden.assessments.queries.rounds import Key, cells_of, with_items
from rodatraden.assessments.rules import assessors_of, may_see_all_scores, may_see_example
from rodatraden.core.answer import require
from rodatraden.core.assessment import Completeness, Spread, completeness, spread
from rodatraden.core.assessment.agreement import Agreement, agreement
from rodatraden.core.exact import as_fraction

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rodatraden.core.evaluation.stress import AtStake
    from rodatraden.parties.models import Person

stakes_asked = Signal()
"""Sent with `assessed: Round` and `given`, the scores by item and criterion, by `matrix`; the later room that knows what the
judging is for answers with what hangs on the scores that differ, a dict from `Key` to `AtStake`."""

OFTEN = Decimal("0.05")
"""The share of made-up tenders from which a score is said to decide the first place. Source: policy."""


class Flag(StrEnum):
    """Why a cell is talked through before others, the weightiest first."""

    GATE = "gate"
    FIRST = "first"
    WIDE = "wide"


@dataclass(frozen=True, slots=True)
class Cell:
    """One item × criterion of the matrix: everybody's score, how they differ, what hangs on it, and what was agreed on.

    `wide_above` is the share of the scale above which the spread is wide.
    """

    item: Item
    criterion: Criterion
    scores: tuple[IndividualScore, ...]
    spread: Spread | None
    consensus: Consensus | None
    wide_above: Decimal
    stake: AtStake | None = None

    @property
    def spread_share(self) -> Fraction:
        """The spread in shares of the scale; 0 where nobody can differ."""
        return as_fraction(self.spread.value) / self.criterion.scale.width if self.spread else Fraction(0)

    @property
    def decides(self) -> Decimal:
        """The share of made-up tenders in which the first place hangs on this score; 0 where nothing is known to."""
        return (self.stake and self.stake.first.value) or Decimal(0)

    @property
    def flags(self) -> tuple[Flag, ...]:
        """Why it is talked through before others; nothing once it is agreed on."""
        if self.consensus is not None:
            return ()
        raised = (
            (Flag.GATE, self.stake is not None and self.stake.gate),
            (Flag.FIRST, self.decides >= OFTEN),
            (Flag.WIDE, self.spread_share > as_fraction(self.wide_above)),
        )
        return tuple(flag for flag, is_raised in raised if is_raised)

    @property
    def changes(self) -> list[tuple[IndividualScore, Decimal]]:
        """Each own score with how far the consensus lies from it; the scores themselves stay as they were given."""
        agreed = self.consensus
        if agreed is None:
            return []
        return [(score, agreed.points - score.points) for score in self.scores if score.points is not None]


def matrix(person: Person, assessed: Round) -> list[Cell]:
    """Return all scores of a round, cell by cell, with spread and the consensus that counts.

    Raises:
        RefusedError: the individual part is not locked yet, or `person` is not in the panel (INV-14).
    """
    require(may_see_all_scores(person, assessed))
    return _cells(assessed)


def example_matrix(person: Person, assessed: Round) -> list[Cell]:
    """Return all scores of the example of a round, cell by cell; they stand in a round of their own and count nowhere.

    Raises:
        RefusedError: not everybody has handed in, `person` has not, or is not in the panel (INV-14).
    """
    require(may_see_example(person, assessed))
    return _cells(with_items(Round.objects.filter(calibrates__round=assessed)).get())


def _cells(assessed: Round) -> list[Cell]:
    scores = _handed_in(assessed)
    agreed = latest_consensus(assessed)
    stakes = {} if assessed.consensus_locked_at else _stakes(assessed, scores, agreed)
    return [
        Cell(
            item=item,
            criterion=criterion,
            scores=tuple(scores[key]),
            spread=spread(criterion.scale, [each.points for each in scores[key] if each.points is not None]),
            consensus=agreed.get(key),
            wide_above=assessed.wide_above,
            stake=stakes.get(key),
        )
        for item, criterion in cells_of(assessed)
        for key in [(item.pk, criterion.pk)]
    ]


def agenda(cells: Iterable[Cell]) -> list[Cell]:
    """Return what the panel has not agreed on yet in the order that matters: a gate, the first place, the largest spread."""

    def weight(cell: Cell) -> tuple[bool, Decimal, Fraction]:
        return Flag.GATE in cell.flags, cell.decides, cell.spread_share

    return sorted((cell for cell in cells if cell.consensus is None), key=weight, reverse=True)


def agreement_on(cells: Iterable[Cell]) -> list[tuple[Criterion, Agreement]]:
    """Return how alike the assessors judged on each criterion: rows are items, columns assessors."""
    found: dict[Criterion, list[Cell]] = defaultdict(list)
    for cell in cells:
        found[cell.criterion].append(cell)
    return [(criterion, agreement(_ratings(of_one))) for criterion, of_one in found.items()]


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


def _handed_in(assessed: Round) -> defaultdict[Key, list[IndividualScore]]:
    """Return the scores that the assessors have handed in, by item and criterion, in the order of the panel."""
    panel = {member.pk: member for member in assessors_of(assessed)}
    found: defaultdict[Key, list[IndividualScore]] = defaultdict(list)
    of_panel = IndividualScore.objects.filter(item__round=assessed, assessor__submitted_at__isnull=False)
    for score in sorted(
        of_panel.filter(assessor__in=panel).order_by(), key=lambda one: list(panel).index(one.assessor_id)
    ):
        score.assessor = panel[score.assessor_id]
        found[score.item_id, score.criterion_id].append(score)
    return found


def _stakes(
    assessed: Round, scores: Mapping[Key, list[IndividualScore]], agreed: Mapping[Key, Consensus]
) -> dict[Key, AtStake]:
    given = {
        key: [agreed[key].points] if key in agreed else [each.points for each in own if each.points is not None]
        for key, own in scores.items()
    }
    stakes: dict[Key, AtStake] = {}
    for _, found in stakes_asked.send(sender=Round, assessed=assessed, given=given):
        answered: Any = found  # Django's stubs know text only
        stakes |= answered
    return stakes


def _ratings(cells: Sequence[Cell]) -> list[list[Decimal | None]]:
    assessors = list(dict.fromkeys(score.assessor_id for cell in cells for score in cell.scores))
    given = [{score.assessor_id: score.points for score in cell.scores} for cell in cells]
    return [[points.get(assessor) for assessor in assessors] for points in given]

"""Each assessor's own scores beside the consensus, and what would have been counted if they were joined by a formula.

A consensus is agreed on and never computed (INV-14, open question 13). Joining the individual scores by a mean or a median is
an experiment about how much each assessor weighs, and every result that does so says which of the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from rodatraden.core.assessment import ScoreFault
from rodatraden.core.assessment.scale import score_problem
from rodatraden.core.evaluation.bids import InputError, InputFault
from rodatraden.core.evaluation.case import ASSESSORS
from rodatraden.core.exact import Exact, as_fraction
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rodatraden.core.evaluation.bids import Bid
    from rodatraden.core.evaluation.criteria import Criterion
    from rodatraden.core.evaluation.model import Model
    from rodatraden.core.evaluation.robustness.again import Again, Scores

Cell = tuple[str, int]
"""The key of a bid and the number of a criterion."""


class Joined(StrEnum):
    """How individual scores are joined when they are counted instead of the consensus."""

    MEAN = "mean"
    MEDIAN = "median"

    def of(self, scores: Sequence[tuple[Fraction, int]]) -> Fraction:
        """Return the joined score of scores that stand a number of times each, at least one."""
        n = sum(times for _score, times in scores)
        if self is Joined.MEAN:
            return sum((score * times for score, times in scores), Fraction(0)) / n
        rising = sorted(scores)
        return (_at(rising, (n - 1) // 2) + _at(rising, n // 2)) / 2

    @property
    def text(self) -> Message:
        """Return what is said wherever individual scores are counted."""
        if self is Joined.MEAN:
            return say(
                "Counted with the mean of the individual scores instead of the consensus, not rounded to a step."
            )
        return say("Counted with the median of the individual scores instead of the consensus, not rounded to a step.")


def _at(rising: Sequence[tuple[Fraction, int]], place: int) -> Fraction:
    for score, times in rising:
        if place < times:
            return score
        place -= times
    raise IndexError(place)


@dataclass(frozen=True, slots=True)
class Panel:
    """The individual scores of the qualified bids, checked; `cells` are those that somebody has judged."""

    assessors: tuple[str, ...]
    cells: dict[Cell, dict[str, Fraction]]

    @classmethod
    def of(
        cls, model: Model, bids: Iterable[Bid], individual: Mapping[str, Mapping[str, Mapping[str, Exact]]]
    ) -> Panel:
        """Return the panel of scores by assessor, bid and criterion; what is not judged is left out, and never 0.

        Raises:
            InputError: a score is of no bid, on no criterion, outside its scale, between two steps, or on months that are
                counted.
        """
        known = {bid.key: bid for bid in bids}
        numbers = {criterion.key: n for n, criterion in enumerate(model.criteria)}
        cells: dict[Cell, dict[str, Fraction]] = {}
        for assessor, given in sorted(individual.items()):
            for key, scores in given.items():
                field = f"{ASSESSORS}.{assessor}.{key}"
                if key not in known:
                    reason = say("{assessor} has judged {bid}, which is no bid.", assessor=assessor, bid=key)
                    raise InputError(InputFault.UNKNOWN_BID, reason, field=field, value=key)
                for criterion, score in scores.items():
                    where = f"{field}.{criterion}"
                    if criterion not in numbers:
                        reason = say("{assessor} has judged something that is not a criterion: {criterion}.", assessor=assessor, criterion=criterion)  # fmt: skip
                        raise InputError(InputFault.UNKNOWN_CRITERION, reason, field=where, value=criterion)
                    n = numbers[criterion]
                    _check(model.criteria[n], known[key], score, where)
                    if known[key].not_qualified is None:
                        cells.setdefault((key, n), {})[assessor] = as_fraction(score)
        return cls(tuple(sorted(individual)), dict(sorted(cells.items())))

    def joined(self, again: Again, joined: Joined, counts: Mapping[str, int]) -> dict[str, Scores] | None:
        """Return the scores with each assessor counted so many times; what nobody has judged keeps its consensus.

        None when nobody is left who judged something that was judged.
        """
        found = {key: list(scores) for key, scores in again.scores.items()}
        for (key, n), by_assessor in self.cells.items():
            left = [(score, counts[assessor]) for assessor, score in by_assessor.items() if counts.get(assessor)]
            if not left:
                return None
            found[key][n] = joined.of(left)
        return {key: tuple(scores) for key, scores in found.items()}

    def all_once(self) -> dict[str, int]:
        """Return every assessor counted once."""
        return dict.fromkeys(self.assessors, 1)


_FAULTS = {
    ScoreFault.NOT_EXACT: InputFault.SCORE_NOT_EXACT,
    ScoreFault.OUTSIDE: InputFault.SCORE_OUTSIDE,
    ScoreFault.OFF_STEP: InputFault.SCORE_OFF_STEP,
}


def _check(criterion: Criterion, bid: Bid, score: Exact, where: str) -> None:
    if criterion.key in bid.assignments:
        reason = say("{criterion} of {bid} is counted in months and judged by nobody.", criterion=criterion.label, bid=bid.name)  # fmt: skip
        raise InputError(InputFault.UNKNOWN_CRITERION, reason, field=where, value=score)
    problem = score_problem(criterion.scale, score)
    if problem:
        raise InputError(_FAULTS[problem.fault], problem.reason, field=where, value=score)

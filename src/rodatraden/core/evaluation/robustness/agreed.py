"""B5: how well the assessors agree, on each criterion over the bids, on each bid over the criteria, and on all together.

Over the criteria of one bid scores are compared as shares of their scales, and no order is told: which criterion gave a bid
the most says nothing of agreement. All together is the sum of points, with the order in which each assessor sets the bids.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core.assessment.agreement import SEED, Agreement, Kind, agreement
from rodatraden.core.evaluation.robustness.result import told
from rodatraden.core.exact import Exact, as_fraction
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rodatraden.core.evaluation.robustness.again import Again
    from rodatraden.core.evaluation.robustness.individual import Panel

WITHOUT_ORDER = (Kind.ICC, Kind.ALPHA)


@dataclass(frozen=True, slots=True)
class Agreed:
    """`value` is the agreement on the sum of points; by criterion and by bid on single scores."""

    value: Agreement
    by_criterion: Mapping[str, Agreement]
    by_bid: Mapping[str, Agreement]
    sentences: tuple[Message, ...]


def agreed(again: Again, panel: Panel, *, seed: int = SEED) -> Agreed:
    """Return how well the assessors agree."""
    keys, numbers = sorted({key for key, _n in panel.cells}), sorted({n for _key, n in panel.cells})

    def score(key: str, n: int, assessor: str) -> Exact | None:
        return panel.cells.get((key, n), {}).get(assessor)

    def share(key: str, n: int, assessor: str) -> Exact | None:
        found, scale = score(key, n, assessor), again.model.criteria[n].scale
        return None if found is None else (as_fraction(found) - as_fraction(scale.lowest)) / scale.width

    def together(key: str, assessor: str) -> Exact | None:
        points = [score(key, n, assessor) for n in numbers if (key, n) in panel.cells]
        given = [as_fraction(each) for each in points if each is not None]
        if len(given) < len(points):
            return None
        minded = [n for n in numbers if (key, n) in panel.cells]
        return sum((again.points(n, each) for n, each in zip(minded, given, strict=True)), as_fraction(0))

    people = panel.assessors
    value = agreement([[together(key, each) for each in people] for key in keys], seed=seed)
    by_criterion = {
        again.keys[n]: agreement([[score(key, n, each) for each in people] for key in keys], seed=seed) for n in numbers
    }
    by_bid = {
        key: agreement([[share(key, n, each) for each in people] for n in numbers], kinds=WITHOUT_ORDER, seed=seed)
        for key in keys
    }
    scope = say("On the sum of points of {n} bids judged by {assessors} assessors:", n=len(keys), assessors=len(people))
    return Agreed(value, by_criterion, by_bid, told(scope, *value.sentences))

"""A made-up tender computed exactly: what the simulation found is shown only where the engine says the same."""

from __future__ import annotations

from dataclasses import replace
from string import ascii_uppercase
from typing import TYPE_CHECKING

import numpy as np

from rodatraden.core.evaluation.bids import Bid, InputError
from rodatraden.core.evaluation.lint.remark import Field
from rodatraden.core.evaluation.outcome import evaluate
from rodatraden.core.evaluation.price import Price
from rodatraden.core.evaluation.stress.tenders import ore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rodatraden.core.evaluation.model import Model
    from rodatraden.core.evaluation.stress.scoring import Scoring
    from rodatraden.core.evaluation.stress.tenders import Bools, Tenders

TRIES = 25
"""How many cases that the simulation found are computed exactly before it is said that there is no example."""


def bare(model: Model) -> Model:
    """Return the model with one price in place of lines and currencies: a made-up tender draws the compared price."""
    return replace(model, price=Price(unit=model.price.unit, currency=model.price.currency))


def bids_of(scoring: Scoring, tenders: Tenders, column: int) -> dict[int, Bid]:
    """Return the bids of one tender by row, named A, B, C in the order of their rows; all are qualified."""
    found: dict[int, Bid] = {}
    for row in np.flatnonzero(tenders.present[:, column]):
        name = ascii_uppercase[len(found)]
        scores = {
            ladder.key: ladder.scores[int(tenders.rungs[n, row, column])] for n, ladder in enumerate(scoring.ladders)
        }
        price = ore(float(tenders.prices[row, column])) if scoring.model.combination.needs_price else None
        found[int(row)] = Bid(name, name, price, scores)
    return found


def computed(model: Model, *bids: Bid) -> Field | None:
    """Return the bids as the engine computes them; None where the model says nothing of them."""
    single = bare(model)
    try:
        return Field(single, bids, evaluate(single, bids))
    except InputError:
        return None


def first_of(found: Field | None) -> str | None:
    """Return the key of the bid in first place, if there is one."""
    return None if found is None else found.outcome.value.winner


def smallest(tenders: Tenders, hits: Bools) -> Iterator[int]:
    """Return the columns of some hits (M,), those with the fewest bids first."""
    columns = np.flatnonzero(hits)
    order = np.argsort(tenders.present[:, columns].sum(axis=0), kind="stable")
    yield from (int(column) for column in columns[order[:TRIES]])


def shown(tenders: Tenders, hits: Bools, of: Callable[[int], tuple[Field, ...] | None]) -> tuple[Field, ...] | None:
    """Return the smallest hit that the engine confirms, as `of` gives it for a column; None when there is none."""
    return next((tried for tried in map(of, smallest(tenders, hits)) if tried), None)

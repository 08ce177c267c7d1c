"""A piece of the simulation: so many tenders as fit in the processor's cache, so that memory never grows with their number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.random import Generator

    from rodatraden.core.evaluation.stress.market import Market
    from rodatraden.core.evaluation.stress.scoring import Firsts, Scoring
    from rodatraden.core.evaluation.stress.tenders import Tenders

SIZE = 16_384
"""Tenders in one batch. It is part of what a start value means: another size draws other tenders."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Drawn tenders with who is first; `seed` and `number` say which batch it is."""

    scoring: Scoring
    tenders: Tenders
    firsts: Firsts
    seed: int
    number: int

    def chance(self, test: str) -> Generator:
        """Return the chance of a test that draws more than the tenders, whatever other tests have drawn."""
        return np.random.default_rng([self.seed, self.number, *test.encode()])


def drawn(scoring: Scoring, market: Market, n: int, seed: int, number: int) -> Batch:
    """Return batch `number` of a simulation, `n` tenders; the same numbers give the same batch again.

    Another version of numpy, or another kind of processor, may draw a few tenders otherwise.
    """
    tenders = market.draw(scoring, n, np.random.default_rng([seed, number]))
    return Batch(scoring, tenders, scoring.firsts(tenders), seed, number)

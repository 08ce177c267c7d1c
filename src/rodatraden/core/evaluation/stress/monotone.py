"""A7, properties that a model should have, tried on made-up tenders. A breach comes with bids that the engine confirms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from rodatraden.core.evaluation.stress.example import bids_of, computed, first_of, shown
from rodatraden.core.evaluation.stress.scoring import HAIR
from rodatraden.core.evaluation.stress.share import Share
from rodatraden.core.exact import as_fraction

if TYPE_CHECKING:
    from rodatraden.core.evaluation.lint.remark import Field
    from rodatraden.core.evaluation.stress.batch import Batch
    from rodatraden.core.evaluation.stress.scoring import Scoring
    from rodatraden.core.evaluation.stress.tenders import Bools, Tenders

TRIED = 1_024


class Property(StrEnum):
    """What is asked of a model."""

    HIGHER_SCORE_NEVER_HURTS = "higher_score_never_hurts"
    NO_DOMINATED_WINNER = "no_dominated_winner"
    ORDER_OF_BIDS = "order_of_bids"


@dataclass(frozen=True, slots=True)
class Held:
    """How often a property was broken, and the smallest tender that shows it."""

    asked: Property
    broken: Share
    example: tuple[Field, ...] | None = None

    def to_json(self) -> dict[str, object]:
        """Return the property and the count."""
        return {"property": self.asked.value, "broken": self.broken.to_json()}


def held(batch: Batch) -> tuple[Held, ...]:
    """Return the properties, tried in the first tenders of a batch. That a lower price pays is A6."""
    some = np.arange(min(batch.tenders.n, TRIED))
    tenders = batch.tenders.of(some)
    return _scores(batch.scoring, tenders), _dominated(batch.scoring, tenders), _order(batch.scoring, tenders)


def _scores(scoring: Scoring, tenders: Tenders) -> Held:
    """Raise the score of the first bid by one rung on each criterion in turn."""
    before = scoring.firsts(tenders)
    broken, of = np.zeros(tenders.n, np.bool_), 0
    example: tuple[Field, ...] | None = None
    for n, ladder in enumerate(scoring.ladders):
        can = (tenders.rungs[n, 0] < ladder.last) & before.passed[0] & ~np.isnan(before.costs[0])
        rungs = tenders.rungs.copy()
        rungs[n, 0] += can.astype(rungs.dtype)
        raised = replace(tenders, rungs=rungs)
        after = scoring.firsts(raised)
        worse = after.costs[0] > before.costs[0] + HAIR * np.maximum(np.abs(before.costs[0]), 1)
        worse &= can
        of += int(can.sum())
        if example is None and worse.any():
            example = _raised_example(scoring, tenders, raised, worse)
        broken |= worse
    return Held(Property.HIGHER_SCORE_NEVER_HURTS, Share(int(broken.sum()), of), example)


def _raised_example(scoring: Scoring, tenders: Tenders, raised: Tenders, worse: Bools) -> tuple[Field, ...] | None:
    sign = 1 if scoring.model.combination.best.value == "lowest" else -1

    def of(column: int) -> tuple[Field, ...] | None:
        tried = [computed(scoring.model, *bids_of(scoring, each, column).values()) for each in (tenders, raised)]
        if tried[0] is None or tried[1] is None:
            return None
        low, high = (next(each.value for each in field.outcome.results if each.key == "A") for field in tried if field)
        is_worse = low is not None and (high is None or sign * (as_fraction(high) - as_fraction(low)) > 0)
        return (tried[0], tried[1]) if is_worse else None

    return shown(tenders, worse, of)


def _dominated(scoring: Scoring, tenders: Tenders) -> Held:
    """Look for a winner that another bid beats on price and on every criterion."""
    firsts = scoring.firsts(tenders)
    own = np.arange(tenders.n_bids)[:, None] == firsts.winner
    prices = firsts.of_winner(tenders.prices)
    better = ~own & firsts.passed & (tenders.prices < prices)
    for rungs, ladder in zip(tenders.rungs, scoring.ladders, strict=True):
        sign = 1 if ladder.points[-1] >= ladder.points[0] else -1
        better &= sign * rungs.astype(np.int32) >= sign * firsts.of_winner(rungs).astype(np.int32)
    if not scoring.model.combination.needs_price:
        better = np.zeros_like(better)
    beaten = better.any(axis=0) & firsts.decided

    def of(column: int) -> tuple[Field, ...] | None:
        bids = bids_of(scoring, tenders, column)
        found = computed(scoring.model, *bids.values())
        winner = int(firsts.winner[column])
        return (found,) if found is not None and first_of(found) == bids[winner].key else None

    example = shown(tenders, beaten, of) if beaten.any() else None
    return Held(Property.NO_DOMINATED_WINNER, Share(int(beaten.sum()), int(firsts.decided.sum())), example)


def _order(scoring: Scoring, tenders: Tenders) -> Held:
    """Turn the order of the bids round."""
    qualified = None if tenders.qualified is None else tenders.qualified[::-1]
    turned = replace(
        tenders,
        prices=tenders.prices[::-1],
        rungs=tenders.rungs[:, ::-1],
        present=tenders.present[::-1],
        qualified=qualified,
    )
    before, after = scoring.firsts(tenders), scoring.firsts(turned)
    same = np.where(before.decided, tenders.n_bids - 1 - after.winner == before.winner, before.winner == after.winner)
    return Held(Property.ORDER_OF_BIDS, Share(int((~same).sum()), tenders.n))

"""A3, A4 and A5: whether a bid that does not win decides who does. In an absolute model none ever can (INV-11)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from rodatraden.core.evaluation.reference import ReferenceSet
from rodatraden.core.evaluation.stress.example import bids_of, computed, first_of, shown
from rodatraden.core.evaluation.stress.scoring import Scoring
from rodatraden.core.evaluation.stress.share import Share
from rodatraden.core.evaluation.stress.tenders import stepped

if TYPE_CHECKING:
    from rodatraden.core.evaluation.lint.remark import Field
    from rodatraden.core.evaluation.stress.batch import Batch
    from rodatraden.core.evaluation.stress.scoring import Firsts
    from rodatraden.core.evaluation.stress.tenders import Bools, Tenders

COVER_PRICES = tuple(
    Decimal(each) for each in ("0.4", "0.6", "0.8", "1", "1.2", "1.4", "1.6", "1.8", "2", "2.5", "3", "4")
)
COVER_QUALITIES = tuple(Decimal(each) for each in ("0", "0.2", "0.4", "0.6", "0.8", "1"))
"""The cover bids that are tried: parts of the middle price, and parts of the way up every scale. Source: A5."""
COVERED = 2_048
"""Tenders of the first batch that cover bids are tried in. Source: policy."""


@dataclass(frozen=True, slots=True)
class Flip:
    """How often the winner changes, and the smallest made-up tender in which the engine says the same."""

    share: Share
    example: tuple[Field, ...] | None = None

    def to_json(self) -> dict[str, object]:
        """Return the share; the example is for people."""
        return self.share.to_json()


class DroppedCounter:
    """A3: how often another bid wins when one that lost had never come."""

    def __init__(self) -> None:
        self.count = self.of = 0
        self.example: tuple[Field, ...] | None = None

    def add(self, batch: Batch) -> None:
        """Drop each loser in turn."""
        scoring, tenders, firsts = batch.scoring, batch.tenders, batch.firsts
        decided = firsts.decided & (tenders.present.sum(axis=0) > 1)
        self.of += int(decided.sum())
        flipped = np.zeros(tenders.n, np.bool_)
        for row in range(tenders.n_bids):
            less = tenders.without(row)
            again = scoring.ranked(less, firsts.points, firsts.passed & less.present)
            changed = _changed(firsts, again) & decided & (firsts.winner != row) & tenders.present[row]
            if self.example is None and changed.any():
                self.example = shown(tenders, changed, partial(_pair, scoring, tenders, row=row))
            flipped |= changed
        self.count += int(flipped.sum())

    def result(self) -> Flip:
        """Return the share of tenders in which some loser decides."""
        return Flip(Share(self.count, self.of), self.example)


class OutCounter:
    """A4: how often a bid that is thrown out decides, by the set that references are taken from.

    One bid is not qualified in each tender, and those below the gate are out too; the tender is compared with the one in
    which none of them had come.
    """

    def __init__(self, scoring: Scoring) -> None:
        self.by_set = {each: Scoring(replace(scoring.model, reference_set=each)) for each in ReferenceSet}
        self.counts = dict.fromkeys(ReferenceSet, 0)
        self.of = 0

    def add(self, batch: Batch) -> None:
        """Throw one bid out of each tender."""
        tenders = batch.tenders
        bids = tenders.present.sum(axis=0)
        out = batch.chance("thrown_out").integers(np.maximum(bids, 1))
        rank = np.cumsum(tenders.present, axis=0) - 1
        qualified = tenders.present & (rank != out)
        thrown = replace(tenders, qualified=qualified)
        self.of += int((bids > 1).sum())
        for each, scoring in self.by_set.items():
            points, passed = scoring.judged(thrown)
            with_them = scoring.ranked(thrown, points, passed)
            never = scoring.ranked(replace(tenders, present=passed), points, passed)
            self.counts[each] += int((_changed(with_them, never) & (bids > 1)).sum())

    def result(self) -> dict[ReferenceSet, Share]:
        """Return the share of tenders in which they decide, by set."""
        return {each: Share(count, self.of) for each, count in self.counts.items()}


@dataclass(frozen=True, slots=True)
class Cover:
    """The cover bid that changes the winner most often: its price in parts of the middle price, its quality of the scale."""

    flip: Flip
    price: Decimal | None = None
    quality: Decimal | None = None

    def to_json(self) -> dict[str, object]:
        """Return the share and the bid."""
        return {**self.flip.to_json(), "price": self.price, "quality": self.quality}


def cover(batch: Batch) -> Cover:
    """A5: return the worst of a grid of bids that come only to lose, tried in the first tenders of a batch."""
    scoring, some = batch.scoring, np.arange(min(batch.tenders.n, COVERED))
    tenders = batch.tenders.of(some)
    decided = int((scoring.firsts(tenders).decided).sum())
    if not scoring.model.is_relative:
        return Cover(Flip(Share(0, decided)))
    firsts = scoring.firsts(tenders)
    worst, hits, bid = 0, np.zeros(tenders.n, np.bool_), (COVER_PRICES[0], COVER_QUALITIES[0])
    for price in COVER_PRICES:
        for quality in COVER_QUALITIES:
            again = scoring.firsts(_covered(scoring, tenders, price, quality))
            changed = _changed(firsts, again) & (again.winner != tenders.n_bids)
            if (count := int(changed.sum())) > worst:
                worst, hits, bid = count, changed, (price, quality)
    if not worst:
        return Cover(Flip(Share(0, decided)))
    more = _covered(scoring, tenders, *bid)
    example = shown(more, hits, partial(_pair, scoring, more, row=tenders.n_bids))
    return Cover(Flip(Share(worst, decided), example and example[::-1]), *bid)


def _covered(scoring: Scoring, tenders: Tenders, price: Decimal, quality: Decimal) -> Tenders:
    n = np.maximum(tenders.present.sum(axis=0), 1)
    middle = np.where(tenders.present, tenders.prices, 0).sum(axis=0) / n
    rungs = np.array([round(ladder.last * quality) for ladder in scoring.ladders], tenders.rungs.dtype)
    return tenders.and_one(stepped(middle * float(price), 1.0), rungs)


def _changed(before: Firsts, after: Firsts) -> Bools:
    """Return where one winner has given way to another."""
    return np.asarray(before.decided & after.decided & (before.winner != after.winner))


def _pair(scoring: Scoring, tenders: Tenders, column: int, row: int) -> tuple[Field, ...] | None:
    """Return a tender with and without the bid of a row, when the engine too says that another bid wins then."""
    bids = bids_of(scoring, tenders, column)
    dropped = bids.pop(row)
    every, less = (computed(scoring.model, *some) for some in ((*bids.values(), dropped), bids.values()))
    winners = first_of(every), first_of(less)
    if every is None or less is None or None in winners or winners[0] == winners[1] or winners[0] == dropped.key:
        return None
    return every, less

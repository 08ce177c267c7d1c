"""A9, ties: how often values are level, how often the published rule leaves it so, and how small the margins are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rodatraden.core.evaluation.stress.scoring import TIE, UNDEFINED
from rodatraden.core.evaluation.stress.share import Share

if TYPE_CHECKING:
    from rodatraden.core.evaluation.stress.batch import Batch


@dataclass(frozen=True, slots=True)
class Ties:
    """`level`: the best value was shared. `undecided`: also after the tie rule. `undefined`: the formula gave no value.

    `within_a_point`: with one point less another bid, or nobody, would have been first.
    """

    level: Share
    undecided: Share
    undefined: Share
    within_a_point: Share

    def to_json(self) -> dict[str, object]:
        """Return the shares."""
        return {
            "level": self.level.to_json(),
            "undecided": self.undecided.to_json(),
            "undefined": self.undefined.to_json(),
            "within_a_point": self.within_a_point.to_json(),
        }


class TieCounter:
    """Counts ties and small margins."""

    def __init__(self) -> None:
        self.n = self.decided = 0
        self.level = self.undecided = self.undefined = self.within = 0

    def add(self, batch: Batch) -> None:
        """Count a batch."""
        tenders, firsts = batch.tenders, batch.firsts
        self.n += tenders.n
        self.level += int((firsts.level > 1).sum())
        self.undecided += int((firsts.winner == TIE).sum())
        self.undefined += int((firsts.winner == UNDEFINED).sum())
        several = firsts.decided & (firsts.passed.sum(axis=0) > 1)
        own = np.arange(tenders.n_bids)[:, None] == firsts.winner
        again = batch.scoring.ranked(tenders, firsts.points - own, firsts.passed)
        self.decided += int(several.sum())
        self.within += int((several & (again.winner != firsts.winner)).sum())

    def result(self) -> Ties:
        """Return the shares."""
        return Ties(
            Share(self.level, self.n),
            Share(self.undecided, self.n),
            Share(self.undefined, self.n),
            Share(self.within, self.decided),
        )

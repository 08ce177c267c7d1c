"""A8, the gate: how often it decides, and how often it leaves one bid or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.stress.share import Share

if TYPE_CHECKING:
    from rodatraden.core.evaluation.stress.batch import Batch
    from rodatraden.core.evaluation.stress.scoring import Scoring


@dataclass(frozen=True, slots=True)
class Gates:
    """`changes`: another bid would have won without the gates. `just_below`: bids that one step more would have let through.

    `lone` and `nobody` are tenders in which the gates leave one bid of several, or none of at least one.
    """

    changes: Share
    nobody: Share
    lone: Share
    just_below: Share

    def to_json(self) -> dict[str, object]:
        """Return the shares."""
        return {
            "changes": self.changes.to_json(),
            "nobody": self.nobody.to_json(),
            "lone": self.lone.to_json(),
            "just_below": self.just_below.to_json(),
        }


class GateCounter:
    """Counts with and without the gates of a model that has some."""

    def __init__(self, scoring: Scoring) -> None:
        self.scoring = scoring
        self.n = self.several = self.bids = 0
        self.changes = self.nobody = self.lone = self.just_below = 0

    def add(self, batch: Batch) -> None:
        """Count a batch."""
        scoring, tenders, firsts = self.scoring, batch.tenders, batch.firsts
        free = scoring.firsts(tenders, gated=False)
        left, came = firsts.passed.sum(axis=0), tenders.present.sum(axis=0)
        self.n += tenders.n
        self.several += int((came > 1).sum())
        self.bids += int(came.sum())
        self.changes += int((free.decided & (free.winner != firsts.winner)).sum())
        self.nobody += int((left == 0).sum())
        self.lone += int(((left == 1) & (came > 1)).sum())
        self.just_below += int((scoring.almost(tenders) & ~firsts.passed & tenders.present).sum())

    def result(self) -> Gates:
        """Return the shares."""
        return Gates(
            Share(self.changes, self.n),
            Share(self.nobody, self.n),
            Share(self.lone, self.several),
            Share(self.just_below, self.bids),
        )

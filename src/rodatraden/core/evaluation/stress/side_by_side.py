"""Two models on the same made-up tenders: how often they choose different bids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.core.evaluation.findings import findings, stops
from rodatraden.core.evaluation.stress.batch import SIZE, drawn
from rodatraden.core.evaluation.stress.report import USUAL, StressError
from rodatraden.core.evaluation.stress.scoring import Scoring
from rodatraden.core.evaluation.stress.share import Share

if TYPE_CHECKING:
    from rodatraden.core.evaluation.model import Model
    from rodatraden.core.evaluation.stress.market import Market


def another_winner(model: Model, other: Model, market: Market, *, tenders: int = USUAL, seed: int) -> Share:
    """Return how often two models with the same criteria choose different bids, of the tenders that both decide.

    The tenders are those of `stress` with the same market and start value.

    Raises:
        StressError: one of the models can't be used.
        ValueError: their criteria differ, so that they would not meet the same tenders.
    """
    for each in (model, other):
        for finding in stops(findings(each)):
            raise StressError(finding.text)
    if model.criteria != other.criteria:
        msg = "the two models have different criteria"
        raise ValueError(msg)
    one, two = Scoring(model), Scoring(other)
    count = of = 0
    for number, start in enumerate(range(0, tenders, SIZE)):
        batch = drawn(one, market, min(SIZE, tenders - start), seed, number)
        again = two.firsts(batch.tenders)
        both = batch.firsts.decided & again.decided
        of += int(both.sum())
        count += int((both & (batch.firsts.winner != again.winner)).sum())
    return Share(count, of)

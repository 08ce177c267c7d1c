"""Lots: each is evaluated on its own, in the published order, and a bidder may win at most as many as was published.

A limit never changes a ranking: a lot whose first bidder has its number already goes to the next in rank, if one bid is. A
lot that stops at a tie stops those after it too, since who may still win depends on it. Source: LOU 4 kap. 13-16 §§.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.bids import InputError
from rodatraden.core.evaluation.outcome import Status, evaluate
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rodatraden.core.evaluation.bids import Bid
    from rodatraden.core.evaluation.model import Model
    from rodatraden.core.evaluation.outcome import BidResult, Outcome


@dataclass(frozen=True, slots=True)
class Lot:
    """A part of the procurement with its bids; the key of a bid is the bidder, the same in every lot."""

    key: str
    label: str
    model: Model
    bids: tuple[Bid, ...]


@dataclass(frozen=True, slots=True)
class LotOutcome:
    """Who wins a lot; None stops the decision. `steps` say who was passed over and why, or what is waited for."""

    key: str
    label: str
    outcome: Outcome
    winner: str | None
    steps: tuple[Message, ...] = ()


def evaluate_lots(lots: Sequence[Lot], most_per_bidder: int | None = None) -> tuple[LotOutcome, ...]:
    """Return the outcome of each lot, in the order given, which is the published one when there is a limit.

    Raises:
        InputError: a model can't be used, or a bid can't be counted.
    """
    won: Counter[str] = Counter()
    waits_for: str | None = None
    outcomes = []
    for lot in lots:
        outcome = _outcome(lot)
        if waits_for is not None:
            waiting = (say("Waits for {lot}: who may still win depends on it.", lot=waits_for),)
            outcomes.append(LotOutcome(lot.key, lot.label, outcome, None, waiting))
            continue
        first, steps = _first(outcome, won, most_per_bidder)
        winner = first[0] if len(first) == 1 else None
        if winner is not None:
            won[winner] += 1
        elif first and most_per_bidder is not None:
            waits_for = lot.label
        outcomes.append(LotOutcome(lot.key, lot.label, outcome, winner, steps))
    return tuple(outcomes)


def _outcome(lot: Lot) -> Outcome:
    try:
        return evaluate(lot.model, lot.bids)
    except InputError as error:
        error.lot = lot.key
        raise


def _first(outcome: Outcome, won: Mapping[str, int], most: int | None) -> tuple[tuple[str, ...], tuple[Message, ...]]:
    """Return who stands first of those who may still win a lot, and who was passed over before them."""
    if most is None:
        return outcome.value.keys, ()
    ranked = [result for result in outcome.results if result.status is Status.RANKED]
    free = [result for result in ranked if won.get(result.key, 0) < most]
    steps = tuple(_passed_over(result, most) for result in ranked if _before(result, free))
    return tuple(result.key for result in free if result.place == free[0].place), steps


def _before(result: BidResult, free: Sequence[BidResult]) -> bool:
    """Return whether a bid that has its number stands no lower than the first that has not."""
    return result not in free and (not free or (result.place or 0) <= (free[0].place or 0))


def _passed_over(result: BidResult, most: int) -> Message:
    return say("{name} is passed over: it has already won as many lots as one bidder may win ({most}).", name=result.name, most=most)  # fmt: skip

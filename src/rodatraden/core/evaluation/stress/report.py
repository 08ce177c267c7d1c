"""The whole report: a model, a market, a number of tenders and a start value; the same four always give the same report."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from rodatraden.core.canonical import canonical_hash
from rodatraden.core.evaluation.findings import findings, stops
from rodatraden.core.evaluation.lint.market import middle_price
from rodatraden.core.evaluation.stress.batch import SIZE, drawn
from rodatraden.core.evaluation.stress.budget import spending
from rodatraden.core.evaluation.stress.disagreement import disagreement
from rodatraden.core.evaluation.stress.gates import GateCounter
from rodatraden.core.evaluation.stress.market import Parametric
from rodatraden.core.evaluation.stress.monotone import held
from rodatraden.core.evaluation.stress.own_price import own_price
from rodatraden.core.evaluation.stress.power import power
from rodatraden.core.evaluation.stress.scoring import Scoring
from rodatraden.core.evaluation.stress.sensitivity import sensitivity
from rodatraden.core.evaluation.stress.third_bid import DroppedCounter, OutCounter, cover
from rodatraden.core.evaluation.stress.ties import TieCounter
from rodatraden.core.evaluation.stress.win_map import WinMapCounter
from rodatraden.core.evaluation.stress.worth import worth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rodatraden.core.evaluation.bids import Bid
    from rodatraden.core.evaluation.model import Model
    from rodatraden.core.evaluation.reference import ReferenceSet
    from rodatraden.core.evaluation.stress.batch import Batch
    from rodatraden.core.evaluation.stress.budget import Budget, Spending
    from rodatraden.core.evaluation.stress.disagreement import Disagreement
    from rodatraden.core.evaluation.stress.gates import Gates
    from rodatraden.core.evaluation.stress.market import Market
    from rodatraden.core.evaluation.stress.monotone import Held
    from rodatraden.core.evaluation.stress.own_price import OwnPrice
    from rodatraden.core.evaluation.stress.power import Power
    from rodatraden.core.evaluation.stress.quantiles import Spread
    from rodatraden.core.evaluation.stress.sensitivity import Rate
    from rodatraden.core.evaluation.stress.share import Share
    from rodatraden.core.evaluation.stress.third_bid import Cover, Flip
    from rodatraden.core.evaluation.stress.ties import Ties
    from rodatraden.core.evaluation.stress.win_map import WinMap
    from rodatraden.core.message import Message

FORMAT = 1
FEWEST, USUAL, MOST = 100, 10_000, 10_000_000
"""Tenders in a simulation. At 10,000 no share is further than a percentage point from what endless tries would give."""
SEED = 20260316


class StressError(ValueError):
    """The model can't be tested; `reason` says why."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Report:
    """What the model did with the tenders. A part that a model has no use for is None or empty: no gates, no rate, no prices."""

    model_hash: str
    market: Market
    tenders: int
    seed: int
    budget: Budget | None
    win_map: WinMap
    worth: Spread
    dropped: Flip
    thrown_out: dict[ReferenceSet, Share]
    cover: Cover
    own_price: OwnPrice | None
    properties: tuple[Held, ...]
    gates: Gates | None
    ties: Ties
    disagreement: Disagreement | None
    power: tuple[Power, ...]
    rates: tuple[Rate, ...]
    spending: Spending | None

    def to_json(self) -> dict[str, object]:
        """Return every assumption and figure; examples are for people."""
        return {
            "format": FORMAT,
            "model": self.model_hash,
            "market": self.market.to_json(),
            "tenders": self.tenders,
            "seed": self.seed,
            "budget": self.budget and self.budget.to_json(),
            "win_map": self.win_map.to_json(),
            "worth": self.worth.to_json(),
            "dropped": self.dropped.to_json(),
            "thrown_out": {each.value: share.to_json() for each, share in self.thrown_out.items()},
            "cover": self.cover.to_json(),
            "own_price": self.own_price and self.own_price.to_json(),
            "properties": [each.to_json() for each in self.properties],
            "gates": self.gates and self.gates.to_json(),
            "ties": self.ties.to_json(),
            "disagreement": self.disagreement and self.disagreement.to_json(),
            "power": [each.to_json() for each in self.power],
            "rates": [each.to_json() for each in self.rates],
            "spending": self.spending and self.spending.to_json(),
        }

    @property
    def hash(self) -> str:
        """Return the SHA-256 of the report."""
        return canonical_hash(self.to_json())


class Counter(Protocol):
    """What counts over all batches."""

    def add(self, batch: Batch) -> None:
        """Count a batch."""


def around(model: Model, bids: Iterable[Bid] = ()) -> Parametric:
    """Return the market to start from: prices around those that the model names, else around the bids given."""
    price = Decimal(round(middle_price(model, bids)))
    return Parametric(price, price_step=usual_step(price))


def usual_step(price: Decimal) -> Decimal:
    """Return the step in which bidders state prices of this size: whole kronor, or the fourth figure of larger ones."""
    return Decimal(10) ** max(0, price.adjusted() - 3)


def stress(
    model: Model,
    market: Market,
    *,
    tenders: int = USUAL,
    seed: int = SEED,
    budget: Budget | None = None,
    progress: Callable[[int], bool] | None = None,
) -> Report | None:
    """Return the report of a model on a market.

    `progress` is told after each batch how many tenders are done; when it answers False the simulation stops, and the answer
    is None.

    Raises:
        StressError: the model can't be used.
    """
    for finding in stops(findings(model)):
        raise StressError(finding.text)
    scoring = Scoring(model)
    first = drawn(scoring, market, min(SIZE, tenders), seed, 0)
    win_map, dropped, thrown_out, ties = (
        WinMapCounter(scoring, first),
        DroppedCounter(),
        OutCounter(scoring),
        TieCounter(),
    )
    gates = GateCounter(scoring) if model.gates else None
    counters: list[Counter] = [win_map, dropped, ties, thrown_out, *([gates] if gates else [])]
    for number, start in enumerate(range(0, tenders, SIZE)):
        batch = first if number == 0 else drawn(scoring, market, min(SIZE, tenders - start), seed, number)
        for counter in counters:
            counter.add(batch)
        if progress is not None and not progress(min(start + SIZE, tenders)):
            return None
    return Report(
        model_hash=model.hash,
        market=market,
        tenders=tenders,
        seed=seed,
        budget=budget,
        win_map=win_map.result(),
        worth=worth(first),
        dropped=dropped.result(),
        thrown_out=thrown_out.result(),
        cover=cover(first),
        own_price=own_price(first),
        properties=held(first),
        gates=None if gates is None else gates.result(),
        ties=ties.result(),
        disagreement=disagreement(first),
        power=power(first),
        rates=sensitivity(first),
        spending=spending(first, budget),
    )

"""Markets that tenders are drawn from: assumptions that are stated, stored with the result and changed by whoever tests.

A market is never knowledge. What it leaves out (why bids differ, who stays away, who talks to whom) stays out of the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import exp, factorial, log, sqrt
from typing import TYPE_CHECKING

import numpy as np

from rodatraden.core.evaluation.reading import (
    ModelError,
    read_above_zero,
    read_flag,
    read_list,
    read_number,
    read_object,
    read_whole,
    written,
)
from rodatraden.core.evaluation.stress.tenders import Tenders, rung_type, stepped
from rodatraden.core.exact import as_fraction
from rodatraden.core.message import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from fractions import Fraction

    from numpy.random import Generator

    from rodatraden.core.assessment import Scale
    from rodatraden.core.evaluation.criteria import Criterion
    from rodatraden.core.evaluation.stress.scoring import Scoring
    from rodatraden.core.evaluation.stress.tenders import Bools, Floats, Ladder
    from rodatraden.core.exact import Exact

MOST_BIDS = 20
FEWEST, MOST = 1, 8
HUNDRED = 100
ORE, FINE = Decimal("0.01"), Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Parametric:
    """Bids drawn from distributions.

    The number of bids is Poisson around `bids`, cut at `fewest` and `most`. Prices are lognormal around `price`, with
    `price_spread` per cent, in whole `price_step`s. The points of a bid lie around `quality` per cent of the way from the
    fewest to the most, with `quality_spread` of those per cent, and follow the price by `correlation`; `likeness` is how much
    its criteria follow each other. Defaults: the market of reference/evaluation.md section 1.1, which is invented.
    """

    price: Decimal
    price_spread: Decimal = Decimal(15)
    price_step: Decimal = Decimal(1)
    bids: Decimal = Decimal(4)
    fewest: int = FEWEST
    most: int = MOST
    quality: Decimal = Decimal(70)
    quality_spread: Decimal = Decimal("12.5")
    correlation: Decimal = Decimal("0.4")
    likeness: Decimal = Decimal("0.5")

    kind = "parametric"

    @classmethod
    def from_json(cls, value: object, field: str = "market") -> Parametric:
        """Read the assumptions; those left out have their defaults.

        Raises:
            ModelError: one is missing, unknown, of the wrong kind or outside its limits.
        """
        names = [name for name in cls.__slots__ if name != "price"]
        found = read_object(value, field, ("kind", "price"), names)
        given: dict[str, Decimal] = {
            name: read_number(found[name], f"{field}.{name}")
            for name in names
            if name in found and name not in {"fewest", "most"}
        }
        fewest = read_whole(found.get("fewest", FEWEST), f"{field}.fewest", 1, MOST_BIDS)
        most = read_whole(found.get("most", max(MOST, fewest)), f"{field}.most", fewest, MOST_BIDS)
        market = cls(price=read_above_zero(found["price"], f"{field}.price"), fewest=fewest, most=most, **given)
        for name, (low, high) in LIMITS.items():
            number = getattr(market, name)
            if not low <= number <= high:
                reason = say("This must be from {low} to {high}.", low=low, high=high)
                raise ModelError(f"{field}.{name}", number, reason)
        return market

    def to_json(self) -> dict[str, object]:
        """Return the assumptions."""
        return {"kind": self.kind, **{name: getattr(self, name) for name in self.__slots__}}

    def draw(self, scoring: Scoring, n: int, chance: Generator) -> Tenders:
        """Return `n` tenders; the same chance gives the same ones."""
        n_bids = chance.choice(np.arange(self.fewest, self.most + 1), n, p=self._of_bids())
        rows = int(n_bids.max(initial=1))
        present: Bools = np.arange(rows)[:, None] < n_bids
        ladders = scoring.ladders
        latent = self._latent(ladders, (rows, n), chance)
        together = np.tensordot(_weights(ladders), latent, 1) / _spread(ladders, float(self.likeness))
        own = chance.standard_normal((rows, n))
        follows = float(self.correlation)
        prices = self._prices(follows * together + sqrt(1 - follows**2) * own)
        return Tenders(prices, self._rungs(latent, ladders), present)

    def prices(self, n_bids: int, n: int, chance: Generator) -> Floats:
        """Return prices of so many bids in `n` tenders (B, M), whatever their points."""
        return self._prices(chance.standard_normal((n_bids, n)))

    def _prices(self, noise: Floats) -> Floats:
        """Return the prices that lie so many standard deviations from the middle, in whole steps."""
        sigma = log(1 + float(self.price_spread) / HUNDRED)
        return stepped(float(self.price) * np.exp(sigma * noise), float(self.price_step))

    def _of_bids(self) -> Floats:
        """Return how likely each number of bids is, from the fewest to the most."""
        mean = float(self.bids)
        each = np.array([exp(-mean) * mean**k / factorial(k) for k in range(self.fewest, self.most + 1)])
        return np.asarray(each / each.sum())

    def _latent(self, ladders: tuple[Ladder, ...], shape: tuple[int, int], chance: Generator) -> Floats:
        """Return how good each bid is on each criterion (K, B, M), in standard deviations."""
        common = sqrt(float(self.likeness))
        shared = chance.standard_normal(shape)
        own = chance.standard_normal((len(ladders), *shape))
        own *= sqrt(1 - float(self.likeness))
        own += common * shared
        return own

    def _rungs(self, latent: Floats, ladders: tuple[Ladder, ...]) -> np.ndarray[tuple[int, ...], np.dtype[np.integer]]:
        """Return the rungs nearest to what each bid is worth on each criterion."""
        kind = rung_type(ladders)
        # The spread is that of all points together; criteria that do not quite follow each other spread more, each of them.
        spread = float(self.quality_spread) / HUNDRED / _spread(ladders, float(self.likeness))
        middle = float(self.quality) / HUNDRED
        found = np.empty(latent.shape, kind)
        for n, ladder in enumerate(ladders):
            heights = (middle + spread * latent[n]) * ladder.last
            found[n] = np.rint(np.clip(heights, 0, ladder.last)).astype(kind)
        return found


LIMITS: dict[str, tuple[Decimal, Decimal]] = {
    "price_spread": (Decimal("0.1"), Decimal(200)),
    "price_step": (Decimal("0.01"), Decimal(1_000_000)),
    "bids": (Decimal("0.5"), Decimal(MOST_BIDS)),
    "quality": (Decimal(0), Decimal(100)),
    "quality_spread": (Decimal(0), Decimal(100)),
    "correlation": (Decimal(-1), Decimal(1)),
    "likeness": (Decimal(0), Decimal(1)),
}


@dataclass(frozen=True, slots=True)
class Made:
    """A bid somebody has typed or an earlier bid: its price, and how far up each ladder it comes, 0 to 100 per cent."""

    price: Decimal
    quality: tuple[Decimal, ...]

    @classmethod
    def of(cls, price: Exact, scores: Mapping[str, Exact], criteria: Iterable[Criterion]) -> Made:
        """Return a bid with these scores on `criteria`; where there are none, it is as good as a bid can be.

        The price is kept in whole öre, the quality to four decimals of a per cent, far finer than a rung.
        """
        quality = (_height(criterion.scale, scores[criterion.key]) for criterion in criteria)
        return cls(_decimal(as_fraction(price), ORE), tuple(quality) or (Decimal(HUNDRED),))


@dataclass(frozen=True, slots=True)
class Typed:
    """Typed tenders, one drawn at a time, each bid shaken: prices by `price_jitter` per cent, scores by `score_jitter` per cent.

    They are the fictitious bids of a buyer, or, when `earlier`, the bids of earlier procurements; several tenders are
    always that. `price_level` is what a price counts as now, in per cent of what was typed.
    """

    tenders: tuple[tuple[Made, ...], ...]
    price_jitter: Decimal = Decimal(5)
    score_jitter: Decimal = Decimal(5)
    price_step: Decimal = Decimal(1)
    price_level: Decimal = Decimal(HUNDRED)
    earlier: bool = False

    kind = "typed"

    @classmethod
    def from_json(cls, value: object, field: str = "market") -> Typed:
        """Read typed tenders.

        Raises:
            ModelError: a field is missing, unknown, of the wrong kind or outside its limits.
        """
        found = read_object(value, field, ("kind", "tenders"), (*TYPED_LIMITS, "earlier"))
        listed = read_list(found["tenders"], f"{field}.tenders")
        tenders = tuple(_made(each, f"{field}.tenders[{n}]") for n, each in enumerate(listed))
        if not tenders:
            raise ModelError(f"{field}.tenders", listed, say("This is missing."))
        given = {name: read_number(found[name], f"{field}.{name}") for name in TYPED_LIMITS if name in found}
        for name, number in given.items():
            low, high = TYPED_LIMITS[name]
            if not low <= number <= high:
                reason = say("This must be from {low} to {high}.", low=low, high=high)
                raise ModelError(f"{field}.{name}", number, reason)
        earlier = read_flag(found.get("earlier", False), f"{field}.earlier")
        return cls(tenders, **given, earlier=earlier)

    def to_json(self) -> dict[str, object]:
        """Return the typed tenders."""
        return {
            "kind": self.kind,
            "tenders": [
                [{"price": made.price, "quality": list(made.quality)} for made in tender] for tender in self.tenders
            ],
            "price_jitter": self.price_jitter,
            "score_jitter": self.score_jitter,
            "price_step": self.price_step,
            **written(price_level=None if self.price_level == HUNDRED else self.price_level, earlier=self.earlier),
        }

    def draw(self, scoring: Scoring, n: int, chance: Generator) -> Tenders:
        """Return `n` tenders."""
        ladders = scoring.ladders
        rows = max(len(tender) for tender in self.tenders)
        prices = np.ones((len(self.tenders), rows))
        heights = np.zeros((len(self.tenders), len(ladders), rows))
        there = np.zeros((len(self.tenders), rows), np.bool_)
        for t, tender in enumerate(self.tenders):
            for b, made in enumerate(tender):
                prices[t, b], there[t, b] = float(made.price * self.price_level / HUNDRED), True
                for k in range(len(ladders)):
                    # An earlier tender had its own criteria: where they are fewer, its last stands for the rest.
                    heights[t, k, b] = float(made.quality[min(k, len(made.quality) - 1)]) / HUNDRED
        which = chance.integers(len(self.tenders), size=n)
        shaken = prices[which].T * np.exp(chance.standard_normal((rows, n)) * float(self.price_jitter) / HUNDRED)
        drawn = np.moveaxis(heights[which], 0, -1)
        drawn = drawn + chance.standard_normal(drawn.shape) * float(self.score_jitter) / HUNDRED
        kind = rung_type(ladders)
        last = np.array([ladder.last for ladder in ladders])[:, None, None]
        rungs = np.rint(np.clip(drawn, 0, 1) * last).astype(kind)
        return Tenders(stepped(shaken, float(self.price_step)), rungs, there[which].T)


TYPED_LIMITS: dict[str, tuple[Decimal, Decimal]] = {
    "price_jitter": (Decimal(0), Decimal(HUNDRED)),
    "score_jitter": (Decimal(0), Decimal(HUNDRED)),
    "price_step": LIMITS["price_step"],
    "price_level": (Decimal(1), Decimal(1000)),
}

Market = Parametric | Typed


def read_market(value: object, field: str = "market") -> Market:
    """Read a market of either kind.

    Raises:
        ModelError: as the kinds; or the kind is unknown.
    """
    kind = value.get("kind") if isinstance(value, dict) else None
    if kind == Parametric.kind:
        return Parametric.from_json(value, field)
    if kind == Typed.kind:
        return Typed.from_json(value, field)
    raise ModelError(f"{field}.kind", kind, say("This must be one of {choices}.", choices="parametric, typed"))


def _made(value: object, field: str) -> tuple[Made, ...]:
    bids = []
    for n, each in enumerate(read_list(value, field)):
        found = read_object(each, f"{field}[{n}]", ("price", "quality"))
        quality = read_list(found["quality"], f"{field}[{n}].quality")
        price = read_above_zero(found["price"], f"{field}[{n}].price")
        parts = tuple(read_number(part, f"{field}[{n}].quality[{m}]") for m, part in enumerate(quality))
        for m, part in enumerate(parts):
            if not 0 <= part <= HUNDRED:
                reason = say("This must be from {low} to {high}.", low=0, high=100)
                raise ModelError(f"{field}[{n}].quality[{m}]", part, reason)
        if not parts:
            raise ModelError(f"{field}[{n}].quality", quality, say("This is missing."))
        bids.append(Made(price, parts))
    if not 1 <= len(bids) <= MOST_BIDS:
        raise ModelError(field, len(bids), say("This must be from {low} to {high}.", low=1, high=MOST_BIDS))
    return tuple(bids)


def _height(scale: Scale, score: Exact) -> Decimal:
    return _decimal((as_fraction(score) - as_fraction(scale.lowest)) / scale.width * HUNDRED, FINE)


def _decimal(exact: Fraction, place: Decimal) -> Decimal:
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(place)


def _weights(ladders: tuple[Ladder, ...]) -> Floats:
    widths = np.array([abs(float(as_fraction(ladder.points[-1] - ladder.points[0]))) for ladder in ladders])
    total = widths.sum()
    return widths / total if total else widths


def _spread(ladders: tuple[Ladder, ...], likeness: float) -> float:
    """Return how much a bid's criteria spread together, as a part of what each does: 1 when they follow each other."""
    return sqrt(likeness + (1 - likeness) * float((_weights(ladders) ** 2).sum())) or 1.0

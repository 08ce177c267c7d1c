"""Weighted sum: price as points and quality as points, each times its weight; the highest sum is best.

Two weights that add up to what is published. Where the curve or the quality is measured against other bids the model is
relative: a bid that can't win may then decide who does (LOU 4 kap. 1 §).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.field import Best, Method, UndefinedError
from rodatraden.core.evaluation.price_points import PricePoints
from rodatraden.core.evaluation.reading import read_above_zero, read_flag, read_object, written
from rodatraden.core.evaluation.rounding import Where, rounded
from rodatraden.core.evaluation.steps import Step, StepKind, Unit
from rodatraden.core.exact import as_fraction, simplest
from rodatraden.core.message import say

if TYPE_CHECKING:
    from decimal import Decimal

    from rodatraden.core.evaluation.field import Entry, Field, Weighed


@dataclass(frozen=True, slots=True)
class WeightedSum:
    """`price_weight` × share of the price + `quality_weight` × share of the points; the weights sum to `total`.

    The share of the points is taken of the most that can be had, or with `of_best` of the best bid's points.
    """

    price_weight: Decimal
    quality_weight: Decimal
    total: Decimal
    price_points: PricePoints
    of_best: bool = False

    method = Method.WEIGHTED_SUM
    best = Best.HIGHEST
    unit = Unit.POINTS
    needs_points = True
    needs_price = True

    @classmethod
    def from_json(cls, value: object, field: str) -> WeightedSum:
        """Read weights and curve.

        Raises:
            ModelError: a field is missing, unknown or of the wrong kind.
        """
        keys = ("method", "price_weight", "quality_weight", "total", "price_points")
        found = read_object(value, field, keys, ("of_best",))
        return cls(
            price_weight=read_above_zero(found["price_weight"], f"{field}.price_weight"),
            quality_weight=read_above_zero(found["quality_weight"], f"{field}.quality_weight"),
            total=read_above_zero(found["total"], f"{field}.total"),
            price_points=PricePoints.from_json(found["price_points"], f"{field}.price_points"),
            of_best=read_flag(found.get("of_best", False), f"{field}.of_best"),
        )

    def to_json(self) -> dict[str, object]:
        """Return what is hashed."""
        return {
            "method": self.method.value,
            "price_weight": self.price_weight,
            "quality_weight": self.quality_weight,
            "total": self.total,
            "price_points": self.price_points.to_json(),
            **written(of_best=self.of_best),
        }

    @property
    def is_relative(self) -> bool:
        """Return whether other bids decide what a bid gets."""
        return self.of_best or self.price_points.is_relative

    @property
    def always_counts(self) -> bool:
        """Return whether every lower price gives more price points."""
        return self.price_points.always_counts

    def weighed(self, entry: Entry, field: Field) -> Weighed:
        """Return the sum of price points and quality points, and its lines.

        Raises:
            UndefinedError: a share would be divided by zero.
        """
        share, steps = self.price_points.share(entry.stated_price, field)
        share, told = rounded(share, Where.PRICE_SHARE, field.roundings, Unit.NUMBER)
        of_price, text = (
            share * as_fraction(self.price_weight),
            say("Price points: {share} × {weight}", share=simplest(share), weight=self.price_weight),
        )
        steps += (*told, Step(StepKind.PRICE_POINTS, text, simplest(of_price), Unit.POINTS))
        of_price, told = rounded(of_price, Where.PRICE_POINTS, field.roundings, Unit.POINTS)
        of_quality, more = self._quality(entry, field)
        text = say("Evaluation points: {price} + {quality}", price=simplest(of_price), quality=simplest(of_quality))
        value = of_price + of_quality
        last = Step(StepKind.EVALUATION_POINTS, text, simplest(value), Unit.POINTS)
        return value, (*steps, *told, *more, last)

    def _quality(self, entry: Entry, field: Field) -> Weighed:
        most = max(field.points, default=Fraction(0)) if self.of_best else field.most_points
        if not most:
            raise UndefinedError(say("Nobody has any points, so shares of the best bid's points have no meaning."))
        share = entry.points / most
        values = {"points": simplest(entry.points), "most": simplest(most)}
        text = say("Share of the points: {points} ÷ {most}", **values)
        if self.of_best:
            text = say("Share of the best bid's points: {points} ÷ {most}", **values)
        steps: tuple[Step, ...] = (Step(StepKind.SHARE, text, simplest(share), Unit.NUMBER),)
        share, told = rounded(share, Where.QUALITY_SHARE, field.roundings, Unit.NUMBER)
        points = share * as_fraction(self.quality_weight)
        text = say("Quality points: {share} × {weight}", share=simplest(share), weight=self.quality_weight)
        steps += (*told, Step(StepKind.QUALITY_POINTS, text, simplest(points), Unit.POINTS))
        points, told = rounded(points, Where.QUALITY_POINTS, field.roundings, Unit.POINTS)
        return points, steps + told

"""The value of each bid under each way of weighing, for many tenders at once: the twin of the exact parts, in floats.

Nothing here decides an award. A property test holds every twin to its exact part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

import numpy as np

from rodatraden.core.evaluation.lowest_price import LowestPrice
from rodatraden.core.evaluation.percentage_addition import PercentageAddition
from rodatraden.core.evaluation.percentage_deduction import PercentageDeduction
from rodatraden.core.evaluation.price_addition import PriceAddition
from rodatraden.core.evaluation.price_deduction import PriceDeduction
from rodatraden.core.evaluation.price_points import LOWEST, Curve
from rodatraden.core.evaluation.quality_only import QualityOnly
from rodatraden.core.evaluation.ratio import Divided, Ratio
from rodatraden.core.evaluation.reference import ReferenceKind
from rodatraden.core.evaluation.rounding import Way, Where
from rodatraden.core.evaluation.weighted_sum import WeightedSum

if TYPE_CHECKING:
    from rodatraden.core.evaluation.model import Model
    from rodatraden.core.evaluation.price_points import PricePoints
    from rodatraden.core.evaluation.reference import ReferenceValue
    from rodatraden.core.evaluation.rounding import Roundings
    from rodatraden.core.evaluation.stress.tenders import Bools, Floats

HUNDRED = 100
NUDGE = 1e-9
"""How far below a half a float may lie and still be the half that the exact number is."""


@dataclass(frozen=True, slots=True)
class Field:
    """What is weighed: prices and points (B, M), and which bids the references are taken from."""

    prices: Floats
    points: Floats
    within: Bools
    most_points: float
    roundings: Roundings


def values(model: Model, field: Field) -> Floats:
    """Return the value of every bid (B, M); NaN where the published formula gives none."""
    weighing = model.combination
    match weighing:
        case LowestPrice():
            found = field.prices
        case QualityOnly():
            found = field.points
        case PriceAddition():
            rate = float(weighing.per_point)
            found = field.points * -rate
            found += float(weighing.target) * rate
            found += field.prices
        case PercentageAddition():
            missing = float(weighing.target) - field.points
            found = field.prices * (1 + missing * (float(weighing.percent) / HUNDRED))
        case PercentageDeduction():
            found = field.prices * (1 - field.points * (float(weighing.percent) / HUNDRED))
        case PriceDeduction():
            found = _deducted(weighing, field)
        case Ratio():
            found = _ratio(weighing, field)
        case WeightedSum():
            found = _weighted(weighing, field)
        case _:
            assert_never(weighing)
    return rounded(found, Where.VALUE, field.roundings)


def _deducted(weighing: PriceDeduction, field: Field) -> Floats:
    per_point: Floats | float = float(weighing.per_point)
    if weighing.of is not None:
        per_point = per_point * _reference(weighing.of, field) / HUNDRED
    found = field.prices - field.points * per_point
    return found if weighing.floor is None else np.maximum(found, float(weighing.floor))


def _ratio(weighing: Ratio, field: Field) -> Floats:
    if weighing.divided is Divided.POINTS_BY_PRICE:
        found = field.points / field.prices
    else:
        found = np.where(field.points == 0, np.nan, field.prices / np.where(field.points == 0, 1, field.points))
    return found if weighing.factor is None else found * float(weighing.factor)


def _weighted(weighing: WeightedSum, field: Field) -> Floats:
    share = rounded(_share(weighing.price_points, field), Where.PRICE_SHARE, field.roundings)
    of_price = rounded(share * float(weighing.price_weight), Where.PRICE_POINTS, field.roundings)
    most: Floats | float = field.most_points
    if weighing.of_best:
        best = np.where(field.within, field.points, -np.inf).max(axis=0)
        most = np.where(best == 0, np.nan, best)
    share = rounded(field.points / most, Where.QUALITY_SHARE, field.roundings)
    return of_price + rounded(share * float(weighing.quality_weight), Where.QUALITY_POINTS, field.roundings)


def _share(curve: PricePoints, field: Field) -> Floats:
    match curve.curve:
        case Curve.PROPORTIONAL:
            share = _reference(curve.reference, field) / field.prices
        case Curve.LINEAR:
            reference = _reference(curve.reference, field)
            share = float(curve.at or 0) + float(curve.slope or 0) * (reference - field.prices) / reference
        case Curve.BETWEEN:
            end = _reference(curve.to or LOWEST, field)
            width = np.asarray(end - _reference(curve.reference, field))
            share = (end - field.prices) / np.where(width == 0, np.nan, width)
        case Curve.RANK:
            prices = np.where(field.within, field.prices, np.inf)
            cheaper = (prices[None] < field.prices[:, None]).sum(axis=1)
            share = 1 - cheaper / np.maximum(field.within.sum(axis=0) - 1, 1)
    if curve.floor is not None or curve.ceiling is not None:
        floor, ceiling = (None if end is None else float(end) for end in (curve.floor, curve.ceiling))
        share = np.clip(share, floor, ceiling)
    return share


def _reference(reference: ReferenceValue, field: Field) -> Floats | float:
    if reference.kind is ReferenceKind.FIXED:
        return float(rounded(np.array(float(reference.amount or 0)), Where.REFERENCE, field.roundings))
    within, prices = field.within, field.prices
    match reference.kind:
        case ReferenceKind.LOWEST:
            found = np.where(within, prices, np.inf).min(axis=0)
        case ReferenceKind.HIGHEST:
            found = np.where(within, prices, -np.inf).max(axis=0)
        case ReferenceKind.MEAN:
            found = np.where(within, prices, 0).sum(axis=0) / np.maximum(within.sum(axis=0), 1)
        case ReferenceKind.MEDIAN:
            n = within.sum(axis=0)
            inside = np.sort(np.where(within, prices, np.inf), axis=0)
            low, high = (np.maximum(n - 1, 0) // 2)[None], (n // 2).clip(max=len(prices) - 1)[None]
            middle = np.take_along_axis(inside, low, 0) + np.take_along_axis(inside, high, 0)
            found = middle[0] / 2
    return rounded(np.where(np.isfinite(found), found, np.nan), Where.REFERENCE, field.roundings)


def rounded(values: Floats, where: Where, roundings: Roundings) -> Floats:
    """Return values as the model carries them on from a place; a half is a half although a float lies just beside it."""
    rounding = next((each for each in roundings if each.where is where), None)
    if rounding is None:
        return values
    scaled = np.abs(values) * 10.0**rounding.decimals
    nudge = NUDGE * np.maximum(scaled, 1)
    match rounding.way:
        case Way.HALF_UP:
            whole = np.floor(scaled + 0.5 + nudge)
        case Way.HALF_EVEN:
            low = np.floor(scaled)
            rest = scaled - low
            is_half = np.abs(rest - 0.5) <= nudge
            whole = np.where(is_half, low + low % 2, np.rint(scaled))
        case Way.UP:
            whole = np.ceil(scaled - nudge)
        case Way.DOWN:
            whole = np.floor(scaled + nudge)
    return np.copysign(whole / 10.0**rounding.decimals, values)

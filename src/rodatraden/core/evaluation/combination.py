"""The ways to weigh price and points together: each is one part, and a model names one."""

from __future__ import annotations

from rodatraden.core.evaluation.field import Method
from rodatraden.core.evaluation.lowest_price import LowestPrice
from rodatraden.core.evaluation.percentage_addition import PercentageAddition
from rodatraden.core.evaluation.percentage_deduction import PercentageDeduction
from rodatraden.core.evaluation.price_addition import PriceAddition
from rodatraden.core.evaluation.price_deduction import PriceDeduction
from rodatraden.core.evaluation.quality_only import QualityOnly
from rodatraden.core.evaluation.ratio import Ratio
from rodatraden.core.evaluation.reading import ModelError, read_choice
from rodatraden.core.evaluation.weighted_sum import WeightedSum
from rodatraden.core.message import say

Combination = (
    LowestPrice
    | PriceAddition
    | PriceDeduction
    | PercentageAddition
    | PercentageDeduction
    | QualityOnly
    | WeightedSum
    | Ratio
)
"""Each states its `method`, which end is `best`, the `unit` of its value, whether it `is_relative` (INV-11) and whether
price `always_counts` (INV-10), what it needs, and returns a value with its steps from `weighed(entry, field)`."""

_PARTS: dict[Method, type[Combination]] = {
    Method.LOWEST_PRICE: LowestPrice,
    Method.PRICE_ADDITION: PriceAddition,
    Method.PRICE_DEDUCTION: PriceDeduction,
    Method.PERCENTAGE_ADDITION: PercentageAddition,
    Method.PERCENTAGE_DEDUCTION: PercentageDeduction,
    Method.QUALITY_ONLY: QualityOnly,
    Method.WEIGHTED_SUM: WeightedSum,
    Method.RATIO: Ratio,
}


def read_combination(value: object, field: str) -> Combination:
    """Read the part that `method` names.

    Raises:
        ModelError: the method is unknown, or what it states can't be read.
    """
    if not isinstance(value, dict):
        raise ModelError(field, value, say("This must be an object."))
    if "method" not in value:
        raise ModelError(f"{field}.method", None, say("This is missing."))
    return _PARTS[read_choice(value["method"], f"{field}.method", Method)].from_json(value, field)

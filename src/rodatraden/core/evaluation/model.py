"""An evaluation model as data: frozen, hashed and published; the same bytes give the same outcome for ever."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core.canonical import canonical_hash
from rodatraden.core.evaluation.combination import Combination, read_combination
from rodatraden.core.evaluation.criteria import Criterion, highest_total
from rodatraden.core.evaluation.gate import Gate, Measure
from rodatraden.core.evaluation.price import Price
from rodatraden.core.evaluation.price_addition import PriceAddition
from rodatraden.core.evaluation.ranking import Corridor, TieRule
from rodatraden.core.evaluation.reading import (
    ModelError,
    read_above_zero,
    read_choice,
    read_list,
    read_object,
    written,
)
from rodatraden.core.evaluation.reference import ReferenceSet
from rodatraden.core.evaluation.rounding import Roundings, read_roundings
from rodatraden.core.exact import as_fraction
from rodatraden.core.message import say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal
    from fractions import Fraction

FORMAT = 1
PER_HOUR = Price()
MOST_CRITERIA = 200


@dataclass(frozen=True, slots=True)
class Model:
    """The parts that a model is composed of. A draft may be unusable: `findings` says why.

    `total` is the published sum of the criteria's points. With `renormalised_to` the points are then counted as if that
    were the sum: what an excluded block would have given is spread over the others, and the documents say so.
    """

    criteria: tuple[Criterion, ...]
    combination: Combination
    price: Price = PER_HOUR
    gates: tuple[Gate, ...] = ()
    tie_rule: TieRule = TieRule.NONE
    roundings: Roundings = ()
    reference_set: ReferenceSet | None = None
    total: Decimal | None = None
    renormalised_to: Decimal | None = None
    corridor: Corridor | None = None

    @classmethod
    def from_json(cls, value: object, field: str = "model") -> Model:
        """Read a model from parsed JSON, as `to_json` or `read_canonical` gives it.

        Raises:
            ModelError: a field is missing, unknown, repeated or of the wrong kind, or names a criterion there is not.
        """
        found = read_object(value, field, REQUIRED, OPTIONAL)
        if found["format"] is True or found["format"] != FORMAT:
            raise ModelError(f"{field}.format", found["format"], say("This must be {format}.", format=FORMAT))
        listed = read_list(found["criteria"], f"{field}.criteria")
        if len(listed) > MOST_CRITERIA:
            reason = say("There can be at most {most} of these.", most=MOST_CRITERIA)
            raise ModelError(f"{field}.criteria", len(listed), reason)
        total, scaled, reference_set, corridor = (
            found.get(key) for key in ("total", "renormalised_to", "reference_set", "corridor")
        )
        gates = read_list(found.get("gates", []), f"{field}.gates")
        model = cls(
            criteria=_unique(
                (Criterion.from_json(each, f"{field}.criteria[{n}]") for n, each in enumerate(listed)), field
            ),
            combination=read_combination(found["combination"], f"{field}.combination"),
            price=Price.from_json(found["price"], f"{field}.price"),
            gates=tuple(Gate.from_json(each, f"{field}.gates[{n}]") for n, each in enumerate(gates)),
            tie_rule=read_choice(found["tie_rule"], f"{field}.tie_rule", TieRule),
            roundings=read_roundings(found.get("roundings", []), f"{field}.roundings"),
            reference_set=None
            if reference_set is None
            else read_choice(reference_set, f"{field}.reference_set", ReferenceSet),
            total=None if total is None else read_above_zero(total, f"{field}.total"),
            renormalised_to=None if scaled is None else read_above_zero(scaled, f"{field}.renormalised_to"),
            corridor=None if corridor is None else Corridor.from_json(corridor, f"{field}.corridor"),
        )
        model._check_names(field)
        return model

    def to_json(self) -> dict[str, object]:
        """Return what is published and hashed; parts that are not used are not written."""
        return {
            "format": FORMAT,
            "criteria": [criterion.to_json() for criterion in self.criteria],
            "combination": self.combination.to_json(),
            "price": self.price.to_json(),
            "tie_rule": self.tie_rule.value,
            **written(
                gates=[gate.to_json() for gate in self.gates],
                roundings=[rounding.to_json() for rounding in self.roundings],
                reference_set=self.reference_set and self.reference_set.value,
                total=self.total,
                renormalised_to=self.renormalised_to,
                corridor=self.corridor and self.corridor.to_json(),
            ),
        }

    @property
    def hash(self) -> str:
        """Return the SHA-256 that names the model: 12 and 12.0 points are one value."""
        return canonical_hash(self.to_json())

    @property
    def most_points(self) -> Fraction:
        """Return the most points with which a bid can enter the weighing."""
        return highest_total(self.criteria) if self.renormalised_to is None else as_fraction(self.renormalised_to)

    def counted_up(self, points: Fraction) -> Fraction:
        """Return a sum of points as it is weighed: counted up to `renormalised_to` where the model says so."""
        if self.renormalised_to is None:
            return points
        return points * as_fraction(self.renormalised_to) / highest_total(self.criteria)

    @property
    def is_relative(self) -> bool:
        """Return whether a third bid can change the order of two others (INV-11)."""
        return self.combination.is_relative or self.corridor is not None

    @property
    def gate(self) -> Gate | None:
        """Return the gate on all points together, in points, if the model has one."""
        plain = (gate for gate in self.gates if not gate.criteria and gate.measure is Measure.POINTS)
        return next(plain, None)

    @property
    def addition(self) -> PriceAddition | None:
        """Return the price addition of a model that weighs so; None for one that weighs price and points in another way."""
        return self.combination if isinstance(self.combination, PriceAddition) else None

    def _check_names(self, field: str) -> None:
        known = {criterion.key for criterion in self.criteria}
        named = [
            (f"{field}.gates[{n}].criteria[{m}]", key)
            for n, gate in enumerate(self.gates)
            for m, key in enumerate(gate.criteria)
        ]
        if self.corridor and self.corridor.criterion:
            named.append((f"{field}.corridor.criterion", self.corridor.criterion))
        for where, key in named:
            if key not in known:
                raise ModelError(where, key, say("The model has no such criterion."))


REQUIRED = ("format", "criteria", "combination", "price", "tie_rule")
OPTIONAL = ("gates", "roundings", "reference_set", "total", "renormalised_to", "corridor")


def _unique(criteria: Iterable[Criterion], field: str) -> tuple[Criterion, ...]:
    found: dict[str, Criterion] = {}
    for n, criterion in enumerate(criteria):
        if criterion.key in found:
            raise ModelError(f"{field}.criteria[{n}].key", criterion.key, say("Another criterion has the same key."))
        found[criterion.key] = criterion
    return tuple(found.values())

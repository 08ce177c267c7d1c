"""An evaluation model as data: frozen, hashed and published; the same bytes give the same outcome for ever."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core.canonical import canonical_hash
from rodatraden.core.evaluation.criteria import Criterion
from rodatraden.core.evaluation.gate import Gate
from rodatraden.core.evaluation.price_addition import PriceAddition
from rodatraden.core.evaluation.ranking import TieRule
from rodatraden.core.evaluation.reading import ModelError, read_choice, read_list, read_object
from rodatraden.core.evaluation.rounding import Rounding
from rodatraden.core.message import say

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Model:
    """Criteria, gate, price method, tie rule and rounding. A draft may be unusable: `findings` says why."""

    criteria: tuple[Criterion, ...]
    price: PriceAddition
    gate: Gate | None = None
    tie_rule: TieRule = TieRule.NONE
    rounding: Rounding = Rounding.NONE

    @classmethod
    def from_json(cls, value: object) -> Model:
        """Read a model from parsed JSON, as `to_json` or `read_canonical` gives it.

        Raises:
            ModelError: a field is missing, unknown, repeated or of the wrong kind.
        """
        found = read_object(value, "model", ("format", "criteria", "gate", "price", "tie_rule", "rounding"))
        if found["format"] is True or found["format"] != FORMAT:
            raise ModelError("model.format", found["format"], say("This must be {format}.", format=FORMAT))
        criteria = read_list(found["criteria"], "model.criteria")
        return cls(
            criteria=_unique(Criterion.from_json(each, f"model.criteria[{n}]") for n, each in enumerate(criteria)),
            price=PriceAddition.from_json(found["price"], "model.price"),
            gate=None if found["gate"] is None else Gate.from_json(found["gate"], "model.gate"),
            tie_rule=read_choice(found["tie_rule"], "model.tie_rule", TieRule),
            rounding=read_choice(found["rounding"], "model.rounding", Rounding),
        )

    def to_json(self) -> dict[str, object]:
        """Return what is published and hashed."""
        return {
            "format": FORMAT,
            "criteria": [criterion.to_json() for criterion in self.criteria],
            "gate": self.gate and self.gate.to_json(),
            "price": self.price.to_json(),
            "tie_rule": self.tie_rule.value,
            "rounding": self.rounding.value,
        }

    @property
    def hash(self) -> str:
        """Return the SHA-256 that names the model: 12 and 12.0 points are one value."""
        return canonical_hash(self.to_json())


def _unique(criteria: Iterable[Criterion]) -> tuple[Criterion, ...]:
    found: dict[str, Criterion] = {}
    for n, criterion in enumerate(criteria):
        if criterion.key in found:
            raise ModelError(f"model.criteria[{n}].key", criterion.key, say("Another criterion has the same key."))
        found[criterion.key] = criterion
    return tuple(found.values())

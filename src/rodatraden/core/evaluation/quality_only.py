"""Fixed price: what is paid was published, and the points alone decide. Source: directive 2014/24/EU art. 67.2."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.field import Best, Method
from rodatraden.core.evaluation.reading import read_object
from rodatraden.core.evaluation.steps import Step, StepKind, Unit
from rodatraden.core.exact import simplest
from rodatraden.core.message import say

if TYPE_CHECKING:
    from rodatraden.core.evaluation.field import Entry, Field, Weighed


@dataclass(frozen=True, slots=True)
class QualityOnly:
    """The points are the value; prices are not asked for."""

    method = Method.QUALITY_ONLY
    best = Best.HIGHEST
    unit = Unit.POINTS
    is_relative = False
    always_counts = True
    needs_points = True
    needs_price = False

    @classmethod
    def from_json(cls, value: object, field: str) -> QualityOnly:
        """Read the method, which has nothing to state.

        Raises:
            ModelError: a field is missing, unknown or of the wrong kind.
        """
        read_object(value, field, ("method",))
        return cls()

    def to_json(self) -> dict[str, object]:
        """Return what is hashed."""
        return {"method": self.method.value}

    def weighed(self, entry: Entry, field: Field) -> Weighed:
        """Return the points, and the line that says so."""
        del field
        text = say("Evaluation points: the points alone")
        return entry.points, (Step(StepKind.EVALUATION_POINTS, text, simplest(entry.points), Unit.POINTS),)

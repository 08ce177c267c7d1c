"""Life-cycle cost: what is paid later counts as its present value, by a published horizon and discount rate.

Present value of an amount in year t = amount ÷ (1 + rate)^t. Horizon, rate and quantities are published beforehand.
Source: LOU 16 kap. 4 and 5 §§.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.reading import ModelError, read_number, read_object, read_whole
from rodatraden.core.evaluation.rounding import Where, rounded
from rodatraden.core.evaluation.steps import Step, StepKind, Unit
from rodatraden.core.exact import as_fraction, simplest
from rodatraden.core.message import say

if TYPE_CHECKING:
    from decimal import Decimal

    from rodatraden.core.evaluation.rounding import Roundings

LONGEST = 100


class Paid(StrEnum):
    """When a price is paid: at the start, at the end of each year, or at the end of the last year."""

    ONCE = "once"
    YEARLY = "yearly"
    AT_END = "at_end"


@dataclass(frozen=True, slots=True)
class LifeCycle:
    """So many `years`, with `rate` per cent a year."""

    years: int
    rate: Decimal

    @classmethod
    def from_json(cls, value: object, field: str) -> LifeCycle:
        """Read a horizon and a rate.

        Raises:
            ModelError: a field is missing, unknown or of the wrong kind.
        """
        found = read_object(value, field, ("years", "rate"))
        rate = read_number(found["rate"], f"{field}.rate")
        if rate < 0:
            raise ModelError(f"{field}.rate", found["rate"], say("This must be 0 or more."))
        return cls(read_whole(found["years"], f"{field}.years", 1, LONGEST), rate)

    def to_json(self) -> dict[str, object]:
        """Return what is hashed."""
        return {"years": self.years, "rate": self.rate}

    def factor(self, paid: Paid, roundings: Roundings = ()) -> tuple[Fraction, tuple[Step, ...]]:
        """Return what one krona that is paid so is worth today, and the lines that lead there."""
        match paid:
            case Paid.ONCE:
                return Fraction(1), ()
            case Paid.AT_END:
                return self._year(self.years, roundings)
            case Paid.YEARLY:
                years = [self._year(year, roundings) for year in range(1, self.years + 1)]
                together = sum((factor for factor, _ in years), Fraction(0))
                steps = [step for _, told in years for step in told]
                text = say("The factors of years 1 to {years} together", years=self.years)
                return together, (*steps, Step(StepKind.DISCOUNT, text, simplest(together), Unit.NUMBER))

    def _year(self, year: int, roundings: Roundings) -> tuple[Fraction, tuple[Step, ...]]:
        base = 1 + as_fraction(self.rate) / 100
        factor = 1 / base**year
        text = say("Discount factor of year {year}: 1 ÷ {base}^{year}", year=year, base=simplest(base))
        step = Step(StepKind.DISCOUNT, text, simplest(factor), Unit.NUMBER)
        factor, told = rounded(factor, Where.DISCOUNT, roundings, Unit.NUMBER)
        return factor, (step, *told)

"""The price that is compared: one price, or lines with quantities, over a life cycle, in the currency of the tender."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.life_cycle import LifeCycle, Paid
from rodatraden.core.evaluation.reading import (
    ModelError,
    read_above_zero,
    read_choice,
    read_flag,
    read_list,
    read_object,
    read_text,
    written,
)
from rodatraden.core.evaluation.rounding import Where, rounded
from rodatraden.core.evaluation.steps import Step, StepKind, Unit
from rodatraden.core.exact import Exact, as_fraction, simplest
from rodatraden.core.message import Amount, say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from rodatraden.core.evaluation.rounding import Roundings
    from rodatraden.core.message import Value

HOME = "SEK"


class PriceUnit(StrEnum):
    """What the bid's price is asked for."""

    HOUR = "hour"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One price that is asked for: it counts `quantity` times, when it is `paid`; `deducted` is a residual value."""

    key: str
    label: str
    quantity: Decimal
    paid: Paid = Paid.ONCE
    deducted: bool = False
    may_be_zero: bool = False

    @classmethod
    def from_json(cls, value: object, field: str) -> PriceLine:
        """Read a price line.

        Raises:
            ModelError: a field is missing, unknown or of the wrong kind.
        """
        found = read_object(value, field, ("key", "label", "quantity"), ("paid", "deducted", "may_be_zero"))
        return cls(
            key=read_text(found["key"], f"{field}.key"),
            label=read_text(found["label"], f"{field}.label"),
            quantity=read_above_zero(found["quantity"], f"{field}.quantity"),
            paid=read_choice(found.get("paid", Paid.ONCE.value), f"{field}.paid", Paid),
            deducted=read_flag(found.get("deducted", False), f"{field}.deducted"),
            may_be_zero=read_flag(found.get("may_be_zero", False), f"{field}.may_be_zero"),
        )

    def to_json(self) -> dict[str, object]:
        """Return what is hashed."""
        paid = None if self.paid is Paid.ONCE else self.paid.value
        used = written(paid=paid, deducted=self.deducted, may_be_zero=self.may_be_zero)
        return {"key": self.key, "label": self.label, "quantity": self.quantity, **used}


@dataclass(frozen=True, slots=True)
class Price:
    """What is asked for. `rates` are kronor (or what `currency` names) for one unit of another currency, as published."""

    unit: PriceUnit = PriceUnit.HOUR
    lines: tuple[PriceLine, ...] = ()
    life_cycle: LifeCycle | None = None
    currency: str = HOME
    rates: tuple[tuple[str, Decimal], ...] = ()

    @classmethod
    def from_json(cls, value: object, field: str) -> Price:
        """Read what price is asked for.

        Raises:
            ModelError: a field is missing, unknown, repeated or of the wrong kind.
        """
        found = read_object(value, field, ("unit",), ("lines", "life_cycle", "currency", "rates"))
        listed = read_list(found.get("lines", []), f"{field}.lines")
        lines = tuple(PriceLine.from_json(each, f"{field}.lines[{n}]") for n, each in enumerate(listed))
        for n, line in enumerate(lines):
            if line.key in {each.key for each in lines[:n]}:
                raise ModelError(f"{field}.lines[{n}].key", line.key, say("Another price line has the same key."))
        cycle = found.get("life_cycle")
        rates = found.get("rates", {})
        if not isinstance(rates, dict):
            raise ModelError(f"{field}.rates", rates, say("This must be an object."))
        price = cls(
            unit=read_choice(found["unit"], f"{field}.unit", PriceUnit),
            lines=lines,
            life_cycle=None if cycle is None else LifeCycle.from_json(cycle, f"{field}.life_cycle"),
            currency=read_text(found.get("currency", HOME), f"{field}.currency"),
            rates=tuple((key, read_above_zero(rate, f"{field}.rates.{key}")) for key, rate in sorted(rates.items())),
        )
        for n, line in enumerate(lines):
            if line.paid is not Paid.ONCE and price.life_cycle is None:
                raise ModelError(
                    f"{field}.lines[{n}].paid", line.paid.value, say("What is paid later needs a life cycle.")
                )
        return price

    def to_json(self) -> dict[str, object]:
        """Return what is hashed."""
        return {
            "unit": self.unit.value,
            **written(
                lines=[line.to_json() for line in self.lines],
                life_cycle=self.life_cycle and self.life_cycle.to_json(),
                currency=None if self.currency == HOME else self.currency,
                rates=dict(self.rates),
            ),
        }

    def of_lines(self, prices: Mapping[str, Exact], roundings: Roundings = ()) -> tuple[Fraction, tuple[Step, ...]]:
        """Return the price of a bid that has a price on every line, and the lines that add up to it."""
        steps: tuple[Step, ...] = ()
        together = Fraction(0)
        for index, line in enumerate(self.lines):
            amount, told = self._line(line, as_fraction(prices[line.key]), roundings)
            steps += told
            if index:
                values = {"sum": Amount(simplest(together)), "amount": Amount(simplest(abs(amount)))}
                text = (
                    say("Price: {sum} − {amount}", **values) if amount < 0 else say("Price: {sum} + {amount}", **values)
                )
                steps += (Step(StepKind.LINE, text, simplest(together + amount), Unit.AMOUNT),)
            together += amount
        return together, steps

    def compared(
        self, price: Fraction, currency: str | None, roundings: Roundings = ()
    ) -> tuple[Fraction, tuple[Step, ...]]:
        """Return an offered price in the currency of the tender, rounded if the model says so, and its lines."""
        offered = say("Hourly price in the bid") if self.unit is PriceUnit.HOUR else say("Total price in the bid")
        if self.lines:
            offered = say("Life-cycle cost of the bid") if self.life_cycle else say("Price of all lines together")
        steps: tuple[Step, ...] = ()
        if currency is not None and currency != self.currency:
            rate = dict(self.rates)[currency]
            text = say("In {currency}: {price} × {rate}", currency=currency, price=Amount(simplest(price)), rate=rate)
            price *= as_fraction(rate)
            steps = (Step(StepKind.CURRENCY, text, simplest(price), Unit.AMOUNT),)
            price, told = rounded(price, Where.CURRENCY, roundings, Unit.AMOUNT)
            steps += told
        price, told = rounded(price, Where.PRICE, roundings, Unit.AMOUNT)
        return price, (*steps, *told, Step(StepKind.PRICE, offered, simplest(price), Unit.AMOUNT))

    def _line(self, line: PriceLine, price: Fraction, roundings: Roundings) -> tuple[Fraction, tuple[Step, ...]]:
        values: dict[str, Value] = {"line": line.label, "price": Amount(simplest(price)), "quantity": line.quantity}
        factor, told = self.life_cycle.factor(line.paid, roundings) if self.life_cycle else (Fraction(1), ())
        amount = price * as_fraction(line.quantity) * factor
        text = say("{line}: {price} × {quantity}", **values)
        if line.paid is not Paid.ONCE:
            text = say("{line}: {price} × {quantity} × {factor}", factor=simplest(factor), **values)
        step = Step(StepKind.LINE, text, simplest(amount), Unit.AMOUNT)
        return -amount if line.deducted else amount, (*told, step)

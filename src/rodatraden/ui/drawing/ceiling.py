"""How much of a contract's ceiling is used: invoiced, decided, drafted; and where warnings stand."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from rodatraden.core.numbers import swedish_amount
from rodatraden.ui import words
from rodatraden.ui.drawing.shapes import Label

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

WIDTH = 1040


@dataclass(frozen=True, slots=True)
class Bar:
    """One piece of the meter."""

    x: float
    width: float
    css: str


@dataclass(frozen=True, slots=True)
class CeilingMeter:
    """The pieces, the marks with their labels, the legend below, and the same as one sentence."""

    bars: Sequence[Bar]
    marks: Sequence[float]
    labels: Sequence[Label]
    legend: Sequence[tuple[str, str, int]]
    limit: str
    title: str
    width: int = WIDTH


def ceiling_meter(
    *, limit: Decimal, decided: Decimal, invoiced: Decimal, drafted: Decimal, warnings: Sequence[Decimal] = ()
) -> CeilingMeter:
    """Draw what is `decided` of the `limit`, of which `invoiced`; `drafted` comes on top, dashed; `warnings` are shares."""

    def place(amount: Decimal) -> float:
        return float(min(Fraction(amount) / Fraction(limit), Fraction(1)) * WIDTH)

    bars = [Bar(0, WIDTH, "spar"), Bar(0, place(decided), "avrop"), Bar(0, place(invoiced), "fakt")]
    if drafted:
        bars.append(Bar(place(decided), max(place(decided + drafted) - place(decided), 1), "utkast"))
    marks = [float(share) * WIDTH for share in warnings]
    parts = [
        (gettext("Invoiced %(amount)s"), invoiced, "fakt"),
        (gettext("Decided, not invoiced %(amount)s"), decided - invoiced, "avrop"),
        (gettext("Draft %(amount)s"), drafted, "utkast"),
    ]
    title = gettext(
        "Of the ceiling of %(limit)s, %(decided)s is decided (%(share)s), of which %(invoiced)s is invoiced."
    )
    values = {
        "limit": swedish_amount(limit),
        "decided": swedish_amount(decided),
        "share": words.percent(Fraction(decided) / Fraction(limit), 1),
        "invoiced": swedish_amount(invoiced),
    }
    return CeilingMeter(
        bars=bars,
        marks=marks,
        labels=[Label(x, 28, words.percent(share), "", "middle") for x, share in zip(marks, warnings, strict=True)],
        legend=[
            (text % {"amount": swedish_amount(amount)}, css, index * 280)
            for index, (text, amount, css) in enumerate(parts)
        ],
        limit=swedish_amount(limit),
        title=title % values,
    )

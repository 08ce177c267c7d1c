"""How much of a contract's ceiling is used: delivered, ordered, drafted; and where warnings stand."""

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
    *, limit: Decimal, ordered: Decimal, delivered: Decimal, drafted: Decimal, warnings: Sequence[Decimal] = ()
) -> CeilingMeter:
    """Draw what is `ordered` of the `limit`, of which `delivered`; `drafted` comes on top, dashed; `warnings` are shares."""

    def place(amount: Decimal) -> float:
        return float(min(Fraction(amount) / Fraction(limit), Fraction(1)) * WIDTH)

    bars = [Bar(0, WIDTH, "spar"), Bar(0, place(ordered), "avrop"), Bar(0, place(delivered), "fakt")]
    if drafted:
        bars.append(Bar(place(ordered), max(place(ordered + drafted) - place(ordered), 1), "utkast"))
    marks = [float(share) * WIDTH for share in warnings]
    parts = [
        (gettext("Delivered %(amount)s"), delivered, "fakt"),
        (gettext("Ordered, not delivered %(amount)s"), ordered - delivered, "avrop"),
        *([(gettext("This order %(amount)s"), drafted, "utkast")] if drafted else []),
    ]
    title = gettext(
        "Of the ceiling of %(limit)s, %(ordered)s is ordered (%(share)s), of which %(delivered)s is delivered."
    )
    values = {
        "limit": swedish_amount(limit),
        "ordered": swedish_amount(ordered),
        "share": words.percent(Fraction(ordered) / Fraction(limit), 1),
        "delivered": swedish_amount(delivered),
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

"""A curve of shares, with the band in which chance lets each of them lie."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING

from rodatraden.core.numbers import swedish_number
from rodatraden.ui import words
from rodatraden.ui.drawing.shapes import Dot, Label, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rodatraden.core.evaluation.stress import Share

LEFT, RIGHT, TOP, BOTTOM = 46, 516, 12, 222
TICKS = tuple(map(Decimal, ("0.01", "0.02", "0.05", "0.1", "0.2", "0.25")))
MOST_TICKS = 5


@dataclass(frozen=True, slots=True)
class CurvePlot:
    """Line and band from zero, a dot with its share at each measured place, ticks along both axes."""

    line: str
    band: str
    dots: tuple[tuple[Dot, Label], ...]
    across: tuple[Label, ...]
    up: tuple[Label, ...]


def curve_plot(measured: Sequence[tuple[Decimal, Share]]) -> CurvePlot:
    """Draw shares over what they were measured at, lowest first; with nothing to measure the share is none."""
    known = [(at, share.low, share.value, share.high) for at, share in measured]
    told = [(at, low, value, high) for at, low, value, high in known if low is not None and value is not None and high]
    widest = max((at for at, *_shares in told), default=Decimal(1))
    top = max((high for _at, _low, _value, high in told), default=Decimal(0))
    tick = next((each for each in TICKS if each * MOST_TICKS >= top), TICKS[-1])
    highest = tick * max(1, ceil(top / tick))

    def x(at: Decimal) -> float:
        return LEFT + float(at / widest) * (RIGHT - LEFT)

    def y(share: Decimal) -> float:
        return BOTTOM - float(share / highest) * (BOTTOM - TOP)

    def path(places: Sequence[tuple[Decimal, Decimal]]) -> str:
        return "L".join(f"{plain(x(at))} {plain(y(share))}" for at, share in places)

    start = (Decimal(0), Decimal(0))
    upper = [start, *((at, high) for at, _low, _value, high in told)]
    lower = [(at, low) for at, low, _value, _high in reversed(told)]
    return CurvePlot(
        line=f"M{path([start, *((at, value) for at, _low, value, _high in told)])}",
        band=f"M{path([*upper, *lower])}Z",
        dots=tuple(
            (
                Dot(x(at), y(value)),
                Label(x(at) - 8, max(y(value) - 9, TOP), words.percent(value, 1), anchor="end"),
            )
            for at, _low, value, _high in told
        ),
        across=tuple(
            Label(x(at), BOTTOM + 20, swedish_number(at), anchor="middle")
            for at in (start[0], *(at for at, *_ in told))
        ),
        up=tuple(
            Label(LEFT - 8, y(tick * n), words.percent(tick * n), anchor="end") for n in range(int(highest / tick) + 1)
        ),
    )

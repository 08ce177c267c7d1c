"""The win map: how often a bid with this price and these points wins, as squares that darken with the share."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from rodatraden.core.numbers import swedish_number
from rodatraden.ui.drawing.shapes import Label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rodatraden.core.evaluation.stress import Share, WinMap

LEFT, TOP = 52, 34
WIDE, HIGH = 60, 29
GAP = 1
BASE = 19  # from the upper edge of a square to the line its text stands on
BELOW = 22  # from the lowest square to the prices
BESIDE = 74  # to the right of the map, for the words at the gate
NARROWEST = 480  # so that a map of few columns is not drawn in giant squares
HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Square:
    """One square. `percent` is the whole per cent; None where the cases are too few to say."""

    x: int
    y: int
    percent: int | None

    @property
    def opacity(self) -> str:
        """Return how much of the dark end of the heat scale is laid over the light end."""
        return f"{(self.percent or 0) / HUNDRED:g}"


@dataclass(frozen=True, slots=True)
class MapRow:
    """A row of the table: the points at which it begins, and its squares from the lowest price."""

    points: Decimal
    squares: tuple[Square, ...]


@dataclass(frozen=True, slots=True)
class WinMapPlot:
    """The map, most points first, without rows and columns in which there are too few cases everywhere.

    `columns` are the prices between which each column lies; None: what is cheaper, or dearer, counts there too.
    `gate` is the height of the line of the gate, when it lies on the map.
    """

    rows: tuple[MapRow, ...]
    columns: tuple[tuple[Decimal | None, Decimal | None], ...]
    prices: tuple[Label, ...]
    points: tuple[Label, ...]
    gate: int | None
    width: int
    height: int

    @property
    def bottom(self) -> int:
        """Return the height of the lower edge of the map."""
        return TOP + HIGH * len(self.rows)


def win_map_plot(found: WinMap, *, fewest: int, gate: Decimal | None = None) -> WinMapPlot:
    """Draw a win map; a square with less than `fewest` cases says nothing, and where all are such the map ends."""
    rows = _known(found.shares, fewest)
    columns = _known(list(zip(*found.shares, strict=True)), fewest)
    last = len(found.prices) - 2
    drawn = tuple(
        MapRow(
            found.points[row],
            tuple(
                Square(LEFT + WIDE * n, TOP + HIGH * m, _percent(found.shares[row][column], fewest))
                for n, column in enumerate(columns)
            ),
        )
        for m, row in enumerate(reversed(rows))
    )
    bottom = TOP + HIGH * len(rows)
    edges = [*columns, columns[-1] + 1] if columns else []
    return WinMapPlot(
        rows=drawn,
        columns=tuple(
            (None if column == 0 else found.prices[column], None if column == last else found.prices[column + 1])
            for column in columns
        ),
        prices=tuple(
            Label(LEFT + WIDE * n, bottom + BELOW, swedish_number(found.prices[edge]), anchor="middle")
            for n, edge in enumerate(edges)
        ),
        points=tuple(
            Label(LEFT - 10, TOP + HIGH * m + BASE, swedish_number(row.points), anchor="end")
            for m, row in enumerate(drawn)
        ),
        gate=_height(gate, [found.points[row] for row in rows], bottom),
        width=max(NARROWEST, LEFT + WIDE * len(columns) + BESIDE),
        height=bottom + 60,
    )


def _known(lines: Sequence[Sequence[Share]], fewest: int) -> range:
    """Return the lines from the first to the last that have a square with cases enough."""
    known = [n for n, line in enumerate(lines) if any(share.of >= fewest for share in line)]
    return range(known[0], known[-1] + 1) if known else range(0)


def _percent(share: Share, fewest: int) -> int | None:
    if share.of < fewest or share.value is None:
        return None
    return int((share.value * HUNDRED).quantize(Decimal(1), ROUND_HALF_UP))


def _height(gate: Decimal | None, points: Sequence[Decimal], bottom: int) -> int | None:
    """Return the height of the lower edge of the row in which the gate lies, if it lies between two rows."""
    if gate is None or len(points) < 2 or not points[0] < gate <= points[-1]:  # noqa: PLR2004 -- two rows
        return None
    return bottom - HIGH * sum(each < gate for each in points)

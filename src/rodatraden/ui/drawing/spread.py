"""How the scores of one criterion lie on its scale: a ring for each assessor, a diamond for what was agreed on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from rodatraden.ui.drawing.shapes import Dot, plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

LEFT, RIGHT = 8, 142
MIDDLE = 16  # y of the scale
RISE = 7  # from one ring to the next that has the same points


@dataclass(frozen=True, slots=True)
class SpreadPlot:
    """The rings, the stretch between the lowest and the highest, the ticks and the diamond."""

    dots: tuple[Dot, ...]
    stretch: tuple[str, str] | None
    ticks: tuple[str, ...]
    agreed: str


def spread_plot(
    lowest: Decimal, highest: Decimal, scores: Sequence[Decimal], agreed: Decimal | None = None
) -> SpreadPlot:
    """Draw `scores` on the scale from `lowest` to `highest`; equal scores stand above each other."""

    def place(points: Decimal) -> float:
        share = Fraction(points - lowest) / Fraction(highest - lowest)
        return LEFT + float(share) * (RIGHT - LEFT)

    seen: Counter[Decimal] = Counter()
    dots = []
    for points in scores:
        dots.append(Dot(place(points), MIDDLE - RISE * seen[points]))
        seen[points] += 1
    return SpreadPlot(
        dots=tuple(dots),
        stretch=(plain(place(min(scores))), plain(place(max(scores)))) if len(seen) > 1 else None,
        ticks=tuple(plain(x) for x in (LEFT, (LEFT + RIGHT) / 2, RIGHT)),
        agreed="" if agreed is None else f"M{plain(place(agreed))} {MIDDLE + 4}l5 5-5 5-5-5z",
    )

"""Where the middle nine tenths of a simulated figure lie."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from rodatraden.core.evaluation.stress.tenders import Floats

POINTS = (0.05, 0.5, 0.95)
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Spread:
    """The 5th, 50th and 95th percentile of `of` tries; None when there were none."""

    low: Decimal | None
    middle: Decimal | None
    high: Decimal | None
    of: int

    def to_json(self) -> dict[str, object]:
        """Return the percentiles and how many tries they are of."""
        return {"low": self.low, "middle": self.middle, "high": self.high, "of": self.of}


def spread(found: Floats) -> Spread:
    """Return the spread of an array, to six digits; infinite values count as larger than all others."""
    if not found.size:
        return Spread(None, None, None, 0)
    low, middle, high = (_decimal(float(each)) for each in np.quantile(found, POINTS, method="nearest"))
    return Spread(low, middle, high, found.size)


def _decimal(value: float) -> Decimal | None:
    return Decimal(f"{value:.{DIGITS}g}").normalize() + 0 if np.isfinite(value) else None

"""A share counted in a simulation, with its 95 % interval (Wilson 1927), so that chance is never read as knowledge."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import sqrt

Z = 1.959963984540054
"""The normal quantile of a two-sided 95 % interval."""
DECIMALS = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of` tries. With no tries at all nothing can be said: value and interval are None."""

    count: int
    of: int

    @property
    def value(self) -> Decimal | None:
        """Return the share, 0 to 1, to six decimals."""
        return _decimal(self.count / self.of) if self.of else None

    @property
    def low(self) -> Decimal | None:
        """Return the lower end of the interval."""
        return self._end(-1)

    @property
    def high(self) -> Decimal | None:
        """Return the upper end of the interval."""
        return self._end(1)

    def to_json(self) -> dict[str, object]:
        """Return the counts, the share and its interval."""
        return {"count": self.count, "of": self.of, "value": self.value, "low": self.low, "high": self.high}

    def _end(self, side: int) -> Decimal | None:
        if not self.of:
            return None
        if self.count in {0, self.of} and (self.count == 0) == (side < 0):
            return Decimal(self.count // self.of)  # the formula gives it but for the rounding of floats
        share, z_square = self.count / self.of, Z * Z
        centre = share + z_square / (2 * self.of)
        spread = Z * sqrt(share * (1 - share) / self.of + z_square / (4 * self.of**2))
        return _decimal((centre + side * spread) / (1 + z_square / self.of))


def _decimal(value: float) -> Decimal:
    return Decimal(value).quantize(DECIMALS)

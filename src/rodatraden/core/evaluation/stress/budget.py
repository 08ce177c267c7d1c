"""A13, the budget: what the winning price means against the ceiling and the volume that the buyer expects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rodatraden.core.evaluation.price import PriceUnit
from rodatraden.core.evaluation.reading import read_above_zero, read_object
from rodatraden.core.evaluation.stress.quantiles import Spread, spread
from rodatraden.core.evaluation.stress.share import Share

if TYPE_CHECKING:
    from decimal import Decimal

    from rodatraden.core.evaluation.stress.batch import Batch


@dataclass(frozen=True, slots=True)
class Budget:
    """The buyer's ceiling in kronor excluding VAT, and how many hours (or times) it expects to buy, if it has said so."""

    ceiling: Decimal
    volume: Decimal | None = None

    @classmethod
    def from_json(cls, value: object, field: str = "budget") -> Budget:
        """Read a budget.

        Raises:
            ModelError: a field is missing, unknown or of the wrong kind.
        """
        found = read_object(value, field, ("ceiling",), ("volume",))
        volume = found.get("volume")
        return cls(
            ceiling=read_above_zero(found["ceiling"], f"{field}.ceiling"),
            volume=None if volume is None else read_above_zero(volume, f"{field}.volume"),
        )

    def to_json(self) -> dict[str, object]:
        """Return the budget."""
        return {"ceiling": self.ceiling, "volume": self.volume}


@dataclass(frozen=True, slots=True)
class Spending:
    """`price`: the winning price. `over`: how often it passes the ceiling, times the volume; None without a volume for hours.

    `bought`: how many hours the ceiling buys, for a price by the hour.
    """

    price: Spread
    over: Share | None
    bought: Spread | None

    def to_json(self) -> dict[str, object]:
        """Return the figures."""
        return {
            "price": self.price.to_json(),
            "over": self.over and self.over.to_json(),
            "bought": self.bought and self.bought.to_json(),
        }


def spending(batch: Batch, budget: Budget | None) -> Spending | None:
    """Return what the winners of a batch cost; None in a model without prices."""
    if not batch.scoring.model.combination.needs_price:
        return None
    decided = batch.firsts.decided
    prices = np.asarray(batch.firsts.of_winner(batch.tenders.prices)[decided], float)
    if budget is None:
        return Spending(spread(prices), None, None)
    ceiling = float(budget.ceiling)
    is_hourly = batch.scoring.model.price.unit is PriceUnit.HOUR
    times = float(budget.volume) if budget.volume is not None else (None if is_hourly else 1.0)
    over = None if times is None else Share(int((prices * times > ceiling).sum()), prices.size)
    return Spending(spread(prices), over, spread(ceiling / prices) if is_hourly else None)

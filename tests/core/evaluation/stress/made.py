"""Made-up markets whose outcome is known beforehand: typed bids that nothing shakes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from rodatraden.core.assessment import Scale
from rodatraden.core.evaluation.stress.batch import Batch, drawn
from rodatraden.core.evaluation.stress.market import Made, Market, Parametric, Typed
from rodatraden.core.evaluation.stress.scoring import Scoring
from tests.core.evaluation.worked import read

if TYPE_CHECKING:
    from rodatraden.core.evaluation import Model

SEED = 20260316
FOUR = Parametric(Decimal(1100), price_spread=Decimal("16.183"), bids=Decimal(4), fewest=4, most=4)
"""The market of reference table 1.2: four bids, prices lognormal with 0.15 around 1,100, points 14 of 20 with 2.5."""


def model_of(name: str, lot: int = 0) -> Model:
    return read(name).lots[lot].model


def of_the_reference() -> Model:
    """Return the model that the reference measured: 100 kr a point, whole points 0 to 20, a gate at 12."""
    model = model_of("03-price-deduction")
    criterion = replace(model.criteria[0], scale=Scale(Decimal(0), Decimal(20), Decimal(1)))
    return replace(model, criteria=(criterion,))


def typed(*bids: tuple[int, float], of: int = 20) -> Typed:
    """Return a market of one tender that nothing shakes: prices with points on a single scale from 0."""
    made = tuple(Made(Decimal(price), (Decimal(str(points)) * 100 / of,)) for price, points in bids)
    return Typed((made,), price_jitter=Decimal(0), score_jitter=Decimal(0))


def batch(model: Model, market: Market, n: int = 4) -> Batch:
    return drawn(Scoring(model), market, n, SEED, 0)


def without_gates(name: str) -> Model:
    return replace(model_of(name), gates=())

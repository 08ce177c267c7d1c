"""The stress test before publication: how a model behaves in thousands of made-up tenders (A1–A13).

It says nothing of the bids that will come, only what the model does to bids such as those assumed. Nothing here decides.
"""

from __future__ import annotations

from rodatraden.core.evaluation.stress.at_stake import AtStake, at_stake
from rodatraden.core.evaluation.stress.budget import Budget, Spending
from rodatraden.core.evaluation.stress.disagreement import Disagreement
from rodatraden.core.evaluation.stress.gates import Gates
from rodatraden.core.evaluation.stress.market import Made, Market, Parametric, Typed, read_market
from rodatraden.core.evaluation.stress.monotone import Held, Property
from rodatraden.core.evaluation.stress.own_price import OwnPrice
from rodatraden.core.evaluation.stress.power import PRICE, Power
from rodatraden.core.evaluation.stress.quantiles import Spread
from rodatraden.core.evaluation.stress.report import (
    FEWEST,
    MOST,
    SEED,
    USUAL,
    Report,
    StressError,
    around,
    stress,
    usual_step,
)
from rodatraden.core.evaluation.stress.sensitivity import Rate
from rodatraden.core.evaluation.stress.share import Share
from rodatraden.core.evaluation.stress.side_by_side import another_winner
from rodatraden.core.evaluation.stress.third_bid import Cover, Flip
from rodatraden.core.evaluation.stress.ties import Ties
from rodatraden.core.evaluation.stress.win_map import WinMap

__all__ = [
    "FEWEST",
    "MOST",
    "PRICE",
    "SEED",
    "USUAL",
    "AtStake",
    "Budget",
    "Cover",
    "Disagreement",
    "Flip",
    "Gates",
    "Held",
    "Made",
    "Market",
    "OwnPrice",
    "Parametric",
    "Power",
    "Property",
    "Rate",
    "Report",
    "Share",
    "Spending",
    "Spread",
    "StressError",
    "Ties",
    "Typed",
    "WinMap",
    "another_winner",
    "around",
    "at_stake",
    "read_market",
    "stress",
    "usual_step",
]

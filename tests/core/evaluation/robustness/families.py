"""Tenders by chance in every family, for what holds in all."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from rodatraden.core.evaluation import Bid, Model
from tests.core.evaluation.worked import read

FAMILIES = (
    "01-lowest-price",
    "03-price-deduction",
    "04-percentage-addition",
    "05-quality-only",
    "06-absolute-linear",
    "07-proportional",
    "08-linear-from-lowest",
    "09-min-max",
    "10-mean",
    "11-median",
    "12-rank",
    "13-ratio",
    "14-corridor",
    "15-quality-of-best",
    "26-tie-lower-price",
)
"""The cases with one criterion of 0 to 20 points in halves."""
MODELS: dict[str, Model] = {name: read(name).lots[0].model for name in FAMILIES}
ABSOLUTE = [name for name, model in MODELS.items() if not model.is_relative]
RELATIVE = [name for name, model in MODELS.items() if model.is_relative]
KEY = "kvalitet"

halves = st.integers(0, 40).map(lambda n: Decimal(n) / 2)
prices = st.decimals(1, 3000, places=2)
qualified = st.sampled_from([None, None, None, "out"])
tenders = st.lists(st.tuples(prices, halves, qualified), min_size=1, max_size=5).map(
    lambda drawn: [Bid(str(n), f"Bid {n}", price, {KEY: points}, out) for n, (price, points, out) in enumerate(drawn)]
)

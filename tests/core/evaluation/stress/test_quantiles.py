"""Percentiles of what was simulated."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from rodatraden.core.evaluation.stress.quantiles import Spread, spread


def test_the_middle_nine_tenths_of_a_hundred_numbers() -> None:
    assert spread(np.arange(101.0)) == Spread(Decimal(5), Decimal(50), Decimal(95), 101)


def test_what_never_ends_is_larger_than_all_else() -> None:
    assert spread(np.array([1.0, np.inf, np.inf])) == Spread(Decimal(1), None, None, 3)


def test_of_nothing_there_is_no_spread() -> None:
    assert spread(np.array([])).to_json() == {"low": None, "middle": None, "high": None, "of": 0}

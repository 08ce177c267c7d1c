"""A11: stated and realised weights."""

from __future__ import annotations

from decimal import Decimal

from rodatraden.core.evaluation.stress.power import PRICE, power
from tests.core.evaluation.stress.made import FOUR, batch, model_of, typed


def test_stated_weights_are_those_published() -> None:
    found = {each.key: each.stated for each in power(batch(model_of("07-proportional"), FOUR, 200))}
    assert found == {PRICE: Decimal("0.6"), "kvalitet": Decimal("0.4")}


def test_a_model_that_states_no_weights_has_none() -> None:
    assert {each.stated for each in power(batch(model_of("seed-000"), FOUR, 200))} == {None}


def test_realised_weights_sum_to_one() -> None:
    for name in ("07-proportional", "09-min-max", "seed-000", "18-maturity"):
        realised = [each.realised for each in power(batch(model_of(name), FOUR, 500))]
        assert abs(sum(each or 0 for each in realised) - 1) < Decimal("0.00001")


def test_a_criterion_on_which_all_are_level_decides_nothing() -> None:
    price, quality = power(batch(model_of("03-price-deduction"), typed((1000, 15), (1400, 15))))
    assert (price.realised, price.changes.count) == (1, 4)
    assert (quality.realised, quality.changes.count) == (0, 0)


def test_in_a_sum_of_points_the_realised_weight_is_that_of_the_spread() -> None:
    """Five criteria that spread alike on scales of 120, 80, 100, 100 and 100: variances go with the squares."""
    found = {each.key: each.realised for each in power(batch(model_of("18-maturity"), FOUR, 16_384))}
    weights = {each.key: float(each.highest) ** 2 for each in model_of("18-maturity").criteria}
    for key, realised in found.items():
        assert realised is not None
        assert abs(float(realised) - weights[key] / sum(weights.values())) < 0.02

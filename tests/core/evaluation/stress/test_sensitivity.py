"""A12: another rate, the same tenders."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from rodatraden.core.evaluation import PriceAddition, WeightedSum
from rodatraden.core.evaluation.stress.sensitivity import FACTORS, sensitivity, with_rate
from rodatraden.core.evaluation.stress.share import Share
from tests.core.evaluation.stress.made import FOUR, batch, model_of, typed


def test_the_published_rate_gives_the_published_winner() -> None:
    found = sensitivity(batch(model_of("seed-000"), FOUR, 500))
    assert [each.rate for each in found] == [100 * factor for factor in FACTORS]
    (published,) = (each for each in found if each.is_published)
    assert (published.rate, published.same.count) == (100, published.same.of)


def test_a_rate_beyond_the_break_even_gives_another_winner() -> None:
    """A is 200 kr dearer and 2 points better: below 100 kr a point B wins; at 100 kr they are level, and A has more points."""
    found = sensitivity(batch(model_of("seed-000"), typed((1200, 18), (1000, 16)), 3))
    same = {each.rate: each.same for each in found}
    rows = {Decimal(75): 0, Decimal(90): 0, Decimal(100): 3, Decimal(110): 3}
    assert {rate: same[rate] for rate in rows} == {rate: Share(n, 3) for rate, n in rows.items()}


def test_a_weight_of_all_or_more_is_not_tried() -> None:
    model = model_of("07-proportional")
    assert isinstance(model.combination, WeightedSum)
    assert with_rate(model.combination, Decimal(2)) is None
    changed = with_rate(model.combination, Decimal("0.5"))
    assert changed is not None
    combination, rate = changed
    assert isinstance(combination, WeightedSum)
    assert (rate, combination.price_weight + combination.quality_weight) == (Decimal("0.3"), 1)


@pytest.mark.parametrize("name", ["01-lowest-price", "05-quality-only", "13-ratio"])
def test_a_model_without_a_rate_has_no_curve(name: str) -> None:
    assert sensitivity(batch(model_of(name), FOUR)) == ()


def test_a_rate_changes_nothing_but_the_rate() -> None:
    combination = PriceAddition(Decimal(100), Decimal(20))
    assert with_rate(combination, Decimal(2)) == (replace(combination, per_point=Decimal(200)), Decimal(200))

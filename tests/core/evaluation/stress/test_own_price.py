"""A6 (INV-10): where a lower price pays nothing, and what is left on the table."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rodatraden.core.evaluation import Level, findings
from rodatraden.core.evaluation.stress.own_price import own_price
from tests.core.evaluation.stress.made import FOUR, batch, model_of, typed
from tests.core.evaluation.stress.test_scoring import USABLE

ALWAYS = [
    each
    for each in USABLE
    if not model_of(*each).is_relative
    and any(found.code == "price_always_counts" and found.level is Level.PASSED for found in findings(model_of(*each)))
]


@pytest.mark.parametrize(("name", "lot"), ALWAYS)
def test_inv_10_where_price_always_counts_every_lower_price_pays(name: str, lot: int) -> None:
    found = own_price(batch(model_of(name, lot), FOUR, 200))
    assert found is not None
    assert (found.without_effect.count, found.without_effect.of > 0) == (0, True)


@pytest.mark.parametrize("name", ["06-clipped", "12-rank", "09-min-max"])
def test_inv_10_a_flat_stretch_is_found_and_shown(name: str) -> None:
    found = own_price(batch(model_of(name), FOUR, 500))
    assert found is not None
    assert found.without_effect.count > 0
    assert found.example is not None
    dear, cheap = ({each.key: each for each in field.outcome.results} for field in found.example)
    changed = [key for key in dear if dear[key].price != cheap[key].price]
    assert len(changed) == 1
    dearer, cheaper = dear[changed[0]].price, cheap[changed[0]].price
    assert dearer is not None
    assert cheaper is not None
    assert dearer > cheaper


def test_the_winner_of_seed_0_could_have_been_dearer_by_its_lead() -> None:
    """A at 1000 with 18 points is at 1200, B at 1350: 15 per cent dearer A is level, and wins by the published rule."""
    found = own_price(batch(model_of("seed-000"), typed((1000, 18), (950, 16))))
    assert found is not None
    assert found.left.middle == Decimal("0.15")


def test_points_alone_have_no_price_to_try() -> None:
    assert own_price(batch(model_of("05-quality-only"), FOUR)) is None

"""A13: the winning price against ceiling and volume; the hours of reference/evaluation.md section 1.2."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rodatraden.core.canonical import canonical_json, read_canonical
from rodatraden.core.evaluation import ModelError
from rodatraden.core.evaluation.stress.budget import Budget, Spending, spending
from rodatraden.core.evaluation.stress.share import Share
from tests.core.evaluation.stress.made import FOUR, batch, model_of, typed

CEILING = Budget(Decimal(3_000_000))


def spent(price: int, budget: Budget | None, name: str = "seed-000") -> Spending:
    found = spending(batch(model_of(name), typed((price, 16))), budget)
    assert found is not None
    return found


@pytest.mark.parametrize(("price", "hours"), [(800, 3750), (1000, 3000), (1200, 2500), (1500, 2000)])
def test_the_ceiling_buys_so_many_hours(price: int, hours: int) -> None:
    found = spent(price, CEILING)
    assert found.bought is not None
    assert (found.bought.middle, found.over) == (hours, None), "nobody has said how many hours will be bought"


def test_with_a_volume_it_is_told_how_often_the_ceiling_is_passed() -> None:
    assert spent(1000, Budget(Decimal(3_000_000), Decimal(3000))).over == Share(0, 4), (
        "the ceiling itself is not passed"
    )
    assert spent(1001, Budget(Decimal(3_000_000), Decimal(3000))).over == Share(4, 4)


def test_a_total_price_needs_no_volume() -> None:
    found = spent(3_000_001, CEILING, "16-life-cycle-cost")
    assert (found.over, found.bought) == (Share(4, 4), None)


def test_without_a_budget_only_the_price_is_told() -> None:
    found = spent(1000, None)
    assert (found.price.middle, found.over, found.bought) == (1000, None, None)


def test_points_alone_cost_nothing() -> None:
    assert spending(batch(model_of("05-quality-only"), FOUR), CEILING) is None


def test_a_budget_is_stored_and_read_again() -> None:
    budget = Budget(Decimal(3_000_000), Decimal(2500))
    assert Budget.from_json(read_canonical(canonical_json(budget.to_json()))) == budget
    with pytest.raises(ModelError) as raised:
        Budget.from_json({"ceiling": Decimal(0)})
    assert raised.value.field == "budget.ceiling"

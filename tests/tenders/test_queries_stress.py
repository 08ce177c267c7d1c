"""A report is computed once for the same model, market, number and start value."""

from __future__ import annotations

from decimal import Decimal

from rodatraden.core.assessment import Scale
from rodatraden.core.evaluation import Criterion, Model, PriceAddition
from rodatraden.core.evaluation.stress import another_winner, around, stress
from rodatraden.tenders.queries import stress_difference, stress_test

TEN = Scale(Decimal(0), Decimal(10), Decimal(1))


def model(per_point: int) -> Model:
    return Model((Criterion("a", "A", TEN),), PriceAddition(Decimal(per_point), Decimal(10)))


def test_the_report_is_that_of_the_core_and_is_remembered():
    chosen = model(100)
    report = stress_test(chosen, around(chosen), tenders=200, seed=1, budget=None)
    alone = stress(chosen, around(chosen), tenders=200, seed=1)
    assert alone is not None
    assert report.hash == alone.hash
    assert stress_test(model(100), around(chosen), tenders=200, seed=1, budget=None) is report


def test_another_model_has_another_report():
    one, two = (stress_test(model(n), around(model(n)), tenders=200, seed=1, budget=None) for n in (100, 101))
    assert one.hash != two.hash


def test_how_often_two_models_differ_is_counted_on_the_tenders_of_the_report():
    one, two = model(1), model(1000)
    share = stress_difference(one, two, around(one), tenders=200, seed=1)
    assert share == another_winner(one, two, around(one), tenders=200, seed=1)
    assert share.count > 0

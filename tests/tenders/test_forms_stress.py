"""Assumptions as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rodatraden.core.assessment import Scale
from rodatraden.core.evaluation import (
    Criterion,
    Gate,
    Model,
    PercentageAddition,
    Price,
    PriceAddition,
    PriceUnit,
    QualityOnly,
)
from rodatraden.core.evaluation.stress import SEED, USUAL, Budget, around
from rodatraden.tenders.forms.stress import StressForm
from rodatraden.tenders.models import Tender

MODEL = Model(
    (Criterion("a", "A", Scale(Decimal(0), Decimal(10), Decimal(1))),), PriceAddition(Decimal(100), Decimal(10))
)
SENT = {
    "bids": "12",
    "price": "25 000",
    "price_spread": "20 %",
    "quality": "60",
    "quality_spread": "10",
    "correlation": "−0,25",
    "tenders": "1000",
    "seed": "3",
}


def form(data=None, *, ceiling=Decimal(3_000_000), model=MODEL):
    return StressForm(data, tender=Tender(ceiling=ceiling), model=model)


def test_it_starts_from_the_market_of_the_core():
    assumed = form().assumed
    assert (assumed.market, assumed.tenders, assumed.seed) == (around(MODEL), USUAL, SEED)
    assert assumed.budget == Budget(Decimal(3_000_000))


def test_what_is_written_becomes_a_market():
    assumed = form(SENT | {"volume": "500"}).assumed
    market = assumed.market
    assert (market.bids, market.most, market.price, market.price_step) == (12, 20, 25_000, 10)
    assert (market.price_spread, market.correlation) == (20, Decimal("-0.25"))
    assert (assumed.tenders, assumed.seed, assumed.budget.volume) == (1000, 3, 500)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("bids", "0"),
        ("bids", "21"),
        ("price", "0"),
        ("price_spread", "0"),
        ("quality", "101"),
        ("quality", "-1"),
        ("correlation", "1,01"),
        ("correlation", "--1"),
        ("correlation", "1e-1"),
        ("tenders", "99"),
        ("tenders", "100001"),
        ("seed", "-1"),
        ("seed", "2147483648"),
        ("bids", ""),
    ],
)
def test_what_no_market_can_be_is_told_at_its_field(field, typed):
    wrong = form(SENT | {field: typed})
    assert (wrong.assumed, list(wrong.errors)) == (None, [field])


def test_hours_are_asked_for_only_where_a_ceiling_buys_them():
    total = Model(MODEL.criteria, MODEL.combination, Price(unit=PriceUnit.TOTAL))
    assert "volume" in form().fields
    assert "volume" not in form(ceiling=None).fields
    assert "volume" not in form(model=total).fields
    assert form(SENT, ceiling=None).assumed.budget is None


@pytest.mark.parametrize(
    ("sent", "combination", "gates"),
    [
        ({"against": "addition", "rate": "50"}, PriceAddition(Decimal(50), Decimal(10)), ()),
        ({"against": "addition"}, PriceAddition(Decimal(100), Decimal(10)), ()),
        ({"against": "percent"}, PercentageAddition(Decimal("0.4"), Decimal(10)), ()),
        ({"against": "quality", "gate": "6"}, QualityOnly(), (Gate(Decimal(6)),)),
    ],
)
def test_another_model_is_put_together(sent, combination, gates):
    other = form(SENT | sent).assumed.other
    assert (other.combination, other.gates) == (combination, gates)


def test_without_a_choice_there_is_no_other_model():
    assert form(SENT | {"against": "", "rate": "50"}).assumed.other is None


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"against": "addition", "rate": "0"}, "rate"),
        ({"against": "percent", "rate": "-5"}, "rate"),
        ({"against": "lowest", "gate": "11"}, "gate"),
        ({"against": "rank"}, "against"),
    ],
)
def test_another_model_that_can_not_be_is_told_at_its_field(sent, field):
    wrong = form(SENT | sent)
    assert (wrong.assumed, list(wrong.errors)) == (None, [field])


def test_a_rate_is_asked_for_where_the_model_has_none():
    quality = Model(MODEL.criteria, QualityOnly())
    assert list(form(SENT | {"against": "percent"}, model=quality).errors) == ["rate"]

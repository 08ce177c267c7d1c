"""Other models on the same criteria: every one can be used, and none lets a third bid decide."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from rodatraden.core.assessment import Scale
from rodatraden.core.evaluation import (
    Bid,
    Criterion,
    Gate,
    LowestPrice,
    Model,
    PercentageAddition,
    PriceAddition,
    QualityOnly,
    TieRule,
    evaluate,
    findings,
    stops,
)
from rodatraden.core.exact import as_fraction
from rodatraden.tenders.rules.variants import Variant, cheaper, usual_rate, variant_of

TEN = Scale(Decimal(0), Decimal(10), Decimal(1))
MODEL = Model(
    (Criterion("a", "A", TEN), Criterion("b", "B", TEN)),
    PriceAddition(Decimal(100), Decimal(20)),
    gates=(Gate(Decimal(12)),),
    tie_rule=TieRule.HIGHER_QUALITY,
)


@pytest.mark.parametrize(
    ("kind", "rate", "expected"),
    [
        (Variant.ADDITION, "50", PriceAddition(Decimal(50), Decimal(20))),
        (Variant.PERCENT, "8.33", PercentageAddition(Decimal("8.33"), Decimal(20))),
        (Variant.QUALITY, None, QualityOnly()),
        (Variant.LOWEST, None, LowestPrice()),
    ],
)
def test_every_variant_can_be_used_and_is_absolute(kind, rate, expected):
    found = variant_of(MODEL, kind, rate=rate and Decimal(rate), gate=None)
    assert (found.combination, found.criteria, found.gates) == (expected, MODEL.criteria, MODEL.gates)
    assert (stops(findings(found)), found.is_relative) == ((), False)


def test_the_gate_is_kept_moved_or_taken_away():
    def gates(gate):
        return variant_of(MODEL, Variant.LOWEST, rate=None, gate=gate).gates

    assert (gates(None), gates(Decimal(14)), gates(Decimal(0))) == (MODEL.gates, (Gate(Decimal(14)),), ())


def test_a_point_is_worth_as_much_at_the_usual_price():
    assert usual_rate(MODEL, Variant.ADDITION, Decimal(1200)) == 100
    assert usual_rate(MODEL, Variant.PERCENT, Decimal(1200)) == Decimal("8.33")
    quality = variant_of(MODEL, Variant.QUALITY, rate=None, gate=None)
    assert usual_rate(quality, Variant.PERCENT, Decimal(1200)) is None
    percent = variant_of(MODEL, Variant.PERCENT, rate=Decimal(10), gate=None)
    assert usual_rate(percent, Variant.PERCENT, Decimal(1200)) == 10
    assert usual_rate(percent, Variant.ADDITION, Decimal(1200)) == 120


@pytest.mark.parametrize("rate", ["0.01", "7.5", "10", "150"])
@pytest.mark.parametrize("missing", [1, 3, 8, 20])
def test_so_much_cheaper_a_bid_with_fewer_points_must_be_and_hardly_less(rate, missing):
    """In per cent, rounded up to two decimals: at that it is level or first, a hundredth of a per cent less is too little."""
    weighing = PercentageAddition(Decimal(rate), Decimal(20))
    model = replace(MODEL, combination=weighing, gates=(), tie_rule=TieRule.NONE)
    share = cheaper(weighing, Fraction(missing))

    def evaluation_prices(percent: Decimal) -> list[Fraction]:
        price = Decimal(100_000)
        bids = [
            Bid(key="A", name="A", price=price, scores={"a": Decimal(10), "b": Decimal(10)}),
            Bid(
                key="B",
                name="B",
                price=price * (100 - percent) / 100,
                scores={"a": Decimal(10 - min(missing, 10)), "b": Decimal(10 - max(missing - 10, 0))},
            ),
        ]
        return [
            as_fraction(result.value) for result in sorted(evaluate(model, bids).results, key=lambda each: each.key)
        ]

    best, fewer = evaluation_prices(share)
    assert fewer <= best
    best, fewer = evaluation_prices(share - Decimal("0.01"))
    assert fewer > best


def test_missing_points_have_no_rate_where_they_cost_nothing():
    assert [cheaper(each, Fraction(8)) for each in (LowestPrice(), QualityOnly())] == [None, None]
    assert cheaper(PriceAddition(Decimal(100), Decimal(20)), Fraction(8)) == 800
    assert cheaper(PercentageAddition(Decimal(10), Decimal(5)), Fraction(-10)) is None

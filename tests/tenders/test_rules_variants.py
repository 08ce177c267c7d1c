"""Other models on the same criteria: every one can be used, and none lets a third bid decide."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rodatraden.core.assessment import Scale
from rodatraden.core.evaluation import (
    Criterion,
    Gate,
    LowestPrice,
    Model,
    PercentageAddition,
    PriceAddition,
    QualityOnly,
    TieRule,
    findings,
    stops,
)
from rodatraden.tenders.rules.variants import Variant, usual_rate, variant_of

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

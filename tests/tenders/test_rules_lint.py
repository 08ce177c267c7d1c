"""What is found about a model is one truth: what stops on its page stops in the checklist, and is never accepted."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from rodatraden.core.answer import RefusedError
from rodatraden.core.evaluation import (
    Curve,
    PriceAddition,
    PricePoints,
    ReferenceKind,
    ReferenceValue,
    TieRule,
    WeightedSum,
)
from rodatraden.core.evaluation.lint import Severity as Weight
from rodatraden.tenders.actions import accept_finding, publish, set_evaluation_model
from rodatraden.tenders.queries import publication_findings
from rodatraden.tenders.rules import Severity
from rodatraden.tenders.rules.lint import code_of, passed, remarks
from rodatraden.tenders.rules.model import model_json, model_of
from tests.factories.parties import START
from tests.factories.tenders import make_drafted

pytestmark = pytest.mark.django_db
CLIPPED = WeightedSum(
    price_weight=Decimal(60),
    quality_weight=Decimal(40),
    total=Decimal(100),
    price_points=PricePoints(
        Curve.BETWEEN,
        ReferenceValue(ReferenceKind.FIXED, Decimal(800)),
        to=ReferenceValue(ReferenceKind.FIXED, Decimal(1600)),
        floor=Decimal(0),
        ceiling=Decimal(1),
    ),
)


def clipped(tender):
    """Give the documents a model with a price scale that is clipped, as stored."""
    chosen = replace(model_of(tender), combination=CLIPPED, gates=())
    tender.evaluation_model = model_json(chosen)
    tender.save()
    return chosen


def test_inv_10_a_price_without_effect_stops_publication_and_nobody_accepts_it():
    case, tender = make_drafted()
    chosen = clipped(tender)
    (found,) = [each for each in remarks(chosen, {}) if each.code == "price_without_effect"]
    assert (found.severity, found.example is not None) == (Weight.ERROR, True)
    stop = next(each for each in publication_findings(tender, START) if each.code == "model:price_without_effect")
    assert (stop.severity, stop.source) == (Severity.STOPS, "HFD 2022 ref. 41")
    with pytest.raises(RefusedError):
        accept_finding(tender=tender, code=stop.code, reason="Vi vill ha det så.", by=case.officer, at=START)
    with pytest.raises(RefusedError):
        publish(tender=tender, by=case.officer, at=START)


def test_a_warning_is_accepted_with_a_reason_and_stands_in_the_way_no_longer():
    case, tender = make_drafted()
    set_evaluation_model(
        tender=tender,
        weighing=PriceAddition(Decimal(100), Decimal(20)),
        gate=Decimal(12),
        tie_rule=TieRule.NONE,
        by=case.officer,
        at=START,
    )
    warned = [each.code for each in publication_findings(tender, START) if each.severity is Severity.WARNS]
    assert warned == ["model:tie_rule"]
    accept_finding(tender=tender, code="model:tie_rule", reason="Lottning passar inte här.", by=case.officer, at=START)
    publish(tender=tender, by=case.officer, at=START)


def test_the_checklist_says_what_the_page_says_in_the_same_order():
    _case, tender = make_drafted()
    chosen, asked = clipped(tender), {"x": "Utan poäng"}
    told = remarks(chosen, asked)
    assert [each.code for each in told[:3]] == [
        "criterion_without_points",
        "points_without_criterion",
        "points_without_criterion",
    ]
    assert code_of(told[0], asked) == "model:criterion_without_points:x"
    listed = [each for each in publication_findings(tender, START) if each.code.startswith("model:")]
    own = {str(key): label for key, label in ((c.key, c.label) for c in chosen.criteria)}
    assert [each.code for each in listed] == [code_of(each, own) for each in remarks(chosen, own)]


def test_what_a_model_passes_is_told_apart():
    _case, tender = make_drafted()
    chosen = model_of(tender)
    own = {criterion.key: criterion.label for criterion in chosen.criteria}
    assert isinstance(chosen.combination, PriceAddition)
    assert remarks(chosen, own) == ()
    assert {each.code for each in passed(chosen, own)} == {
        "criteria_sum",
        "gate_reachable",
        "price_addition_positive",
        "price_always_counts",
        "no_third_bid",
        "tie_rule",
    }

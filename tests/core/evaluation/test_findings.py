from dataclasses import replace
from decimal import Decimal

import pytest

from rodatraden.core.assessment import Scale
from rodatraden.core.evaluation import Criterion, Gate, Model, PriceAddition, TieRule, findings, stops
from tests.core.evaluation.worked import read

TEN = Scale(Decimal(0), Decimal(10))
METHOD, CASE = Criterion("method", "Method", TEN), Criterion("case", "Case", TEN)
SEED = Model(
    (METHOD, CASE),
    PriceAddition(Decimal(100), Decimal(20)),
    gates=(Gate(Decimal(12)),),
    tie_rule=TieRule.HIGHER_QUALITY,
)


def codes(model: Model, level: str) -> list[tuple[str, str]]:
    return [(found.code, str(found.text)) for found in findings(model) if found.level == level]


def test_the_mended_seed_passes_every_check() -> None:
    assert [(found.code, found.level.value, str(found.text), found.source) for found in findings(SEED)] == [
        ("criteria_sum", "passed", "The points add up: the criteria give 20 of 20.", "LOU 16 kap. 6 §"),
        ("gate_reachable", "passed", "The gate of 12 of 20 points can be passed.", "C-546/16 Montte"),
        ("price_addition_positive", "passed", "Each missing point costs 100 SEK.", "LOU 16 kap. 1 §"),
        (
            "price_always_counts",
            "passed",
            "Every lower price gives a lower evaluation price, at every price.",
            "HFD 2022 ref. 41",
        ),
        ("no_third_bid", "passed", "A third bid never changes the order of two others.", "LOU 4 kap. 1 §"),
        ("tie_rule", "passed", "There is a rule for equal evaluation prices.", "LOU 4 kap. 1 §"),
    ]


@pytest.mark.parametrize(
    ("model", "level", "code", "sentence"),
    [
        (replace(SEED, criteria=()), "stop", "no_criteria", "No criterion gives points."),
        (
            replace(SEED, criteria=(METHOD,), gates=()),
            "stop",
            "criteria_sum",
            "The criteria give at most 10 points, but the addition is counted from 20.",
        ),
        (
            replace(SEED, criteria=(METHOD, CASE, Criterion("months", "Months", TEN))),
            "stop",
            "criteria_sum",
            "The criteria give at most 30 points, but the addition is counted from 20.",
        ),
        (
            replace(SEED, gates=(Gate(Decimal("20.5")),)),
            "stop",
            "gate_reachable",
            "No bid can pass the gate of 20.5: the criteria give at most 20 points.",
        ),
        (replace(SEED, gates=(Gate(Decimal(0)),)), "warning", "gate_reachable", "Every bid passes the gate of 0."),
        (
            replace(SEED, combination=PriceAddition(Decimal(0), Decimal(20))),
            "stop",
            "price_addition_positive",
            "With an addition of 0 SEK per point, higher quality never pays.",
        ),
        (
            replace(SEED, combination=PriceAddition(Decimal(-1), Decimal(20))),
            "stop",
            "price_addition_positive",
            "With an addition of -1 SEK per point, higher quality never pays.",
        ),
        (
            replace(SEED, tie_rule=TieRule.NONE),
            "warning",
            "tie_rule",
            "Nothing is said about equal evaluation prices. A tie for first place then stops the decision.",
        ),
    ],
)
def test_each_fault_is_found(model: Model, level: str, code: str, sentence: str) -> None:
    assert (code, sentence) in codes(model, level)
    assert bool(stops(findings(model))) == (level == "stop")


def test_what_gives_points_in_the_documents_gives_points_in_the_model_and_back() -> None:
    """Seed 000 as written: experience over 48 months is scored, but the 20 points are method and case."""
    asked = {"method": "Method", "experience": "Experience over 48 months"}
    found = findings(SEED, asked)
    assert [(each.code, str(each.text)) for each in stops(found)] == [
        ("criterion_without_points", "Experience over 48 months is to give points, but has no points in the model."),
        ("points_without_criterion", "Case gives points, but is not asked for in the documents."),
    ]
    assert stops(findings(SEED, {"method": "Method", "case": "Case"})) == ()


def test_a_model_without_gate_has_nothing_to_say_about_one() -> None:
    assert "gate_reachable" not in [found.code for found in findings(replace(SEED, gates=()))]


@pytest.mark.parametrize(
    ("name", "warnings"),
    [
        ("01-lowest-price", set()),
        ("06-clipped", {"price_always_counts"}),
        ("07-proportional", {"no_third_bid"}),
        ("12-rank", {"no_third_bid", "price_always_counts"}),
        ("14-corridor", {"no_third_bid", "price_always_counts"}),
        ("20-outside-reference", set()),
    ],
)
def test_what_a_model_lacks_is_warned_for_and_never_keeps_it_from_being_computed(name: str, warnings: set[str]) -> None:
    found = findings(read(name).lots[0].model)
    assert stops(found) == ()
    assert {each.code for each in found if each.level == "warning"} - {"tie_rule"} == warnings


def test_criteria_that_do_not_add_up_to_their_published_sum_stop() -> None:
    model = read("18-maturity").lots[0].model
    assert [str(each.text) for each in stops(findings(replace(model, total=Decimal(1000))))] == [
        "The criteria give at most 500 points, but their published sum is 1000."
    ]

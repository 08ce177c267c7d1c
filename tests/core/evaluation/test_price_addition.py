"""The worked example of docs/rules/price_addition.md, read from the page itself."""

import json
import re
from decimal import Decimal
from pathlib import Path

from rodatraden.core.canonical import canonical_json, read_canonical
from rodatraden.core.evaluation import Bid, BidResult, Model, PriceAddition, StepKind, evaluate
from rodatraden.core.exact import as_fraction

PAGE = (Path(__file__).parents[3] / "docs/rules/price_addition.md").read_text()


def model() -> Model:
    found = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return Model.from_json(json.loads(found[1]))


def rows() -> list[list[str]]:
    table = PAGE.split("**Worked example**")[1].split("\n\n")[1].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


def bids() -> list[Bid]:
    return [
        Bid(name, name, Decimal(price), {"method": Decimal(method), "case": Decimal(case)})
        for name, method, case, _, _, _, price, _, _ in rows()
    ]


def value(result: BidResult, kind: StepKind) -> str:
    found = [step.value for step in result.steps if step.kind is kind]
    return str(found[-1]) if found else "–"


def test_the_worked_example_of_the_page() -> None:
    outcome = evaluate(model(), bids())
    shown = [
        [
            result.name,
            str(result.steps[0].value),
            str(result.steps[1].value),
            value(result, StepKind.POINTS),
            "passed" if result.status == "ranked" else "below",
            value(result, StepKind.ADDITION),
            value(result, StepKind.PRICE) if result.status == "ranked" else "790",
            value(result, StepKind.EVALUATION_PRICE),
            str(result.place or "–"),
        ]
        for result in outcome.results
    ]
    assert shown == rows()
    assert outcome.value.winner == "Mellanrum Samverkan AB"
    assert [str(step.text) for step in outcome.steps] == [
        "4 bids: 3 ranked, 1 below the gate, 0 not qualified.",
        "Mellanrum Samverkan AB has the lowest evaluation price.",
    ]


def test_every_step_can_be_followed_with_a_pocket_calculator() -> None:
    outcome = evaluate(model(), bids())
    assert [(str(step.text), step.value) for step in outcome.results[0].steps] == [
        ("Metod: 9 of 10", 9),
        ("Case: 8 of 10", 8),
        ("Points: 9 + 8", 17),
        ("The gate: 17 is at least 12", None),
        ("Addition: (20 − 17) × 100", 300),
        ("Hourly price in the bid", 1140),
        ("Evaluation price: 1140 + 300", 1440),
        ("Place 1", None),
    ]
    below = outcome.results[-1]
    assert [(str(step.text), step.value) for step in below.steps] == [
        ("Metod: 5 of 10", 5),
        ("Case: 6 of 10", 6),
        ("Points: 5 + 6", 11),
        ("The gate: 11 is less than 12", None),
    ]
    assert str(below.reason) == "11 points are below the gate of 12."


def test_the_model_survives_its_own_bytes() -> None:
    assert Model.from_json(read_canonical(canonical_json(model().to_json()))) == model()


def test_half_points_and_ore_are_exact() -> None:
    addition = PriceAddition(per_point=Decimal("33.33"), target=Decimal(20))
    price, steps = addition.evaluation_price(as_fraction(Decimal("1050.50")), as_fraction(Decimal("17.5")))
    assert price == as_fraction(Decimal("1133.825"))
    assert [str(step.text) for step in steps] == [
        "Addition: (20 − 17.5) × 33.33",
        "Hourly price in the bid",
        "Evaluation price: 1050.5 + 83.325",
    ]

"""A model in words: nothing that decides is left out, and the words are those of the model."""

from __future__ import annotations

import copy
import json
from itertools import combinations
from typing import Any

import pytest

from rodatraden.core.evaluation import Model
from rodatraden.core.evaluation.wording import worded
from tests.core.evaluation.worked import CASES

FILES = sorted(CASES.glob("*.json"))


def words(model: Model) -> list[str]:
    return [str(each) for each in worded(model)]


def models() -> dict[str, dict[str, Any]]:
    found = {}
    for path in FILES:
        case = json.loads(path.read_text(encoding="utf-8"))
        found[path.stem] = case.get("model") or case["lots"][0]["model"]
    return found


MODELS = models()


def test_the_seed() -> None:
    assert words(Model.from_json(MODELS["seed-000"])) == [
        "Metod is judged from 0 to 10 in steps of 1.",
        "Case is judged from 0 to 10 in steps of 1.",
        "The criteria give at most 20 points together.",
        "Only bids with at least 12 points in all go on.",
        "The price is an hourly price in SEK.",
        "100 kr is added to the price for each point that is missing up to 20. The lowest sum is first.",
        "Of equal bids the one with more points goes first.",
    ]


def test_a_weighted_sum_with_lines_and_rounding() -> None:
    changed = copy.deepcopy(MODELS["06-clipped"])
    changed["roundings"] = [{"where": "price_share", "decimals": 2, "way": "half_even"}]
    changed["corridor"] = {"percent": "5", "decided_by": "higher_quality", "criterion": "kvalitet"}
    assert words(Model.from_json(changed))[1:] == [
        "The price is an hourly price in SEK.",
        "The price gives at most 0.6 and the quality at most 0.4 of 1 evaluation points. The most are first.",
        "The share of price is 1 at the first reference and 0 at the second, and changes evenly between them.",
        "Reference: 700 kr, published beforehand.",
        "Reference: 1700 kr, published beforehand.",
        "No share of price is less than 0.",
        "No share of price is more than 1.",
        "The share of quality is the bid's points divided by 20.",
        "The share of price is rounded to 2 decimals.",
        "A half then goes to the even digit.",
        "Among bids within 5 % of the best value more points on Kvalitet go first.",
        "Nothing is said about equal bids: a tie for first place stops the decision.",
    ]


def test_models_that_differ_have_different_words() -> None:
    by_hash = {model.hash: model for model in map(Model.from_json, MODELS.values())}
    said = {each: words(model) for each, model in by_hash.items()}
    assert [(one, other) for one, other in combinations(said, 2) if said[one] == said[other]] == []


def _numbers(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return where in a model the numbers stand, format apart."""
    if isinstance(value, dict):
        return [each for key, inner in value.items() if key != "format" for each in _numbers(inner, (*path, key))]
    if isinstance(value, list):
        return [each for n, inner in enumerate(value) for each in _numbers(inner, (*path, n))]
    return [path] if isinstance(value, str) and value.replace(".", "").isdigit() else []


@pytest.mark.parametrize("name", MODELS)
def test_no_number_of_a_model_can_change_without_changing_its_words(name: str) -> None:
    before = words(Model.from_json(MODELS[name]))
    for path in _numbers(MODELS[name]):
        changed = copy.deepcopy(MODELS[name])
        inner = changed
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] += "1" if "." in inner[path[-1]] else ".5"
        try:
            model = Model.from_json(changed)
        except ValueError:  # two numbers that belong together, such as steps that meet
            continue
        assert words(model) != before, path

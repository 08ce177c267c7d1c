import re

import pytest

from rodatraden.core.evaluation import Method, ModelError
from rodatraden.core.evaluation.combination import read_combination
from tests.core.evaluation.worked import CASES, RULES, read

FAMILIES = [
    [cell.strip() for cell in line.split("|")[1:-1]]
    for line in (RULES / "evaluation_models.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| \d", line)
]


def model_of(row: list[str]):
    link = re.search(r"cases/([\w-]+)\.json", row[-1])
    assert link
    return read(link[1]).lots[0].model


def test_all_nineteen_families_have_their_case() -> None:
    assert [int(row[0]) for row in FAMILIES] == list(range(1, 20))
    # Percentage deduction is none of the nineteen; it is there for what others have published.
    assert {model_of(row).combination.method for row in FAMILIES} == set(Method) - {Method.PERCENTAGE_DEDUCTION}


@pytest.mark.parametrize("row", FAMILIES, ids=lambda row: row[1])
def test_a_family_is_absolute_when_the_page_says_so(row: list[str]) -> None:
    assert model_of(row).is_relative is (row[3] == "no")


def test_every_case_stands_on_a_page() -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in RULES.glob("*.md"))
    assert [path.name for path in CASES.glob("*.json") if f"cases/{path.name}" not in pages] == []


@pytest.mark.parametrize("path", sorted(CASES.glob("*.json")), ids=lambda path: path.stem)
def test_a_combination_is_the_same_after_json(path) -> None:
    for lot in read(path.stem).lots:
        assert read_combination(lot.model.combination.to_json(), "c") == lot.model.combination


@pytest.mark.parametrize(
    ("value", "field"), [([], "c"), ({}, "c.method"), ({"method": "magic"}, "c.method"), ({"method": None}, "c.method")]
)
def test_an_unknown_method_is_refused(value: object, field: str) -> None:
    with pytest.raises(ModelError) as refused:
        read_combination(value, "c")
    assert refused.value.field == field

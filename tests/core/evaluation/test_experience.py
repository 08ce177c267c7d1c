"""Months of experience; the first test reads the worked example of docs/rules/experience.md from the page itself."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.evaluation import Assignment, CountingRule, experience

PAGE = (Path(__file__).parents[3] / "docs/rules/experience.md").read_text()
COUNTED_ON = date(2026, 5, 4)


def rows() -> list[list[str]]:
    table = PAGE.split("**Worked example**")[1].split("\n\n")[1].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


def assignments(text: str) -> list[Assignment]:
    found = []
    for each in text.split(", "):
        first, _, last = each.partition(" –")
        found.append(Assignment(date.fromisoformat(first), date.fromisoformat(last.strip()) if last.strip() else None))
    return found


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_the_worked_example_of_the_page(row: list[str]) -> None:
    text, *expected = row
    found = [str(experience(assignments(text), rule=rule, counted_on=COUNTED_ON).value) for rule in CountingRule]
    assert found == expected


def test_the_steps_name_every_stretch() -> None:
    found = experience(
        assignments("2024-01-01 – 2024-06-30, 2024-04-01 – 2024-09-30, 2025-01-01 – 2025-03-31"),
        rule=CountingRule.COMPLETED_MONTHS,
        counted_on=COUNTED_ON,
    )
    assert [str(step) for step in found.steps] == [
        "2024-01-01 to 2024-09-30: 9 completed months",
        "2025-01-01 to 2025-03-31: 3 completed months",
        "12 months together",
    ]


def test_what_lies_ahead_is_not_experience() -> None:
    ahead = [Assignment(date(2026, 6, 1), None), Assignment(date(2026, 4, 5), date(2030, 1, 1))]
    assert experience(ahead, rule=CountingRule.COMPLETED_MONTHS, counted_on=COUNTED_ON).value == 1


def test_an_assignment_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        Assignment(date(2024, 2, 1), date(2024, 1, 31))


days = st.dates(date(2015, 1, 1), date(2026, 5, 4))
stretches = st.lists(
    st.tuples(days, st.integers(0, 900)).map(lambda pair: Assignment(pair[0], pair[0] + timedelta(days=pair[1]))),
    max_size=5,
)
rules = st.sampled_from(CountingRule)


@given(stretches, rules)
def test_overlaps_count_once_and_order_never_matters(found: list[Assignment], rule: CountingRule) -> None:
    once = experience(found, rule=rule, counted_on=COUNTED_ON)
    assert experience([*reversed(found), *found], rule=rule, counted_on=COUNTED_ON) == once


@given(stretches, stretches, rules)
def test_more_work_is_never_less_experience(
    found: list[Assignment], more: list[Assignment], rule: CountingRule
) -> None:
    few, many = (experience(each, rule=rule, counted_on=COUNTED_ON).value for each in (found, found + more))
    assert few <= many


@given(stretches)
def test_completed_months_are_never_more_than_touched_ones(found: list[Assignment]) -> None:
    completed, touched = (
        experience(found, rule=rule, counted_on=COUNTED_ON).value
        for rule in (CountingRule.COMPLETED_MONTHS, CountingRule.TOUCHED_MONTHS)
    )
    assert completed <= touched

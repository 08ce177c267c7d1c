"""Contract terms, the limit of a framework and the warnings of a ceiling."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.calendars import (
    PROCEDURES,
    RuleBook,
    Unknown,
    ceiling_level,
    contract_period,
    framework_term_allowed,
    months_later,
)
from tests.core.calendars.worked import worked_examples

ON = date(2026, 8, 3)
DAYS = st.dates(date(2015, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize("example", worked_examples("contract-terms.md"), ids=str)
def test_the_worked_example_of_terms(example):
    period = contract_period(
        signed_on=date.fromisoformat(example["signed"]),
        months=int(example["months"]),
        after_months=int(example["after"]),
    ).known()
    assert (period.first_on.isoformat(), period.last_on.isoformat()) == (example["first day"], example["last day"])


@pytest.mark.parametrize("example", worked_examples("contract-terms.md", table=1), ids=str)
def test_the_worked_example_of_warnings(example):
    level = ceiling_level(committed=Decimal(example["committed"]), ceiling=Decimal(example["ceiling"]), on=ON).known()
    assert (level or "none") == example["level"]


def test_the_steps_say_what_29_february_does():
    steps = contract_period(signed_on=date(2028, 2, 29), months=12).steps
    assert [str(step.message) for step in steps] == [
        "The last party signed on 2028-02-29; this term begins on 2028-02-29.",
        "12 months: the last day is 2029-02-28, the day before the same date comes round again.",
        "A month that lacks the day 29 is counted to its last day.",
    ]


@given(DAYS, st.integers(1, 60), st.integers(1, 60))
def test_options_follow_each_other_without_gap_or_overlap(signed_on, months, more):
    first = contract_period(signed_on=signed_on, months=months).known()
    option = contract_period(signed_on=signed_on, months=more, after_months=months).known()
    whole = contract_period(signed_on=signed_on, months=months + more).known()
    assert first.first_on == signed_on == whole.first_on
    assert option.first_on == first.last_on + timedelta(days=1)
    assert option.last_on == whole.last_on


@given(DAYS, st.integers(0, 600))
def test_months_later_keeps_the_day_or_takes_the_first_after_a_short_month(day, months):
    later = months_later(day, months)
    passed = (later.year - day.year) * 12 + later.month - day.month
    assert (later.day, passed) in {(day.day, months), (1, months + 1)}
    assert later.day == day.day or (later - timedelta(days=1)).day < day.day


@pytest.mark.parametrize(
    ("procedure", "years", "reasons", "allowed"),
    [
        ("se-open", 4, "", True),
        ("se-open", 5, "", False),
        ("se-open", 5, "  ", False),
        ("se-open", 5, "The equipment is written off over six years.", True),
        ("se-below", 9, "", True),
        ("no-part-2", 5, "", False),
        ("no-part-3-open", 4, "", True),
    ],
)
def test_a_framework_runs_four_years_without_special_reasons(procedure, years, reasons, allowed):
    answer = framework_term_allowed(procedure=PROCEDURES[procedure], years=years, on=ON, special_reasons=reasons)
    assert bool(answer) == allowed
    if not allowed:
        assert str(answer.reason) == (
            "A framework agreement runs for at most 4 years; longer needs special reasons that are stated."
        )


def test_without_rule_rows_term_and_warnings_are_unknown():
    empty = RuleBook(())
    assert not framework_term_allowed(procedure=PROCEDURES["se-open"], years=1, on=ON, book=empty)
    assert isinstance(ceiling_level(committed=Decimal(0), ceiling=Decimal(1), on=ON, book=empty).value, Unknown)


def test_each_reached_warning_is_a_step_with_its_row():
    steps = ceiling_level(committed=Decimal(9), ceiling=Decimal(10), on=ON).steps
    assert [step.row_id for step in steps] == ["policy-ceiling-notice", "policy-ceiling-warning"]
    assert str(steps[-1].message) == "9 of 10: at least 85 % is used."

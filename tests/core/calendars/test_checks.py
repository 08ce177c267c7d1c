"""The days on which a term is followed up."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.calendars import EU_1182_NO, EU_1182_SE, check_days, contract_period, is_off
from tests.core.calendars.worked import worked_examples

DAYS = st.dates(date(2015, 1, 1), date(2050, 12, 31))
OFTEN = st.sampled_from([3, 6, 12])
CALENDARS = st.sampled_from([EU_1182_SE, EU_1182_NO])


@pytest.mark.parametrize("example", worked_examples("follow-up.md"), ids=str)
def test_the_worked_example(example):
    found = check_days(
        signed_on=date.fromisoformat(example["signed"]),
        agreed_until_on=date.fromisoformat(example["agreed until"]),
        calendar=EU_1182_SE,
        every_months=int(example["every"]),
        after_months=int(example["after"]),
    )
    assert " ".join(day.isoformat() for day in found) == example["days"].replace("none", "")


@given(DAYS, OFTEN, st.integers(1, 3), CALENDARS)
def test_checks_are_working_days_within_the_agreed_term(signed_on, every, years, calendar):
    until = contract_period(signed_on=signed_on, months=12 * years).known().last_on
    found = check_days(signed_on=signed_on, agreed_until_on=until, calendar=calendar, every_months=every)
    assert len(found) == 12 * years // every
    assert list(found) == sorted(set(found))
    assert not any(is_off(day, calendar) for day in found)
    assert found[-1] <= until


@given(DAYS, OFTEN, st.integers(1, 3))
def test_an_option_only_adds_days(signed_on, every, years):
    agreed = [contract_period(signed_on=signed_on, months=12 * n).known().last_on for n in (years, years + 1)]
    short, long = (
        check_days(signed_on=signed_on, agreed_until_on=until, calendar=EU_1182_SE, every_months=every)
        for until in agreed
    )
    assert long[: len(short)] == short


@given(DAYS, CALENDARS)
def test_what_is_checked_at_the_award_is_never_due_before_there_is_a_contract(signed_on, calendar):
    (found,) = check_days(signed_on=signed_on, agreed_until_on=signed_on, calendar=calendar)
    assert signed_on <= found
    assert not is_off(found, calendar)

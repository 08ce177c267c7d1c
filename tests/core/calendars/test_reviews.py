"""Review cases against the standstill: what extends it, what does not, and what ends the award."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.calendars import (
    BASES,
    SE_1930_173,
    Channel,
    Computed,
    Ending,
    Review,
    Standstill,
    Unknown,
    after_reviews,
    is_off,
    standstill,
)

SENT = date(2026, 6, 9)
"""Last barred day 22 June by electronic notice."""
ONE_DAY = timedelta(days=1)
EXTENDED = [name for name, basis in BASES.items() if basis.extended]
DAYS = st.dates(date(2018, 1, 1), date(2050, 1, 1))


def plain(basis="SE_MANDATORY", sent_on=SENT, stated=None):
    return standstill(basis=basis, sent_on=sent_on, channel=Channel.ELECTRONIC, stated_days=stated)


def case(received_on=date(2026, 6, 18), suspends=True, **more):
    return Review("Förvaltningsrätten, mål 4711-26", received_on, suspends, **more)


@pytest.mark.parametrize(
    ("review", "last"),
    [
        (case(date(2026, 6, 23)), "2026-06-22"),  # came too late: the standstill is over
        (case(suspends=False), "2026-06-22"),  # in a higher court, without an order
        (case(decided_on=date(2026, 9, 1), ending=Ending.DISMISSED), "2026-09-11"),  # ten days after the court
        (case(decided_on=date(2026, 12, 14), ending=Ending.WITHDRAWN), "2026-12-28"),  # day ten is Christmas eve
        (case(decided_on=date(2026, 6, 10), ending=Ending.DISMISSED), "2026-06-22"),  # never shorter than the plain one
        (case(date(2026, 6, 25), barred_on=date(2026, 6, 26), lifted_on=date(2026, 8, 3)), "2026-08-13"),
        (case(suspends=False, barred_on=date(2026, 9, 8), decided_on=date(2026, 10, 1), ending=Ending.DISMISSED), "2026-10-12"),
    ],
)  # fmt: skip
def test_until_when_a_case_bars_a_contract(review, last):
    found = after_reviews(plain(), [review]).known()
    assert found.last_barred_on == date.fromisoformat(last)
    assert found.earliest_signing_on == found.last_barred_on + ONE_DAY


@pytest.mark.parametrize(
    ("review", "said", "source"),
    [
        (case(), "A review case runs, so the standstill goes on until the court has decided", "LOU 20 kap. 8 §"),
        (case(date(2026, 6, 22)), "A review case runs", "LOU 20 kap. 8 §"),  # on the last day of the standstill
        (case(date(2026, 7, 1), barred_on=date(2026, 7, 2)), "no contract may be concluded for the time", "LOU 20 kap. 9 §"),
        (case(decided_on=date(2026, 9, 1), ending=Ending.CORRECTED), "the procurement is corrected", "LOU 20 kap. 6 §"),
        (case(suspends=False, decided_on=date(2026, 9, 1), ending=Ending.REMADE), "is made again", "LOU 20 kap. 6 §"),
    ],
)  # fmt: skip
def test_inv_19_no_day_is_known_while_a_case_runs_or_when_the_award_fell(review, said, source):
    found = after_reviews(plain(), [case(suspends=False), review]).value
    assert isinstance(found, Unknown)
    assert said in str(found.reason)
    assert "mål 4711-26" in str(found.reason)
    assert found.source == source


def test_in_norway_the_suspension_ends_with_the_decision_of_the_court():
    """FOA § 25-3: until tingretten has decided; there are no days after it."""
    found = plain("NO_PART_III")
    assert isinstance(after_reviews(found, [case()]).value, Unknown)
    ended = case(decided_on=date(2026, 9, 1), ending=Ending.DISMISSED)
    assert after_reviews(found, [ended]).known() == found.known()


@pytest.mark.parametrize("basis", ["SE_VOLUNTARY_CALLOFF", "SE_VOLUNTARY_DIRECT", "NO_PART_II", "NO_VOLUNTARY_CALLOFF"])
def test_inv_22_no_case_extends_a_standstill_that_the_law_does_not_extend(basis):
    found = plain(basis, stated=14)
    counted = after_reviews(found, [case()])
    assert counted.known() == found.known()
    assert str(counted.steps[-1].message).startswith("This case does not extend the standstill")


def test_what_is_unknown_before_stays_so_and_no_case_changes_nothing():
    unknown = plain("SE_VOLUNTARY_DIRECT")
    assert after_reviews(unknown, [case()]) == unknown
    assert after_reviews(plain(), []) == plain()


def test_without_a_standstill_only_an_order_of_the_court_bars():
    nothing = Computed(Standstill(BASES["SE_NONE"], None, SENT), ())
    assert after_reviews(nothing, [case()]).known() == nothing.value
    ordered = case(barred_on=date(2026, 7, 1))
    assert isinstance(after_reviews(nothing, [ordered]).value, Unknown)


REVIEWS = st.lists(
    st.builds(
        Review,
        name=st.just("mål"),
        received_on=DAYS,
        suspends=st.booleans(),
        decided_on=st.none() | DAYS,
        ending=st.sampled_from([Ending.DISMISSED, Ending.WITHDRAWN]),
        barred_on=st.none() | DAYS,
        lifted_on=st.none() | DAYS,
    ),
    max_size=4,
)


@given(st.sampled_from(EXTENDED), DAYS, REVIEWS)
def test_inv_19_a_case_never_lets_a_contract_come_earlier_and_the_order_of_cases_means_nothing(basis, sent_on, reviews):
    found = plain(basis, sent_on)
    counted = after_reviews(found, reviews).value
    backwards = after_reviews(found, reversed(reviews)).value
    assert isinstance(counted, Unknown) == isinstance(backwards, Unknown)
    if isinstance(counted, Standstill):
        assert counted == backwards
        assert counted.last_barred_on >= found.known().last_barred_on
        assert counted.basis.country != "SE" or not is_off(counted.last_barred_on, SE_1930_173)

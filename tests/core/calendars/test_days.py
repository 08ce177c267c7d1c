"""Off-days and counting; the public holidays are checked against a computation of our own for every year."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rodatraden.core.calendars import (
    CALENDARS,
    EU_1182_NO,
    EU_1182_SE,
    SE_1930_173,
    OffDay,
    days_after,
    days_before,
    is_off,
    off_day,
    start_of,
    working_days_between,
)

YEARS = range(2015, 2061)
DAYS = st.dates(date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31))
COUNTS = st.integers(0, 60)
EVERY_CALENDAR = st.sampled_from(list(CALENDARS.values()))
ONE_DAY = timedelta(days=1)


def easter(year):
    """Return Easter Sunday (the anonymous Gregorian computus)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 19 * m) // 433
    month = (h + m - 7 * n + 90) // 25
    return date(year, month, (h + m - 7 * n + 33 * month + 19) % 32)


def first_on_or_after(day, weekday):
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def swedish_holidays(year):
    """Lag (1989:253) om allmänna helgdagar."""
    sunday, saturday = easter(year), 5
    return {
        *(date(year, month, day) for month, day in ((1, 1), (1, 6), (5, 1), (6, 6), (12, 25), (12, 26))),
        *(sunday + timedelta(days=n) for n in (-2, 0, 1, 39, 49)),
        first_on_or_after(date(year, 6, 20), saturday),
        first_on_or_after(date(year, 10, 31), saturday),
    }


def swedish_eves(year):
    return {first_on_or_after(date(year, 6, 19), 4), date(year, 12, 24), date(year, 12, 31)}


def norwegian_holidays(year):
    """Lov 1995-02-24-12 om helligdager, with 1 and 17 May."""
    sunday = easter(year)
    return {
        *(date(year, month, day) for month, day in ((1, 1), (5, 1), (5, 17), (12, 25), (12, 26))),
        *(sunday + timedelta(days=n) for n in (-3, -2, 0, 1, 39, 49, 50)),
    }


def days_of(year):
    return [
        date(year, 1, 1) + timedelta(days=n) for n in range(366) if (date(year, 1, 1) + timedelta(days=n)).year == year
    ]


@pytest.mark.parametrize("year", YEARS)
def test_off_days_are_weekends_public_holidays_and_in_sweden_the_eves(year):
    weekends = {day for day in days_of(year) if day.isoweekday() in {6, 7}}
    swedish = weekends | swedish_holidays(year) | swedish_eves(year)
    expected = {SE_1930_173: swedish, EU_1182_SE: swedish, EU_1182_NO: weekends | norwegian_holidays(year)}
    assert {calendar: {day for day in days_of(year) if is_off(day, calendar)} for calendar in expected} == expected


def test_why_a_day_is_off():
    days = ["2026-06-19", "2026-06-20", "2026-06-21", "2026-06-22", "2026-06-27"]
    reasons = [off_day(date.fromisoformat(day), SE_1930_173) for day in days]
    assert reasons == [OffDay.EVE, OffDay.HOLIDAY, OffDay.SUNDAY, None, OffDay.SATURDAY]


def sentences(computed):
    return [str(step.message) for step in computed.steps]


def test_the_steps_tell_the_way_forwards():
    assert sentences(days_after(date(2026, 6, 9), 10, SE_1930_173)) == [
        "Counted 10 days from 2026-06-09, which isn't counted itself: 2026-06-19.",
        "2026-06-19 is an eve, treated as a public holiday.",
        "2026-06-20 is a public holiday.",
        "2026-06-21 is a Sunday.",
        "Moved on to the next working day, 2026-06-22.",
    ]


def test_the_steps_tell_the_way_backwards():
    assert sentences(days_before(date(2026, 3, 27), 6, EU_1182_NO)) == [
        "Counted 6 whole days back from and with 2026-03-27: 2026-03-21.",
        "2026-03-21 is a Saturday.",
        "Moved back to the working day before, 2026-03-20.",
    ]


def test_a_short_period_over_easter_holds_two_working_days():
    last = days_after(date(2026, 4, 1), 5, EU_1182_NO)
    assert last.value == date(2026, 4, 8)
    assert sentences(last)[-1] == "The period must hold at least 2 working days: 2026-04-08."
    assert days_after(date(2026, 4, 1), 1, EU_1182_NO).value == date(2026, 4, 7)
    first = days_before(date(2026, 4, 6), 4, EU_1182_NO)
    assert first.value == date(2026, 3, 30)
    assert sentences(first)[-1] == "The period must hold at least 2 working days: 2026-03-30."


def test_working_days_between_leaves_out_the_first_day_and_keeps_the_last():
    assert working_days_between(date(2026, 6, 17), date(2026, 6, 22), SE_1930_173) == 2
    assert working_days_between(date(2026, 6, 22), date(2026, 6, 22), SE_1930_173) == 0
    assert working_days_between(date(2026, 6, 23), date(2026, 6, 22), SE_1930_173) == 0


def test_a_day_begins_at_midnight_of_its_own_country_also_when_the_clock_changes():
    starts = [start_of(date(2026, 3, day), SE_1930_173).astimezone(UTC) for day in (29, 30)]
    assert starts == [datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)]


@given(DAYS, COUNTS, EVERY_CALENDAR)
@example(date(2027, 12, 30), 60, SE_1930_173)
@example(date(2028, 2, 29), 0, EU_1182_SE)
def test_a_period_never_ends_on_an_off_day_nor_before_its_days_are_out(start, count, calendar):
    last = days_after(start, count, calendar).known()
    assert not is_off(last, calendar)
    assert last >= start + count * ONE_DAY
    assert count < 2 or not calendar.regulation_1182 or working_days_between(start, last, calendar) >= 2


@given(DAYS, COUNTS, EVERY_CALENDAR)
def test_counted_backwards_a_day_is_never_off_and_never_too_late(end, count, calendar):
    first = days_before(end, count, calendar).known()
    assert not is_off(first, calendar)
    assert first <= end - count * ONE_DAY
    assert count < 2 or not calendar.regulation_1182 or working_days_between(first, end, calendar) >= 2


@given(DAYS, COUNTS, COUNTS, EVERY_CALENDAR)
def test_a_later_start_or_a_longer_period_never_ends_earlier(start, count, more, calendar):
    last = days_after(start, count, calendar).known()
    assert days_after(start + more * ONE_DAY, count, calendar).known() >= last
    assert days_after(start, count + more, calendar).known() >= last


@given(DAYS, COUNTS, EVERY_CALENDAR)
def test_what_is_counted_back_in_time_is_in_time_counted_forwards(end, count, calendar):
    first = days_before(end, count, calendar).known()
    assert first + count * ONE_DAY <= end


@given(DAYS, COUNTS)
def test_swedish_tender_periods_are_never_shorter_than_without_the_eves(start, count):
    last = days_after(start, count, EU_1182_SE).known()
    while off_day(last, SE_1930_173):
        last += ONE_DAY
    assert days_after(start, count, EU_1182_SE).known() == last >= days_after(start, count, SE_1930_173).known()

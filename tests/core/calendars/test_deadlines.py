"""Deadlines against the worked examples; what is lawful never becomes so by being earlier."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.calendars import (
    PROCEDURES,
    RuleBook,
    Unknown,
    answer_in_time,
    deadline_after_answer,
    deadline_lawful,
    duty_due_on,
    earliest_deadline,
    is_off,
    latest_answer_at,
    result_notice_due_on,
    working_days_between,
)
from rodatraden.core.instants import ZONES
from tests.core.calendars.worked import worked_examples

SE_OPEN = PROCEDURES["se-open"]
ANNOUNCED = st.sampled_from([SE_OPEN, PROCEDURES["no-part-3-open"]])
INSTANTS = st.datetimes(datetime(2017, 1, 2), datetime(2060, 6, 1), timezones=st.just(UTC))
SHORT = st.timedeltas(timedelta(0), timedelta(days=60))
SWITCHES = st.fixed_dictionaries(
    {name: st.booleans() for name in ("electronic", "documents_electronic", "prior_notice", "urgent")}
)
ONE_DAY = timedelta(days=1)


def instant(text, procedure=SE_OPEN):
    return datetime.fromisoformat(text).replace(tzinfo=ZONES[procedure.country])


def sentences(computed):
    return [str(step.message) for step in computed.steps]


@pytest.mark.parametrize("example", worked_examples("tender-periods.md"), ids=str)
def test_the_worked_example_of_the_first_lawful_deadline(example):
    procedure = PROCEDURES[example["procedure"]]
    found = earliest_deadline(
        procedure=procedure,
        dispatched_at=instant(example["sent"], procedure),
        electronic=example["electronic"] == "yes",
    ).known()
    expected = example["first lawful deadline"]
    assert found.earliest_at == (None if expected == "reasonable" else instant(expected, procedure))


@pytest.mark.parametrize("example", worked_examples("tender-periods.md", table=1), ids=str)
def test_the_worked_example_of_the_last_answer(example):
    procedure = PROCEDURES[example["procedure"]]
    found = latest_answer_at(
        instant(example["deadline"], procedure), procedure=procedure, urgent=example["urgent"] == "yes"
    ).known()
    assert found == instant(example["answers before"], procedure)


@pytest.mark.parametrize("example", worked_examples("duties.md"), ids=str)
def test_the_worked_example_of_the_duties(example):
    procedure = PROCEDURES[example["procedure"]]
    kind = getattr(procedure, example["duty"])
    due = duty_due_on(kind, procedure=procedure, event_on=date.fromisoformat(example["event"])).known()
    assert due == (None if example["due"] == "none" else date.fromisoformat(example["due"]))


@pytest.mark.parametrize(
    ("switches", "last_day", "rows"),
    [
        ({}, "2026-04-01", {"se-open-days-electronic"}),
        ({"electronic": False}, "2026-04-07", {"se-open-days"}),
        ({"documents_electronic": False}, "2026-04-07", {"se-open-days-electronic", "se-documents-extra-days"}),
        ({"prior_notice": True}, "2026-03-17", {"se-open-days-prior-notice"}),
        ({"urgent": True}, "2026-03-17", {"se-open-days-urgent"}),
        ({"urgent": True, "documents_electronic": False}, "2026-03-17", {"se-open-days-urgent"}),
        (
            {"prior_notice": True, "documents_electronic": False},
            "2026-03-23",
            {"se-open-days-prior-notice", "se-documents-extra-days"},
        ),
    ],
)
def test_each_switch_chooses_its_rule_rows(switches, last_day, rows):
    found = earliest_deadline(procedure=SE_OPEN, dispatched_at=instant("2026-03-02T09:00"), **switches)
    assert found.known().last_day == date.fromisoformat(last_day)
    assert {step.row_id for step in found.steps if step.row_id} == rows


def test_the_steps_of_a_deadline_are_its_explanation():
    found = earliest_deadline(
        procedure=SE_OPEN, dispatched_at=instant("2026-03-02T09:00"), electronic=False, documents_electronic=False
    )
    assert sentences(found) == [
        "The notice is sent on 2026-03-02; at least 35 days.",
        "The documents aren't all freely available electronically: 5 days more.",
        "Counted 40 days from 2026-03-02, which isn't counted itself: 2026-04-11.",
        "2026-04-11 is a Saturday.",
        "2026-04-12 is a Sunday.",
        "Moved on to the next working day, 2026-04-13.",
        "The whole of 2026-04-13 belongs to the period, so the deadline is 2026-04-14 00:00:00+02:00 at the earliest.",
    ]


def test_inv_07_a_deadline_before_the_computed_least_time_is_not_lawful():
    sent, first = instant("2026-03-02T09:00"), instant("2026-04-02T00:00")
    lawful = [
        bool(deadline_lawful(procedure=SE_OPEN, dispatched_at=sent, deadline_at=deadline))
        for deadline in (first - timedelta(microseconds=1), first, first + ONE_DAY)
    ]
    assert lawful == [False, True, True]
    refused = deadline_lawful(procedure=SE_OPEN, dispatched_at=sent, deadline_at=instant("2026-04-01T23:59"))
    assert str(refused.reason) == (
        "The time for tenders is too short: the deadline can be 2026-04-02 00:00:00+02:00 at the earliest."
    )
    assert (refused.mend, refused.source) == ("deadline_at", "LOU 11 kap. 6 §")


def test_inv_07_below_the_threshold_the_deadline_still_comes_after_the_notice():
    below, sent = PROCEDURES["se-below"], instant("2026-03-02T09:00")
    assert deadline_lawful(procedure=below, dispatched_at=sent, deadline_at=sent + ONE_DAY)
    refused = deadline_lawful(procedure=below, dispatched_at=sent, deadline_at=sent)
    assert str(refused.reason) == "The deadline is before the notice is sent."


def test_inv_07_without_a_rule_row_no_deadline_is_lawful():
    refused = deadline_lawful(
        procedure=SE_OPEN,
        dispatched_at=instant("2026-03-02T09:00"),
        deadline_at=instant("2027-03-02T09:00"),
        book=RuleBook(()),
    )
    assert str(refused.reason).startswith("The program has no rule row for SE lou_above tender_days_electronic")


@given(ANNOUNCED, INSTANTS, SHORT, SWITCHES)
def test_inv_07_an_earlier_deadline_or_a_later_notice_never_makes_it_lawful(procedure, sent, shift, switches):
    first = earliest_deadline(procedure=procedure, dispatched_at=sent, **switches).known()
    assert not is_off(first.last_day, procedure.calendar)
    for deadline, lawful in (
        (first.earliest_at, True),
        (first.earliest_at + shift, True),
        (first.earliest_at - shift, not shift),
    ):
        answer = deadline_lawful(procedure=procedure, dispatched_at=sent, deadline_at=deadline, **switches)
        assert bool(answer) == lawful
    later = earliest_deadline(procedure=procedure, dispatched_at=sent + shift, **switches).known()
    assert later.earliest_at >= first.earliest_at


@given(ANNOUNCED, INSTANTS, st.booleans())
def test_an_answer_in_time_leaves_whole_days_and_two_working_days(procedure, deadline, urgent):
    latest = latest_answer_at(deadline, procedure=procedure, urgent=urgent).known()
    day = latest.date() - ONE_DAY
    last_whole_day = deadline.astimezone(ZONES[procedure.country]).date() - ONE_DAY
    assert not is_off(day, procedure.calendar)
    assert (last_whole_day - day).days >= (4 if urgent else 6)
    assert working_days_between(day, last_whole_day, procedure.calendar) >= 2


@given(ANNOUNCED, INSTANTS, st.booleans())
def test_the_deadline_after_a_late_answer_is_the_first_for_which_it_is_in_time(procedure, answered, urgent):
    deadline = deadline_after_answer(answered, procedure=procedure, urgent=urgent).known()
    facts = {"answered_at": answered, "procedure": procedure, "urgent": urgent}
    assert answer_in_time(deadline_at=deadline, **facts)
    assert not answer_in_time(deadline_at=deadline - timedelta(microseconds=1), **facts)


def test_a_late_answer_is_refused_with_the_way_out():
    refused = answer_in_time(
        answered_at=instant("2026-03-27T00:00"), deadline_at=instant("2026-04-02T12:00"), procedure=SE_OPEN
    )
    assert str(refused.reason) == (
        "Answers had to be out before 2026-03-27 00:00:00+01:00: extend the deadline, or give a reason why not."
    )
    assert (refused.mend, refused.source) == ("deadline_at", "LOU 12 kap. 11 §")


def test_where_the_law_names_no_days_an_answer_comes_before_the_deadline():
    direct, deadline = PROCEDURES["se-direct"], instant("2026-04-02T12:00")
    found = latest_answer_at(deadline, procedure=direct)
    assert found.known() == deadline
    assert sentences(found) == ["The law names no number of days: answer in good time before the deadline."]
    in_time = [
        answer_in_time(answered_at=at, deadline_at=deadline, procedure=direct) for at in (deadline - ONE_DAY, deadline)
    ]
    assert [bool(answer) for answer in in_time] == [True, False]


def test_without_rule_rows_answers_and_duties_are_unknown():
    empty, at = RuleBook(()), instant("2026-04-02T12:00")
    assert not answer_in_time(answered_at=at - 30 * ONE_DAY, deadline_at=at, procedure=SE_OPEN, book=empty)
    assert isinstance(deadline_after_answer(at, procedure=SE_OPEN, book=empty).value, Unknown)


def test_a_duty_moves_back_and_says_so():
    found = duty_due_on(SE_OPEN.result_notice_days, procedure=SE_OPEN, event_on=date(2026, 11, 25))
    assert sentences(found) == [
        "Within 30 days from 2026-11-25: 2026-12-25.",
        "That day is off, so do it by the working day before, 2026-12-23.",
    ]


@pytest.mark.parametrize(
    ("procedure", "value", "due"),
    [
        ("se-open", "1", "2026-07-23"),
        ("se-direct", "699999.99", None),
        ("se-direct", "700000", "2026-07-23"),
        ("se-mini-competition", "5000000", None),
    ],
)
def test_a_result_notice_is_due_unless_the_value_or_the_procedure_frees_from_it(procedure, value, due):
    found = result_notice_due_on(procedure=PROCEDURES[procedure], signed_on=date(2026, 6, 23), value=Decimal(value))
    assert found.known() == (due and date.fromisoformat(due))


@given(st.sampled_from(list(PROCEDURES.values())), st.dates(date(2023, 7, 1), date(2060, 1, 1)))
def test_a_duty_is_never_due_on_an_off_day_nor_after_its_days(procedure, event_on):
    for kind in (
        procedure.reasons_days,
        procedure.result_notice_days,
        procedure.documentation_days,
        procedure.report_days,
    ):
        due = duty_due_on(kind, procedure=procedure, event_on=event_on).known()
        assert (due is None) == (kind is None)
        if due is not None:
            assert not is_off(due, procedure.calendar)
            assert event_on < due <= event_on + timedelta(days=30)

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from rodatraden.core.message import say
from rodatraden.core.thread import Task, Urgency, in_order, urgency
from rodatraden.core.thread.tasks import ends_at

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOON = datetime(2026, 3, 18, 12, tzinfo=STOCKHOLM)


def task(due: datetime | date | None, title: str = "Score the bids.", case: str = "Coaching") -> Task:
    return Task(say(title), UUID(int=1), due, "assessments:score", case, "assessments.score")


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (None, Urgency.UNDATED),
        (date(2026, 3, 17), Urgency.OVERDUE),
        (date(2026, 3, 18), Urgency.TODAY),
        (date(2026, 3, 25), Urgency.SOON),
        (date(2026, 3, 26), Urgency.LATER),
        (NOON, Urgency.OVERDUE),
        (NOON + timedelta(seconds=1), Urgency.TODAY),
        (datetime(2026, 3, 18, 22, 59, tzinfo=UTC), Urgency.TODAY),
        (datetime(2026, 3, 18, 23, 0, tzinfo=UTC), Urgency.SOON),
    ],
)
def test_urgency_counts_the_days_of_the_reader(due: datetime | date | None, expected: Urgency) -> None:
    assert urgency(task(due), NOON, STOCKHOLM) is expected


def test_a_due_date_lasts_through_the_night_when_clocks_change() -> None:
    due = task(date(2026, 3, 29))
    assert ends_at(due, STOCKHOLM) == datetime(2026, 3, 29, 22, tzinfo=UTC)


def test_the_earliest_due_comes_first_and_the_undated_last() -> None:
    undated, late = task(None), task(date(2026, 3, 20))
    early, same_day = task(datetime(2026, 3, 18, 13, tzinfo=UTC)), task(date(2026, 3, 18))
    other_case = task(date(2026, 3, 18), case="Training")
    assert in_order([undated, late, other_case, same_day, early], STOCKHOLM) == [
        early,
        same_day,
        other_case,
        late,
        undated,
    ]


def test_an_undated_task_has_no_end() -> None:
    with pytest.raises(ValueError, match="undated"):
        ends_at(task(None), STOCKHOLM)

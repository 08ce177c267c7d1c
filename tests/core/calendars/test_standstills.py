"""Standstill against UHM's worked examples and the table of vectors."""

from datetime import date

import pytest

from rodatraden.core.calendars import Channel, standstill

VECTORS = [
    ("2019-04-01", "2019-04-11", "2019-04-16", "2019-04-11"),
    ("2019-04-18", "2019-04-29", "2019-05-03", "2019-04-29"),
    ("2026-06-09", "2026-06-22", "2026-06-24", "2026-06-19"),
    ("2026-12-14", "2026-12-28", "2026-12-29", "2026-12-24"),
    ("2026-12-21", "2027-01-04", "2027-01-05", "2026-12-31"),
    ("2026-04-21", "2026-05-04", "2026-05-06", "2026-05-04"),
]


@pytest.mark.parametrize(("sent", "electronic", "letter", "norway"), VECTORS)
def test_last_barred_day_of_the_vectors(sent, electronic, letter, norway):
    sent_on = date.fromisoformat(sent)
    last = [
        standstill(basis=basis, sent_on=sent_on, channel=channel).known().last_barred_on
        for basis, channel in (
            ("SE_MANDATORY", Channel.ELECTRONIC),
            ("SE_MANDATORY", Channel.LETTER),
            ("NO_PART_III", Channel.ELECTRONIC),
        )
    ]
    assert last == [date.fromisoformat(day) for day in (electronic, letter, norway)]

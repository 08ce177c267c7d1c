"""The standstill day by day: sent, barred days, the first day of a contract, and today among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext, pgettext

from rodatraden.ui import words
from rodatraden.ui.drawing.shapes import Label

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

STEP, BOX = 63, 60


@dataclass(frozen=True, slots=True)
class Day:
    """One day: its number and weekday in a box of its own kind (sent, barred or free)."""

    x: int
    number: int
    weekday: str
    kind: str
    today: bool

    @property
    def middle(self) -> float:
        """Return where the text of the box stands."""
        return self.x + BOX / 2


@dataclass(frozen=True, slots=True)
class DayStrip:
    """All days in a row, with the words above and below them and the same as one sentence."""

    width: int
    days: Sequence[Day]
    labels: Sequence[Label]
    title: str


def day_strip(*, sent_on: date, last_barred_on: date, signing_on: date, today: date) -> DayStrip:
    """Draw from the day that the last notice was sent to the first day on which a contract may be signed."""
    count = (signing_on - sent_on).days + 1
    days = [
        Day(
            x=index * STEP,
            number=day.day,
            weekday=words.weekday_short(day),
            kind="sant" if day == sent_on else "fri" if day > last_barred_on else "sparrdag",
            today=day == today,
        )
        for index, day in ((index, sent_on + timedelta(days=index)) for index in range(count))
    ]
    title = gettext(
        "The standstill runs from %(sent)s to %(last)s. A contract may be signed on %(signing)s at the earliest."
    )
    values = {
        "sent": words.weekday_date(sent_on),
        "last": words.weekday_date(last_barred_on),
        "signing": words.weekday_date(signing_on),
    }
    return DayStrip(count * STEP, days, list(_labels(days)), title % values)


def _labels(days: Sequence[Day]) -> Iterator[Label]:
    yield Label(days[0].x + 1, 84, pgettext("a notice", "Sent"), "axel")
    barred = [day for day in days if day.kind == "sparrdag"]
    if barred:
        yield Label(barred[-1].middle, 84, gettext("Last day of the standstill"), "axel", "end")
    today = [day for day in days if day.today]
    if today:
        yield Label(today[0].middle, 14, gettext("Today"), "fet", "middle")
    if not (today and today[0] is days[-1]):
        yield Label(days[-1].x + BOX, 14, gettext("Contract at the earliest"), "fet", "end")

"""From an instant to the day that people there call it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import date, datetime

ZONES = {"SE": ZoneInfo("Europe/Stockholm"), "NO": ZoneInfo("Europe/Oslo")}


def local_date(at: datetime, country: str = "SE") -> date:
    """Return the calendar day of the instant `at` in `country`.

    Raises:
        ValueError: `at` has no time zone.
        KeyError: the country has no zone here.
    """
    if at.tzinfo is None:
        msg = "An instant has a time zone"
        raise ValueError(msg)
    return at.astimezone(ZONES[country]).date()

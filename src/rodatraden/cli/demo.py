"""`rodatraden demo`: load the example, all of it or nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING

from rodatraden.cli import database
from rodatraden.cli.words import StopError, _, said
from rodatraden.config import clock
from rodatraden.core.answer import RefusedError
from rodatraden.core.instants import ZONES, local_date

if TYPE_CHECKING:
    from argparse import Namespace
    from datetime import date

FURTHEST = timedelta(days=3652)
"""Ten years: further off nobody knows what the rules were or will be. Source: policy."""


def run(options: Namespace) -> int:
    """Load the example into a database that nobody has used yet.

    Raises:
        StopError: there is something in the database.
    """
    database.migrate()
    if not database.is_empty(is_new=options.is_new):
        raise StopError(_("There is data in the database already, and the example is loaded only into an empty one."))
    load(as_of=options.as_of)
    return 0


def load(*, as_of: date | None) -> None:
    """Load the example in one transaction, its dates as on the day `as_of`, otherwise as today.

    On a day that has not come yet the example's clock is moved there, so that nothing in it has happened in the future.

    Raises:
        StopError: the rules of that day are not known, or do not allow what the example does.
    """
    now = clock.now()
    today = local_date(now)
    day = as_of or today
    print(_("Loading the example …"), flush=True)
    if abs(day - today) > FURTHEST:
        raise StopError(
            _("The example's dates can follow a day at most ten years from today, not {day}.").format(day=day)
        )
    example = import_module("rodatraden.demo")  # read only here: a server of one's own has no use for it
    try:
        example.load(day)
    except RefusedError as error:
        reason = said(error.answer.reason) if error.answer.reason else ""
        words = _("The rules of {day} do not allow what happens in the example. Choose a later day. {reason}")
        raise StopError(words.format(day=day, reason=reason)) from error
    if day > today:
        clock.move_demo_clock(datetime.combine(day, now.astimezone(ZONES["SE"]).time(), ZONES["SE"]))
    if day != today:
        print(where_time_stands(day, today))


def where_time_stands(day: date, today: date) -> str:
    """Return what the example's clock shows when its dates follow another day than today."""
    if day > today:
        return _("The example's clock was moved forward to {day} and runs on from there.").format(day=day)
    return _("The clock shows {today}, later than {day}: deadlines in between have passed, and tasks are late.").format(
        day=day, today=today
    )

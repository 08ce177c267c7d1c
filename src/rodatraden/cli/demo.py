"""`rodatraden demo`: load the example, all of it or nothing."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from rodatraden.cli import database
from rodatraden.cli.words import StopError, _
from rodatraden.config import clock
from rodatraden.core.instants import local_date

if TYPE_CHECKING:
    from argparse import Namespace
    from datetime import date


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
    """Load the example in one transaction, its dates as on the day `as_of`, otherwise as today."""
    print(_("Loading the example …"), flush=True)
    example = import_module("rodatraden.demo")  # read only here: a server of one's own has no use for it
    example.load(as_of or local_date(clock.now()))

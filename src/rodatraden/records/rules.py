"""Who may read what the records hold, and whether the log holds; everything else follows the rules of the room that owns the object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.message import say
from rodatraden.parties.rules import is_member
from rodatraden.records.queries import verify_ledger

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.parties.models import Person
    from rodatraden.records.models import DiaryCase


def may_read_diary(person: Person, case: DiaryCase, at: datetime) -> Answer:
    """Answer whether `person` reads the case's diary: the people of the organisation that keeps it."""
    if is_member(person, case.organisation, at):
        return YES
    return no(say("Only people of the organisation that keeps the diary can read it here."), source="OSL 5 kap. 1 §")


def log_holds() -> Answer:
    """Answer whether the log holds: a broken chain stops the opening and the award (INV-32)."""
    fault = verify_ledger()
    if fault is None:
        return YES
    return no(
        say(
            "The log does not hold, so nothing is opened or decided. Tell those who run the system: {fault}",
            fault=str(fault),
        ),
        source="LOU 12 kap. 8 §",
    )

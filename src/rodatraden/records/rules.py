"""Who may read what the records hold; everything else follows the rules of the room that owns the object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.message import say
from rodatraden.parties.rules import is_member

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.parties.models import Person
    from rodatraden.records.models import DiaryCase


def may_read_diary(person: Person, case: DiaryCase, at: datetime) -> Answer:
    """Answer whether `person` reads the case's diary: the people of the organisation that keeps it."""
    if is_member(person, case.organisation, at):
        return YES
    return no(say("Only people of the organisation that keeps the diary can read it here."), source="OSL 5 kap. 1 §")

"""Who may read what the records hold; everything else follows the rules of the room that owns the object."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.dispatch import Signal
from django.urls import reverse

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.message import say
from rodatraden.parties.rules import is_member

document_readers_asked = Signal()
"""Sent with `document: DiaryDocument`, `person: Person | None` (None: anybody) and `at: datetime` by `may_know_of`; the room
that issued the document answers True where that person reads it on a page of its own, and else False or None."""

STAMP_TOLERANCE = 50
"""Milliseconds that a bid's stamp may be from the truth. Source: docs/rules/arrival.md."""
EXACT_SOURCES = frozenset({"kernel-last-byte", "proxy-last-byte"})
"""By which means a stamp must have been measured to be relied on (config/arrival.py)."""
LEASE = timedelta(seconds=30)
"""How long a worker may be silent before its work counts as lost; it speaks each second. Source: policy."""

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.core.message import Message
    from rodatraden.parties.models import Person
    from rodatraden.records.models import DiaryCase, DiaryDocument, StampTrial, WaitingWork


def may_read_diary(person: Person, case: DiaryCase, at: datetime) -> Answer:
    """Answer whether `person` reads the case's diary: the people of the organisation that keeps it."""
    if is_member(person, case.organisation, at):
        return YES
    return no(say("Only people of the organisation that keeps the diary can read it here."), source="OSL 5 kap. 1 §")


def may_know_of(person: Person | None, document: DiaryDocument, at: datetime) -> Answer:
    """Answer whether somebody who holds an issued document may be told that it is genuine: who may read it, no others.

    To others it is as if it did not exist: a notification tells who has bid, and a stranger who found one learns nothing
    of whether it is true.
    """
    for _, answer in document_readers_asked.send(sender=type(document), document=document, person=person, at=at):
        may_read: Any = answer  # Django's stubs know text only
        if may_read is True:
            return YES
    return no(say("There is no such document that you may see."), source="OSL 5 kap. 1 §")


def is_exact(stamp: StampTrial | None) -> Answer:
    """Answer whether bids are stamped with when they came: by `EXACT_SOURCES`, 50 ms at most from the truth, at the last trial.

    One that could not be tried is not; one that has not been tried since the program was installed is taken at its word.
    Source: docs/rules/arrival.md.
    """
    if stamp is None:
        return YES
    if stamp.off_ms is None:
        return _not_exact(
            say(
                "The server could not try its stamp of bids, so nobody knows whether it can be relied on. Who runs the server must "
                "see to it that it reaches its own address, and start it again."
            )
        )
    if stamp.source not in EXACT_SOURCES:
        return _not_exact(
            say(
                "The server stamps bids with its own clock when it comes to them, which is late when many hand in. Who runs the "
                "server must let the kernel or the proxy tell when they come, and start it again."
            )
        )
    if abs(stamp.off_ms) <= STAMP_TOLERANCE:
        return YES
    return _not_exact(
        say(
            "The server stamps bids {off} milliseconds from when they come, and at most {most} can be relied on. Who runs the "
            "server must mend it, and start it again.",
            off=abs(stamp.off_ms),
            most=STAMP_TOLERANCE,
        )
    )


def _not_exact(reason: Message) -> Answer:
    return no(reason, mend=reverse("records:public_log"), source="LOU 12 kap. 6 §")


def is_lost(work: WaitingWork, at: datetime) -> bool:
    """Whether the worker that took the work has been silent for longer than its lease."""
    return work.ended_at is None and work.beat_at is not None and at - work.beat_at > LEASE

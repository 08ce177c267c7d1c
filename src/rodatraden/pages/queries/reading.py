"""Who has read which opened bid, and since when: for the officer of the procurement (directive 2014/24 annex IV f and g)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Min

from rodatraden.bids.models import Bid, BidFile
from rodatraden.bids.rules import may_see_bids
from rodatraden.core.answer import no
from rodatraden.core.message import say
from rodatraden.parties.models import Person
from rodatraden.procurements.models import TeamMember
from rodatraden.procurements.rules import may_act_as
from rodatraden.records.models import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from django.db.models import QuerySet

    from rodatraden.core.answer import Answer
    from rodatraden.core.message import Message
    from rodatraden.procurements.models import Procurement

ITS_PAGE = say("the page of the bid")
ITS_DECLARATION = say("the declaration (ESPD)")


@dataclass(frozen=True, slots=True)
class Read:
    """Somebody has read a document of a bid on so many days; the file is told by which part of the bid it is."""

    who: str
    bid: int
    what: str | Message
    first_at: datetime
    last_at: datetime
    n_days: int


def may_see_readings(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` sees who has read the bids: the officer, when they are open."""
    officer = may_act_as(TeamMember.Role.OFFICER, person, procurement)
    return (officer and may_see_bids(person, procurement)) or no(say("The officer sees who has read the bids."))


def readings_of(procurement: Procurement) -> QuerySet[Reading, Any]:
    """Return for each person and document when it was first and last read, and on how many days, the latest first."""
    mine = Reading.objects.filter(case=procurement.pk).order_by().values("subject", "document", "read_by")
    told = mine.annotate(first_at=Min("read_at"), last_at=Max("read_at"), n_days=Count("pk"))
    return told.order_by("-last_at", "document", "read_by")


def told_of(rows: Iterable[Mapping[str, Any]]) -> list[Read]:
    """Return these in words, in three queries however many they are."""
    found: list[Mapping[str, Any]] = list(rows)
    numbers = dict(Bid.objects.filter(pk__in=_each(found, "subject")).values_list("pk", "number"))
    names = dict(Person.objects.filter(pk__in=_each(found, "read_by")).values_list("pk", "name"))
    titles = dict(BidFile.objects.filter(pk__in=_each(found, "document")).values_list("pk", "content_item__title"))
    return [
        Read(
            names[row["read_by"]],
            numbers[row["subject"]],
            ITS_PAGE if row["document"] == row["subject"] else titles.get(row["document"], ITS_DECLARATION),
            row["first_at"],
            row["last_at"],
            row["n_days"],
        )
        for row in found
    ]


def _each(rows: Iterable[Mapping[str, Any]], name: str) -> set[Any]:
    return {row[name] for row in rows}

"""Named reads of those who observe an opening, and what waits on them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from rodatraden.bids.models import OpeningObserver
from rodatraden.bids.rules import opening_of
from rodatraden.bids.rules.observing import may_observe
from rodatraden.core.codes import code_digest
from rodatraden.core.message import say
from rodatraden.core.thread import Task

if TYPE_CHECKING:
    from typing import Any
    from uuid import UUID

    from django.db.models import QuerySet

    from rodatraden.bids.models import Opening
    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender


def observers() -> QuerySet[OpeningObserver]:
    """Return the observers of all openings, with what their rules read."""
    return OpeningObserver.objects.select_related(
        "tender__procurement__buyer", "tender__procurement__diary_case", "appointed_by", "person"
    ).prefetch_related("tender__procurement__facts", "tender__procurement__team")


def observers_of(tender: Tender) -> list[OpeningObserver]:
    """Return who observes, or was to observe, the opening of a tender, in the order in which they were appointed."""
    rows = OpeningObserver.objects.filter(tender=tender).select_related("appointed_by", "ended_by")
    return list(rows.order_by("appointed_at", "id"))


def observer_by(code: str) -> OpeningObserver | None:
    """Return the observer whose link has this code, ended or not."""
    return observers().filter(token_sha256=code_digest(code)).first()


def observer_as(person: Person, tender_id: UUID) -> OpeningObserver | None:
    """Return the latest appointment by which `person` observes the opening of a tender, ended or not."""
    return observers().filter(person=person, tender=tender_id).order_by("-appointed_at", "id").first()


def tasks_as_observer(person: Person, at: datetime) -> list[Task]:
    """Return the openings that `person` observes and has not said that they followed."""
    waiting = OpeningObserver.objects.filter(person=person, ended_at=None, followed_at=None).order_by()
    keys = list(waiting.values_list("pk", flat=True))  # hardly anybody observes: what rules read comes after that
    mine = observers().filter(pk__in=keys).order_by("appointed_at", "id") if keys else ()
    return [
        Task(
            title=say("Follow the opening of the bids as an observer."),
            for_person=person.pk,
            due=observer.tender.deadline_at,
            url_name="bids:observe",
            url_kwargs={"tender_id": observer.tender_id},
            case_title=observer.tender.procurement.title,
            kind="bids.observe",
        )
        for observer in mine
        if may_observe(person, observer, at)
    ]


def checked_list(tender: Tender) -> dict[str, Any] | None:
    """Return what an observer needs to check an opening that has taken place (RÅ 1996:85), from its protocol as it was issued.

    Of each bid: who, when, its receipt and how many files, or that it could not be read. No price, content or file name.
    """
    opening = opening_of(tender)
    if opening is None or not opening.protocol:
        return None
    told = json.loads(opening.protocol)
    return {
        "bids": [
            {
                "number": bid["number"],
                "supplier": bid["supplier"]["name"],
                "received_at": datetime.fromisoformat(bid["received_at"]),
                "receipt": (bid["submission"] or "")[:8],
                "files": len(bid["files"]),
                "is_unreadable": bool(bid["unreadable"]),
            }
            for bid in told["bids"]
        ],
        "not_opened": told["not_opened"],
        "ledger": told["ledger"],
    }


def listed_observers(opening: Opening) -> list[dict[str, object]]:
    """Return who had been let in to observe an opening when it took place, as its protocol tells it; `taken_at` None: never came."""
    rows = OpeningObserver.objects.filter(tender=opening.tender_id, ended_at=None)
    return [
        {"name": each.name, "chamber": each.chamber, "taken_at": each.taken_at}
        for each in rows.order_by("appointed_at", "id")
    ]

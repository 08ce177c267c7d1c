"""What is told of a decision to open the others: in the protocol, to the log by its hash, and on the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.bids.models import Bid, LeavingOut, Opening, UnlockingFailure
from rodatraden.bids.rules.leaving import keys_in, leaving_in_force, user_of_keys
from rodatraden.core.sealing.holders import Holds

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender


def decision_told(leaving: LeavingOut) -> dict[str, object]:
    """Return what was decided, or proposed: which bids, which pairs failed, who can't be reached, why, and by whom."""
    users = user_of_keys(leaving.tender)
    listed = {str(key): user.name for key, user in users.items()}
    return {
        "id": leaving.pk,
        "bids": leaving.bids,
        "failed": [[{"key": key, "name": listed[key]} for key in pair] for pair in leaving.failed],
        "unreachable": [{"key": key, "name": users[key].name} for key in keys_in(leaving)],
        "reason": leaving.reason,
        "proposed": _person(leaving.proposed_by, leaving.proposed_at),
        "decided": _person(leaving.decided_by, leaving.decided_at) if leaving.decided_by else None,
    }


@dataclass(frozen=True, slots=True)
class Refuted:
    """That it was said of some that they can't be reached, and one of them turned up."""

    unreachable: tuple[str, ...]
    proposed_by: Person
    proposed_at: datetime
    refuted_by: Person
    refuted_at: datetime


def refuted_of(tender: Tender, holds: Holds) -> list[Refuted]:
    """Return what has been proposed and has fallen, the latest first: whoever decides anew is told of it."""
    users = user_of_keys(tender)
    rows = LeavingOut.objects.filter(tender=tender, holds=str(holds)).order_by("-proposed_at", "-id")
    return [
        Refuted(
            tuple(users[key].name for key in keys_in(each)),
            each.proposed_by,
            each.proposed_at,
            each.refuted_by,
            each.refuted_at,
        )
        for each in rows.select_related("proposed_by", "refuted_by")
        if each.refuted_by and each.refuted_at
    ]


def prices_left_unread(tender: Tender) -> tuple[list[Bid], dict[str, object] | None]:
    """Return the bids whose price was knowingly left unread when the prices were opened, and what was decided of it, if two decided it.

    A failure at the instant of the opening stopped nothing: it was left unread.
    """
    opened = Opening.objects.filter(tender=tender).order_by().values_list("prices_opened_at", flat=True)
    opened_at = next(iter(opened), None)
    if opened_at is None:
        return [], None
    price = {"tender": tender, "holds": str(Holds.PRICE), "at": opened_at}
    failed = list(UnlockingFailure.objects.filter(**price).values_list("bid", flat=True))
    if not failed:
        return [], None
    left = list(Bid.objects.filter(tender=tender, submission__in=failed).select_related("supplier").order_by("number"))
    leaving = leaving_in_force(tender, Holds.PRICE) if left else None
    return left, decision_told(leaving) if leaving else None


def _person(person: Person, at: object) -> dict[str, object]:
    return {"person": person.pk, "name": person.name, "at": at}

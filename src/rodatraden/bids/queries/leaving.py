"""What is told of a decision to open the others: in the protocol, to the log by its hash, and on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.bids.rules.leaving import keys_in, user_of_keys

if TYPE_CHECKING:
    from rodatraden.bids.models import LeavingOut
    from rodatraden.parties.models import Person


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


def _person(person: Person, at: object) -> dict[str, object]:
    return {"person": person.pk, "name": person.name, "at": at}

"""When the others may be opened though a bid's key has not come out, and no other pair of holders can be had.

Two officials decide it, never one; each pair that can be had has failed, in both orders; and it falls when one of those
who were said to be out of reach unlocks after all (docs/rules/sealing.md, rule 5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

from rodatraden.bids.models import LeavingOut, Unlocking, UnlockingFailure
from rodatraden.bids.rules import may_unlock, page
from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.message import say
from rodatraden.core.sealing.holders import Holds, read_holders
from rodatraden.parties.models import OpeningKey

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from rodatraden.core.sealing.holders import Pair
    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender

TIME_TO_ANSWER = timedelta(days=1)
"""How long those who are said to be out of reach, and the suppliers, have before it is decided. Source: policy."""
SOURCE = "LOU 4 kap. 1 §, 12 kap. 10 §"


@dataclass(frozen=True, slots=True)
class Tried:
    """What pairs of holders have unlocked in vain, when some holders can't be had.

    `bids`: those whose key no pair that can be had has brought out; `failed`: pairs that have failed, in their order;
    `untried`: pairs that can be had and have not.
    """

    bids: tuple[UUID, ...]
    failed: tuple[Pair, ...]
    untried: tuple[Pair, ...]


def tried(tender: Tender, holds: Holds, unreachable: Collection[UUID]) -> Tried:
    """Return what has been tried in vain, when the holders of the keys `unreachable` can't be had."""
    holders = read_holders(tender.frozen_holders.listed.encode())
    users = user_of_keys(tender)
    possible = [
        (first, last)
        for first, last in holders.ordered_pairs
        if not {first, last} & set(unreachable) and users[first].pk != users[last].pk
    ]
    failures: dict[UUID, set[Pair]] = {}
    rows = UnlockingFailure.objects.filter(tender=tender, holds=str(holds))
    for bid, first, last in rows.values_list("bid", "first", "last"):
        failures.setdefault(bid, set()).add((first, last))
    failed = {pair for pairs in failures.values() for pair in pairs}
    bids = [bid for bid, pairs in failures.items() if possible and pairs >= set(possible)]
    return Tried(
        tuple(sorted(bids, key=str)),
        tuple(pair for pair in holders.ordered_pairs if pair in failed),
        tuple(pair for pair in possible if pair not in failed),
    )


def user_of_keys(tender: Tender) -> dict[UUID, Person]:
    """Return who opens with each key of the frozen list."""
    listed = [each.key for each in read_holders(tender.frozen_holders.listed.encode()).holders]
    return {key.pk: key.user for key in OpeningKey.objects.filter(pk__in=listed).select_related("person", "kept_by")}


def may_propose_leaving(
    person: Person, tender: Tender, holds: Holds, unreachable: Collection[UUID], at: datetime
) -> Answer:
    """Answer whether `person` may propose to open the others, when the holders of the keys `unreachable` can't be had.

    An official who holds a key, when every pair that is left has failed for some bid, in both orders.
    """
    official = _may_take_part(person, tender, holds, unreachable, at)
    if not official:
        return official
    if not unreachable:
        return no(say("Say which holders you can't reach. While all can be reached, every pair of them must try."))
    found = tried(tender, holds, unreachable)
    if found.untried:
        users = user_of_keys(tender)
        first, last = (users[key].name for key in found.untried[0])
        return no(
            say("{first} as the first and {last} as the last have not tried yet.", first=first, last=last),
            mend=page("bids:unlock", tender.procurement, str(holds)),
            source=SOURCE,
        )
    if not found.bids:
        return no(say("No bid has failed for every pair that can be had. Unlock once more."), source=SOURCE)
    return YES


def may_decide_leaving(person: Person, leaving: LeavingOut, at: datetime) -> Answer:
    """Answer whether `person` may decide what another has proposed: a day later, if nobody has turned up."""
    unreachable = keys_in(leaving)
    official = _may_take_part(person, leaving.tender, Holds(leaving.holds), unreachable, at)
    if not official:
        return official
    if leaving.decided_at is not None:
        return no(say("It has been decided already."))
    if leaving.proposed_by_id == person.pk:
        return no(say("Two officials decide it. Another one than you must decide."), source="LOU 12 kap. 10 §")
    if is_refuted(leaving):
        return no(say("A holder who was said to be out of reach has unlocked since. Open the bids with them."))
    if at < leaving.proposed_at + TIME_TO_ANSWER:
        until = leaving.proposed_at + TIME_TO_ANSWER
        return no(
            say(
                "It can be decided {until}. Those who can't be reached, and the suppliers, have been told.", until=until
            ),
            source="policy",
        )
    return YES


def leaving_of(tender: Tender, holds: Holds) -> LeavingOut | None:
    """Return what was last proposed, decided or not."""
    rows = LeavingOut.objects.filter(tender=tender, holds=str(holds)).select_related("proposed_by", "decided_by")
    found = rows.order_by("-proposed_at", "-id").first()
    if found:
        found.tender = tender
    return found


def leaving_in_force(tender: Tender, holds: Holds) -> LeavingOut | None:
    """Return the decision by which the others may be opened now; None without one, or when it has fallen."""
    found = leaving_of(tender, holds)
    return found if found and found.decided_at is not None and not is_refuted(found) else None


def is_refuted(leaving: LeavingOut) -> bool:
    """Whether a holder who was said to be out of reach has unlocked since."""
    keys = keys_in(leaving)
    since = {"tender": leaving.tender_id, "at__gte": leaving.proposed_at}
    return (
        Unlocking.objects.filter(key__in=keys, **since).exists()
        or UnlockingFailure.objects.filter(Q(first__in=keys) | Q(last__in=keys), **since).exists()
    )


def keys_in(leaving: LeavingOut) -> list[UUID]:
    """Return the keys whose holders can't be reached."""
    return [UUID(key) for key in leaving.unreachable]


def _may_take_part(person: Person, tender: Tender, holds: Holds, unreachable: Collection[UUID], at: datetime) -> Answer:
    official = may_unlock(person, tender, holds, at)
    if not official:
        return official
    if not any(user.pk == person.pk for key, user in user_of_keys(tender).items() if key not in unreachable):
        return no(say("Only officials who hold a key to these bids decide this, and none of those out of reach."))
    return YES

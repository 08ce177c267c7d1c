"""When the others may be opened though a bid's key has not come out, and no other pair of holders can be had.

Two officials decide it, never one; each pair that can be had has failed, in both orders; and it falls, for good, when one
of those who were said to be out of reach unlocks after all or says that they can be reached (docs/rules/sealing.md, rule 5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from rodatraden.bids.models import LeavingOut, UnlockingFailure
from rodatraden.bids.rules import Kind, Role, may_unlock, page
from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.calendars import PROCEDURES, is_off, start_of
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.core.sealing.holders import Holds, read_holders
from rodatraden.parties.models import OpeningKey
from rodatraden.procurements.rules import has_happened, may_join, team_roles

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from rodatraden.core.sealing.holders import Pair
    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender

TIME_TO_ANSWER = timedelta(days=1)
"""How long those who are said to be out of reach, and the suppliers, have at least (`can_be_decided_at`). Source: policy."""
ONE_DAY = timedelta(days=1)
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

    An official who holds a key, when every pair that is left has failed for some bid, in both orders. Who never was
    appointed to open has been asked for nothing, and is not out of reach; nor is it proposed anew what holds already.
    """
    official = _may_take_part(person, tender, holds, unreachable, at)
    if not official:
        return official
    if not unreachable:
        return no(say("Say which holders you can't reach. While all can be reached, every pair of them must try."))
    anew = _may_say_anew(tender, holds, unreachable, at)
    if not anew:
        return anew
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
    """Answer whether `person` may decide what another has proposed: when its time has come, if nobody has turned up."""
    unreachable = keys_in(leaving)
    official = _may_take_part(person, leaving.tender, Holds(leaving.holds), unreachable, at)
    if not official:
        return official
    if leaving.decided_at is not None:
        return no(say("It has been decided already."))
    if leaving.proposed_by_id == person.pk:
        return no(say("Two officials decide it. Another one than you must decide."), source="LOU 12 kap. 10 §")
    if is_refuted(leaving):
        return no(say("A holder who was said to be out of reach has turned up since. Open the bids with them."))
    until = can_be_decided_at(leaving)
    if at < until:
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


def is_settled(tender: Tender, holds: Holds) -> bool:
    """Whether a decision holds, and no other bid has failed since for every pair: then there is nothing else to propose."""
    found = leaving_in_force(tender, holds)
    return found is not None and {str(bid) for bid in tried(tender, holds, keys_in(found)).bids} <= set(found.bids)


def can_be_decided_at(leaving: LeavingOut) -> datetime:
    """Return when what was proposed may be decided at the earliest: those concerned have had a whole working day.

    24 hours, counted from the start of a working day when it was proposed on a day off, and ending on none. Source: policy.
    """
    procedure = PROCEDURES.get(leaving.tender.procurement.procedure)
    assert procedure is not None, "nothing is published without a procedure"
    calendar, begins = procedure.calendar, leaving.proposed_at
    day = local_date(begins, procedure.country)
    while is_off(day, calendar):
        day += ONE_DAY
        begins = start_of(day, calendar)
    ends = begins + TIME_TO_ANSWER
    while is_off(local_date(ends, procedure.country), calendar):
        ends += ONE_DAY
    return ends


def is_refuted(leaving: LeavingOut) -> bool:
    """Whether a holder who was said to be out of reach has turned up since; what they then unlocked may be gone again."""
    return leaving.refuted_at is not None


def names_as_unreachable(leaving: LeavingOut, person: Person) -> bool:
    """Whether `person` opens with one of the keys whose holders are said to be out of reach."""
    users = user_of_keys(leaving.tender)
    return any(users[key].pk == person.pk for key in keys_in(leaving))


def leaving_that_names(person: Person, procurement_id: UUID, holds: str) -> LeavingOut | None:
    """Return what was last proposed, decided or not, that says that `person` can't be reached; None without any."""
    rows = LeavingOut.objects.filter(tender__procurement=procurement_id, holds=holds).order_by("-proposed_at", "-id")
    read = rows.select_related("proposed_by", "tender__procurement__buyer", "tender__frozen_holders")
    return next((each for each in read if names_as_unreachable(each, person)), None)


def may_say_reachable(person: Person, leaving: LeavingOut) -> Answer:
    """Answer whether `person` may say that they can be reached: who is said not to be, in the team or not, until it is opened."""
    if not names_as_unreachable(leaving, person):
        return no(say("Only who is said to be out of reach can say so."))
    opened = Kind.OPENED if leaving.holds == Holds.BID else Kind.PRICES_OPENED
    if has_happened(leaving.tender.procurement, opened):
        return no(say("They have been opened already."))
    if is_refuted(leaving):
        return no(say("It has fallen already: somebody who was said to be out of reach has turned up."))
    return YES


def keys_in(leaving: LeavingOut) -> list[UUID]:
    """Return the keys whose holders can't be reached."""
    return [UUID(key) for key in leaving.unreachable]


def _may_say_anew(tender: Tender, holds: Holds, unreachable: Collection[UUID], at: datetime) -> Answer:
    """Answer whether it may be said of these that they can't be reached: they have been asked, and no decision holds."""
    users = user_of_keys(tender)
    unasked = [users[key] for key in unreachable if key in users and not _is_asked(users[key], tender, at)]
    if unasked:
        return no(
            say(
                "{name} has not been appointed opening official here, so nobody has asked them to unlock. Appoint them first.",
                name=unasked[0].name,
            ),
            mend=page("procurements:team", tender.procurement),
            source=SOURCE,
        )
    if is_settled(tender, holds):
        return no(
            say("It has been decided already. Unlock, two of you, and open the others."),
            mend=page("bids:unlock", tender.procurement, str(holds)),
        )
    return YES


def _is_asked(user: Person, tender: Tender, at: datetime) -> bool:
    """Whether a holder could have unlocked if they had been had: who can't be appointed any more can't be asked either."""
    procurement = tender.procurement
    return Role.OPENER in team_roles(user, procurement) or not may_join(user, Role.OPENER, procurement, at)


def _may_take_part(person: Person, tender: Tender, holds: Holds, unreachable: Collection[UUID], at: datetime) -> Answer:
    official = may_unlock(person, tender, holds, at)
    if not official:
        return official
    if not any(user.pk == person.pk for key, user in user_of_keys(tender).items() if key not in unreachable):
        return no(say("Only officials who hold a key to these bids decide this, and none of those out of reach."))
    return YES

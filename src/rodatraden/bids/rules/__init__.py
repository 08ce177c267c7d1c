"""Who may do what with a bid and with the box that it lies in, each answer with its reason.

Suppliers: the people who bid for the supplier, and nobody else, ever before the opening (INV-01, INV-02). Officials:
nothing before the opening; after it those on the access list, who have declared their interests anew.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse

from rodatraden.bids.models import FrozenHolders, Opening, SealedUpload, Unlocking
from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.message import say
from rodatraden.core.sealing.holders import Holds, read_holders
from rodatraden.parties.models import OpeningKey
from rodatraden.parties.rules import may_bid_for, may_use
from rodatraden.procurements.models import StageFact, TeamMember
from rodatraden.procurements.rules import (
    NAMES_COME_LATER,
    READERS,
    has_happened,
    judges_without_names,
    may_act_as,
    may_work,
    team_roles,
)

if TYPE_CHECKING:
    from uuid import UUID

    from rodatraden.bids.models import Bid, Submission
    from rodatraden.parties.models import Organisation, Person
    from rodatraden.procurements.models import Procurement
    from rodatraden.tenders.models import Snapshot, Tender

Kind = StageFact.Kind
Role = TeamMember.Role

SETTLING = timedelta(minutes=2)
"""How long after the deadline the box is closed: what had come before it may still wait for its turn in the server.

As long as a process may take for what it answers (`cli/start.py`), so that no bid that came in time finds the box closed
because of our own queue. Nothing that comes after the deadline gains by it: in time is a comparison of stamps. Source: policy.
"""
STORING = timedelta(minutes=15)
"""How long the closing waits for a sealed bid that came in time while it is stored. Source: policy."""
ASK_HOLDS = timedelta(minutes=30)
"""How long the first official's request to open waits for the second: the two open together. Source: policy."""


def page(name: str, procurement: Procurement, *more: str) -> str:
    """Return the address of a page of the case."""
    return reverse(name, args=[procurement.pk, *more])


def may_bid(person: Person, supplier: Organisation, tender: Tender, at: datetime) -> Answer:
    """Answer whether `person` may write and hand in a bid for `supplier`, on time or late."""
    bidder = may_bid_for(person, supplier, at)
    if not bidder:
        return bidder
    procurement = tender.procurement
    if not has_happened(procurement, Kind.PUBLISHED):
        return no(say("The procurement documents have not been published yet."))
    if has_happened(procurement, Kind.CANCELLED):
        return no(say("The procurement has been cancelled."))
    if tender.bids_address:
        return no(
            say("Bids in this procurement are handed in in another tool: {address}.", address=tender.bids_address)
        )
    if team_roles(person, procurement):
        return no(
            say("You take part in this procurement for the buyer, so you cannot bid in it."),
            source="förvaltningslagen 16–18 §§",
        )
    return YES


def may_withdraw(person: Person, submission: Submission, at: datetime) -> Answer:
    """Answer whether `person` may withdraw the supplier's bid: strictly before the deadline, while the box is open."""
    bidder = may_bid_for(person, submission.supplier, at)
    if not bidder:
        return bidder
    if has_happened(submission.tender.procurement, Kind.CANCELLED):
        return no(say("The procurement has been cancelled."))
    if submission.withdrawn_at is not None:
        return no(say("The bid has been withdrawn already."))
    if submission.is_late:
        return no(say("The bid came too late. It is kept sealed and takes no part, so there is nothing to withdraw."))
    if is_out_of_time(submission.tender, at):
        return no(
            say("The time for bids is out, so the bid can no longer be withdrawn here."), source="LOU 12 kap. 10 §"
        )
    return YES


def answers_edition(answered: Snapshot, latest: Snapshot) -> Answer:
    """Answer whether a bid that answers one version of the documents may be handed in for the latest (INV-08)."""
    if answered.edition == latest.edition:
        return YES
    return no(
        say("The documents have changed since you began. Read what has changed, then hand in the bid."),
        source="LOU 4 kap. 1 §, 11 kap. 8 §",
    )


def may_confirm_bid(
    person: Person, submission: Submission, answered: Snapshot, latest: Snapshot, at: datetime
) -> Answer:
    """Answer whether `person` may say that a bid handed in holds for the latest version too: in time, and when it must."""
    may = may_withdraw(person, submission, at)
    if not may:
        return may
    if answered.edition == latest.edition:
        return no(say("The bid is made for the documents as they stand now. There is nothing to confirm."))
    return YES


def is_out_of_time(tender: Tender, at: datetime) -> bool:
    """Whether nothing that arrives at `at` is in time: in time is strictly before the deadline, in an open box."""
    closed = has_happened(tender.procurement, Kind.CLOSED)
    return closed or tender.deadline_at is None or not at < tender.deadline_at


def may_close(tender: Tender, at: datetime) -> Answer:
    """Answer whether the box may be closed: never before the deadline, and not before what came in time is in."""
    if not has_happened(tender.procurement, Kind.PUBLISHED) or tender.deadline_at is None:
        return no(say("The procurement documents have not been published yet."))
    if has_happened(tender.procurement, Kind.CANCELLED):
        return no(say("The procurement has been cancelled."))
    if at < tender.deadline_at:
        return no(
            say("The time for bids runs until {deadline}.", deadline=tender.deadline_at), source="LOU 12 kap. 10 §"
        )
    if at < tender.deadline_at + SETTLING or _is_storing(tender, at):
        return no(say("What came just before the deadline is still being stored. Try again in a few minutes."))
    return YES


def _is_storing(tender: Tender, at: datetime) -> bool:
    """Whether a sealed bid that came in time is still on its way to the disk; after `STORING` it is given up."""
    began = SealedUpload.objects.filter(tender=tender, arrived_at__gt=at - STORING)
    return began.filter(arrived_at__lt=tender.deadline_at, submission=None, withdrawn_at=None).exists()


def may_confirm_opening(person: Person, opening: Opening, at: datetime) -> Answer:
    """Answer whether `person` may confirm the opening: another appointed official than the one who asked (INV-03)."""
    official = _may_open(person, opening.tender, at)
    if not official:
        return official
    if opening.asked_by_id == person.pk:
        return no(
            say("Two officials open the bids together. Another one than you must confirm."), source="LOU 12 kap. 10 §"
        )
    if not waiting_ask(opening.tender, at):
        return no(
            say("The request to open is no longer valid. Ask for the opening again."),
            mend=page("bids:opening", opening.tender.procurement),
        )
    return YES


def has_keys(tender: Tender, unlocked_for: str) -> Answer:
    """Answer whether what lies sealed can be opened: two who hold its keys have unlocked them.

    `unlocked_for` is the hash of the list of holders whose keys are unlocked. Where the bids were opened in another tool
    nothing is sealed to holders: the registered prices lie under the server's key.
    """
    if is_opened_elsewhere(tender) or FrozenHolders.objects.filter(tender=tender, sha256=unlocked_for).exists():
        return YES
    return no(
        say("The keys to the bids are not unlocked. Two who hold keys unlock them, each with their own."),
        mend=page("bids:unlock", tender.procurement, str(Holds.BID)),
        source="LOU 12 kap. 10 §",
    )


def is_opened_elsewhere(tender: Tender) -> bool:
    """Whether the bids were received and opened in another tool, as two officials have stated."""
    return Opening.objects.filter(tender=tender, is_external=True, opened_at__isnull=False).exists()


def may_begin_unlocking(person: Person, tender: Tender, holds: Holds, key: UUID, at: datetime) -> Answer:
    """Answer whether `person` may unlock first: an appointed official, when it is time, with a key of the frozen list.

    The bids when the box is closed (INV-03, INV-04), their prices when the quality is locked (INV-13).
    """
    official = may_unlock(person, tender, holds, at)
    return official and _may_use(person, key, tender)


def may_end_unlocking(person: Person, unlocking: Unlocking, key: UUID, at: datetime) -> Answer:
    """Answer whether `person` may unlock last, and so open: another than the first, with a key that opens with theirs."""
    tender = unlocking.tender
    official = may_unlock(person, tender, Holds(unlocking.holds), at)
    if not official:
        return official
    if unlocking.by_id == person.pk:
        return no(
            say("Two officials open the bids together. Another one than you must unlock."), source="LOU 12 kap. 10 §"
        )
    if waiting_unlocking(tender, Holds(unlocking.holds), at) is None:
        return no(
            say("What the first one unlocked is no longer valid. Unlock anew, both of you."),
            mend=page("bids:opening", tender.procurement),
        )
    mine = _may_use(person, key, tender)
    if not mine:
        return mine
    if (unlocking.key, key) not in read_holders(tender.frozen_holders.listed.encode()).ordered_pairs:
        return no(say("These two keys may not open together."), source="policy")
    return YES


def waiting_unlocking(tender: Tender, holds: Holds, at: datetime) -> Unlocking | None:
    """Return what a first holder has unlocked and a last one has not, if it is fresh and the first still may open."""
    found = Unlocking.objects.filter(tender=tender, holds=str(holds)).select_related("by").first()
    if found is None or not found.at <= at <= found.at + ASK_HOLDS:
        return None
    found.tender = tender
    return found if may_act_as(Role.OPENER, found.by, tender.procurement) else None


def may_unlock(person: Person, tender: Tender, holds: Holds, at: datetime) -> Answer:
    """Answer whether `person` may take part in the unlocking, whatever key they hold: an official, when it is time."""
    if not FrozenHolders.objects.filter(tender=tender).exists():
        return no(say("Nobody holds keys to the bids of this procurement."))
    if holds is Holds.BID:
        return _may_open(person, tender, at)
    official = may_act_as(Role.OPENER, person, tender.procurement)
    return official and may_open_prices(person, tender.procurement)


def _may_use(person: Person, key: UUID, tender: Tender) -> Answer:
    holders = read_holders(tender.frozen_holders.listed.encode())
    found = OpeningKey.objects.filter(pk=key).select_related("person", "kept_by").first()
    if found is None or key not in {each.key for each in holders.holders}:
        return no(say("The bids are not sealed to this key. Use a key that stands in the list of holders."))
    return may_use(person, found)


def may_attest(person: Person, opening: Opening) -> Answer:
    """Answer whether `person` may attest the list of bids: each of the two who opened them, once (LOU 12 kap. 10 §)."""
    if opening.opened_at is None:
        return no(say("The bids have not been opened yet."))
    access = may_work(person, opening.tender.procurement)
    if not access:
        return access
    if person.pk not in {opening.asked_by_id, opening.confirmed_by_id}:
        return no(say("Only the two officials who opened the bids attest the list."), source="LOU 12 kap. 10 §")
    attested = opening.first_attested_at if person.pk == opening.asked_by_id else opening.second_attested_at
    return no(say("You have attested the list already.")) if attested else YES


def waiting_ask(tender: Tender, at: datetime) -> Opening | None:
    """Return the request to open that waits for a second official, if it is fresh and its asker still may open."""
    return still_asked(opening_of(tender), tender, at)


def still_asked(opening: Opening | None, tender: Tender, at: datetime) -> Opening | None:
    """Return what `waiting_ask` does, of the opening of `tender` that has been read."""
    if opening is None or opening.opened_at is not None or opening.is_external:
        return None
    if not opening.asked_at <= at <= opening.asked_at + ASK_HOLDS:
        return None
    return opening if may_act_as(Role.OPENER, opening.asked_by, tender.procurement) else None


def opening_of(tender: Tender) -> Opening | None:
    """Return the opening that has been asked for or has taken place, or None."""
    found = Opening.objects.filter(tender=tender).select_related("asked_by", "confirmed_by", "document__case")
    return next(iter(found.order_by()), None)  # one at most


def _may_open(person: Person, tender: Tender, at: datetime) -> Answer:
    procurement = tender.procurement
    official = may_act_as(Role.OPENER, person, procurement)
    if not official:
        return official
    if has_happened(procurement, Kind.OPENED):
        return no(say("The bids have been opened already."))
    return _is_closed(tender, at)


def may_see_bids(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` sees the opened bids: the access list, with interests declared anew (OSL 19 kap. 3 §).

    From the award decision on everybody with access to the case does.
    """
    if not has_happened(procurement, Kind.OPENED):
        return no(
            say("Nobody knows anything about the bids before two officials have opened them."),
            source="LOU 12 kap. 10 §, OSL 19 kap. 3 §",
        )
    access = may_work(person, procurement)
    if not access:
        return access
    if not has_happened(procurement, Kind.DECIDED) and not team_roles(person, procurement) & READERS:
        return no(
            say("Until the award decision only officers, opening officials and evaluators see the bids."),
            source="OSL 19 kap. 3 §",
        )
    if judges_without_names(person, procurement):
        return no(NAMES_COME_LATER, source="policy")
    return YES


def may_open_prices(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` may open the prices: not before the quality consensus is locked (INV-13)."""
    official = may_act_as(Role.OFFICER, person, procurement)
    if not official:
        official = may_act_as(Role.OPENER, person, procurement)
    if not official:
        return official
    if procurement.tender.has_fixed_price:
        return no(say("There is nothing to open: the price is fixed in the documents, and no bid holds one."))
    if has_happened(procurement, Kind.PRICES_OPENED):
        return no(say("The prices have been opened already."))
    if not has_happened(procurement, Kind.CONSENSUS_LOCKED):
        return no(
            say("The prices stay closed until the team has agreed on the quality and locked it."),
            source="policy",
        )
    return YES


def may_state_opening(person: Person, tender: Tender, at: datetime) -> Answer:
    """Answer whether `person` may state that the bids were opened in another tool: an official, after the deadline."""
    return _may_open(person, tender, at)


def waiting_statement(tender: Tender) -> Opening | None:
    """Return the statement of an opening in another tool that waits for a second official, if its maker still may open."""
    return still_stated(opening_of(tender), tender)


def still_stated(opening: Opening | None, tender: Tender) -> Opening | None:
    """Return what `waiting_statement` does, of the opening of `tender` that has been read."""
    if opening is None or opening.opened_at is not None or not opening.is_external:
        return None
    return opening if may_act_as(Role.OPENER, opening.asked_by, tender.procurement) else None


def may_confirm_statement(person: Person, opening: Opening, at: datetime) -> Answer:
    """Answer whether `person` may confirm an opening in another tool: an official, another than who stated it (INV-03)."""
    official = _may_open(person, opening.tender, at)
    if not official:
        return official
    if opening.asked_by_id == person.pk:
        return no(
            say("Two officials opened the bids together. Another one than you must confirm it."),
            source="LOU 12 kap. 10 §",
        )
    if waiting_statement(opening.tender) is None:
        return no(
            say("There is no statement to confirm any more. State the opening again."),
            mend=page("bids:register", opening.tender.procurement),
        )
    return YES


def may_read_outside_protocol(person: Person, opening: Opening, at: datetime) -> Answer:
    """Answer whether `person` reads the other tool's protocol: who may confirm it, who stated it, then the access list."""
    if opening.opened_at is not None:
        return may_see_bids(person, opening.tender.procurement)
    return _may_open(person, opening.tender, at)


def _is_closed(tender: Tender, at: datetime) -> Answer:
    over = may_close(tender, at)
    if not over:
        return over
    if not has_happened(tender.procurement, Kind.CLOSED):
        return no(say("The box has not been closed yet."))
    return YES


def may_register_bid(person: Person, tender: Tender) -> Answer:
    """Answer whether `person` may register a bid that was received in another tool; never beside bids opened here."""
    procurement = tender.procurement
    officer = may_act_as(Role.OFFICER, person, procurement)
    if not officer:
        return officer
    opening = Opening.objects.filter(tender=tender).first()
    if opening is None or opening.opened_at is None:
        return no(
            say("First two officials state when the bids were opened, and hand over the protocol."),
            mend=page("bids:register", procurement),
        )
    if not opening.is_external:
        return no(
            say("The bids of this procurement were opened here, all at once. No bid can be added afterwards."),
            source="LOU 12 kap. 10 §",
        )
    if has_happened(procurement, Kind.CONSENSUS_LOCKED):
        return no(say("The quality has been judged and locked. No bid can be added afterwards."))
    return YES


def may_see_bid(person: Person, bid: Bid, at: datetime) -> Answer:
    """Answer whether `person` sees one opened bid: its own supplier, or those on the access list."""
    if may_bid_for(person, bid.supplier, at):
        return YES
    return may_see_bids(person, bid.tender.procurement)

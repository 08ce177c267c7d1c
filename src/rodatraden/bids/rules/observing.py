"""Who lets an observer from a chamber of commerce attend an opening, and what that observer sees and until when.

At a supplier's request a person appointed by a chamber of commerce attends the opening (LOU 12 kap. 10 §), and gets what is
needed to check it in spite of secrecy (RÅ 1996:85). Before the opening that is its steps, and nothing of the bids (INV-02).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from rodatraden.bids.rules import Kind, Role, opening_of, page
from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.message import say
from rodatraden.parties.rules import bids_nowhere
from rodatraden.procurements.rules import has_happened, may_act_as, team_roles

if TYPE_CHECKING:
    from rodatraden.bids.models import Opening, OpeningObserver
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement
    from rodatraden.tenders.models import Tender

WATCHES_FOR = timedelta(hours=24)
"""How long the observer sees the list after both officials have attested it. Source: policy."""
AT_THE_OPENING = "LOU 12 kap. 10 §"


def may_appoint_observer(person: Person, tender: Tender) -> Answer:
    """Answer whether `person` may let an observer attend: an officer or official, from the publication until the opening."""
    official = _is_official(person, tender.procurement)
    if not official:
        return official
    if not has_happened(tender.procurement, Kind.PUBLISHED):
        return no(say("The procurement documents have not been published yet."))
    if tender.bids_address:
        return no(say("The bids come in another tool and are opened there. The observer attends there."))
    if has_happened(tender.procurement, Kind.OPENED):
        return no(say("The bids have been opened already."), source=AT_THE_OPENING)
    return YES


def may_end_observer(person: Person, observer: OpeningObserver) -> Answer:
    """Answer whether `person` may end that somebody observes: an officer or official, once."""
    official = _is_official(person, observer.tender.procurement)
    if official and observer.ended_at is not None:
        return no(say("It has been ended already."))
    return official


def _is_official(person: Person, procurement: Procurement) -> Answer:
    return may_act_as(Role.OFFICER, person, procurement) or may_act_as(Role.OPENER, person, procurement)


def is_link_open(observer: OpeningObserver, at: datetime) -> Answer:
    """Answer whether there is an opening to follow by the link: not ended, not cancelled, not long over."""
    if observer.ended_at is not None:
        return no(say("You no longer observe this opening. Ask the buyer if you don't know why."))
    if has_happened(observer.tender.procurement, Kind.CANCELLED):
        return no(say("The procurement has been cancelled."))
    opening = opening_of(observer.tender)
    if opening is not None and opening.is_external and opening.opened_at is not None:
        return no(say("The bids were opened in another tool, and there is nothing to follow here."))
    until = sees_until(opening)
    if until is not None and at >= until:
        return no(say("The opening is over. Its list was shown here until {until}.", until=until), source="policy")
    return YES


def is_independent(person: Person, tender: Tender, at: datetime) -> Answer:
    """Answer whether `person` stands outside the opening: not in the buyer's team, and bids for no supplier at all."""
    if team_roles(person, tender.procurement):
        return no(
            say("You take part in this procurement for the buyer. Somebody else must observe the opening."),
            source="policy",
        )
    if not bids_nowhere(person, at):
        return no(say("You hand in bids for a supplier here. Somebody else must observe the opening."), source="policy")
    return YES


def may_take_observation(person: Person, observer: OpeningObserver, at: datetime) -> Answer:
    """Answer whether `person` may take the link: the one whose address it was sent to, independent, while it is open."""
    is_open = is_link_open(observer, at)
    if not is_open:
        return is_open
    if person.email.lower() != observer.email:
        return no(
            say("The link was sent to {email}. Sign in with that address to follow the opening.", email=observer.email)
        )
    return is_independent(person, observer.tender, at)


def may_observe(person: Person, observer: OpeningObserver, at: datetime) -> Answer:
    """Answer whether `person` sees the steps of the opening, and after it its list: from taking the link on.

    No price, no content, no file and no page of the case. Until a day after both officials have attested, or until ended.
    """
    if observer.person_id != person.pk:
        return no(say("Only the observer sees this page."))
    is_open = is_link_open(observer, at)
    return is_open and is_independent(person, observer.tender, at)


def may_say_followed(person: Person, observer: OpeningObserver, at: datetime) -> Answer:
    """Answer whether `person` may say that they followed the opening: once it has taken place, for as long as they see its list.

    Also after both officials have attested: else they could attest at once, and nobody would hear whom the law lets attend.
    """
    observes = may_observe(person, observer, at)
    if not observes:
        return observes
    opening = opening_of(observer.tender)
    if opening is None or opening.opened_at is None:
        return no(say("The bids have not been opened yet."))
    if observer.followed_at is not None:
        return no(say("You have said it already."))
    return YES


def attested_at(opening: Opening | None) -> datetime | None:
    """Return since when both officials have attested the list; None before."""
    if opening is None or opening.first_attested_at is None or opening.second_attested_at is None:
        return None
    return max(opening.first_attested_at, opening.second_attested_at)


def sees_until(opening: Opening | None) -> datetime | None:
    """Return until when the observer sees the list; None before both officials have attested it."""
    attested = attested_at(opening)
    return attested + WATCHES_FOR if attested else None


def may_appoint_address(email: str, tender: Tender) -> Answer:
    """Answer whether an observer may have this address: nobody's in the team, and not one that has a link already."""
    team = tender.procurement.team.filter(removed_at=None, person__email__iexact=email)
    if team.exists():
        return no(
            say("{email} belongs to somebody in the team. The observer is somebody else.", email=email),
            mend="email",
            source="policy",
        )
    if tender.opening_observers.filter(email=email.lower(), ended_at=None).exists():
        return no(
            say("A link has been sent to {email} already. End it first, if it is lost.", email=email),
            mend=page("bids:observers", tender.procurement),
        )
    return YES

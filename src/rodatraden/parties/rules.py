"""Who is what in which organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.parties.models import Membership

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.parties.models import Organisation, Person


def roles_of(person: Person, organisation: Organisation, at: datetime) -> frozenset[str]:
    """Return the roles that `person` holds in `organisation` on the day of `at`."""
    on = local_date(at, organisation.country)
    held = Membership.objects.filter(person=person, organisation=organisation)
    return frozenset(membership.role for membership in held if membership.holds_on(on))


def is_member(person: Person, organisation: Organisation, at: datetime) -> bool:
    """Whether `person` holds any role in `organisation`."""
    return bool(roles_of(person, organisation, at))


def may_administer(person: Person, organisation: Organisation, at: datetime) -> Answer:
    """Answer whether `person` may invite people to `organisation` and change their roles."""
    if Membership.Role.ADMINISTRATOR in roles_of(person, organisation, at):
        return YES
    return no(say("Only an administrator of the organisation can do this."), source="policy")


def may_start_procurement(person: Person, organisation: Organisation, at: datetime) -> Answer:
    """Answer whether `person` may start a procurement for `organisation`."""
    if not organisation.is_buyer:
        return no(say("Only a contracting authority can start a procurement."), source="LOU 1 kap. 22 §")
    if Membership.Role.PROCUREMENT_OFFICER in roles_of(person, organisation, at):
        return YES
    return no(say("Only a procurement officer of the organisation can start a procurement."), source="policy")


def may_bid_for(person: Person, organisation: Organisation, at: datetime) -> Answer:
    """Answer whether `person` may write and hand in bids for the supplier `organisation`."""
    if Membership.Role.BIDDER in roles_of(person, organisation, at):
        return YES
    return no(say("Only somebody who bids for the supplier can do this."), source="policy")

"""Who is what in which organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.parties.models import Membership

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.parties.models import Invitation, Organisation, Person

Role = Membership.Role
BUYING = {Role.PROCUREMENT_OFFICER, Role.NEED_OWNER, Role.DIRECTOR}


def roles_of(person: Person, organisation: Organisation, at: datetime) -> frozenset[str]:
    """Return the roles that `person` holds in `organisation` on the day of `at`."""
    on = local_date(at, organisation.calendar)
    mine = person.memberships.all()  # one query, or none where a page has read what the person is
    return frozenset(each.role for each in mine if each.organisation_id == organisation.pk and each.holds_on(on))


def is_member(person: Person, organisation: Organisation, at: datetime) -> bool:
    """Whether `person` holds any role in `organisation`."""
    return bool(roles_of(person, organisation, at))


def may_administer(person: Person, organisation: Organisation, at: datetime) -> Answer:
    """Answer whether `person` may invite people to `organisation` and change their roles.

    A supplier that an authority has registered, and that nobody belongs to yet, is opened to its people by the
    authorities' administrators, once its number is confirmed: the bids that stand on it become theirs.
    """
    if Role.ADMINISTRATOR in roles_of(person, organisation, at):
        return YES
    if not organisation.is_buyer and not organisation.memberships.exists() and is_house_administrator(person, at):
        if organisation.is_proven:
            return YES
        return no(
            say("Confirm first that the number is theirs: who comes in gets the bids that stand on it."),
            mend=reverse("parties:confirm_number", args=[organisation.pk]),
            source="policy",
        )
    return no(say("Only an administrator of the organisation can do this."), source="policy")


def is_house_administrator(person: Person, at: datetime) -> bool:
    """Whether `person` is an administrator of a contracting authority here."""
    return _holds_in_an_authority(person, {Role.ADMINISTRATOR}, at)


def is_official(person: Person, at: datetime) -> bool:
    """Whether `person` is a procurement officer or an administrator of a contracting authority here."""
    return _holds_in_an_authority(person, {Role.ADMINISTRATOR, Role.PROCUREMENT_OFFICER}, at)


def may_judge_number(person: Person, organisation: Organisation, at: datetime) -> Answer:
    """Answer whether `person` may say whose the number of a supplier is: an official of an authority, not of the supplier."""
    if not is_official(person, at):
        return no(say("Only a procurement officer or an administrator of an authority can do this."), source="policy")
    if organisation.is_buyer or not organisation.registration_number:
        return no(say("The organisation has no number to confirm."))
    if is_member(person, organisation, at):
        return no(say("You belong to the organisation yourself. Somebody else confirms its number."), source="policy")
    if organisation.is_proven:
        return no(say("The number has been confirmed already."))
    return YES


def _holds_in_an_authority(person: Person, roles: set[Role], at: datetime) -> bool:
    held = Membership.objects.filter(person=person, role__in=roles).select_related("organisation")
    return any(
        each.organisation.is_buyer and each.holds_on(local_date(at, each.organisation.calendar)) for each in held
    )


def may_grant(person: Person, organisation: Organisation, at: datetime) -> Answer:
    """Answer whether `person` may give somebody a role in `organisation`.

    Whoever registers an organisation is the first in it; after that it is its administrators who decide.
    """
    if not organisation.memberships.exists():
        return YES
    return may_administer(person, organisation, at)


def role_fits(role: str, organisation: Organisation) -> Answer:
    """Answer whether a role exists in an organisation of this kind: suppliers bid, authorities buy."""
    if role == Role.BIDDER and organisation.is_buyer:
        return no(say("A contracting authority has no bidders of its own."), source="LOU 1 kap. 22 §")
    if role in BUYING and not organisation.is_buyer:
        return no(say("Only a contracting authority has this role."), source="LOU 1 kap. 22 §")
    return YES


def may_end(person: Person, membership: Membership, at: datetime) -> Answer:
    """Answer whether `person` may end `membership`: an administrator, or the person whose own it is."""
    organisation = membership.organisation
    if person.pk != membership.person_id:
        administers = may_administer(person, organisation, at)
        if not administers:
            return administers
    if not membership.holds_on(local_date(at, organisation.calendar)):
        return no(say("The role has ended already."))
    if membership.role == Role.ADMINISTRATOR and not _other_administrators(membership, at):
        return no(say("An organisation has at least one administrator. Appoint another one first."), source="policy")
    return YES


def _other_administrators(membership: Membership, at: datetime) -> bool:
    on = local_date(at, membership.organisation.calendar)
    others = Membership.objects.filter(organisation=membership.organisation, role=Role.ADMINISTRATOR)
    return any(other.holds_on(on) for other in others.exclude(pk=membership.pk))


def invitation_open(invitation: Invitation, at: datetime) -> Answer:
    """Answer whether the invitation can still be accepted."""
    if invitation.accepted_at is not None:
        return no(say("The invitation has been accepted already. Sign in to use your role."), mend="account_login")
    if invitation.withdrawn_at is not None:
        return no(say("The invitation has been withdrawn. Ask the organisation's administrator for a new one."))
    if at >= invitation.invited_at + settings.INVITATION_VALID_FOR:
        return no(say("The invitation has expired. Ask the organisation's administrator for a new one."))
    return YES


def may_take_link(person: Person, invitation: Invitation, at: datetime) -> Answer:
    """Answer whether `person` may take the link of an invitation to hand it over: only where no letter can be sent.

    A link that came by mail shows that the address is the receiver's; nobody else sees it where mail works.
    """
    administers = may_administer(person, invitation.organisation, at)
    if not administers:
        return administers
    if settings.MAIL_IS_SET_UP:
        return no(say("The link is sent by mail, and nobody but the receiver sees it."), source="policy")
    return invitation_open(invitation, at)


def may_accept(person: Person, invitation: Invitation, at: datetime) -> Answer:
    """Answer whether `person` may accept the invitation: the one whose e-mail address it was sent to."""
    if person.email.lower() != invitation.email.lower():
        return no(
            say("The invitation was sent to {email}. Sign in with that address to accept it.", email=invitation.email)
        )
    return invitation_open(invitation, at)


def may_start_procurement(person: Person, organisation: Organisation, at: datetime) -> Answer:
    """Answer whether `person` may start a procurement for `organisation`."""
    if not organisation.is_buyer:
        return no(say("Only a contracting authority can start a procurement."), source="LOU 1 kap. 22 §")
    if Role.PROCUREMENT_OFFICER in roles_of(person, organisation, at):
        return YES
    return no(
        say("Only a procurement officer of the organisation can start a procurement."),
        mend=reverse("parties:organisation", args=[organisation.pk]),
        source="policy",
    )


def may_bid_for(person: Person, organisation: Organisation, at: datetime) -> Answer:
    """Answer whether `person` may write and hand in bids for the supplier `organisation`."""
    if Role.BIDDER in roles_of(person, organisation, at):
        return YES
    return no(say("Only somebody who bids for the supplier can do this."), source="policy")

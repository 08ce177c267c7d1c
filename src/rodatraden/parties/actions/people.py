"""Organisations, people, what a person is in an organisation, and invitations to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext

from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.codes import code_digest
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.parties.actions.signals import changing, happened, letter
from rodatraden.parties.models import Country, Invitation, Membership, Organisation, Person
from rodatraden.parties.models import registration_number as kept_number
from rodatraden.parties.queries import open_invitations
from rodatraden.parties.rules import (
    invitation_open,
    may_accept,
    may_administer,
    may_end,
    may_grant,
    may_take_link,
    role_fits,
)
from rodatraden.ui import links

if TYPE_CHECKING:
    from datetime import datetime


def register_organisation(
    *,
    name: str,
    kind: Organisation.Kind,
    by: Person | None,
    at: datetime,
    country: str = Country.SE,
    registration_number: str = "",
    email: str = "",
    postal_address: str = "",
    is_fictional: bool = False,
) -> Organisation:
    """Register an organisation; a supplier needs nobody's approval (LOU 12 kap. 1 §, tools generally available).

    Raises:
        RefusedError: the number is no number of that country, or is taken there.
    """
    number, _ = kept_number(registration_number, country)
    if number and Organisation.objects.filter(country=country, registration_number=number).exists():
        raise RefusedError(
            no(
                say("An organisation with this number is registered already. Ask to be let into it."),
                mend="registration_number",
            )
        )
    with transaction.atomic():
        organisation = Organisation.objects.create(
            name=name,
            kind=kind,
            country=country,
            registration_number=number,
            email=email,
            postal_address=postal_address,
            is_fictional=is_fictional,
            registered_at=at,
        )
        happened.send(
            sender=Organisation, event="organisation_registered", of=organisation, by=by, at=at, what={"kind": kind}
        )
    return organisation


def register_person(
    *, email: str, name: str, by: Person | None, at: datetime, password: str | None = None, is_fictional: bool = False
) -> Person:
    """Register a person with a personal account; without `password` nobody can sign in with one.

    Raises:
        RefusedError: somebody has registered with the e-mail address already.
    """
    if Person.objects.filter(email__iexact=email).exists():
        raise RefusedError(no(say("There is an account with this e-mail address already. Sign in with it instead.")))
    with transaction.atomic():
        person = Person(email=email.lower(), name=name, registered_at=at, is_fictional=is_fictional)
        person.set_password(password)
        person.save(force_insert=True)
        happened.send(sender=Person, event="person_registered", of=person, by=by or person, at=at, what={})
    return person


def trust_address(*, person: Person, by: Person, at: datetime) -> None:
    """Count the address that `person` signs in with as theirs: a link that was mailed to it has been used. The verb around it records."""
    del by, at
    EmailAddress.objects.update_or_create(user=person, email=person.email, defaults={"verified": True, "primary": True})


def record_account_event(*, person: Person, event: str, by: Person, at: datetime) -> None:
    """Record that the way in which a person signs in has changed: which way, never with what."""
    with transaction.atomic():
        happened.send(sender=Person, event=event, of=person, by=by, at=at, what={})


def register_supplier(
    *,
    name: str,
    person: Person,
    at: datetime,
    by: Person,
    country: str = Country.SE,
    registration_number: str = "",
    is_fictional: bool = False,
) -> Organisation:
    """Register a supplier with `person` as its administrator and bidder at once; nobody approves (LOU 12 kap. 1–2 §§).

    Raises:
        RefusedError: the number is no number of that country, or is taken there.
    """
    with transaction.atomic():
        # Before the log is written, which registering does: what the role of bidder changes is held by then.
        changing.send(sender=Membership, person=person, organisation=None, begins_to_bid=True)
        organisation = register_organisation(
            name=name,
            kind=Organisation.Kind.SUPPLIER,
            country=country,
            registration_number=registration_number,
            email=person.email,
            is_fictional=is_fictional,
            by=by,
            at=at,
        )
        for role in (Membership.Role.ADMINISTRATOR, Membership.Role.BIDDER):
            grant_membership(person=person, organisation=organisation, role=role, by=by, at=at)
    return organisation


def grant_membership(
    *,
    person: Person,
    organisation: Organisation,
    role: Membership.Role,
    by: Person | None,
    at: datetime,
    title: str = "",
) -> Membership:
    """Make `person` something in `organisation` from the day of `at` on; `by` None is the installation itself.

    Raises:
        RefusedError: `by` may not, the organisation has no such role, or the person holds the role already.
    """
    if by is not None:
        require(may_grant(by, organisation, at))
    require(role_fits(role, organisation))
    return _hold(person=person, organisation=organisation, role=role, title=title, by=by, at=at)


def end_membership(*, membership: Membership, by: Person, at: datetime) -> Membership:
    """End what a person is in an organisation; the day of `at` is the first without it.

    Raises:
        RefusedError: `by` may not, it has ended, or it is the last administrator's.
    """
    with transaction.atomic():
        organisation = _hold_roles(membership.organisation)
        changing.send(sender=Membership, person=membership.person, organisation=organisation, begins_to_bid=False)
        membership.refresh_from_db(from_queryset=Membership.objects.select_for_update(no_key=True))
        membership.organisation = organisation
        require(may_end(by, membership, at))
        membership.until_on = local_date(at, organisation.calendar)
        membership.save(update_fields=["until_on"])
        happened.send(
            sender=Membership,
            event="membership_ended",
            of=membership,
            by=by,
            at=at,
            what={"organisation": membership.organisation_id, "role": membership.role},
        )
    return membership


def invite(
    *,
    organisation: Organisation,
    email: str,
    role: Membership.Role,
    token: str,
    link: str,
    by: Person,
    at: datetime,
    title: str = "",
) -> Invitation:
    """Invite the person behind an e-mail address to a role; `link` holds the code `token`, the row only its digest.

    Raises:
        RefusedError: `by` is not an administrator, the organisation has no such role, or the person has been invited
            to it already.
    """
    require(may_administer(by, organisation, at))
    require(role_fits(role, organisation))
    invitation = Invitation(
        organisation=organisation, email=email, role=role, title=title, invited_by=by, invited_at=at
    )
    names = {"name": by.name, "organisation": organisation.name, "role": invitation.get_role_display()}
    return send_invitation(
        invitation=invitation,
        token=token,
        subject=gettext("Invitation to %(organisation)s in Röda tråden") % names,
        why=gettext("%(name)s invites you to %(organisation)s with the role: %(role)s.") % names,
        begin=gettext("Accept the invitation here: %(link)s") % {"link": link},
        by=by,
        at=at,
    )


def send_invitation(
    *, invitation: Invitation, token: str, subject: str, why: str, begin: str, by: Person, at: datetime
) -> Invitation:
    """Write an invitation with the digest of its code, and the letter that tells `why` and where to `begin`; of other verbs.

    Raises:
        RefusedError: the address has been invited to the same already.
    """
    organisation = invitation.organisation
    invitation.email = invitation.email.lower()
    if open_invitations(organisation, at).filter(email=invitation.email, role=invitation.role).exists():
        raise RefusedError(
            no(
                say("{email} has been invited to this role already, and can still accept.", email=invitation.email),
                mend="email",
            )
        )
    invitation.token_sha256 = code_digest(token)
    with transaction.atomic():
        invitation.save(force_insert=True)
        what = {"organisation": organisation.pk, "role": invitation.role}
        happened.send(sender=Invitation, event="person_invited", of=invitation, by=by, at=at, what=what)
        careful = gettext("If you do not know why you got this message, do nothing.")
        text = f"{why}\n\n{begin}\n\n{links.told(token)}\n\n{careful}"
        letter.send(sender=Invitation, to=invitation.email, subject=subject, text=text, by=by, at=at)
    return invitation


def withdraw_invitation(*, invitation: Invitation, by: Person, at: datetime) -> Invitation:
    """Withdraw an invitation that nobody has accepted; its link leads to an explanation from then on.

    Raises:
        RefusedError: `by` is not an administrator, or it is no longer open.
    """
    require(may_administer(by, invitation.organisation, at))
    require(invitation_open(invitation, at))
    with transaction.atomic():
        invitation.withdrawn_at = at
        invitation.save(update_fields=["withdrawn_at"])
        happened.send(sender=Invitation, event="invitation_withdrawn", of=invitation, by=by, at=at, what={})
    return invitation


def take_link(*, invitation: Invitation, token: str, by: Person, at: datetime) -> Invitation:
    """Make the link of an invitation anew, with the code `token`, for an administrator who hands it over in person.

    The link in the letter, and any that was taken before, stop working. The letter that tells the invited person of it
    holds no link; neither does the ledger.

    Raises:
        RefusedError: `by` is not an administrator, mail is set up, or the invitation is no longer open.
    """
    require(may_take_link(by, invitation, at))
    with transaction.atomic():
        invitation.token_sha256 = code_digest(token)
        invitation.link_taken_at, invitation.link_taken_by = at, by
        invitation.save(update_fields=["token_sha256", "link_taken_at", "link_taken_by"])
        happened.send(sender=Invitation, event="invitation_link_taken", of=invitation, by=by, at=at, what={})
        names = {"name": by.name, "organisation": invitation.organisation.name}
        letter.send(
            sender=Invitation,
            to=invitation.email,
            subject=gettext("Your invitation to %(organisation)s is handed over in person") % names,
            text=gettext(
                "%(name)s at %(organisation)s has taken the link of your invitation, to hand it over to you. An earlier link "
                "no longer works. If you don't get it, tell the organisation: nobody but you should use it."
            )
            % names,
            by=by,
            at=at,
        )
    return invitation


def accept_invitation(*, invitation: Invitation, by: Person, at: datetime) -> Membership:
    """Take the role that one was invited to; once. A link that came by mail shows that the address is the person's.

    Raises:
        RefusedError: it is not open, it was sent to another address, or the person holds the role already.
    """
    with transaction.atomic():
        invitation = (
            Invitation.objects.select_for_update(of=("self",), no_key=True)
            .select_related("organisation")
            .get(pk=invitation.pk)
        )
        require(may_accept(by, invitation, at))
        invitation.accepted_at = at
        invitation.save(update_fields=["accepted_at"])
        if invitation.link_taken_at is None:
            trust_address(person=by, by=by, at=at)
        return _hold(
            person=by,
            organisation=invitation.organisation,
            role=Membership.Role(invitation.role),
            title=invitation.title,
            by=by,
            at=at,
        )


def _hold(
    *,
    person: Person,
    organisation: Organisation,
    role: Membership.Role,
    title: str,
    by: Person | None,
    at: datetime,
) -> Membership:
    with transaction.atomic():
        organisation = _hold_roles(organisation)
        held = Membership.objects.filter(person=person, organisation=organisation, role=role, until_on=None)
        if held.exists():
            raise RefusedError(no(say("{name} has this role already.", name=person.name)))
        begins_to_bid = role == Membership.Role.BIDDER
        changing.send(sender=Membership, person=person, organisation=organisation, begins_to_bid=begins_to_bid)
        membership = Membership.objects.create(
            person=person,
            organisation=organisation,
            role=role,
            title=title,
            since_on=local_date(at, organisation.calendar),
        )
        happened.send(
            sender=Membership,
            event="membership_granted",
            of=membership,
            by=by,
            at=at,
            what={"organisation": organisation.pk, "role": role},
        )
    return membership


def _hold_roles(organisation: Organisation) -> Organisation:
    """Return the organisation, whose roles nobody else gives or ends until the transaction ends."""
    return Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)

"""The verbs of organisations and people.

The ledger lies in a later room: each verb sends `happened` in its transaction, and `records` writes the entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.dispatch import Signal

from rodatraden.core.answer import RefusedError, no
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.parties.models import Country, Membership, Organisation, Person

if TYPE_CHECKING:
    from datetime import datetime

happened = Signal()
"""Sent with `event`, `of`, `by`, `at` and `what`, inside the transaction of the verb."""


def register_organisation(
    *,
    name: str,
    kind: Organisation.Kind,
    by: Person | None,
    at: datetime,
    country: Country = Country.SE,
    registration_number: str = "",
    email: str = "",
    postal_address: str = "",
    is_fictional: bool = False,
) -> Organisation:
    """Register an organisation; a supplier needs nobody's approval (LOU 12 kap. 1 §, tools generally available).

    Raises:
        RefusedError: the registration number is taken in that country.
    """
    taken = registration_number and Organisation.objects.filter(
        country=country, registration_number=registration_number
    )
    if taken and taken.exists():
        raise RefusedError(
            no(say("An organisation with this number is registered already. Ask its administrator to invite you."))
        )
    with transaction.atomic():
        organisation = Organisation.objects.create(
            name=name,
            kind=kind,
            country=country,
            registration_number=registration_number,
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


def grant_membership(
    *,
    person: Person,
    organisation: Organisation,
    role: Membership.Role,
    by: Person | None,
    at: datetime,
    title: str = "",
) -> Membership:
    """Make `person` something in `organisation` from the day of `at` on.

    Raises:
        RefusedError: the person holds the role already.
    """
    held = Membership.objects.filter(person=person, organisation=organisation, role=role, until_on=None)
    if held.exists():
        raise RefusedError(no(say("{name} has this role already.", name=person.name)))
    with transaction.atomic():
        membership = Membership.objects.create(
            person=person,
            organisation=organisation,
            role=role,
            title=title,
            since_on=local_date(at, organisation.country),
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


def end_membership(*, membership: Membership, by: Person, at: datetime) -> Membership:
    """End what a person is in an organisation; the day of `at` is the first without it."""
    with transaction.atomic():
        membership.until_on = local_date(at, membership.organisation.country)
        membership.save(update_fields=["until_on"])
        happened.send(sender=Membership, event="membership_ended", of=membership, by=by, at=at, what={})
    return membership

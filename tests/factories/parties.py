"""Organisations and people."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

from rodatraden.parties.actions import grant_membership, register_organisation, register_person
from rodatraden.parties.models import Membership, Organisation, Person

START = datetime(2026, 1, 7, 8, 0, tzinfo=UTC)
_serial = count(1)


def make_buyer(name: str = "Samordningsförbundet Prov", at: datetime = START) -> Organisation:
    return register_organisation(
        name=name, kind=Organisation.Kind.COORDINATION_ASSOCIATION, by=None, at=at, is_fictional=True
    )


def make_supplier(name: str = "Leverantör", at: datetime = START) -> Organisation:
    return register_organisation(name=name, kind=Organisation.Kind.SUPPLIER, by=None, at=at, is_fictional=True)


def make_person(
    name: str = "Person",
    *,
    organisation: Organisation | None = None,
    role: Membership.Role = Membership.Role.EMPLOYEE,
    title: str = "",
    at: datetime = START,
) -> Person:
    person = register_person(email=f"person{next(_serial)}@example.org", name=name, by=None, at=at, is_fictional=True)
    if organisation:
        grant_membership(person=person, organisation=organisation, role=role, title=title, by=None, at=at)
    return person

"""Organisations and people."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import NamedTuple

from rodatraden.core.sealing import identity
from rodatraden.parties.actions import (
    answer_drill,
    appoint_key_holder,
    grant_membership,
    make_opening_key,
    register_organisation,
    register_person,
    start_drill,
)
from rodatraden.parties.models import Membership, OpeningKey, Organisation, Person

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


class Keyed(NamedTuple):
    """A key holder with the private half of the opening key, and of the printed recovery key that opens its lock."""

    person: Person
    key: OpeningKey
    secret: str
    recovery: str


def make_key(person: Person, *, at: datetime = START) -> Keyed:
    """Make an opening key for a key holder without a browser; its lock opens with the recovery key alone, which is quick."""
    made, recovery = identity.make(), identity.make()
    lock = identity.lock_with_recovery(made.secret, recovery.recipient)
    key = make_opening_key(
        recipient=made.recipient, door=OpeningKey.Door.PASSPHRASE, lock=lock, recovery_lock=lock, by=person, at=at
    )
    return Keyed(person, key, made.secret, recovery.secret)


def drill(key: OpeningKey, secret: str, *, at: datetime = START) -> None:
    """Practise with a key."""
    begun = start_drill(key=key, nonce="00" * 32, by=key.user, at=at)
    answer = identity.open_envelope(begun.envelope, secret)
    answer_drill(drill=begun, answer=answer, door=key.Door.RECOVERY, by=key.user, at=at)


def make_holder(name: str, organisation: Organisation, *, at: datetime = START) -> Keyed:
    """Make a key holder of an organisation, with no role in it, who has a key and has practised."""
    person = make_person(name, at=at)
    appoint_key_holder(person=person, organisation=organisation, by=None, at=at)
    keyed = make_key(person, at=at)
    drill(keyed.key, keyed.secret, at=at)
    return keyed

"""Organisations and people."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from django.conf import settings

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
from tests.factories.memory import PAPER, beside, numbers

START = datetime(2026, 1, 7, 8, 0, tzinfo=UTC)
_serial = numbers()


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


def secret_of(key: OpeningKey) -> str:
    """The private half of a key that was made here."""
    return beside[key.recipient]


def paper_of(key: OpeningKey) -> str:
    """The printed recovery key that opens the lock of a key that was made here."""
    return beside[f"{PAPER}{key.recipient}"]


class Keyed(NamedTuple):
    """A key holder with the private half of the opening key, and of the printed recovery key that opens its lock."""

    person: Person
    key: OpeningKey
    secret: str
    recovery: str


def make_key(person: Person, *, words: str = "", at: datetime = START) -> Keyed:
    """Make an opening key for a key holder without a browser; its lock opens with the recovery key alone, which is quick.

    With `words`, somebody in the example, it is that one's key, which the example's six words unlock in a browser.
    """
    made, recovery = identity.make(), identity.make()
    secret, lock = made.secret, identity.lock_with_recovery(made.secret, recovery.recipient)
    if words:
        from rodatraden.demo.keys import LOCKS  # noqa: PLC0415 -- few tests need the example

        lock = LOCKS[words]
        secret = identity.open_with_passphrase(lock, settings.DEMO_PASSPHRASE)
    key = make_opening_key(
        recipient=identity.recipient_of(secret),
        door=OpeningKey.Door.PASSPHRASE,
        lock=lock,
        recovery_lock=lock,
        by=person,
        at=at,
    )
    beside[key.recipient] = secret
    beside[f"{PAPER}{key.recipient}"] = recovery.secret
    return Keyed(person, key, secret, recovery.secret)


def drill(key: OpeningKey, secret: str, *, at: datetime = START) -> None:
    """Practise with a key."""
    begun = start_drill(key=key, nonce="00" * 32, by=key.user, at=at)
    answer = identity.open_envelope(begun.envelope, secret)
    answer_drill(drill=begun, answer=answer, door=key.Door.RECOVERY, by=key.user, at=at)


def make_holder(name: str, organisation: Organisation, *, at: datetime = START) -> Keyed:
    """Make a key holder of an organisation, with no role in it, who has a key and has practised."""
    return hold_key(make_person(name, at=at), organisation, at=at)


def hold_key(person: Person, organisation: Organisation, *, words: str = "", at: datetime = START) -> Keyed:
    """Let `person` hold a key for an organisation, and practise with it; `words` as for `make_key`."""
    appoint_key_holder(person=person, organisation=organisation, by=None, at=at)
    keyed = make_key(person, words=words, at=at)
    drill(keyed.key, keyed.secret, at=at)
    return keyed

"""Who holds the keys to an organisation's bids, their opening keys, and the drill that shows that they work."""

from __future__ import annotations

import secrets
from hashlib import sha256
from hmac import compare_digest
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext

from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.message import say
from rodatraden.core.sealing import identity
from rodatraden.parties.actions.people import send_invitation, trust_address
from rodatraden.parties.actions.signals import changing, happened
from rodatraden.parties.models import Drill, Invitation, KeyHolder, OpeningKey, Organisation, Person
from rodatraden.parties.rules import (
    may_accept,
    may_answer,
    may_appoint,
    may_hold,
    may_keep_recovery,
    may_make_opening_key,
    may_retire,
    may_use,
)

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

Door = OpeningKey.Door
LONGEST_PASSKEY = 2048


def appoint_key_holder(*, person: Person, organisation: Organisation, by: Person | None, at: datetime) -> KeyHolder:
    """Let somebody hold a key to the organisation's bids; `by` None is the installation itself.

    Raises:
        RefusedError: `by` is no administrator, or the person is a holder already or keeps the recovery key.
    """
    if by is not None:
        require(may_appoint(by, organisation, at))
    return _appoint(person=person, organisation=organisation, by=by, at=at)


def invite_key_holder(
    *, organisation: Organisation, email: str, token: str, link: str, by: Person, at: datetime
) -> Invitation:
    """Invite somebody, employed there or not, to hold a key; the one link leads past the account to the drill.

    Raises:
        RefusedError: `by` is no administrator, or the person has been invited to it or holds a key already.
    """
    require(may_appoint(by, organisation, at))
    known = Person.objects.filter(email__iexact=email).first()
    if known:
        require(may_hold(known, organisation))
    names = {"name": by.name, "organisation": organisation.name}
    invitation = Invitation(
        organisation=organisation, email=email, role=Invitation.KEY_HOLDER, invited_by=by, invited_at=at
    )
    return send_invitation(
        invitation=invitation,
        token=token,
        subject=gettext("Will you hold a key for %(organisation)s?") % names,
        why=gettext(
            "%(name)s asks you to be one of those who open the bids of %(organisation)s together. You make a key in your "
            "browser and try it. It takes about five minutes, and you need a printer."
        )
        % names,
        begin=gettext("Begin here: %(link)s") % {"link": link},
        by=by,
        at=at,
    )


def accept_key_holding(*, invitation: Invitation, by: Person, at: datetime) -> KeyHolder:
    """Become a key holder by an invitation; once. A link that came by mail shows that the address is the person's.

    Raises:
        RefusedError: it is not open, it was sent to another address, or the person can't hold a key there.
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
        return _appoint(person=by, organisation=invitation.organisation, by=by, at=at)


def _appoint(*, person: Person, organisation: Organisation, by: Person | None, at: datetime) -> KeyHolder:
    with transaction.atomic():
        _lock(organisation)
        require(may_hold(person, organisation))
        holding = KeyHolder.objects.create(person=person, organisation=organisation, appointed_at=at)
        what = {"organisation": organisation.pk}
        happened.send(sender=KeyHolder, event="key_holder_appointed", of=holding, by=by, at=at, what=what)
    return holding


def _lock(organisation: Organisation) -> None:
    """Let nobody become a holder and the keeper of the recovery key at the same time."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)


def end_key_holding(*, holding: KeyHolder, by: Person, at: datetime) -> KeyHolder:
    """Let somebody hold no key to the organisation's new bids any more; what was sealed before they can still open.

    Raises:
        RefusedError: `by` is neither an administrator nor the holder, or it has ended.
    """
    with transaction.atomic():
        holding = (
            KeyHolder.objects.select_for_update(of=("self",), no_key=True)
            .select_related("organisation")
            .get(pk=holding.pk)
        )
        if by.pk != holding.person_id:
            require(may_appoint(by, holding.organisation, at))
        if holding.ended_at is not None:
            raise RefusedError(no(say("It has ended already.")))
        changing.send(sender=KeyHolder, person=holding.person, organisation=holding.organisation, begins_to_bid=False)
        holding.ended_at = at
        holding.save(update_fields=["ended_at"])
        what = {"organisation": holding.organisation_id}
        happened.send(sender=KeyHolder, event="key_holding_ended", of=holding, by=by, at=at, what=what)
    return holding


def make_opening_key(
    *,
    recipient: str,
    door: OpeningKey.Door,
    lock: str,
    by: Person,
    at: datetime,
    recovery_lock: str = "",
    passkey: str = "",
) -> OpeningKey:
    """Register the public half of a key that was made in the holder's browser, with its locks; replaces an earlier key.

    A passkey and the printed recovery key share one lock; a passphrase needs a second one beside it. A passkey belongs
    to the host that is set when it is made, which is kept: at another one it opens nothing.

    Raises:
        RefusedError: `by` is no key holder, or what came is no key with its locks.
    """
    require(may_make_opening_key(by))
    whole = {
        Door.PASSKEY: not recovery_lock and 0 < len(passkey) <= LONGEST_PASSKEY,
        Door.PASSPHRASE: identity.is_locked(recovery_lock) and not passkey,
    }
    if not whole.get(door, False) or not identity.is_locked(lock):
        raise RefusedError(no(say("The locks of the key did not come whole. Make the key once more.")))
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=by.pk)
        _require_new(recipient)
        _retire_all(OpeningKey.objects.filter(person=by, retired_at=None), by=by, at=at)
        key = OpeningKey.objects.create(
            person=by,
            recipient=recipient,
            door=door,
            lock=lock,
            recovery_lock=recovery_lock,
            passkey=passkey,
            passkey_host=settings.OPENING_KEY_HOST if passkey else "",
            made_at=at,
        )
        what = {"recipient": recipient, "door": door}
        happened.send(sender=OpeningKey, event="opening_key_made", of=key, by=by, at=at, what=what)
    return key


def register_recovery_key(*, organisation: Organisation, recipient: str, by: Person, at: datetime) -> OpeningKey:
    """Register the public half of an organisation's recovery key; `by` keeps the paper. It replaces an earlier one.

    Raises:
        RefusedError: `by` may not keep it, or what came is no key.
    """
    with transaction.atomic():
        _lock(organisation)
        require(may_keep_recovery(by, organisation, at))
        _require_new(recipient)
        _retire_all(OpeningKey.objects.filter(organisation=organisation, retired_at=None), by=by, at=at)
        key = OpeningKey.objects.create(
            organisation=organisation, kept_by=by, recipient=recipient, door=Door.RECOVERY, made_at=at
        )
        what = {"recipient": recipient, "organisation": organisation.pk}
        happened.send(sender=OpeningKey, event="recovery_key_registered", of=key, by=by, at=at, what=what)
    return key


def _require_new(recipient: str) -> None:
    if not identity.is_recipient(recipient):
        raise RefusedError(no(say("The public half of the key did not come whole. Make the key once more.")))
    if OpeningKey.objects.filter(recipient=recipient).exists():
        raise RefusedError(no(say("The key is registered already.")))


def _retire_all(keys: QuerySet[OpeningKey], *, by: Person, at: datetime) -> None:
    for key in keys:
        _retire(key, by=by, at=at)


def retire_opening_key(*, key: OpeningKey, by: Person, at: datetime) -> OpeningKey:
    """Take a key out of use: nothing new is sealed to it. What was sealed to it before it still opens.

    Raises:
        RefusedError: it is not `by`'s, or out of use already.
    """
    with transaction.atomic():
        key = (
            OpeningKey.objects.select_for_update(of=("self",), no_key=True)
            .select_related("organisation")
            .get(pk=key.pk)
        )
        require(may_retire(by, key, at))
        _retire(key, by=by, at=at)
    return key


def _retire(key: OpeningKey, *, by: Person, at: datetime) -> None:
    key.retired_at = at
    key.save(update_fields=["retired_at"])
    happened.send(sender=OpeningKey, event="opening_key_retired", of=key, by=by, at=at, what={})


def start_drill(*, key: OpeningKey, nonce: str, by: Person, at: datetime) -> Drill:
    """Lock `nonce` to a key as a test envelope; only its salted hash and the locked envelope are kept.

    Raises:
        RefusedError: the key is not `by`'s, or out of use.
    """
    require(may_use(by, key))
    if not key.is_live:
        raise RefusedError(no(say("The key is not in use any more.")))
    salt = secrets.token_hex(16)
    with transaction.atomic():
        drill = Drill.objects.create(
            key=key,
            envelope=identity.envelope(nonce, key.recipient),
            salt=salt,
            answer_sha256=_digest(salt, nonce),
            started_at=at,
        )
        happened.send(sender=Drill, event="drill_started", of=drill, by=by, at=at, what={"key": key.pk})
    return drill


def answer_drill(*, drill: Drill, answer: str, door: OpeningKey.Door, by: Person, at: datetime) -> Drill:
    """Answer a test envelope with what was in it; the key has been seen to work from then on.

    Raises:
        RefusedError: the envelope is another's, answered or too old, or the answer is not what was in it.
    """
    with transaction.atomic():
        drill = (
            Drill.objects.select_for_update(of=("self",), no_key=True)
            .select_related("key__person", "key__kept_by")
            .get(pk=drill.pk)
        )
        require(may_answer(by, drill, at))
        if not compare_digest(_digest(drill.salt, answer), drill.answer_sha256):
            raise RefusedError(no(say("That is not what was in this envelope.")))
        drill.answered_at, drill.door = at, door
        drill.save(update_fields=["answered_at", "door"])
        what = {"key": drill.key_id, "door": door}
        happened.send(sender=Drill, event="drill_done", of=drill, by=by, at=at, what=what)
    return drill


def _digest(salt: str, answer: str) -> str:
    return sha256(f"{salt}:{answer}".encode()).hexdigest()

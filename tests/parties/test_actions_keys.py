"""Opening keys, who holds them, and the drill: what each verb does, and whom it refuses."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rodatraden.core.answer import RefusedError
from rodatraden.core.sealing import identity
from rodatraden.parties.actions import (
    accept_key_holding,
    answer_drill,
    appoint_key_holder,
    end_key_holding,
    invite_key_holder,
    make_opening_key,
    register_recovery_key,
    retire_opening_key,
    start_drill,
)
from rodatraden.parties.models import Drill, KeyHolder, Membership, OpeningKey
from rodatraden.parties.queries import opening_key_of, recovery_key_of
from rodatraden.records.models import LedgerBody, OutboxMail
from tests.factories.parties import START, drill, make_buyer, make_holder, make_key, make_person, make_supplier

pytestmark = pytest.mark.django_db

Door = OpeningKey.Door
NONCE = "ab" * 32
LATER = START + timedelta(minutes=5)


@pytest.fixture
def buyer():
    return make_buyer()


@pytest.fixture
def admin(buyer):
    return make_person("Ingrid", organisation=buyer, role=Membership.Role.ADMINISTRATOR)


@pytest.fixture
def holder(buyer):
    person = make_person("Jonas", organisation=buyer)
    appoint_key_holder(person=person, organisation=buyer, by=None, at=START)
    return person


def refusal(verb, **facts):
    with pytest.raises(RefusedError) as refused:
        verb(**facts)
    return str(refused.value)


def kinds():
    return list(LedgerBody.objects.order_by("index").values_list("event", flat=True))


def locks():
    made, recovery = identity.make(), identity.make()
    lock = identity.lock_with_recovery(made.secret, recovery.recipient)
    return {"recipient": made.recipient, "door": Door.PASSPHRASE, "lock": lock, "recovery_lock": lock}


def test_an_administrator_appoints_and_ends_a_holding(buyer, admin):
    person = make_person("Jonas", organisation=buyer)
    holding = appoint_key_holder(person=person, organisation=buyer, by=admin, at=START)
    assert (holding.person, holding.organisation, holding.ended_at) == (person, buyer, None)
    assert refusal(appoint_key_holder, person=person, organisation=buyer, by=admin, at=START) == (
        "Jonas is a key holder already."
    )
    ended = end_key_holding(holding=holding, by=admin, at=LATER)
    assert ended.ended_at == LATER
    assert refusal(end_key_holding, holding=holding, by=admin, at=LATER) == "It has ended already."
    appoint_key_holder(person=person, organisation=buyer, by=admin, at=LATER)


def test_nobody_else_appoints(buyer, holder):
    stranger = make_person("Anna", organisation=make_buyer("Annat"), role=Membership.Role.ADMINISTRATOR)
    other = make_person("Bo", organisation=buyer, role=Membership.Role.PROCUREMENT_OFFICER)
    said = "Only an administrator of the organisation can do this."
    for by in (stranger, other, holder):
        assert refusal(appoint_key_holder, person=other, organisation=buyer, by=by, at=START) == said
        assert (
            refusal(invite_key_holder, organisation=buyer, email="x@x.example", token="t", link="l", by=by, at=START)
            == said
        )
    assert refusal(end_key_holding, holding=holder.key_holdings.get(), by=other, at=START) == said


def test_a_supplier_has_no_key_holders():
    supplier = make_supplier()
    admin = make_person(organisation=supplier, role=Membership.Role.ADMINISTRATOR)
    assert refusal(appoint_key_holder, person=admin, organisation=supplier, by=admin, at=START) == (
        "Only a contracting authority has key holders."
    )


def test_somebody_outside_comes_by_one_link_and_gets_no_role(buyer, admin):
    invitation = invite_key_holder(
        organisation=buyer, email="Rut@granne.example", token="hemlig", link="https://x/hemlig", by=admin, at=START
    )
    (mail,) = OutboxMail.objects.all()
    assert (mail.to, "https://x/hemlig" in mail.text) == ("rut@granne.example", True)
    again = refusal(
        invite_key_holder, organisation=buyer, email="rut@granne.example", token="t", link="l", by=admin, at=START
    )
    assert again.startswith("rut@granne.example has been invited to this role already")
    rut = make_person("Rut")
    rut.email = "rut@granne.example"
    rut.save()
    holding = accept_key_holding(invitation=invitation, by=rut, at=LATER)
    assert (holding.person, holding.organisation) == (rut, buyer)
    assert not rut.memberships.exists()
    assert "accepted already" in refusal(accept_key_holding, invitation=invitation, by=rut, at=LATER)
    assert "already" in refusal(
        invite_key_holder, organisation=buyer, email="rut@granne.example", token="u", link="l", by=admin, at=LATER
    )


def test_only_a_holder_makes_a_key(buyer):
    person = make_person("Ny", organisation=buyer)
    assert refusal(make_opening_key, **locks(), by=person, at=START).startswith("You have not been appointed")


def test_a_key_is_made_with_its_locks_and_a_new_one_replaces_it(holder):
    first = make_key(holder).key
    assert opening_key_of(holder) == first
    second = make_key(holder, at=LATER).key
    first.refresh_from_db()
    assert (opening_key_of(holder), first.retired_at, first.is_live) == (second, LATER, False)
    assert first.lock  # still opens what was sealed to it
    assert kinds()[-3:] == ["opening_key_made", "opening_key_retired", "opening_key_made"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"lock": ""},
        {"lock": "x"},
        {"recovery_lock": ""},
        {"passkey": "AGE-PLUGIN-FIDO2PRF-1X"},
        {"door": Door.PASSKEY},
        {"door": Door.PASSKEY, "recovery_lock": ""},
        {"door": Door.PASSKEY, "recovery_lock": "", "passkey": "x" * 3000},
        {"door": Door.RECOVERY},
        {"door": "window"},
    ],
)
def test_locks_that_are_not_whole_are_refused(holder, wrong):
    said = refusal(make_opening_key, **{**locks(), **wrong}, by=holder, at=START)
    assert said == "The locks of the key did not come whole. Make the key once more."
    assert not OpeningKey.objects.exists()


def test_what_is_no_recipient_or_somebody_elses_is_refused(holder, buyer):
    assert "public half" in refusal(make_opening_key, **{**locks(), "recipient": "age1x"}, by=holder, at=START)
    theirs = make_holder("Rut", buyer).key.recipient
    said = refusal(make_opening_key, **{**locks(), "recipient": theirs}, by=holder, at=START)
    assert said == "The key is registered already."


def test_a_passkey_has_one_lock_and_a_name(holder):
    made = {**locks(), "door": Door.PASSKEY, "recovery_lock": "", "passkey": "AGE-PLUGIN-FIDO2PRF-1X"}
    key = make_opening_key(**made, by=holder, at=START)
    assert (key.door, key.recovery_lock, key.passkey) == (Door.PASSKEY, "", "AGE-PLUGIN-FIDO2PRF-1X")


def test_a_key_is_retired_by_its_holder_alone(holder, admin):
    key = make_key(holder).key
    assert refusal(retire_opening_key, key=key, by=admin, at=LATER) == "The key is not yours."
    assert retire_opening_key(key=key, by=holder, at=LATER).retired_at == LATER
    assert refusal(retire_opening_key, key=key, by=holder, at=LATER) == "The key is not in use any more."
    assert opening_key_of(holder) is None


def test_a_drill_shows_that_the_key_works(holder):
    keyed = make_key(holder)
    begun = start_drill(key=keyed.key, nonce=NONCE, by=holder, at=START)
    assert NONCE not in (begun.envelope + begun.answer_sha256 + begun.salt)
    answer = identity.open_envelope(begun.envelope, keyed.secret)
    done = answer_drill(drill=begun, answer=answer, door=Door.PASSPHRASE, by=holder, at=LATER)
    assert (done.answered_at, done.door) == (LATER, Door.PASSPHRASE)
    assert kinds()[-2:] == ["drill_started", "drill_done"]


def test_nothing_of_the_content_reaches_the_ledger(holder):
    keyed = make_key(holder)
    drill(keyed.key, keyed.secret)
    said = " ".join(str(body.__dict__) for body in LedgerBody.objects.all())
    assert "00" * 32 not in said
    assert keyed.secret not in said


def test_the_answer_of_another_envelope_is_refused_and_so_is_the_same_one_twice(holder):
    keyed = make_key(holder)
    first = start_drill(key=keyed.key, nonce=NONCE, by=holder, at=START)
    second = start_drill(key=keyed.key, nonce="cd" * 32, by=holder, at=START)
    facts = {"door": Door.PASSPHRASE, "by": holder, "at": LATER}
    answer_drill(drill=first, answer=NONCE, **facts)
    assert refusal(answer_drill, drill=second, answer=NONCE, **facts) == "That is not what was in this envelope."
    assert refusal(answer_drill, drill=second, answer="", **facts) == "That is not what was in this envelope."
    assert refusal(answer_drill, drill=first, answer=NONCE, **facts).startswith("The envelope has been opened already")
    assert Drill.objects.filter(answered_at=None).get() == second


def test_an_envelope_holds_for_an_hour_and_for_a_key_in_use(holder):
    keyed = make_key(holder)
    begun = start_drill(key=keyed.key, nonce=NONCE, by=holder, at=START)
    facts = {"drill": begun, "answer": NONCE, "door": Door.PASSPHRASE, "by": holder}
    assert "too old" in refusal(answer_drill, **facts, at=START + timedelta(hours=1))
    retire_opening_key(key=keyed.key, by=holder, at=LATER)
    assert refusal(answer_drill, **facts, at=LATER) == "The key is not in use any more."
    assert refusal(start_drill, key=OpeningKey.objects.get(), nonce=NONCE, by=holder, at=LATER) == (
        "The key is not in use any more."
    )


def test_nobody_practises_with_the_key_of_another(holder, buyer):
    keyed = make_key(holder)
    other = make_holder("Rut", buyer).person
    begun = start_drill(key=keyed.key, nonce=NONCE, by=holder, at=START)
    assert refusal(start_drill, key=keyed.key, nonce=NONCE, by=other, at=START) == "The key is not yours."
    said = refusal(answer_drill, drill=begun, answer=NONCE, door=Door.PASSPHRASE, by=other, at=START)
    assert said == "The key is not yours."


def test_the_recovery_key_is_kept_by_somebody_who_holds_no_key(buyer, admin, holder):
    made = identity.make()
    key = register_recovery_key(organisation=buyer, recipient=made.recipient, by=admin, at=START)
    assert (recovery_key_of(buyer), key.kept_by, key.user, key.door) == (key, admin, admin, Door.RECOVERY)
    drill(key, made.secret)
    assert refusal(appoint_key_holder, person=admin, organisation=buyer, by=admin, at=LATER).startswith(
        "Ingrid keeps the recovery key."
    )
    new = register_recovery_key(organisation=buyer, recipient=identity.make().recipient, by=admin, at=LATER)
    assert (recovery_key_of(buyer), OpeningKey.objects.get(pk=key.pk).retired_at) == (new, LATER)


def test_who_holds_a_key_or_only_works_there_does_not_keep_the_recovery_key(buyer, admin, holder):
    appoint_key_holder(person=admin, organisation=buyer, by=None, at=START)
    recipient = identity.make().recipient
    assert refusal(register_recovery_key, organisation=buyer, recipient=recipient, by=admin, at=START).startswith(
        "You are a key holder."
    )
    for by in (holder, make_person(organisation=buyer), make_person()):
        said = refusal(register_recovery_key, organisation=buyer, recipient=recipient, by=by, at=START)
        assert said.startswith(("An administrator, a director", "You are a key holder"))
    assert not OpeningKey.objects.exists()


def test_who_keeps_the_recovery_key_makes_no_key_for_the_same_organisation(buyer, admin):
    register_recovery_key(organisation=buyer, recipient=identity.make().recipient, by=admin, at=START)
    KeyHolder.objects.create(person=admin, organisation=buyer, appointed_at=START)  # past the verb
    assert refusal(make_opening_key, **locks(), by=admin, at=START).startswith("You keep the recovery key.")

"""The pages of opening keys, without a browser: what they take, what they refuse, and what they never show."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from rodatraden.config import clock
from rodatraden.core.sealing import identity
from rodatraden.parties.actions import appoint_key_holder
from rodatraden.parties.models import Drill, Invitation, KeyHolder, Membership, OpeningKey
from rodatraden.records.models import OutboxMail
from rodatraden.ui import bundles
from tests.factories.parties import START, make_buyer, make_holder, make_key, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer():
    return make_buyer()


@pytest.fixture
def jonas(buyer):
    person = make_person("Jonas", organisation=buyer)
    appoint_key_holder(person=person, organisation=buyer, by=None, at=START)
    return person


def seated(person):
    client = Client()
    client.force_login(person)
    return client


def sent(**changes):
    made, recovery = identity.make(), identity.make()
    lock = identity.lock_with_recovery(made.secret, recovery.recipient)
    facts = {"recipient": made.recipient, "door": "passphrase", "lock": lock, "recovery_lock": lock, "passkey": ""}
    return made, facts | changes


def test_a_key_is_registered_and_practised_with(jonas):
    client = seated(jonas)
    assert client.get("/min-oppningsnyckel/").url == reverse("parties:new_opening_key")
    made, facts = sent()
    facts["lock"] = facts["lock"].replace("\n", "\r\n")  # as a form sends it
    answer = client.post(reverse("parties:new_opening_key"), facts)
    begun = Drill.objects.get()
    assert answer.url == reverse("parties:drill", args=[begun.pk])
    assert "\r" not in OpeningKey.objects.get().lock
    assert begun.envelope.splitlines()[1] in client.get(answer.url).content.decode()
    opened = identity.open_envelope(begun.envelope, made.secret)
    for wrong in ({"answer": "x", "door": "passphrase"}, {"answer": opened, "door": "window"}, {"door": ""}):
        assert client.post(answer.url, wrong).status_code == 422
    assert client.post(answer.url, {"answer": opened, "door": "passphrase"}).url == "/min-oppningsnyckel/"
    page = client.get("/min-oppningsnyckel/").content.decode()
    assert "Övningen är klar" in page
    assert OpeningKey.objects.get().lock not in page
    assert client.post(answer.url, {"answer": opened, "door": "passphrase"}).status_code == 422


def test_a_holder_fetches_the_own_locked_key_and_nobody_else_does(buyer, jonas):
    first = make_key(jonas)
    second = make_key(jonas)  # the first one is out of use, and opens what was sealed before
    assert first.key.recipient != second.key.recipient
    client = seated(jonas)
    page = client.get("/min-oppningsnyckel/").content.decode()
    for keyed in (first, second):
        place = reverse("parties:locked_key", args=[keyed.key.pk])
        assert f'href="{place}"' in page
        answer = client.get(place)
        assert answer["Cache-Control"] == "no-store, private"
        assert answer["Content-Disposition"] == 'attachment; filename="min-lasta-nyckel.txt"'
        lock = answer.content.decode().partition("\n")[2].strip()
        assert identity.is_locked(lock)
        assert identity.open_envelope(lock, keyed.recovery) == keyed.secret
        for other in (make_holder(f"Rut {keyed.key.pk}", buyer).person, make_person()):
            assert seated(other).get(place).status_code == 404


def test_of_a_recovery_key_there_is_nothing_to_fetch(buyer):
    admin = make_person("Ingrid", organisation=buyer, role=Membership.Role.ADMINISTRATOR)
    place = reverse("parties:recovery_key", args=[buyer.pk])
    seated(admin).post(place, {"recipient": identity.make().recipient})
    key = OpeningKey.objects.get(organisation=buyer)
    assert seated(admin).get(reverse("parties:locked_key", args=[key.pk])).status_code == 404


def test_both_locks_of_six_words_are_handed_out_once_each(jonas):
    _, facts = sent()
    _, other = sent()
    facts["recovery_lock"] = other["lock"]
    client = seated(jonas)
    client.post(reverse("parties:new_opening_key"), facts)
    text = client.get(reverse("parties:locked_key", args=[OpeningKey.objects.get().pk])).content.decode()
    assert text == f"# public key: {facts['recipient']}\n{facts['lock'].strip()}\n{other['lock'].strip()}\n"


def test_a_key_that_came_in_pieces_is_refused_with_its_reason(jonas):
    _, facts = sent(lock="")
    answer = seated(jonas).post(reverse("parties:new_opening_key"), facts)
    assert answer.status_code == 422
    assert "Nyckelns lås kom inte fram hela. Gör om nyckeln." in answer.content.decode()


def test_only_the_pages_that_need_it_may_start_the_worker(jonas):
    client = seated(jonas)
    policy = client.get(reverse("parties:new_opening_key"))["Content-Security-Policy"]
    assert "worker-src 'self' blob:" in policy
    assert "'unsafe" not in policy
    for name in ("parties:me", "pages:home"):
        assert "blob:" not in client.get(reverse(name))["Content-Security-Policy"]


def test_a_browser_keeps_nothing_of_a_page_that_shows_a_key(buyer, jonas):
    admin = make_person("Ingrid", organisation=buyer, role=Membership.Role.ADMINISTRATOR)
    for person, address in (
        (jonas, reverse("parties:new_opening_key")),
        (admin, reverse("parties:recovery_key", args=[buyer.pk])),
    ):
        assert seated(person).get(address)["Cache-Control"] == "no-store, private"


def test_the_page_names_the_programs_and_their_hashes(jonas):
    page = seated(jonas).get(reverse("parties:new_opening_key")).content.decode()
    for place in ("sealing/page.js", "sealing/worker.js"):
        assert f'"{bundles.integrity(place)}"' in page
    public = Client().get(reverse("publication:how_bids_are_received")).content.decode()
    assert [sha256 for sha256 in bundles.published().values() if sha256 not in public] == []


def test_secrets_are_typed_where_nothing_sends_them(jonas):
    """The fields of words and printed keys stand in no form element."""
    key = make_key(jonas).key
    client = seated(jonas)
    answer = client.post(reverse("parties:start_drill", args=[key.pk]), follow=True)
    page = answer.content.decode()
    for name in ("words", "recovery"):
        before = page[: page.index(f'name="{name}"')]
        assert before.count("<form") == before.count("</form>")
    assert client.get(reverse("parties:start_drill", args=[key.pk])).status_code == 405


def test_who_is_no_holder_is_told_so():
    client = seated(make_person())
    page = client.get("/min-oppningsnyckel/")
    assert (page.status_code, "Du är inte utsedd till nyckelinnehavare" in page.content.decode()) == (200, True)
    assert "Min öppningsnyckel" not in client.get(reverse("parties:me")).content.decode()
    assert client.post(reverse("parties:new_opening_key"), sent()[1]).status_code == 422


def test_an_administrator_appoints_invites_and_ends(buyer, jonas):
    admin = make_person("Ingrid", organisation=buyer, role=Membership.Role.ADMINISTRATOR)
    new = make_person("Sara", organisation=buyer)
    client = seated(admin)
    place = reverse("parties:key_holders", args=[buyer.pk])
    assert client.post(place, {"appoint": "1", "person": new.pk}).url == place
    assert "http://testserver/min-oppningsnyckel/" in client.get(place).content.decode()
    assert client.post(place, {"appoint": "1", "person": new.pk}).status_code == 422
    assert client.post(place, {"invite": "1", "email": "rut@granne.example"}).url == place
    assert client.post(place, {"invite": "1", "email": "rut@granne.example"}).status_code == 422
    invitation = Invitation.objects.get()
    assert (invitation.is_to_hold_a_key, OutboxMail.objects.get().to) == (True, "rut@granne.example")
    holding = KeyHolder.objects.get(person=new)
    end = reverse("parties:end_holding", args=[holding.pk])
    assert "Ska Sara inte längre hålla någon nyckel" in client.get(end).content.decode()
    assert client.post(end).url == place
    assert client.get(end).status_code == 404


def test_a_colleague_sees_the_checklist_and_changes_nothing(buyer, jonas):
    make_holder("Rut", buyer)
    client = seated(make_person("Sara", organisation=buyer))
    place = reverse("parties:key_holders", args=[buyer.pk])
    page = client.get(place).content.decode()
    assert "Jonas, Rut." in page
    assert "Bara en administratör i organisationen kan göra detta." in page
    assert client.post(place, {"appoint": "1", "person": jonas.pk}).status_code == 422
    holding = jonas.key_holdings.get()
    assert client.post(reverse("parties:end_holding", args=[holding.pk])).status_code == 422
    assert KeyHolder.objects.get(pk=holding.pk).ended_at is None


def test_the_recovery_key_is_registered_and_retired(buyer):
    admin = make_person("Ingrid", organisation=buyer, role=Membership.Role.ADMINISTRATOR)
    client = seated(admin)
    place = reverse("parties:recovery_key", args=[buyer.pk])
    assert client.post(place, {"recipient": "age1x"}).status_code == 422
    made = identity.make()
    answer = client.post(place, {"recipient": made.recipient})
    begun = Drill.objects.get()
    assert answer.url == reverse("parties:drill", args=[begun.pk])
    opened = identity.open_envelope(begun.envelope, made.secret)
    client.post(answer.url, {"answer": opened, "door": "recovery"})
    page = client.get("/min-oppningsnyckel/").content.decode()
    assert "Återställningsnyckel för Samordningsförbundet Prov" in page
    key = OpeningKey.objects.get()
    retire = reverse("parties:retire_key", args=[key.pk])
    assert client.get(retire).status_code == 200
    assert client.post(retire).url == reverse("parties:key_holders", args=[buyer.pk])
    assert OpeningKey.objects.get().retired_at is not None


def test_ones_own_key_is_replaced_and_taken_out_of_use(jonas):
    first = make_key(jonas, at=clock.now()).key
    client = seated(jonas)
    assert "Den nya ersätter den" in client.get(reverse("parties:new_opening_key")).content.decode()
    client.post(reverse("parties:new_opening_key"), sent()[1])
    first.refresh_from_db()
    assert not first.is_live
    (live,) = OpeningKey.objects.filter(retired_at=None)
    assert client.post(reverse("parties:retire_key", args=[live.pk])).url == "/min-oppningsnyckel/"
    assert client.get(reverse("parties:retire_key", args=[live.pk])).status_code == 404


def test_the_host_of_passkeys_is_a_setting():
    assert settings.OPENING_KEY_HOST == "localhost"

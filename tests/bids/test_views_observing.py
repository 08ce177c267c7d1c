"""The pages of an observer at an opening, walked as the buyer's people and as the observer."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from rodatraden.bids import actions
from rodatraden.bids.models import BidFile, Opening, OpeningObserver
from rodatraden.core.codes import code_digest
from rodatraden.parties.models import Person
from rodatraden.records.models import OutboxMail
from rodatraden.ui.links import FIELD
from tests.factories import keys
from tests.factories.bids import close_box, make_bidder, open_box, supplier_of
from tests.factories.links import follow, link_in
from tests.factories.observing import appoint_observer, make_observer
from tests.factories.parties import make_person
from tests.factories.sealed import give_bid
from tests.factories.tenders import DEADLINE

pytestmark = pytest.mark.django_db

BEFORE = DEADLINE - timedelta(hours=3)
OPENING = DEADLINE + timedelta(hours=1)
LATER = OPENING + timedelta(minutes=10)
PASSWORD = "fyra ord som ingen gissar"


@pytest.fixture
def now(time_machine):
    """Move the clock: `now(instant)`; it stands still there."""

    def move(at):
        time_machine.move_to(at, tick=False)

    move(BEFORE)
    return move


def hidden(page, name="idempotency_key"):
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.text.replace("\n", " "))[1]


def fill_in(client, case, email="vera@handelskammaren.example"):
    address = reverse("bids:observers", args=[case.procurement.pk])
    typed = {"name": "Vera Vittne", "chamber": "Handelskammaren Prov", "email": email}
    sent = typed | {"idempotency_key": hidden(client.get(address))}
    return lambda: client.post(address, sent)


LINK = "/oppning/observator/#hemlig"


def test_the_officer_sends_a_link_and_a_double_click_sends_no_second(client, case, tender, now, settings):
    settings.MAIL_IS_SET_UP = True
    client.force_login(case.officer)
    opening = reverse("bids:opening", args=[case.procurement.pk])
    assert "Ingen är insläppt" in client.get(opening).text
    send = fill_in(client, case)
    assert send()["Location"] == send()["Location"] == reverse("bids:observers", args=[case.procurement.pk])
    assert OutboxMail.objects.filter(to="vera@handelskammaren.example").count() == 1
    shown = client.get(opening).text
    assert "Vera Vittne, Handelskammaren Prov" in shown
    assert "Har inte använt länken än" in shown


def test_without_a_mail_server_the_link_is_shown_once(client, case, tender, now, settings):
    settings.MAIL_IS_SET_UP = False
    client.force_login(case.officer)
    send = fill_in(client, case)
    first, again = send(), send()
    assert client.get(follow(client, link_in(first.text))).status_code == 200
    assert first["Cache-Control"] == "no-store, private"
    assert "/oppning/observator/" not in again.text
    assert OpeningObserver.objects.count() == 1
    assert not OutboxMail.objects.filter(to="vera@handelskammaren.example").exists()


def test_a_newcomer_takes_the_link_with_an_account_of_their_own(client, case, tender, now, settings):
    settings.MAIL_IS_SET_UP = True
    client.force_login(case.officer)
    fill_in(client, case)()
    client.logout()
    link = link_in(OutboxMail.objects.get(to="vera@handelskammaren.example").text)
    address = follow(client, link)
    assert "vera@handelskammaren.example" in client.get(address).text
    came = client.post(address, {"person_name": "Vera Vittne", "password": PASSWORD})
    page = reverse("bids:observe", args=[tender.pk])
    assert came["Location"] == page
    assert client.get(page).status_code == 200
    assert client.get(follow(client, link))["Location"] == page
    assert page in client.get(reverse("pages:home")).text
    assert OpeningObserver.objects.get().person == Person.objects.get(email="vera@handelskammaren.example")


def test_who_has_an_account_signs_in_first_and_nobody_else_takes_the_link(client, case, tender, now):
    person = make_person("Vera Vittne")
    observer = actions.appoint_observer(
        tender=tender,
        name="Vera Vittne",
        chamber="Handelskammaren Prov",
        email=person.email,
        token="hemlig",
        link="",
        is_mailed=True,
        by=case.officer,
        at=BEFORE,
    )
    link = follow(client, LINK)
    assert "Logga in med det" in client.get(link).text
    client.post(link, {"person_name": "Falsk", "password": PASSWORD})
    client.force_login(make_person("Annan"))
    assert f"Länken skickades till {person.email}" in client.get(link).text
    assert client.post(link, {"take": "1"}).status_code == 422
    observer.refresh_from_db()
    assert observer.person is None
    client.force_login(person)
    assert client.post(link, {"take": "1"})["Location"] == reverse("bids:observe", args=[tender.pk])
    assert client.post(reverse("bids:observation_code"), {FIELD: "en-annan"}).status_code == 422
    actions.end_observer(observer=observer, by=case.officer, at=BEFORE)
    client.force_login(make_person("Annan"))
    assert "Du observerar inte längre" in client.get(link).text


@pytest.mark.parametrize("who", ["bidder", "team"])
def test_who_bids_or_is_in_the_team_is_told_why_they_cannot_observe(client, case, tender, now, who):
    person = make_person("Vera Vittne") if who == "team" else make_bidder("Annan AB")
    observer = appoint_observer(case, tender, person=person)
    OpeningObserver.objects.filter(pk=observer.pk).update(
        email=case.need_owner.email if who == "team" else person.email, token_sha256=code_digest("hemlig")
    )
    client.force_login(case.need_owner if who == "team" else person)
    link = follow(client, LINK)
    assert "Någon annan måste observera öppningen" in client.get(link).text
    assert client.post(link, {"take": "1"}).status_code == 422


def test_inv_02_before_the_opening_the_page_is_the_same_for_none_and_five_bids(client, case, tender, now):
    observer = make_observer(case, tender)
    client.force_login(observer.person)
    page = reverse("bids:observe", args=[tender.pk])
    for at in (BEFORE, OPENING):
        now(at)
        if at == OPENING:
            close_box(tender, at=OPENING)
        none = bytes_of(client.get(page))
        if at == BEFORE:
            for number in range(5):
                give_bid(tender, supplier=f"Bolag {number}", at=BEFORE)
            assert bytes_of(client.get(page)) == none
        assert "Bolag" not in none


def bytes_of(answer):
    assert answer.status_code == 200
    return re.sub(r'nonce="[^"]*"|csrfmiddlewaretoken" value="[^"]*"|hx-headers=\'[^\']*\'', "", answer.text)


def test_the_observer_follows_the_steps_and_then_checks_the_list(client, case, tender, now):
    bidder = make_bidder("Mellanrum Samverkan AB")
    give_bid(tender, bidder=bidder, at=BEFORE, price=98765)
    submission = give_bid(tender, bidder=bidder, at=BEFORE, price=98765)
    give_bid(tender, supplier="Sent AB", at=DEADLINE)
    observer = make_observer(case, tender)
    client.force_login(observer.person)
    page = reverse("bids:observe", args=[tender.pk])
    assert "Lådan är öppen" in client.get(page).text
    now(OPENING)
    close_box(tender, at=OPENING)
    keys.begin(tender, case.openers[0], at=OPENING)
    waiting = client.get(page).text
    assert f"{case.openers[0].name} väntar på en annan förrättare" in waiting
    assert supplier_of(bidder).name not in waiting
    now(LATER)
    open_box(case, tender, at=OPENING)
    answer = client.get(page)
    assert answer["Cache-Control"] == "no-store, private"  # though there is something to write on it
    shown = answer.text
    for told in ("Mellanrum Samverkan AB", str(submission.pk)[:8], "1 som kom för sent, 1 ersatta, 0 återkallade"):
        assert told in shown
    for hidden_ in ("Sent AB", "98765", "98 765", "Metodbeskrivning", "Elin Hagström"):
        assert hidden_ not in shown
    key = hidden(client.get(page))
    assert client.post(page, {"remark": "Allt stämde.", "idempotency_key": key}).status_code == 422
    said = {"remark": "Allt stämde.", "sure": "on", "idempotency_key": key}
    assert client.post(page, said).status_code == client.post(page, said).status_code == 302
    observer.refresh_from_db()
    assert (observer.followed_at, observer.remark) == (LATER, "Allt stämde.")
    assert "Du har sagt att du följde öppningen" in client.get(page).text
    client.force_login(case.officer)
    assert "Allt stämde." in client.get(reverse("bids:opening", args=[case.procurement.pk])).text
    lists = [reverse(f"bids:{name}", args=[case.procurement.pk]) for name in ("opening", "list")]
    assert {client.get(address)["Cache-Control"] for address in lists} == {"no-store, private"}


def test_the_remark_is_read_by_those_who_see_the_bids(client, case, tender, now):
    give_bid(tender, at=BEFORE)
    observer = make_observer(case, tender)
    open_box(case, tender, at=OPENING)
    actions.say_followed(observer=observer, remark="Mellanrums fil saknas.", by=observer.person, at=LATER)
    client.force_login(case.need_owner)
    shown = client.get(reverse("bids:opening", args=[case.procurement.pk])).text
    assert "Har följt öppningen" in shown
    assert "Mellanrums fil saknas." not in shown


def test_the_observer_comes_to_no_page_of_the_case_or_of_a_bid(client, case, tender, now):
    give_bid(tender, at=BEFORE)
    observer = make_observer(case, tender)
    (bid,) = open_box(case, tender, at=OPENING)
    client.force_login(observer.person)
    file = BidFile.objects.filter(bid=bid).first()
    here = [case.procurement.pk]
    private = [
        *(reverse(f"bids:{name}", args=here) for name in ("opening", "protocol", "opening_list", "list", "observers")),
        reverse("bids:bid", args=[bid.pk]),
        reverse("bids:file", args=[file.pk]),
        reverse("bids:read", args=[file.pk]),
        reverse("bids:end_observer", args=[observer.pk]),
        reverse("procurements:team", args=here),
    ]
    assert {address: client.get(address).status_code for address in private} == dict.fromkeys(private, 404)


def test_the_page_closes_a_day_after_both_have_attested_and_when_ended(client, case, tender, now):
    give_bid(tender, at=BEFORE)
    observer, other = make_observer(case, tender), make_observer(case, tender)
    open_box(case, tender, at=OPENING)
    for person in case.openers:
        actions.attest_list(opening=Opening.objects.get(), by=person, at=LATER)
    page = reverse("bids:observe", args=[tender.pk])
    now(LATER + timedelta(hours=23))
    client.force_login(observer.person)
    assert "Du ser förteckningen till" in client.get(page).text
    actions.end_observer(observer=observer, by=case.officer, at=LATER)
    assert client.get(page).status_code == 403
    now(LATER + timedelta(hours=24))
    client.force_login(other.person)
    over = client.get(page)
    assert over.status_code == 403
    assert "Mellanrum" not in over.text
    client.force_login(case.officer)
    assert client.get(page).status_code == 404


def test_it_is_ended_after_a_question(client, case, tender, now):
    observer = make_observer(case, tender)
    client.force_login(case.openers[0])
    page = reverse("bids:end_observer", args=[observer.pk])
    assert page in client.get(reverse("bids:observers", args=[case.procurement.pk])).text
    asked = client.get(page)
    assert "Avsluta att Vera Vittne observerar öppningen?" in asked.text
    client.post(page, {"idempotency_key": hidden(asked)})
    observer.refresh_from_db()
    assert observer.ended_by == case.openers[0]
    client.force_login(case.evaluators[0])
    assert client.get(page).status_code == 403


def test_who_unlocks_is_told_that_an_observer_has_not_come(client, case, tender, now):
    observer = appoint_observer(case, tender)
    close_box(tender, at=OPENING)
    now(OPENING)
    client.force_login(case.openers[0])
    page = reverse("bids:unlock", args=[case.procurement.pk, "bid"])
    assert "har inte använt länken än" in client.get(page).text
    actions.take_observation(observer=observer, by=Person.objects.get(email=observer.email), at=OPENING)
    assert "har inte använt länken än" not in client.get(page).text

"""Links with a code: one code, one object, in one browser and for a while; nothing of it in addresses, rows or sessions."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from rodatraden.parties.actions import invite, withdraw_invitation
from rodatraden.parties.models import Invitation, Membership, Session
from rodatraden.records.models import OutboxMail
from rodatraden.ui.links import COOKIE, FIELD, LASTS_FOR, MOST, new_code
from tests.factories.links import follow
from tests.factories.parties import START, make_buyer, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

ASKS = "/inbjudan/"


@pytest.fixture(autouse=True)
def now(time_machine):
    """Let it be when the invitations are sent; the clock stands still."""
    time_machine.move_to(START, tick=False)
    return time_machine


@pytest.fixture
def admin():
    return make_person("Admin", organisation=make_buyer("Förbundet"), role=Membership.Role.ADMINISTRATOR)


def invited(admin, email="ny@example.org"):
    """Invite somebody, and return the invitation with its code."""
    code = new_code()
    organisation = admin.memberships.get().organisation
    role = Membership.Role.DIRECTOR
    made = invite(organisation=organisation, email=email, role=role, token=code, link="", by=admin, at=START)
    return made, code


def page(invitation):
    return reverse("parties:accept", args=[invitation.pk])


def test_a_code_opens_its_own_object_and_two_codes_open_both(client, admin):
    (one, first), (other, second) = invited(admin), invited(admin, "annan@example.org")
    assert follow(client, f"{ASKS}#{first}") == page(one)
    assert [client.get(page(each)).status_code for each in (one, other)] == [200, 302]
    follow(client, f"{ASKS}#{second}")
    assert "Du kommer att logga in med ny@example.org" in client.get(page(one)).text
    assert "Du kommer att logga in med annan@example.org" in client.get(page(other)).text


def test_it_holds_in_the_browser_that_gave_the_code_and_in_no_other(client, admin):
    invitation, code = invited(admin)
    follow(client, f"{ASKS}#{code}")
    assert Client().get(page(invitation))["Location"] == ASKS


def test_it_holds_for_a_while(client, admin, now):
    invitation, code = invited(admin)
    follow(client, f"{ASKS}#{code}")
    now.move_to(START + LASTS_FOR, tick=False)
    assert client.get(page(invitation)).status_code == 200
    now.move_to(START + LASTS_FOR + timedelta(seconds=1), tick=False)
    assert client.get(page(invitation))["Location"] == ASKS


def test_what_is_ended_ends_for_those_who_have_come_by_it_already(client, admin):
    invitation, code = invited(admin)
    follow(client, f"{ASKS}#{code}")
    withdraw_invitation(invitation=invitation, by=admin, at=START)
    assert "Inbjudan är återtagen" in client.get(page(invitation)).text
    Invitation.objects.filter(pk=invitation.pk).update(token_sha256="another")
    assert client.get(page(invitation))["Location"] == ASKS


@pytest.mark.parametrize("cookie", ["", "x", "å", "gAAAAA", '{"parties:accept": "x"}', "a" * 3000])
def test_a_cookie_that_we_have_not_written_opens_nothing(client, admin, cookie):
    invitation, code = invited(admin)
    client.cookies[COOKIE] = cookie
    assert client.get(page(invitation))["Location"] == ASKS
    assert follow(client, f"{ASKS}#{code}") == page(invitation)


def test_the_cookie_is_read_by_the_server_alone(client, admin):
    invitation, code = invited(admin)
    for secure, name in ((False, COOKIE), (True, f"__Host-{COOKIE}")):
        given = client.post(ASKS, {FIELD: code}, secure=secure).cookies[name]
        assert (given["httponly"], given["samesite"], bool(given["secure"])) == (True, "Lax", secure)
        assert (given["path"], given["domain"], given["max-age"], given["expires"]) == ("/", "", "", "")
        assert not {code, str(invitation.pk), "parties"} & set(re.split(r"\W", given.value))
        assert str(invitation.pk) not in given.value


def test_a_browser_holds_the_latest_codes(client, admin):
    made = [invited(admin, f"{number}@example.org") for number in range(MOST + 1)]
    for _, code in made:
        follow(client, f"{ASKS}#{code}")
    assert [client.get(page(each)).status_code for each, _ in made] == [302, *[200] * MOST]
    assert len(client.cookies[COOKIE].value) < 4000  # of which browsers promise 4096


def test_signing_in_keeps_it_and_signing_out_ends_it(client, admin):
    invitation, code = invited(admin)
    follow(client, f"{ASKS}#{code}")
    client.force_login(make_person("Annan"))
    assert client.get(page(invitation)).status_code == 200
    out = client.post(reverse("account_logout"))
    assert (out.cookies[COOKIE].value, out.cookies[COOKIE]["max-age"]) == ("", 0)
    assert client.get(page(invitation))["Location"] == ASKS


def test_no_session_is_begun_and_none_is_written_to(client, admin):
    _, code = invited(admin)
    follow(client, f"{ASKS}#{code}")
    assert settings.SESSION_COOKIE_NAME not in client.cookies
    client.force_login(admin)
    before = list(Session.objects.values())
    follow(client, f"{ASKS}#{code}")
    assert list(Session.objects.values()) == before


def test_no_browser_keeps_the_pages_and_no_address_of_them_holds_a_code(client, admin):
    invitation, code = invited(admin)
    asked, wrong = client.get(ASKS), client.post(ASKS, {FIELD: new_code()})
    came = client.post(ASKS, {FIELD: code})
    shown = client.get(page(invitation))
    assert [answer.status_code for answer in (asked, wrong, came, shown)] == [200, 422, 302, 200]
    assert {answer["Cache-Control"] for answer in (asked, wrong, shown)} == {"no-store, private"}
    assert code not in came["Location"]
    assert code not in shown.text
    assert code in OutboxMail.objects.get().text


def test_codes_are_tried_only_so_often(client, settings):
    answers = [client.post(ASKS, {FIELD: f"{number}"}).status_code for number in range(121)]
    assert (set(answers[:120]), answers[120]) == ({422}, 429)

"""Whoever opens bids, makes an opening key, awards or signs has shown lately that it is they; sessions end."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.urls import get_resolver, reverse

from rodatraden.config import clock
from rodatraden.config.checks import addresses
from rodatraden.parties.models import Session
from rodatraden.records.models import OutboxMail
from rodatraden.ui.links import COOKIE
from tests.factories.links import follow, link_in
from tests.factories.parties import make_person

pytestmark = pytest.mark.django_db
PASSWORD = "fyra ord som ingen gissar"
ASKED_AGAIN = {
    "awards:decide",
    "awards:revoke",
    "bids:leave_out",
    "bids:opening",
    "bids:unlock",
    "contracts:sign",
    "evaluation:open_prices",
    "own_sessions",
    "parties:locked_key",
    "parties:new_opening_key",
    "parties:recovery_key",
}
"""What cannot be undone, ending one's sessions elsewhere and fetching one's locked key; docs/security.md lists it."""


@pytest.fixture
def person():
    person = make_person()
    person.set_password(PASSWORD)
    person.save()
    return person


def later(**by: float):
    return time_machine.travel(clock.machine_time() + timedelta(**by))


def test_what_cannot_be_undone_asks_again():
    asking = {name for _, name, view in addresses(get_resolver().url_patterns) if getattr(view, "asks_anew", False)}
    assert asking == ASKED_AGAIN


def test_who_has_just_signed_in_is_not_asked(client, person):
    client.force_login(person)
    with later(minutes=14):
        assert client.get(reverse("parties:new_opening_key")).status_code == 200


def test_after_a_quarter_of_an_hour_one_shows_that_it_is_oneself_and_comes_back(client, person):
    client.force_login(person)
    page = reverse("parties:new_opening_key")
    with later(minutes=16):
        asked = client.get(page)
        assert asked["Location"].startswith(reverse("account_reauthenticate"))
        wrong = client.post(asked["Location"], {"password": "något annat än det"})
        assert wrong.status_code == 200
        assert client.get(page).status_code == 302
        key = client.session.session_key
        assert client.post(asked["Location"], {"password": PASSWORD})["Location"] == page
        assert client.session.session_key != key
        assert client.get(page).status_code == 200


def test_who_was_let_in_has_as_long_again_to_send_the_form(client, person):
    client.force_login(person)
    page = reverse("parties:new_opening_key")
    with later(minutes=29):
        assert client.post(page, {"door": "x"}).status_code == 422
    with later(minutes=31):
        assert client.post(page, {"door": "x"})["Location"].startswith(reverse("account_reauthenticate"))


def test_what_decides_who_one_is_asks_for_it_again(client, person):
    client.force_login(person)
    person.emailaddress_set.create(email=person.email, verified=True, primary=True)
    for name in ("mfa_activate_totp", "mfa_add_webauthn", "new_recovery_codes"):
        answer = client.get(reverse(name), follow=True)
        assert answer.redirect_chain or answer.status_code == 404, name
    answer = client.post(reverse("account_change_password"), {"oldpassword": "x", "password1": "ett helt nytt ord här"})
    person.refresh_from_db()
    assert answer.status_code != 302
    assert person.check_password(PASSWORD)


@pytest.mark.parametrize("was_confirmed", [True, False])
def test_another_address_is_asked_about_and_the_old_one_is_told(client, person, was_confirmed):
    person.emailaddress_set.create(email=person.email, verified=was_confirmed, primary=True)
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    old, page = person.email, reverse("account_email")
    asked = client.post(page, {"email": "ny@example.org", "action_add": "1"})
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert not person.emailaddress_set.filter(email="ny@example.org").exists()
    client.post(asked["Location"], {"password": "något annat än det"})
    assert not person.emailaddress_set.filter(email="ny@example.org").exists()
    client.post(asked["Location"], {"password": PASSWORD})
    link = link_in(OutboxMail.objects.get(to="ny@example.org").text)
    assert not OutboxMail.objects.filter(to=old).exists()
    person.refresh_from_db()
    assert person.email == old
    client.post(follow(client, link))
    person.refresh_from_db()
    assert person.email == "ny@example.org"
    told = OutboxMail.objects.get(to=old)
    assert "ny@example.org" in told.text


def test_who_showed_that_it_is_they_longer_ago_than_the_limit_changes_nothing_of_who_they_are(client, person):
    client.force_login(person)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    person.emailaddress_set.create(email=person.email, verified=True, primary=True)
    forms = {
        "account_email": {"email": "ny@example.org", "action_add": "1"},
        "mfa_activate_totp": {"code": "000000"},
        "mfa_add_webauthn": {"name": "Min"},
        "new_recovery_codes": {},
    }
    with later(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT + 1):
        for name, sent in forms.items():
            asked = client.post(reverse(name), sent)
            assert asked.status_code == 302, name
            assert asked["Location"].startswith(reverse("account_reauthenticate")), name
        client.post(
            reverse("account_change_password"),
            {"oldpassword": "x", "password1": "ett helt nytt ord här", "password2": "ett helt nytt ord här"},
        )
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert [each.email for each in person.emailaddress_set.all()] == [person.email]
    assert not person.authenticator_set.exists()


def test_a_session_that_nobody_uses_ends(client, person):
    client.force_login(person)
    with later(hours=3, minutes=59):
        assert client.get(reverse("parties:me")).status_code == 200
    with later(hours=7, minutes=58):
        assert client.get(reverse("parties:me")).status_code == 200
    with later(hours=11, minutes=59):
        client.cookies[COOKIE] = "sealed"
        answer = client.get(reverse("parties:me"))
        assert answer["Location"].startswith(reverse("account_login"))
        assert (answer.cookies[COOKIE].value, answer["Clear-Site-Data"]) == ("", '"cache"')


def test_who_has_no_way_to_show_that_it_is_they_is_signed_out_and_leaves_nothing(client):
    client.force_login(make_person())  # without a password
    client.cookies[COOKIE] = "sealed"
    with later(minutes=16):
        answer = client.get(reverse("parties:new_opening_key"))
    assert answer["Location"].startswith(reverse("account_login"))
    assert (answer.cookies[COOKIE].value, answer["Clear-Site-Data"]) == ("", '"cache"')


def test_a_session_ends_at_last(client, person):
    client.force_login(person)
    for hour in range(2, 13, 2):
        with later(hours=hour - 0.01):
            assert client.get(reverse("parties:me")).status_code == 200, hour
    with later(hours=12.1):
        assert client.get(reverse("parties:me"))["Location"].startswith(reverse("account_login"))
    assert timedelta(hours=12) == settings.SESSION_LASTS_FOR


def test_cookie_and_row_last_as_long_as_a_session_does_at_most_and_no_limit_is_cut_short(client, person):
    before = clock.machine_time()
    signed_in = client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    at_most = settings.SESSION_LASTS_FOR
    assert timedelta(seconds=signed_in.cookies["session"]["max-age"]) == at_most > settings.SESSION_UNUSED_FOR
    assert before + at_most <= Session.objects.get().expire_date <= clock.machine_time() + at_most

"""Recovery codes as people meet them: shown once, used once instead of a code from an app, and no page of allauth's for them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.urls import NoReverseMatch, reverse

from rodatraden.config import clock
from rodatraden.core import recovery_codes as codes
from rodatraden.parties.models import RecoveryCode
from rodatraden.parties.queries import recovery_codes_left
from rodatraden.records.models import LedgerBody
from tests.config.test_second_factor import PASSWORD, code_of, sign_in, with_password
from tests.factories.parties import make_buyer, make_person

pytestmark = pytest.mark.django_db
SHOWN = re.compile(r"<code>(\d\w{3}-\w{4}-\w{4})</code>")


@pytest.fixture
def person(client):
    """Somebody with a confirmed address who has just shown that it is they."""
    person = with_password(make_person(organisation=make_buyer()))
    person.emailaddress_set.create(email=person.email, verified=True, primary=True)
    sign_in(client, person)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return person


def turn_on_app(client):
    page = client.get(reverse("mfa_activate_totp")).text
    secret = re.search(r"<code>(\w+)</code>", page)[1]
    return secret, client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})


def draw(client):
    page = client.get(reverse("new_recovery_codes"))
    replaces = re.search(r'name="replaces"(?: value="([^"]*)")?', page.text)[1]
    return client.post(reverse("new_recovery_codes"), {"replaces": replaces or ""})


def test_they_are_shown_when_the_first_step_is_added_and_never_again(client, person):
    _, answer = turn_on_app(client)
    shown = SHOWN.findall(answer.text)
    assert (answer.status_code, len(set(shown))) == (200, codes.NUMBER)
    assert "no-store" in answer["Cache-Control"]
    for name in ("recovery_codes", "new_recovery_codes", "mfa_index", "parties:me"):
        page = client.get(reverse(name))
        assert page.status_code == 200
        assert not SHOWN.search(page.text), name
        assert not any(code in page.text for code in shown)
    assert not Authenticator.objects.filter(type=Authenticator.Type.RECOVERY_CODES).exists()


def test_another_step_beside_the_first_draws_no_new_ones(client, person):
    _, answer = turn_on_app(client)
    before = set(RecoveryCode.objects.values_list("pk", flat=True))
    Authenticator.objects.all().delete()  # by no page, so that the codes stay
    _, answer = turn_on_app(client)
    assert answer["Location"] == reverse("mfa_index")
    assert set(RecoveryCode.objects.values_list("pk", flat=True)) == before


@pytest.mark.parametrize(
    "name", ["mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes"]
)
def test_no_page_of_allauths_for_them_exists(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)
    assert Authenticator.Type.RECOVERY_CODES not in settings.MFA_SUPPORTED_TYPES


def test_one_signs_in_once_with_a_code_in_any_letters_and_hears_how_many_are_left(client, person):
    shown = SHOWN.findall(turn_on_app(client)[1].text)
    client.post(reverse("account_logout"))
    sign_in(client, person)
    typed = shown[4].lower().replace("-", " ")
    assert client.post(reverse("mfa_authenticate"), {"code": typed}).status_code == 302
    assert "Du använde en reservkod. 9 är kvar." in client.get(reverse("parties:me")).text
    assert "9 reservkoder kvar" in client.get(reverse("mfa_index")).text
    assert "9 av de 10 koder" in client.get(reverse("recovery_codes")).text
    assert LedgerBody.objects.filter(event="recovery_code_used", by=person.pk).count() == 1
    client.post(reverse("account_logout"))
    sign_in(client, person)
    again = client.post(reverse("mfa_authenticate"), {"code": typed})
    assert (again.status_code, "Koden är fel" in again.text) == (200, True)
    assert client.get(reverse("parties:me")).status_code == 302


def test_wrong_ones_are_counted_and_stopped_as_codes_from_an_app_are(client, person):
    secret, answer = turn_on_app(client)
    shown = SHOWN.findall(answer.text)
    client.post(reverse("account_logout"))
    sign_in(client, person)
    for typed in ("0000-0000-0000", "000000", "1000-0000-0000", "9000-0000-0000", "000001"):
        assert client.post(reverse("mfa_authenticate"), {"code": typed}).status_code == 200
    for right in (shown[0], code_of(secret)):
        stopped = client.post(reverse("mfa_authenticate"), {"code": right})
        assert "Vänta" in stopped.text
    assert recovery_codes_left(person) == codes.NUMBER
    assert client.get(reverse("parties:me")).status_code == 302


def test_who_has_a_key_and_no_app_shows_with_one_that_it_is_they(client, person):
    shown = SHOWN.findall(turn_on_app(client)[1].text)
    Authenticator.objects.update(type=Authenticator.Type.WEBAUTHN)
    ways = client.get(reverse("account_reauthenticate")).text
    assert reverse("mfa_reauthenticate") in ways
    page = reverse("parties:new_opening_key")
    with time_machine.travel(clock.machine_time() + timedelta(minutes=16)):
        assert client.get(page).status_code == 302
        assert client.post(reverse("mfa_reauthenticate"), {"code": shown[0], "next": page})["Location"] == page
        assert client.get(page).status_code == 200
        assert client.post(reverse("mfa_reauthenticate"), {"code": shown[0], "next": page}).status_code == 200


def test_new_ones_replace_the_old_after_showing_anew_who_one_is(client, person):
    old = SHOWN.findall(turn_on_app(client)[1].text)
    with time_machine.travel(clock.machine_time() + timedelta(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT + 1)):
        asked = client.get(reverse("new_recovery_codes"))
        assert asked["Location"].startswith(reverse("account_reauthenticate"))
        client.post(asked["Location"], {"password": PASSWORD})
        answer = draw(client)
    new = SHOWN.findall(answer.text)
    assert len(set(new) - set(old)) == codes.NUMBER
    assert "no-store" in answer["Cache-Control"]
    client.post(reverse("account_logout"))
    sign_in(client, person)
    assert client.post(reverse("mfa_authenticate"), {"code": old[3]}).status_code == 200
    assert client.post(reverse("mfa_authenticate"), {"code": new[3]}).status_code == 302


def test_a_form_that_was_sent_too_long_after_is_carried_out_once_one_has_shown_who_one_is(client, person):
    old = SHOWN.findall(turn_on_app(client)[1].text)
    page = client.get(reverse("new_recovery_codes")).text
    replaces = re.search(r'name="replaces" value="([^"]*)"', page)[1]
    with time_machine.travel(clock.machine_time() + timedelta(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT + 1)):
        asked = client.post(reverse("new_recovery_codes"), {"replaces": replaces})
        assert RecoveryCode.objects.filter(pk=replaces).exists()
        answer = client.post(asked["Location"], {"password": PASSWORD})
    new = SHOWN.findall(answer.text)
    assert len(set(new) - set(old)) == codes.NUMBER
    assert "no-store" in answer["Cache-Control"]
    assert not RecoveryCode.objects.filter(pk=replaces).exists()


def test_a_form_that_was_sent_before_shows_no_codes_that_do_not_work(client, person):
    shown = SHOWN.findall(turn_on_app(client)[1].text)
    answer = client.post(reverse("new_recovery_codes"), {"replaces": ""}, follow=True)
    assert "Det är de som fungerar" in answer.text
    assert not SHOWN.search(answer.text)
    client.post(reverse("account_logout"))
    sign_in(client, person)
    assert client.post(reverse("mfa_authenticate"), {"code": shown[0]}).status_code == 302


def test_who_has_no_second_step_is_led_to_one_first(client, person):
    answer = client.get(reverse("new_recovery_codes"))
    assert answer.status_code == 403
    assert reverse("mfa_index") in answer.text
    page = client.get(reverse("recovery_codes")).text
    assert "Du har inga reservkoder" in page
    assert reverse("new_recovery_codes") not in page


def test_they_go_with_the_last_app_or_key(client, person):
    turn_on_app(client)
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert not RecoveryCode.objects.exists()
    assert "Gör reservkoder" not in client.get(reverse("mfa_index")).text


def test_they_stay_while_something_is_left_that_they_stand_in_for(client, person):
    turn_on_app(client)
    Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data={"name": "Nyckel"})
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert recovery_codes_left(person) == codes.NUMBER


def test_a_code_is_no_first_step(client, person):
    shown = SHOWN.findall(turn_on_app(client)[1].text)
    client.post(reverse("account_logout"))
    client.post(reverse("account_login"), {"login": person.email, "password": shown[0]})
    client.post(reverse("mfa_authenticate"), {"code": shown[0]})
    assert client.get(reverse("parties:me")).status_code == 302
    assert recovery_codes_left(person) == codes.NUMBER

"""The second step: asked of officials where the installation says so, used once, and stored so that a dump makes no codes."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.urls import reverse

from rodatraden.config import clock
from rodatraden.parties.actions import appoint_key_holder
from rodatraden.parties.models import Membership
from rodatraden.records.models import OutboxMail
from tests.factories.links import follow, link_in
from tests.factories.parties import START, make_buyer, make_person, make_supplier

pytestmark = pytest.mark.django_db
PASSWORD, NEW = "fyra ord som ingen gissar", "ett helt nytt ord i skogen"


@pytest.fixture
def official():
    return with_password(make_person(organisation=make_buyer()))


def with_password(person):
    person.set_password(PASSWORD)
    person.save()
    return person


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def sign_in(client, person):
    return client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})


def test_who_must_have_a_second_step_is_led_to_it(client, official, settings):
    settings.SECOND_STEP_FOR_OFFICIALS = True
    supplier = make_person(organisation=make_supplier(), role=Membership.Role.BIDDER)
    for person, goes_on in ((official, False), (supplier, True)):
        client.force_login(person)
        answer = client.get(reverse("parties:opening_key"), follow=False)
        assert (answer.status_code == 200) is goes_on
        assert goes_on or answer["Location"] == reverse("mfa_index")
        assert client.get(reverse("mfa_index")).status_code == 200
        assert client.get(reverse("publication:index")).status_code == 200
    TOTP.activate(official, generate_totp_secret())
    client.force_login(official)
    assert client.get(reverse("parties:opening_key")).status_code == 200


def test_a_key_holder_from_outside_must_too(client, settings):
    settings.SECOND_STEP_FOR_OFFICIALS = True
    holder = make_person()
    appoint_key_holder(person=holder, organisation=make_buyer(), by=None, at=START)
    client.force_login(holder)
    assert client.get(reverse("parties:opening_key"))["Location"] == reverse("mfa_index")


def test_where_it_is_not_asked_for_nobody_is_led_anywhere(client, official):
    client.force_login(official)
    assert client.get(reverse("parties:me")).status_code == 200


def test_a_code_works_once(client, official):
    secret = generate_totp_secret()
    TOTP.activate(official, secret)
    code = code_of(secret)
    assert sign_in(client, official)["Location"].startswith(reverse("mfa_authenticate"))
    assert client.get(reverse("parties:me")).status_code == 302
    assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    assert client.get(reverse("parties:me")).status_code == 200
    client.post(reverse("account_logout"))
    sign_in(client, official)
    assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200
    assert client.get(reverse("parties:me")).status_code == 302
    with time_machine.travel(clock.machine_time() + timedelta(minutes=3)):
        assert not TOTP(Authenticator.objects.get()).validate_code(code)


def test_a_new_password_goes_round_no_second_step(client, official):
    official.emailaddress_set.create(email=official.email, verified=True, primary=True)
    TOTP.activate(official, generate_totp_secret())
    client.post(reverse("account_reset_password"), {"email": official.email})
    page = follow(client, link_in(OutboxMail.objects.latest("pk").text))
    assert client.post(page, {"password1": NEW, "password2": NEW}).status_code == 302
    assert client.get(reverse("parties:me")).status_code == 302
    answer = client.post(reverse("account_login"), {"login": official.email, "password": NEW})
    assert answer["Location"].startswith(reverse("mfa_authenticate"))


def test_seeds_lie_encrypted_in_the_database(official):
    secret = generate_totp_secret()
    TOTP.activate(official, secret)
    kept = Authenticator.objects.get()
    assert secret not in json.dumps(kept.data)
    assert get_adapter().decrypt(kept.data["secret"]) == secret != kept.data["secret"]
    assert TOTP(kept).validate_code(code_of(secret))

"""The pages of organisations and people."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from rodatraden.parties.models import Membership, Organisation, Person
from rodatraden.records.models import OutboxMail

pytestmark = pytest.mark.django_db

Role = Membership.Role
SUPPLIER = {
    "name": "Provbolaget AB",
    "country": "SE",
    "registration_number": "556016-0680",
    "person_name": "Pia Prov",
    "email": "Pia@Provbolaget.example",
    "password": "fyra ord som ingen gissar",
    "idempotency_key": "k1",
}


def test_a_supplier_registers_on_one_page_and_is_signed_in_at_once(client):
    assert client.get(reverse("parties:register_supplier")).status_code == 200
    answer = client.post(reverse("parties:register_supplier"), SUPPLIER)
    assert (answer.status_code, answer["Location"]) == (302, reverse("parties:me"))
    person = Person.objects.get()
    assert (person.email, person.name) == ("pia@provbolaget.example", "Pia Prov")
    organisation = Organisation.objects.get()
    assert (organisation.name, organisation.kind) == ("Provbolaget AB", Organisation.Kind.SUPPLIER)
    roles = Membership.objects.order_by("role").values_list("role", flat=True)
    assert list(roles) == [Role.ADMINISTRATOR, Role.BIDDER]
    assert "Provbolaget AB" in client.get(reverse("parties:me")).text
    assert [mail.to for mail in OutboxMail.objects.all()] == ["pia@provbolaget.example"]


def links(mail: OutboxMail) -> list[str]:
    return re.findall(r"http://testserver(/\S+)", mail.text)


@pytest.mark.parametrize(
    "name",
    [
        "account_email",
        "account_change_password",
        "account_logout",
        "account_reauthenticate",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
    ],
)
def test_pages_about_the_own_account_are_shown_when_the_address_is_confirmed(client, name):
    client.post(reverse("parties:register_supplier"), SUPPLIER)
    (link,) = links(OutboxMail.objects.get())
    assert client.get(link).status_code == 200
    client.post(link)
    client.post(reverse("account_reauthenticate"), {"password": SUPPLIER["password"], "next": reverse("parties:me")})
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    assert "<h1" in answer.text


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key_done",
        "account_email_verification_sent",
        "account_inactive",
    ],
)
def test_pages_before_sign_in_are_shown(client, name):
    answer = client.get(reverse(name))
    assert answer.status_code == 200, answer
    assert "<h1" in answer.text

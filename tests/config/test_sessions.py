"""A session that ends while somebody writes: what was typed comes back after signing in, for that person only."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from rodatraden.procurements.models import Procurement
from tests.factories.parties import make_person
from tests.factories.procurements import make_case

pytestmark = pytest.mark.django_db


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(written-\w+)" value="([^"]*)"', page))


def test_what_was_typed_in_an_expired_session_is_filled_in_again(client):
    case = make_case()
    client.force_login(case.officer)
    address = reverse("procurements:describe", args=[case.procurement.pk])
    marks = hidden(client.get(address).text)
    client.logout()
    typed = marks | {"title": "Nytt namn", "summary": "En lång text som tog en kvart", "estimated_value": "1 050,50 kr"}
    answer = client.post(address, typed)
    assert answer["Location"].startswith(reverse("account_login"))
    assert address in answer["Location"]
    assert Procurement.objects.get().title == "Processcoachning"

    client.force_login(case.officer)
    page = client.get(address).text
    for text in ("Nytt namn", "En lång text som tog en kvart", "1 050,50 kr"):
        assert text in page


def test_nobody_else_gets_it(client):
    case = make_case()
    client.force_login(case.officer)
    address = reverse("procurements:describe", args=[case.procurement.pk])
    marks = hidden(client.get(address).text)
    client.logout()
    client.post(address, marks | {"title": "Hemligt namn"})
    client.force_login(case.need_owner)
    assert "Hemligt namn" not in client.get(address).text


PASSWORD = "fyra ord som ingen gissar"


@pytest.fixture
def somebody():
    person = make_person()
    person.set_password(PASSWORD)
    person.save()
    return person


def sign_in(client, person):
    return client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})


def is_in(client) -> bool:
    return client.get(reverse("parties:me")).status_code == 200


def test_signing_in_gives_a_new_session(client, somebody):
    client.cookies["session"] = "a" * 32  # somebody else's choice
    sign_in(client, somebody)
    key = client.cookies["session"].value
    assert re.fullmatch(r"[a-z0-9]{32}", key)  # 165 bits
    assert key != "a" * 32
    sign_in(other := Client(), somebody)
    assert other.cookies["session"].value != key


def test_a_session_that_was_ended_is_worth_nothing(client, somebody):
    sign_in(client, somebody)
    stolen = Client()
    stolen.cookies["session"] = client.cookies["session"].value
    assert is_in(stolen)
    client.post(reverse("account_logout"))
    assert not is_in(stolen)


def test_a_closed_account_has_no_session(client, somebody):
    sign_in(client, somebody)
    somebody.is_active = False
    somebody.save()
    assert not is_in(client)


def test_a_new_password_ends_the_other_sessions(client, somebody):
    sign_in(client, somebody)
    sign_in(other := Client(), somebody)
    typed = {"oldpassword": PASSWORD, "password1": (new := "ett helt annat ord i skogen"), "password2": new}
    assert client.post(reverse("account_change_password"), typed).status_code == 302
    assert is_in(client)
    assert not is_in(other)


def test_every_page_of_somebody_leads_out(client, somebody):
    client.force_login(somebody)
    assert reverse("account_logout") in client.get(reverse("parties:me")).text
    for name in ("pages:home", "publication:index", "mfa_index", "pages:procurement_list"):
        page = client.get(reverse(name)).text
        assert reverse("account_logout") in page or f'href="{reverse("parties:me")}"' in page, name


def test_signing_out_clears_the_browser(client, somebody):
    sign_in(client, somebody)
    answer = client.post(reverse("account_logout"))
    assert answer["Clear-Site-Data"] == '"cache"'
    assert answer.cookies["session"].value == ""
    assert "Clear-Site-Data" not in client.post(reverse("account_logout"))

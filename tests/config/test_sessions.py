"""A session that ends while somebody writes: what was typed comes back after signing in, for that person only."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from rodatraden.procurements.models import Procurement
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

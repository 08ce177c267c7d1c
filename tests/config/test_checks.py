"""What the table of third-party addresses says of them is what they do."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from rodatraden.config.checks import THIRD_PARTY

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", sorted(name for name, policy in THIRD_PARTY.items() if policy == "signed_in"))
def test_third_party_pages_send_strangers_to_sign_in(name: str) -> None:
    try:
        address = reverse(name)
    except NoReverseMatch:
        address = reverse(name, args=[1])
    for answer in (Client().get(address, secure=True), Client().post(address, secure=True)):
        assert answer.status_code == 302
        assert answer["Location"].partition("?")[0] == reverse("account_login")

"""Every address declares who may come to it, and those that are not ours keep what the table says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.checks import Error
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, include, path, reverse

from rodatraden.config.checks import THIRD_PARTY, every_address_has_a_policy, policy_faults
from rodatraden.ui.policy import public, signed_in
from tests.house.tree import assert_none

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest


def view() -> Callable[[HttpRequest], HttpResponse]:
    """Return a new view each time, since a policy is written on the view itself."""
    return lambda _: HttpResponse()


def test_every_address_has_a_policy() -> None:
    assert every_address_has_a_policy() == []
    assert_none(policy_faults(get_resolver().url_patterns, THIRD_PARTY))


@pytest.mark.parametrize("name", sorted(name for name, policy in THIRD_PARTY.items() if policy == "signed_in"))
@pytest.mark.django_db
def test_third_party_pages_send_strangers_to_sign_in(name: str) -> None:
    try:
        address = reverse(name)
    except NoReverseMatch:
        address = reverse(name, args=[1])
    for answer in (Client().get(address, secure=True), Client().post(address, secure=True)):
        assert answer.status_code == 302
        assert answer["Location"].partition("?")[0] == reverse("account_login")


def test_a_planted_address_without_policy_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = [path("open/", public(view())), path("shut/", signed_in(view())), path("bare/", view(), name="bare")]
    patterns = [path("bids/", include((inner, "bids"))), path("login/", view(), name="login")]
    said = policy_faults(patterns, {"login": "public", "gone": "public"})
    assert [line.split()[0] for line in said] == ["/bids/bare/", "gone"]

    monkeypatch.setattr("rodatraden.config.checks.THIRD_PARTY", {})
    found = every_address_has_a_policy()
    assert len(found) == len(THIRD_PARTY)
    assert {(type(error), error.id) for error in found} == {(Error, "rodatraden.E001")}


def test_a_policy_said_twice_is_caught() -> None:
    said = policy_faults([path("a/", public(view()), name="a")], {"a": "signed_in"})
    assert len(said) == 1

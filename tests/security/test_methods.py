"""Every address × every method that it does not have: refused before the page is asked, whoever asks and for whatever."""

from __future__ import annotations

import ast
import re

import pytest
from django.urls import get_resolver, resolve

from rodatraden.config.checks import addresses
from rodatraden.config.middleware import METHODS
from rodatraden.parties.models import Membership
from tests.factories.parties import make_buyer, make_person
from tests.house.tree import assert_none, modules

FEWEST = 250
"""Fewer addresses than this would mean that the table has lost its rows."""
VALUES = {"uuid": "00000000-0000-4000-8000-000000000001", "int": "1", "slug": "a", "str": "a", "path": "a"}
ASKED = {"OPTIONS", "PUT", "DELETE", "PATCH"}


def every_address():
    """Return each address of the resolver, with a value of its kind wherever it names something, and its view."""
    found = {}
    for route, _, view in addresses(get_resolver().url_patterns):
        plain = re.sub(r"\(\?P<\w+>[^)]*\)", "a", route).replace("^", "").replace("$", "")
        found["/" + re.sub(r"<(?:(\w+):)?\w+>", lambda named: VALUES[named[1] or "str"], plain)] = view
    return found


@pytest.mark.django_db
@pytest.mark.one_engine
def test_no_address_answers_a_method_that_it_does_not_have(client):
    """An official who is signed in, and so comes past every door of the house, is refused all the same."""
    buyer = make_buyer()
    client.force_login(make_person(organisation=buyer, role=Membership.Role.PROCUREMENT_OFFICER))
    found = every_address()
    assert len(found) > FEWEST
    answered = []
    for number, (address, view) in enumerate(found.items()):
        assert resolve(address).func is view, address
        refused = sorted(ASKED - getattr(view, "methods", METHODS))
        method = refused[number % len(refused)]  # in turn: it is one door for all
        answer = client.generic(method, address)
        if answer.status_code != 405:
            answered.append((method, address, answer.status_code))
    assert answered == []


def test_only_the_addresses_of_a_sealed_bid_name_their_methods():
    named = {view.__name__: view.methods for view in every_address().values() if hasattr(view, "methods")}
    assert named == {
        "part": {"PUT"},
        "hand_in": {"POST"},
        "held": {"GET", "HEAD"},
        "sealed_copy": {"GET", "HEAD"},
    }


def acts_on_what_needs_no_token(module):
    """List where a view asks whether something is read instead of whether it is sent: HEAD is neither, and has no token."""
    return [
        f"{module.at(node)}: ask whether the method is POST"
        for node in module.nodes
        if isinstance(node, ast.Compare) and ast.unparse(node.left) == "request.method"
        for word in ast.walk(node.comparators[0])
        if isinstance(word, ast.Constant) and word.value == "GET"
    ]


def test_no_view_takes_head_for_something_that_was_sent():
    assert_none(
        [fault for module in modules() if module.layer == "views" for fault in acts_on_what_needs_no_token(module)]
    )

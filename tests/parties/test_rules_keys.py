"""Whether an organisation has enough holders, and that to hold a key opens nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from rodatraden.core.sealing import identity
from rodatraden.parties import queries, rules
from rodatraden.parties.actions import (
    appoint_key_holder,
    end_key_holding,
    register_recovery_key,
    retire_opening_key,
    start_drill,
)
from rodatraden.parties.models import Membership
from tests.factories.parties import START, drill, make_buyer, make_holder, make_key, make_person
from tests.factories.tenders import make_drafted

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LAST = START + timedelta(days=30) - timedelta(microseconds=1)


@pytest.fixture
def buyer():
    return make_buyer()


def keep_recovery(buyer, at=START):
    keeper = make_person("Maria", organisation=buyer, role=Membership.Role.DIRECTOR)
    made = identity.make()
    key = register_recovery_key(organisation=buyer, recipient=made.recipient, by=keeper, at=at)
    drill(key, made.secret, at=at)
    return key


def test_three_holders_who_have_practised_are_enough(buyer):
    for name in ("Ada", "Bo", "Cilla"):
        assert not rules.enough_holders(buyer, START)
        make_holder(name, buyer)
    assert rules.enough_holders(buyer, START)
    assert rules.enough_holders(buyer, LAST)
    late = rules.enough_holders(buyer, START + 30 * DAY)
    assert str(late.reason) == (
        "0 of at least 3 holders have practised with their opening key in the last 30 days. These remain: Ada, Bo, Cilla."
    )
    assert late.mend == reverse("parties:key_holders", args=[buyer.pk])


def test_the_recovery_key_counts_as_one_holder(buyer):
    make_holder("Ada", buyer)
    make_holder("Bo", buyer)
    assert not rules.enough_holders(buyer, START)
    recovery = keep_recovery(buyer)
    assert rules.enough_holders(buyer, START)
    retire_opening_key(key=recovery, by=recovery.user, at=START)
    assert str(rules.enough_holders(buyer, START).reason).endswith("Appoint more holders.")


def test_each_state_is_named(buyer):
    none, made, old, ready = (make_person(name) for name in ("A utan", "B övat ej", "C länge sedan", "D klar"))
    for person in (none, made, old, ready):
        appoint_key_holder(person=person, organisation=buyer, by=None, at=START)
    make_key(made)
    for person, at in ((old, START), (ready, START + 5 * DAY)):
        keyed = make_key(person)
        drill(keyed.key, keyed.secret, at=at)
    at = START + 31 * DAY
    states = rules.holders_of(buyer, at)
    assert [(each.person, each.remains and str(each.remains)) for each in states] == [
        (none, "Has not made an opening key yet"),
        (made, "Has not practised yet"),
        (old, "Practised more than 30 days ago"),
        (ready, None),
    ]
    assert [queries.drilled_within(each.person, at=at) for each in states] == [False, False, False, True]
    assert str(rules.enough_holders(buyer, at).reason).endswith("These remain: A utan, B övat ej, C länge sedan.")


def test_a_lost_holder_and_a_new_key_count_anew(buyer):
    holders = [make_holder(name, buyer) for name in ("Ada", "Bo", "Cilla", "Dag")]
    end_key_holding(holding=holders[0].person.key_holdings.get(), by=holders[0].person, at=START)
    assert rules.enough_holders(buyer, START)
    make_key(holders[1].person)  # has not been practised with
    said = str(rules.enough_holders(buyer, START).reason)
    assert said.startswith("2 of at least 3")
    assert said.endswith("These remain: Bo.")


def test_the_holders_are_read_in_a_constant_number_of_queries(buyer, django_assert_num_queries):
    make_holder("Ada", buyer)
    with django_assert_num_queries(2):
        rules.holders_of(buyer, START)
    for number in range(8):
        make_holder(f"Bo {number}", buyer)
    with django_assert_num_queries(2):
        assert len(rules.holders_of(buyer, START)) == 9


def test_to_hold_a_key_opens_nothing_but_ones_own_key():
    """Object × state, as somebody who holds a key and nothing else: 404 or a refusal, and lists that stay empty."""
    _, tender = make_drafted()
    buyer = tender.procurement.buyer
    holder = make_holder("Rut", buyer)
    person = holder.person
    other = make_holder("Ada", buyer)
    theirs = start_drill(key=other.key, nonce="ab" * 32, by=other.person, at=START)
    client = Client()
    client.force_login(person)
    at = START + DAY
    assert not rules.is_member(person, buyer, at)
    assert rules.roles_of(person, buyer, at) == frozenset()
    assert not queries.organisations_of(person, at).exists()
    closed = [
        reverse("pages:case", args=[tender.procurement.pk]),
        reverse("procurements:team", args=[tender.procurement.pk]),
        reverse("tenders:requirements", args=[tender.procurement.pk]),
        reverse("bids:opening", args=[tender.procurement.pk]),
        reverse("parties:organisation", args=[buyer.pk]),
        reverse("parties:key_holders", args=[buyer.pk]),
        reverse("parties:recovery_key", args=[buyer.pk]),
        reverse("parties:invite", args=[buyer.pk]),
        reverse("parties:drill", args=[theirs.pk]),
        reverse("parties:retire_key", args=[other.key.pk]),
        reverse("parties:end_holding", args=[other.person.key_holdings.get().pk]),
    ]
    assert [(address, client.get(address).status_code) for address in closed] == [(each, 404) for each in closed]
    assert client.post(reverse("parties:start_drill", args=[other.key.pk])).status_code == 404
    for name in ("parties:opening_key", "parties:new_opening_key", "parties:me", "pages:home"):
        assert client.get(reverse(name)).status_code == 200
    text = client.get(reverse("parties:opening_key")).content.decode()
    assert other.key.recipient not in text
    assert tender.procurement.title not in client.get("/").content.decode()


def test_a_holder_is_asked_to_make_a_key_and_to_practise_in_time(buyer):
    person = make_person("Jonas")
    assert queries.key_tasks(person, START) == []
    appoint_key_holder(person=person, organisation=buyer, by=None, at=START)
    asked = [(str(each.title), each.due, each.case_title) for each in queries.key_tasks(person, START)]
    assert asked == [("Make your opening key", None, buyer.name)]
    keyed = make_key(person)
    assert [str(each.title) for each in queries.key_tasks(person, START)] == ["Practise with your opening key"]
    drill(keyed.key, keyed.secret)
    assert queries.key_tasks(person, START + 22 * DAY) == []
    assert [each.due for each in queries.key_tasks(person, START + 23 * DAY)] == [START + 30 * DAY]
    client = Client()
    client.force_login(person)
    assert "Öva med din öppningsnyckel" in client.get("/").content.decode()

"""Named reads of organisations and people, on the day that is asked about."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from rodatraden.parties.actions import end_membership, grant_membership
from rodatraden.parties.models import Membership, Person
from rodatraden.parties.queries import (
    memberships_of,
    organisations_of,
    people_of,
    roles_in,
    signed_in_person,
)
from rodatraden.parties.rules import roles_of
from tests.factories.parties import START, make_buyer, make_person, make_supplier

pytestmark = pytest.mark.django_db

Role = Membership.Role
LATER = START + timedelta(days=30)


@pytest.fixture
def people():
    buyer, supplier = make_buyer("Förbundet"), make_supplier("Bolaget")
    anna = make_person("Anna", organisation=buyer, role=Role.ADMINISTRATOR)
    grant_membership(person=anna, organisation=buyer, role=Role.DIRECTOR, by=None, at=START)
    grant_membership(person=anna, organisation=supplier, role=Role.EMPLOYEE, by=None, at=START)
    bo = make_person("Bo", organisation=buyer, role=Role.NEED_OWNER)
    end_membership(membership=bo.memberships.get(), by=anna, at=LATER)
    return {"buyer": buyer, "supplier": supplier, "anna": anna, "bo": bo}


def test_where_a_person_belongs_and_as_what(people):
    anna = people["anna"]
    assert [o.name for o in organisations_of(anna, START)] == ["Bolaget", "Förbundet"]
    assert [o.name for o in organisations_of(anna, START, role=Role.DIRECTOR)] == ["Förbundet"]
    assert [(m.organisation.name, m.role) for m in memberships_of(anna, START)] == [
        ("Bolaget", "employee"),
        ("Förbundet", "administrator"),
        ("Förbundet", "director"),
    ]
    assert list(organisations_of(anna, START - timedelta(days=1))) == []


def test_what_a_person_is_is_read_once_and_rules_ask_no_more(people, django_assert_num_queries):
    anna = Person.objects.get(pk=people["anna"].pk)
    with django_assert_num_queries(1):
        assert len(memberships_of(anna, START)) == len(memberships_of(anna, LATER)) == 3
        assert roles_of(anna, people["buyer"], START) == {Role.ADMINISTRATOR, Role.DIRECTOR}
        assert roles_of(anna, people["supplier"], START) == {Role.EMPLOYEE}
    bo = Person.objects.get(pk=people["bo"].pk)
    with django_assert_num_queries(1):
        assert [len(memberships_of(bo, day)) for day in (START, LATER)] == [1, 0]


def test_who_is_in_an_organisation_on_a_day(people):
    assert [person.name for person in people_of(people["buyer"], START)] == ["Anna", "Bo"]
    assert [person.name for person in people_of(people["buyer"], LATER)] == ["Anna"]
    assert [(m.person.name, m.role) for m in roles_in(people["buyer"], START)] == [
        ("Anna", "administrator"),
        ("Anna", "director"),
        ("Bo", "need_owner"),
    ]


def test_the_person_behind_a_request(people, rf):
    request = rf.get("/")
    request.user = people["anna"]
    assert signed_in_person(request) == people["anna"]
    request.user = AnonymousUser()
    with pytest.raises(TypeError):
        signed_in_person(request)

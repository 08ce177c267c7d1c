"""Whoever runs the server ends the sessions of one person, or of everybody."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from rodatraden import cli
from rodatraden.parties.models import Session
from tests.factories.parties import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    people = make_person(), make_person()
    for person in people:
        for _ in range(2):
            Client().force_login(person)
    return people


def test_all_sessions_of_one_person_or_of_everybody_are_ended(two, capsys):
    anna, bo = two
    here = Client()
    here.force_login(anna)
    there = Client()
    there.force_login(bo)
    assert cli.main(["sign-out", anna.email.upper()]) == 0
    assert capsys.readouterr().out.strip().endswith("3.")
    assert here.get(reverse("parties:me")).status_code == 302
    assert there.get(reverse("parties:me")).status_code == 200
    assert cli.main(["sign-out", "--everybody"]) == 0
    assert there.get(reverse("parties:me")).status_code == 302
    assert not Session.objects.exists()


@pytest.mark.parametrize("arguments", [[], ["nobody@example.org"], ["a@example.org", "--everybody"]])
def test_what_cannot_be_meant_ends_nothing(two, capsys, arguments):
    before = Session.objects.count()
    assert cli.main(["sign-out", *arguments]) == 1
    assert capsys.readouterr().err.strip()
    assert Session.objects.count() == before

"""The demo's own pages: only in demo mode, only its own people, only forward in time."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from rodatraden.config import clock
from rodatraden.parties.actions import register_person
from tests.factories.parties import START, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings):
    settings.DEMO = True


def test_switching_signs_in_as_one_of_the_demos_people(client, demo):
    person = make_person("Anna Påhitt")
    answer = client.post(reverse("demo:switch"), {"person": person.pk, "next": reverse("parties:me")})
    assert (answer.status_code, answer["Location"]) == (302, reverse("parties:me"))
    assert "Anna Påhitt" in client.get(reverse("parties:me")).text


def test_nobody_becomes_a_real_person_or_goes_to_another_site(client, demo):
    real = register_person(email="real@example.org", name="Real", by=None, at=START)
    assert client.post(reverse("demo:switch"), {"person": real.pk}).status_code == 404
    assert client.post(reverse("demo:switch"), {"person": uuid4()}).status_code == 404
    answer = client.post(reverse("demo:switch"), {"person": make_person().pk, "next": "https://evil.example/"})
    assert answer["Location"] == "/"


@pytest.mark.parametrize("name", ["demo:switch", "demo:clock"])
def test_outside_the_demo_the_pages_do_not_exist(client, settings, name):
    settings.DEMO = False
    person = make_person()
    assert client.get(reverse(name)).status_code == 404
    assert client.post(reverse(name), {"person": person.pk, "jump": "day"}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_time_passes_by_a_button_or_to_an_instant(client, demo):
    before = clock.now()
    assert client.post(reverse("demo:clock"), {"jump": "week"}).status_code == 302
    assert timedelta(weeks=1) <= clock.now() - before < timedelta(weeks=1, minutes=1)
    later = (clock.now() + timedelta(days=40)).date()
    assert client.post(reverse("demo:clock"), {"to": f"{later}T13:00"}).status_code == 302
    assert clock.now().date() == later


@pytest.mark.parametrize("to", ["", "2020-01-01T10:00", "i morgon"])
def test_time_never_goes_back_and_what_is_no_time_is_asked_about(client, demo, to):
    before = clock.demo_offset()
    answer = client.post(reverse("demo:clock"), {"to": to})
    assert answer.status_code == 422
    assert clock.demo_offset() == before


def test_a_person_id_that_is_none_is_not_found(client, demo):
    assert client.post(reverse("demo:switch"), {"person": "inte-ett-id"}).status_code == 404

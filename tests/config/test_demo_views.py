"""The demo's own pages: only in demo mode, only its own people, only forward in time."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import reverse

from rodatraden.config import clock
from rodatraden.core.sealing import identity
from rodatraden.demo import keys
from rodatraden.parties.actions import appoint_key_holder, make_opening_key, register_person
from rodatraden.parties.models import Drill, OpeningKey
from rodatraden.parties.rules import enough_holders
from tests.factories.parties import START, make_buyer, make_holder, make_person

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


def test_as_time_passes_the_examples_people_practise_so_that_somebody_can_always_publish(client, demo):
    buyer, now = make_buyer(), clock.now()
    for who in ("jonas", "ingrid", "omar"):
        person = make_person(who)
        appoint_key_holder(person=person, organisation=buyer, by=None, at=now)
        secret = identity.open_with_passphrase(keys.LOCKS[who], settings.DEMO_PASSPHRASE)
        make_opening_key(
            recipient=identity.recipient_of(secret),
            door=OpeningKey.Door.PASSPHRASE,
            lock=keys.LOCKS[who],
            recovery_lock=keys.LOCKS[who],
            by=person,
            at=now,
        )
    own = make_holder("Somebody who tries", buyer, at=now)
    assert keys.practise_again(now) == 3
    client.post(reverse("demo:clock"), {"jump": "week"})
    assert Drill.objects.count() == 4  # nobody would be asked to yet
    client.post(reverse("demo:clock"), {"to": f"{(now + timedelta(days=80)).date()}T13:00"})
    assert enough_holders(buyer, clock.now())
    assert own.key.drills.count() == 1  # a key of one's own is one's own to practise with


@pytest.mark.parametrize("to", ["", "2020-01-01T10:00", "i morgon"])
def test_time_never_goes_back_and_what_is_no_time_is_asked_about(client, demo, to):
    before = clock.demo_offset()
    answer = client.post(reverse("demo:clock"), {"to": to})
    assert answer.status_code == 422
    assert clock.demo_offset() == before


def test_a_person_id_that_is_none_is_not_found(client, demo):
    assert client.post(reverse("demo:switch"), {"person": "inte-ett-id"}).status_code == 404


def test_the_bar_shows_the_words_that_unlock_the_key_to_those_who_hold_one(client, demo, settings):
    settings.UI_DEMO_BAR = "pages/demo_bar.html"
    buyer = make_buyer()
    holder = make_holder("Ingrid Möller", buyer, at=clock.now())
    client.force_login(holder.person)
    assert f'<b translate="no">{settings.DEMO_PASSPHRASE}</b>' in client.get(reverse("pages:home")).text
    client.force_login(make_person("jonas"))
    assert settings.DEMO_PASSPHRASE not in client.get(reverse("pages:home")).text

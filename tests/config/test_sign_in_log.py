"""The server's log tells of signing in and of refusals: who and from where, never what was typed."""

from __future__ import annotations

import logging

import pytest
from django.urls import reverse

from rodatraden.config.reports import LogFormatter
from tests.factories.parties import make_person
from tests.factories.procurements import make_case

PASSWORD = "fyra ord som ingen gissar"


@pytest.fixture
def written(caplog):
    caplog.set_level(logging.INFO, "rodatraden.security")
    return lambda: [record.getMessage() for record in caplog.records if record.name == "rodatraden.security"]


@pytest.mark.django_db
def test_signing_in_and_failing_are_written_with_who_and_from_where(client, written):
    person = make_person()
    person.set_password(PASSWORD)
    person.save()
    client.post(reverse("account_login"), {"login": person.email, "password": "hemligt men fel"})
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    client.post(reverse("account_logout"))
    lines = written()
    assert [line.split(":")[0] for line in lines] == ["sign-in failed", "signed in", "signed out"]
    assert f"person={person.pk} by=password from=127.0.0.1" in lines[1]
    assert not [line for line in lines if person.email in line or "hemligt" in line or PASSWORD in line]


@pytest.mark.django_db
def test_a_refusal_is_written(client, written):
    """It says of what, so that somebody who tries to read a bid is seen in the log of security (directive 2014/24 annex IV g)."""
    case, stranger = make_case(), make_person()
    client.force_login(stranger)
    of = case.procurement.pk
    assert client.get(reverse("procurements:describe", args=[of])).status_code == 404
    assert written()[-1] == f"refused: 404 GET procurements:describe procurement_id={of} person={stranger.pk}"


@pytest.mark.django_db
def test_who_reads_what_is_public_is_in_no_log(client, written):
    client.get(reverse("publication:index"))
    assert written() == []


def line_of(text: str) -> str:
    record = logging.LogRecord("rodatraden.security", logging.WARNING, "", 0, "%s", (text,), None)
    return LogFormatter("{asctime} {levelname} {name}: {message}", style="{").format(record)


def test_a_line_break_makes_no_line_of_its_own():
    line = line_of("a\n2026-01-01 INFO signed in: person=1\r\x1b[2K\u2028")
    assert len(line.splitlines()) == 1
    assert "\\x0a2026" in line
    assert "\x1b" not in line


def test_a_line_says_its_zone():
    assert line_of("a").split(" ")[0].endswith("+00:00")

"""The server's log tells of signing in and of refusals: who and from where, never what was typed."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.urls import reverse
from django.utils.log import log_response

from rodatraden.config.reports import ByPage, LogFormatter
from tests.factories.bids import make_bidder, supplier_of
from tests.factories.parties import make_person
from tests.factories.procurements import make_case
from tests.factories.tenders import make_published

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


@pytest.mark.django_db
def test_inv_02_no_line_ties_who_bids_to_a_procurement(client, rf, caplog, settings, time_machine):
    """Each refusal on a page of one's own bid, in the lines of Django's about answers too, which stand beside."""
    tender = make_published()[1]
    time_machine.move_to(tender.deadline_at - timedelta(hours=1), tick=False)
    bidder = make_bidder()
    supplier = supplier_of(bidder)
    client.force_login(bidder)
    asked = [
        reverse("bids:workspace", args=[tender.pk, tender.pk]),
        reverse("bids:receipt", args=[tender.pk]),
    ]
    assert {client.get(each).status_code for each in asked} == {404}
    assert client.get(reverse("bids:hand_in", args=[tender.pk, supplier.pk, tender.pk])).status_code == 405
    assert client.post(reverse("bids:sealed", args=[tender.pk]), {"supplier": supplier.pk}).status_code in {409, 422}
    assert client.get(f"{asked[1]}finns-inte").status_code == 404
    address = reverse("bids:hand_in", args=[tender.pk, supplier.pk, tender.pk])
    log_response(
        "%s: %s", "Service Unavailable", address, response=HttpResponse(status=503), request=rf.get(address)
    )  # as when it was sent away before any page was looked up
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["by_page"]
    lines = [record.getMessage() for record in caplog.records if ByPage().filter(record)]
    assert f"refused: 404 GET bids:receipt - person={bidder.pk}" in lines
    assert "Service Unavailable: /anbud/…/for/…/…/lamna-in" in lines
    assert "Not Found: bids:receipt" in lines
    assert not [line for line in lines for each in (tender.pk, supplier.pk) if str(each) in line]


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

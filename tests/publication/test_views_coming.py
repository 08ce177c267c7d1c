"""What is coming, as everybody reads it: the words that were shown, by month, and nothing else of any draft."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rodatraden.parties.models import Session
from rodatraden.procurements.actions import cancel_procurement
from rodatraden.tenders.actions import withdraw_plan
from tests.factories.coming import TOLD, show_as_coming
from tests.factories.parties import START, make_buyer
from tests.factories.procurements import make_case
from tests.factories.tenders import ANNOUNCED_AT, PUBLISHED_AT, make_published_tender, make_tender

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]  # a search over two tables
AT = ANNOUNCED_AT + timedelta(days=1)
INDEX = reverse("publication:index")


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr("rodatraden.config.clock.now", lambda: AT)


def of(buyer) -> str:
    return reverse("publication:organisation", args=[buyer.pk])


def read(client, address, **query) -> str:
    answer = client.get(address, query)
    assert (answer.status_code, dict(answer.cookies), Session.objects.count()) == (200, {}, 0)
    return answer.content.decode()


def test_everybody_reads_what_was_shown_and_that_it_is_no_prior_information_notice(client):
    case = make_case()
    show_as_coming(case)
    for address in (INDEX, of(case.buyer)):
        page = read(client, address)
        for said in (TOLD["title"], TOLD["need"], TOLD["influence"], "Mars 2026", case.buyer.name):
            assert said in page
        assert "Det här är ingen förhandsannons och kortar ingen tid för anbud (LOU 11 kap. 5 §)." in page


def test_nothing_else_of_the_draft_is_read(client):
    case = make_case()
    tender = make_tender(case)  # with a value, a ceiling, needs, requirements and dates
    show_as_coming(case)
    kept = [
        case.procurement.title,
        case.procurement.summary,
        case.procurement.diary_case.number,
        str(case.procurement.pk),
        str(tender.pk),
        "3\xa0000\xa0000",
        "750\xa0000",
        "79410000",
        "16 februari",  # the planned deadline
        *(person.name for person in case.everybody),
        *(row.title for row in tender.requirements.all()),
        *(need.title for need in case.procurement.needs.all()),
    ]
    assert all(kept)
    for address in (INDEX, of(case.buyer)):
        page = read(client, address)
        assert [each for each in kept if each in page] == []


def test_the_title_that_is_read_is_the_one_that_was_chosen_and_stays_when_the_case_gets_another(client):
    case = make_case()
    show_as_coming(case, title="Ett namn för alla")
    assert ("Ett namn för alla" in read(client, INDEX), case.procurement.title in read(client, INDEX)) == (True, False)


def test_a_draft_that_nobody_has_shown_is_nowhere(client):
    case = make_case()
    make_tender(case)
    assert client.get(of(case.buyer)).status_code == 404
    page = read(client, INDEX)
    assert (case.procurement.title in page, "Inget visas som kommande just nu." in page) == (False, True)


def publish(case):
    make_published_tender(case, at=PUBLISHED_AT, is_announced=False)


def announce(case):
    make_published_tender(case)


def cancel(case):
    cancel_procurement(procurement=case.procurement, reason="Behovet är borta.", by=case.officer, at=PUBLISHED_AT)


def take_back(case):
    withdraw_plan(plan=case.procurement.public_plans.get(), by=case.officer, at=PUBLISHED_AT)


@pytest.mark.parametrize("over", [publish, announce, cancel, take_back])
def test_it_vanishes_when_it_has_come_is_cancelled_or_taken_back(client, over):
    case, other = make_case(), make_case()
    show_as_coming(case)
    show_as_coming(other, title="En annan")
    over(case)
    page = read(client, INDEX)
    assert (TOLD["title"] in page, "En annan" in page) == (False, True)
    assert client.get(of(case.buyer)).status_code == (200 if over is announce else 404)


def test_what_has_moved_says_so_and_a_month_that_has_passed_too(client, monkeypatch):
    case = make_case()
    show_as_coming(case, expected_on=date(2026, 1, 1))
    show_as_coming(case, at=START + timedelta(days=1), expected_on=date(2026, 2, 1))
    page = read(client, INDEX)
    assert ("från januari 2026" in page, "Månaden har passerat" in page) == (True, False)
    monkeypatch.setattr("rodatraden.config.clock.now", lambda: AT + timedelta(days=60))
    assert "Månaden har passerat och annonsen har inte kommit" in read(client, INDEX)


def test_the_search_finds_what_is_coming_as_well_as_what_is_open(client):
    open_case, case = make_case(), make_case()
    make_published_tender(open_case)
    show_as_coming(case)
    page = read(client, INDEX, q="samverkan")
    assert (TOLD["title"] in page, open_case.procurement.title in page) == (True, False)
    page = read(client, INDEX, q="finns inte")
    assert (TOLD["title"] in page, "Inget kommande stämmer med det du söker." in page) == (False, True)


def test_what_is_written_is_text_and_nothing_else(client):
    show_as_coming(make_case(), influence="<script>alert(1)</script>\nRad två")
    page = read(client, INDEX)
    assert ("<script>alert" in page, "&lt;script&gt;alert(1)&lt;/script&gt;<br>Rad två" in page) == (False, True)


def test_thirty_take_no_more_queries_than_one_and_are_turned_over_with_what_was_searched(client):
    buyer = make_buyer("Många köp")
    show_as_coming(make_case(buyer=buyer))
    counts = {}
    for n in (1, 30):
        for address in (INDEX, of(buyer)):
            with CaptureQueriesContext(connection) as caught:
                read(client, address)
            counts[n, address] = len(caught)
        if n == 1:
            for number in range(29):
                show_as_coming(make_case(buyer=buyer, evaluators=0), title=f"Köp {number:02}")
    assert [counts[30, address] for address in (INDEX, of(buyer))] == [
        counts[1, address] for address in (INDEX, of(buyer))
    ]
    assert "?coming=2&amp;q=K%C3%B6p#coming" in read(client, INDEX, q="Köp")
    assert "Köp 28" in read(client, INDEX, q="Köp", coming="2")

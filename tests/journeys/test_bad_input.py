"""What goes wrong where a browser matters: ended sessions, files, other people's addresses; nothing is lost."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import docx
import pytest
from playwright.sync_api import expect

from rodatraden.needs.models import Need
from tests.factories.bids import make_bidder, supplier_of
from tests.factories.procurements import make_case
from tests.factories.sealed import give_bid
from tests.factories.tenders import DEADLINE, make_published_tender, make_tender
from tests.journeys.people import PASSWORD, Seat, hand_session

pytestmark = pytest.mark.journey

BEFORE = DEADLINE - timedelta(hours=3)


@pytest.fixture
def seat(visitor, live):
    """Sit somebody down at a browser, signed in."""

    def sit(person):
        page = visitor()
        hand_session(page, person, live)
        return Seat(page, person.email)

    return sit


@pytest.fixture
def case(live, time_machine):
    time_machine.move_to(BEFORE)
    return make_case()


@pytest.fixture
def tender(case):
    return make_published_tender(case)


def test_what_was_typed_survives_an_ended_session(case, seat):
    case.need_owner.set_password(PASSWORD)
    case.need_owner.save()
    sara = seat(case.need_owner)
    sara.go(f"/upphandlingar/{case.procurement.pk}/behov/nytt/")
    typed = {
        "Titel": "Insikter når beslut",
        "För vem": "Medarbetarna",
        "Vad som behövs": "Det stannar",
        "Hur vi vet": "x",
    }
    sara.fill_in(typed)
    sara.page.context.clear_cookies()
    sara.press("Spara behovet")
    sara.sign_in()
    expect(sara.main).to_contain_text("Du loggades ut. Det du skrev finns kvar, spara igen.")
    for label, text in typed.items():
        expect(sara.field(label)).to_have_value(text)
    sara.press("Spara behovet")
    expect(sara.page.get_by_role("rowheader", name="Insikter når beslut")).to_be_visible()
    assert Need.objects.count() == 1


def test_another_suppliers_address_leads_nowhere(tender, seat):
    bidder = make_bidder()
    submission = give_bid(tender, bidder=bidder, at=BEFORE)
    other = seat(make_bidder("Nyfiken AB"))
    for page in (f"/anbud/{tender.pk}/for/{supplier_of(bidder).pk}/", f"/anbud/kvitto/{submission.pk}/"):
        answer = other.page.goto(page)
        assert answer.status == 404
        expect(other.page.get_by_role("heading", level=1)).to_have_text("Sidan finns inte här")
        expect(other.page.locator("body")).not_to_contain_text("Mellanrum")


def test_another_organisations_address_leads_nowhere(case, seat):
    stranger = seat(make_case().officer)
    assert stranger.page.goto(f"/upphandlingar/{case.procurement.pk}/krav/").status == 404


def test_a_deadline_never_moves_earlier(case, tender, seat):
    officer = seat(case.officer)
    officer.go(f"/upphandlingar/{case.procurement.pk}/datum/flytta/")
    officer.fill_in({"Ny tid": "2026-02-16T12:30", "Skäl": "Vi har bråttom"})
    officer.press("Flytta sista tiden")
    expect(officer.page.locator("ds-error-summary")).to_contain_text("senare")
    expect(officer.field("Skäl")).to_have_value("Vi har bråttom")
    tender.refresh_from_db()
    assert tender.deadline_at == DEADLINE


def test_merged_cells_of_a_word_file_are_shown_before_anything_is_written(case, seat):
    make_tender(case)
    document = docx.Document()
    table = document.add_table(rows=3, cols=2)
    for row, line in zip(table.rows, (("Krav", "Lägsta nivå"), ("Närvaro", "Alla forum"), ("Hinder", "")), strict=True):
        for cell, text in zip(row.cells, line, strict=True):
            cell.text = text
    table.cell(1, 1).merge(table.cell(2, 1))
    data = BytesIO()
    document.save(data)
    officer = seat(case.officer)
    officer.go(f"/upphandlingar/{case.procurement.pk}/krav/importera/")
    officer.attach("Fil", "krav.docx", data.getvalue())
    officer.press("Läs in")
    expect(officer.main).to_contain_text("Här är celler sammanslagna")
    expect(officer.main.get_by_label("Titel").nth(1)).to_have_value("Hinder")

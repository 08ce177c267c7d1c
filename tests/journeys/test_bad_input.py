"""What goes wrong where a browser matters: two tabs, the back button, ended sessions, files; nothing is lost."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import docx
import pytest
from playwright.sync_api import expect

from rodatraden.bids.models import BidDraft, Submission
from rodatraden.needs.models import Need
from tests.factories.bids import make_bidder, pdf, write_draft
from tests.factories.procurements import make_case
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


@pytest.fixture
def draft(tender):
    return write_draft(tender, bidder=make_bidder(), at=BEFORE)


@pytest.fixture
def bidder(draft, seat):
    return seat(draft.supplier.memberships.get().person)


def part(draft, name=""):
    return f"/anbud/utkast/{draft.pk}/{name}"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1.050", "kan betyda"),
        ("tusen", "innehåller bokstäver"),
        ("-5", "är negativt"),
        ("\uff11\uff10\uff15\uff10", "med siffrorna 0 till 9"),
    ],
)
def test_a_price_that_cannot_be_read_is_asked_about_and_kept(bidder, draft, typed, said):
    bidder.go(part(draft, "pris/"))
    bidder.fill("Pris", typed)
    bidder.press("Spara priset")
    expect(bidder.page.locator("ds-error-summary")).to_contain_text(said)
    expect(bidder.field("Pris")).to_have_value(typed)


def test_a_price_as_people_write_it_is_taken(bidder, draft):
    bidder.go(part(draft, "pris/"))
    bidder.fill("Pris", "1 050,50 kr")
    bidder.press("Spara priset")
    bidder.go(part(draft, "pris/"))
    expect(bidder.field("Pris")).to_have_value("1\N{NO-BREAK SPACE}050,50")


def test_a_file_of_the_wrong_kind_is_named_and_asked_for_again(bidder, draft, tender):
    item = tender.content_items.get(title="Metodbeskrivning")
    bidder.go(part(draft, f"filer/{item.pk}/"))
    bidder.page.locator("input[type=file]").set_input_files(
        {"name": "metod.exe", "mimeType": "application/pdf", "buffer": b"MZ"}
    )
    bidder.press("Ladda upp filen")
    expect(bidder.page.locator("ds-error-summary")).to_be_visible()
    expect(bidder.main).to_contain_text("Du hade valt metod.exe: välj den igen.")


def test_five_pages_where_four_are_allowed_are_warned_about_and_may_be_handed_in(bidder, draft, tender):
    item = tender.content_items.get(title="Metodbeskrivning")
    bidder.go(part(draft, f"filer/{item.pk}/"))
    bidder.page.locator("input[type=file]").set_input_files(
        {"name": "lång.pdf", "mimeType": "application/pdf", "buffer": pdf("lång", pages=5)}
    )
    bidder.press("Ladda upp filen")
    bidder.go(part(draft, "lamna/"))
    expect(bidder.main).to_contain_text("högst 4")
    bidder.press("Försegla och lämna anbudet")
    expect(bidder.page.locator("ds-error-summary")).to_be_visible()
    assert Submission.objects.count() == 0
    bidder.main.get_by_role("checkbox").check()
    bidder.press("Försegla och lämna anbudet")
    expect(bidder.page.get_by_role("heading", level=1)).to_have_text("Anbudet är lämnat och förseglat")


def test_two_tabs_hand_in_once_each_and_both_show_a_receipt(bidder, draft):
    first = bidder.page
    second = first.context.new_page()
    for page in (first, second):
        page.goto(part(draft, "lamna/"))
    for page in (first, second):
        page.get_by_role("button", name="Försegla och lämna anbudet").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Anbudet är lämnat och förseglat")
    standing = Submission.objects.order_by("version").values_list("version", flat=True)
    assert list(standing) in ([1], [1, 2])


def test_the_page_behind_the_back_button_says_that_a_bid_is_handed_in(bidder, draft):
    bidder.go(part(draft, "lamna/"))
    bidder.press("Försegla och lämna anbudet")
    expect(bidder.page.get_by_role("heading", level=1)).to_have_text("Anbudet är lämnat och förseglat")
    bidder.page.go_back()
    expect(bidder.main).to_contain_text("Ni har redan lämnat ett anbud. Det här ersätter det.")
    assert Submission.objects.count() == 1


def test_two_tabs_do_not_undo_each_other(bidder, draft):
    first = bidder.page
    second = first.context.new_page()
    for page in (first, second):
        page.goto(part(draft, "pris/"))
    for page, price in ((first, "900"), (second, "800")):
        page.get_by_label("Pris", exact=True).fill(price)
        page.get_by_role("button", name="Spara priset").click()
    expect(second.get_by_role("heading", name="Sparat på annat håll under tiden")).to_be_visible()
    expect(second.get_by_label("Pris", exact=True)).to_have_value("800")


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


def test_another_suppliers_address_leads_nowhere(draft, seat):
    other = seat(make_bidder("Nyfiken AB"))
    for page in ("", "pris/", "lamna/"):
        answer = other.page.goto(part(draft, page))
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


def test_a_draft_is_not_lost_when_the_time_runs_out_while_writing(bidder, draft, time_machine):
    bidder.go(part(draft, "pris/"))
    bidder.fill("Pris", "900")
    time_machine.move_to(DEADLINE + timedelta(minutes=1))
    bidder.press("Spara priset")
    expect(bidder.main).to_contain_text("tid")
    assert BidDraft.objects.count() == 1

"""Files that can't be in a bid, chosen on its page: each is named with its reason at its part, and nothing else is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from rodatraden.bids.models import Submission
from tests.factories.bids import make_bidder, pdf
from tests.factories.files import encrypted_pdf
from tests.factories.procurements import make_case
from tests.factories.tenders import DEADLINE, make_published_tender
from tests.journeys.axe import violations
from tests.journeys.people import PASSWORD, Seat
from tests.journeys.pictures import keep_picture
from tests.journeys.test_workspace import workspace
from tests.journeys.workspace import SLOWEST, hand_in, write

pytestmark = pytest.mark.journey

BEFORE = DEADLINE - timedelta(hours=2)
OTHER_KIND = ("anteckningar.exe", b"MZ\x90\x00 inte en handling")
EMPTY = ("tom.pdf", b"")
LOCKED = ("last.pdf", encrypted_pdf())
NOT_TAKEN = {
    OTHER_KIND: "anteckningar.exe är av ett slag som inte tas emot. Skicka PDF, Word, Excel, PNG, JPEG eller XML.",
    EMPTY: "tom.pdf är tom.",
    LOCKED: "last.pdf har lösenord eller är skyddad. Spara filen utan skydd.",
}


@pytest.fixture
def tender(live, time_machine):
    tender = make_published_tender(make_case())
    time_machine.move_to(BEFORE)
    return tender


@pytest.fixture(params=[(390, "light"), (1200, "dark")], ids=["narrow and light", "wide and dark"])
def page(request, sit, tender):
    """The page of a bid in which everything is filled in."""
    width, scheme = request.param
    bidder = make_bidder()
    bidder.set_password(PASSWORD)
    bidder.save()
    page = sit(bidder, width=width, scheme=scheme)
    page.bidder = bidder
    workspace(page, tender, bidder)
    write(page)
    return page


def choose(page, number, *files):
    page.locator(f'input[data-place="delar/{number}/filer"]').set_input_files(
        [{"name": name, "mimeType": "application/octet-stream", "buffer": data} for name, data in files]
    )


def test_each_file_that_is_not_taken_is_named_with_its_own_reason(page):
    part = page.locator("#fil-2")
    choose(page, 2, *NOT_TAKEN, ("bilaga.pdf", pdf("bilaga")))
    for said in NOT_TAKEN.values():
        expect(part).to_contain_text(said)
        expect(page.locator('[data-part="status"]')).to_contain_text(said)
    expect(part.get_by_role("button", name="Ta bort bilaga.pdf")).to_be_visible()
    expect(part.get_by_role("button", name="Ta bort del-2.pdf")).to_be_visible()
    for number in (1, 3):
        for name, _ in NOT_TAKEN:
            expect(page.locator(f"#fil-{number}")).not_to_contain_text(name)
    keep_picture(page, f"files-not-taken-{page.viewport_size['width']}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    choose(page, 2, EMPTY)  # what was said of those before is said no longer
    expect(part).not_to_contain_text("anteckningar.exe")
    expect(part).to_contain_text("tom.pdf är tom.")
    expect(page.locator('[data-place="pris/svar"]')).to_have_value("1 140,50")
    hand_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Anbudet är lämnat och förseglat", timeout=SLOWEST)
    rows = page.locator("[data-kept]").get_by_role("row")
    expect(rows.filter(has_text="bilaga.pdf")).to_have_count(1)
    expect(rows.filter(has_text="tom.pdf")).to_have_count(0)


def test_reasons_stay_apart_by_part_and_files_asked_for_again_keep_each_theirs(page, tender):
    page.reload()
    again = page.get_by_label("Välj alla filer igen, på en gång")
    expect(again).to_be_visible()
    again.set_input_files(
        [
            {"name": "del-1.pdf", "mimeType": "application/pdf", "buffer": pdf("1")},
            {"name": "del-2.pdf", "mimeType": "application/pdf", "buffer": b""},
            {"name": "del-3.pdf", "mimeType": "application/pdf", "buffer": encrypted_pdf()},
            {"name": "en.pdf", "mimeType": "application/pdf", "buffer": pdf("en")},
            {"name": "två.pdf", "mimeType": "application/pdf", "buffer": pdf("två")},
        ]
    )
    expect(page.locator("#fil-2")).to_contain_text("del-2.pdf är tom.")
    expect(page.locator("#fil-3")).to_contain_text("del-3.pdf har lösenord")
    expect(page.locator("#fil-1")).not_to_contain_text("Välj filen igen")
    note = page.locator('[data-part="note"]')
    for name in ("en.pdf", "två.pdf"):
        expect(note).to_contain_text(f"{name} fanns inte med i anbudet")
    expect(again).to_be_visible()  # two are still waited for
    assert violations(page) == []
    assert not Submission.objects.exists()


def test_five_pages_where_four_are_read_are_told_and_asked_about_before_anything_is_sent(page, tender):
    item = tender.content_items.get(title="Metodbeskrivning")
    assert item.max_pages == 4
    number = page.locator(f'input[data-place="delar/{item.number}/filer"]').get_attribute("data-place").split("/")[1]
    page.locator(f"#fil-{number}").get_by_role("button", name=f"Ta bort del-{number}.pdf").click()
    choose(page, number, ("metod.pdf", pdf("metod", pages=5)))
    expect(page.locator(f"#fil-{number}")).to_contain_text("metod.pdf, 5 sidor")
    told = "Metodbeskrivning har 5 sidor, högst 4 läses."
    expect(page.locator('[data-part="points"]')).to_contain_text(told)
    sure = page.locator("#vet")
    expect(sure).not_to_be_checked()
    page.get_by_role("button", name="Försegla och lämna anbudet").click()
    summary = page.locator('[data-part="summary"]')
    expect(summary).to_be_focused()
    summary.get_by_role("link").last.press("Enter")
    expect(sure).to_be_focused()
    keep_picture(page, f"five-pages-{page.viewport_size['width']}")
    assert violations(page) == []
    assert not Submission.objects.exists()
    sure.press("Space")
    page.get_by_role("button", name="Försegla och lämna anbudet").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Anbudet är lämnat och förseglat", timeout=SLOWEST)


def test_who_was_signed_out_meanwhile_signs_in_in_another_tab_and_goes_on(page):
    page.context.clear_cookies()
    hand_in(page)
    fault = page.locator('[data-part="fault"]')
    expect(fault).to_contain_text("Du har loggats ut. Logga in i en annan flik", timeout=SLOWEST)
    expect(fault).to_be_focused()
    keep_picture(page, f"signed-out-{page.viewport_size['width']}")
    assert violations(page) == []
    assert not Submission.objects.exists()
    expect(page.locator('[data-place="pris/svar"]')).to_have_value("1 140,50")
    for number in (1, 2, 3):
        expect(page.locator(f"#fil-{number}")).to_contain_text(f"del-{number}.pdf")
    other = Seat(page.context.new_page(), page.bidder.email)
    other.go("/konto/logga-in/")
    other.page.close()
    page.get_by_role("button", name="Försegla och lämna anbudet").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Anbudet är lämnat och förseglat", timeout=SLOWEST)
    assert Submission.objects.count() == 1

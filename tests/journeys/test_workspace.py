"""A bid that is written and sealed in the supplier's own browser, and what happens to it on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from rodatraden.bids.models import Bid, Submission
from rodatraden.cli import main
from tests.factories.bids import close_box, make_bidder, supplier_of
from tests.factories.procurements import hold_keys, make_case
from tests.factories.tenders import DEADLINE, make_published_tender
from tests.journeys.axe import violations
from tests.journeys.unlocking import unlock_both
from tests.journeys.workspace import KEPT, SLOWEST, choose_again, hand_in, write

pytestmark = pytest.mark.journey

BEFORE, OPENING = DEADLINE - timedelta(hours=2), DEADLINE + timedelta(hours=1)


@pytest.fixture
def world(live, time_machine):
    """A published tender whose two officials open with six words."""
    case = make_case()
    hold_keys(case, in_browsers=True)
    tender = make_published_tender(case)
    time_machine.move_to(BEFORE)
    return case, tender


def workspace(page, tender, bidder):
    page.goto(reverse("bids:workspace", args=[tender.pk, supplier_of(bidder).pk]))
    expect(page.locator("[data-workspace]")).to_be_visible()


def test_a_bid_is_written_and_sealed_in_the_browser_and_opened_by_two(sit, world, time_machine):
    case, tender = world
    bidder = make_bidder("Mellanrum Samverkan AB")
    elin = sit(bidder)
    workspace(elin, tender, bidder)
    assert violations(elin) == []
    write(elin)
    hand_in(elin)
    expect(elin.get_by_role("heading", level=1)).to_have_text("Anbudet är lämnat och förseglat", timeout=SLOWEST)
    submission = Submission.objects.get()
    expect(elin.get_by_text(submission.fingerprint)).to_be_visible()
    kept = elin.locator("[data-kept]")
    for number in (1, 2, 3):
        expect(kept.get_by_role("row", name=f"del-{number}.pdf")).to_contain_text("1")
    assert violations(elin) == []
    assert "1 140,50" in elin.evaluate(KEPT)
    elin.get_by_role("button", name="Ta bort utkastet från den här webbläsaren").click()
    expect(elin.get_by_text("Utkastet är borttaget från den här webbläsaren.")).to_be_visible()
    told = elin.evaluate(KEPT)
    assert "1 140,50" not in told
    assert "Elin Hagström" not in told
    assert "rodatraden-wraps-1" not in told
    elin.reload()
    expect(kept.get_by_role("row", name="del-1.pdf")).to_be_visible()
    expect(elin.locator("[data-draft]")).to_be_hidden()

    close_box(tender)
    time_machine.move_to(OPENING)
    first, last = (sit(person) for person in case.openers)
    unlock_both(first, last, reverse("bids:unlock", args=[case.procurement.pk, "bid"]), "Anbuden är öppnade")
    bid = Bid.objects.get()
    assert not bid.is_unreadable
    assert bid.named_people.get().name == "Elin Hagström"
    assert sorted(each.file.name for each in bid.files.all()) == ["del-1.pdf", "del-2.pdf", "del-3.pdf"]


def test_who_made_a_key_of_its_own_reads_its_bid_again_with_the_command_line(sit, live, time_machine, tmp_path):
    tender = make_published_tender(make_case())
    time_machine.move_to(BEFORE)
    bidder = make_bidder()
    page = sit(bidder, width=390)
    workspace(page, tender, bidder)
    write(page)
    page.get_by_text("Läsa det egna anbudet efteråt").click()
    with page.expect_download() as loading:
        page.get_by_role("button", name="Gör en nyckel och spara den i en fil").click()
    loading.value.save_as(tmp_path / "key.txt")
    expect(page.get_by_role("button", name="Försegla utan egen nyckel")).to_be_visible()
    assert violations(page) == []
    public = (tmp_path / "key.txt").read_text("utf-8").splitlines()[1]
    expect(page.locator("[data-own-ends]")).to_have_text(public[-8:])
    secret = (tmp_path / "key.txt").read_text("utf-8").splitlines()[-1]
    assert secret.startswith("AGE-SECRET-KEY-1")
    expect(page.locator('[data-part="saved"]')).to_contain_text("Sparat")
    assert secret not in page.evaluate(KEPT)
    page.reload()  # the browser keeps the public half with the draft
    page.get_by_text("Läsa det egna anbudet efteråt").click()
    expect(page.get_by_role("button", name="Gör en ny nyckel")).to_be_visible()
    choose_again(page)
    hand_in(page)
    expect(page.get_by_role("heading", name="Anbudet är lämnat och förseglat")).to_be_visible(timeout=SLOWEST)
    with page.expect_download() as loading:
        page.get_by_role("link", name="Hämta det förseglade anbudet").click()
    loading.value.save_as(tmp_path / "anbud.rtbid")
    command = [
        "open",
        str(tmp_path / "anbud.rtbid"),
        "--key",
        str(tmp_path / "key.txt"),
        "--into",
        str(tmp_path / "out"),
    ]
    assert main(command) == 0
    assert "1140.5" in (tmp_path / "out" / "pris.json").read_text("utf-8")
    assert sorted(each.name for each in (tmp_path / "out" / "filer").iterdir()) == [
        "del-1.pdf",
        "del-2.pdf",
        "del-3.pdf",
    ]

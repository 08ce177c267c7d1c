"""A bid that is written and sealed in the supplier's own browser, and what happens to it on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from rodatraden.bids.models import Bid, BidDraft, Submission
from rodatraden.core.sealing import identity
from tests.factories.bids import close_box, make_bidder, pdf, supplier_of
from tests.factories.procurements import make_case
from tests.factories.sealed import give_keys
from tests.factories.tenders import DEADLINE, make_published_tender
from tests.journeys.axe import violations

pytestmark = pytest.mark.journey

WORDS = "abborre balkong cirkus delfin ekorre fjord"
BEFORE, OPENING = DEADLINE - timedelta(hours=2), DEADLINE + timedelta(hours=1)


@pytest.fixture
def world(live, time_machine):
    """A published tender whose two officials open with six words."""
    case = make_case()
    tender = make_published_tender(case)
    ring = give_keys(case, tender)
    for person in case.openers:
        key = ring.of(person)
        lock = identity.lock_with_passphrase(ring.secret_of(person), WORDS)
        type(key).objects.filter(pk=key.pk).update(lock=lock)
    time_machine.move_to(BEFORE)
    return case, tender


def workspace(page, tender, bidder):
    page.goto(reverse("bids:workspace", args=[tender.pk, supplier_of(bidder).pk]))
    expect(page.locator("[data-workspace]")).to_be_visible()


def attach(page, title, name, data):
    page.locator("input[type=file][data-place]").and_(page.get_by_label(title, exact=True)).set_input_files(
        {"name": name, "mimeType": "application/pdf", "buffer": data}
    )


def write(page, tender, *, price="1 140,50"):
    """Fill in everything that the tender asks for."""
    for input_ in page.locator("input[type=file][data-place^=delar]").all():
        number = input_.get_attribute("data-place").split("/")[1]
        input_.set_input_files({"name": f"del-{number}.pdf", "mimeType": "application/pdf", "buffer": pdf(number)})
        expect(page.locator(f"#fil-{number}")).to_contain_text(f"del-{number}.pdf")
    for yes in page.locator('[data-place^="krav/"][data-place$="/svar"][value=yes]').all():
        yes.check()
    if page.get_by_label("Vi godtar de särskilda kontraktsvillkoren").count():
        page.get_by_label("Vi godtar de särskilda kontraktsvillkoren").check()
    page.get_by_role("button", name="Lägg till en person").click()
    page.locator('[data-place="namn"]').fill("Elin Hagström")
    page.get_by_role("button", name="Lägg till ett uppdrag").click()
    for place, text in (("uppdragsgivare", "Region Prov"), ("från", "2022-01-01"), ("till", "2025-12-31")):
        page.locator(f'[data-place="{place}"]').fill(text)
    page.get_by_label("Fyll i den här").check()
    for yes in page.locator('[data-place^="egen försäkran/"][value=yes]').all():
        yes.check()
    page.locator('[data-place="egen försäkran/undertecknare"]').fill("Elin Hagström")
    page.locator('[data-place="pris/svar"]').fill(price)


def hand_in(page):
    if page.locator("#vet").is_visible():
        page.locator("#vet").check()
    page.get_by_role("button", name="Försegla och lämna anbudet").click()


def unlock(page, case, verb):
    page.goto(reverse("bids:unlock", args=[case.procurement.pk, "bid"]))
    page.get_by_label("Dina sex ord").fill(WORDS)
    page.get_by_role("button", name=verb, exact=True).click()


def test_a_bid_is_written_and_sealed_in_the_browser_and_opened_by_two(sit, world, time_machine):
    case, tender = world
    bidder = make_bidder("Mellanrum Samverkan AB")
    elin = sit(bidder)
    workspace(elin, tender, bidder)
    assert violations(elin) == []
    write(elin, tender)
    hand_in(elin)
    expect(elin.get_by_role("heading", level=1)).to_have_text("Anbudet är lämnat och förseglat", timeout=30_000)
    submission = Submission.objects.get()
    expect(elin.get_by_text(submission.fingerprint)).to_be_visible()
    assert not BidDraft.objects.exists()

    close_box(tender)
    time_machine.move_to(OPENING)
    first, last = (sit(person) for person in case.openers)
    unlock(first, case, "Lås upp min nyckel")
    expect(first.get_by_text("Din nyckel är upplåst, till")).to_be_visible(timeout=20_000)
    unlock(last, case, "Lås upp min nyckel och öppna")
    expect(last.get_by_role("heading", name="Anbuden är öppnade")).to_be_visible(timeout=20_000)
    bid = Bid.objects.get()
    assert not bid.is_unreadable
    assert bid.named_people.get().name == "Elin Hagström"
    assert sorted(each.file.name for each in bid.files.all()) == ["del-1.pdf", "del-2.pdf", "del-3.pdf"]

"""A bid sealed on the bidder's own computer, handed in as one file, and opened by two with their six words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from rodatraden.bids.models import Bid
from tests.core.sealing.given import lock_with_passphrase
from tests.factories.bids import close_box, make_bidder
from tests.factories.keys import ring_of
from tests.factories.procurements import make_case
from tests.factories.sealed import bundle_of, seal_bid
from tests.factories.tenders import DEADLINE, make_published_tender
from tests.journeys.axe import violations

pytestmark = pytest.mark.journey

WORDS = "abborre balkong cirkus delfin ekorre fjord"
BEFORE, OPENING = DEADLINE - timedelta(hours=2), DEADLINE + timedelta(hours=1)


@pytest.fixture
def world(live):
    """A published tender whose two officials open with six words, and the ring of keys."""
    case = make_case()
    tender = make_published_tender(case)
    ring = ring_of(tender)
    lock = {}
    for person in case.openers:
        key = ring.of(person)
        lock[person.pk] = lock_with_passphrase(ring.secret_of(person), WORDS)
        type(key).objects.filter(pk=key.pk).update(lock=lock[person.pk])
    return case, tender


def unlock(page, case, verb, *, words=WORDS):
    page.goto(reverse("bids:unlock", args=[case.procurement.pk, "bid"]))
    assert violations(page) == []
    page.get_by_label("Dina sex ord").fill(words)
    page.get_by_role("button", name=verb, exact=True).click()


def test_two_officials_open_in_their_own_browsers_what_a_supplier_sealed_at_home(sit, world, time_machine, tmp_path):
    case, tender = world
    time_machine.move_to(BEFORE)
    bidder = make_bidder("Mellanrum Samverkan AB")
    sealed = seal_bid(tender, price="1140")
    bundle = tmp_path / "anbud.rtbid"
    bundle.write_bytes(bundle_of(sealed))

    elin = sit(bidder)
    elin.goto(reverse("bids:sealed", args=[tender.pk]))
    assert violations(elin) == []
    elin.get_by_label("Det förseglade anbudet").set_input_files(bundle)
    elin.get_by_role("button", name="Lämna det förseglade anbudet").click()
    expect(elin.get_by_text(sealed.manifest.sha256)).to_be_visible()
    assert violations(elin) == []

    close_box(tender)
    time_machine.move_to(OPENING)
    first, last = (sit(person) for person in case.openers)
    unlock(first, case, "Lås upp min nyckel", words="fel fel fel fel fel fel")
    expect(first.get_by_role("alert")).to_contain_text("inte de ord", timeout=20_000)
    unlock(first, case, "Lås upp min nyckel")
    expect(first.get_by_text("Din nyckel är upplåst, till")).to_be_visible(timeout=20_000)
    assert not Bid.objects.exists()
    unlock(last, case, "Lås upp min nyckel och öppna")
    expect(last.get_by_role("heading", name="Anbuden är öppnade")).to_be_visible(timeout=20_000)
    assert [(bid.submission_id, bid.is_unreadable) for bid in Bid.objects.all()] == [(sealed.id, False)]

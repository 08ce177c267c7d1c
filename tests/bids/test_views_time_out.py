"""When the time for bids is out, the supplier's pages say so and what was handed in, and lead to no more filling in."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from rodatraden.bids.actions import withdraw_bid
from rodatraden.bids.models import BidDraft, Submission
from tests.factories.bids import Stamp, give_written_bid, hand_in, make_bidder, next_key, save, supplier_of, write_draft
from tests.factories.tenders import DEADLINE

BEFORE = DEADLINE - timedelta(hours=3)
LAST_IN_TIME = DEADLINE - timedelta(milliseconds=1)


@pytest.fixture
def now(time_machine):
    """Move the clock: `now(instant)`; it stands still there."""
    return lambda at: time_machine.move_to(at, tick=False)


def ways_to_fill_in(page):
    """The links of the page to where a bid is filled in or handed in."""
    linked = re.findall(r'href="/anbud/utkast/[^/]+/([^/"]+)/', page.text)
    return {part for part in linked if part != "fil"}


@pytest.fixture
def draft(tender, bidder):
    return write_draft(tender, bidder=bidder, at=BEFORE)


@pytest.mark.parametrize("is_out", [False, True])
def test_inv_05_a_draft_leads_to_filling_in_strictly_before_the_deadline(client, draft, bidder, now, is_out):
    client.force_login(bidder)
    now(DEADLINE if is_out else LAST_IN_TIME)
    page = client.get(reverse("bids:overview", args=[draft.pk]))
    assert ("Anbudstiden är slut" in page.text) is is_out
    assert (ways_to_fill_in(page) == set()) is is_out
    assert ("Ni lämnade inte in det här anbudet" in page.text) is is_out
    assert ("Se vad som lämnades in" in client.get(reverse("bids:price", args=[draft.pk])).text) is is_out
    start = client.get(reverse("bids:start", args=[draft.tender_id]))
    assert ("Fortsätt med anbudet" in start.text) is not is_out


def test_what_a_draft_says_can_still_be_read(client, draft, bidder, now):
    client.force_login(bidder)
    now(DEADLINE)
    page = client.get(reverse("bids:overview", args=[draft.pk]))
    for written in ("Metodbeskrivning.pdf", "1\xa0000\xa0kr", "Vi håller K4.", "Elin Hagström", "Region Prov"):
        assert written in page.text
    file = re.search(r'href="([^"]*/fil/[^"]*)"', page.text)[1]
    assert client.get(file).getvalue().startswith(b"%PDF")


def test_a_bid_in_time_stands_with_what_was_changed_afterwards_told_apart(client, draft, bidder, now):
    hand_in(draft, by=bidder, at=BEFORE)
    client.force_login(bidder)
    now(DEADLINE)
    overview = reverse("bids:overview", args=[draft.pk])
    page = client.get(overview)
    assert "Ni lämnade in ett anbud i tid" in page.text
    assert "lämnades inte in" not in page.text
    save(draft, lambda stored: stored, by=bidder, at=BEFORE + timedelta(minutes=1))
    assert "Det ni ändrade i utkastet efter det lämnades inte in." in client.get(overview).text


def test_a_withdrawn_bid_is_not_told_of_as_never_handed_in(client, draft, bidder, now):
    submission = hand_in(draft, by=bidder, at=BEFORE)
    withdraw_bid(submission=submission, by=bidder, arrival=Stamp(BEFORE), key=next_key())
    client.force_login(bidder)
    now(DEADLINE)
    page = client.get(reverse("bids:overview", args=[draft.pk]))
    assert "Ni återkallade anbudet" in page.text
    assert "Ni lämnade inte in" not in page.text
    receipt = client.get(reverse("bids:receipt", args=[submission.pk]))
    assert "kan ni lämna ett nytt anbud" not in receipt.text
    assert "Fram till dess" not in receipt.text


def test_an_open_form_sent_too_late_gets_its_receipt_and_the_bid_in_time_stands(client, draft, bidder, now):
    first = hand_in(draft, by=bidder, at=BEFORE)
    client.force_login(bidder)
    now(LAST_IN_TIME)
    form = client.get(reverse("bids:hand_in", args=[draft.pk]))
    key = re.search(r'name="idempotency_key"[^>]*value="([^"]*)"', form.text.replace("\n", " "))[1]
    now(DEADLINE)
    version = BidDraft.objects.get().version
    answer = client.post(reverse("bids:hand_in", args=[draft.pk]), {"version": version, "idempotency_key": key})
    late = Submission.objects.get(is_late=True)
    assert answer["Location"] == reverse("bids:receipt", args=[late.pk])
    assert "Anbudet kom för sent" in client.get(answer["Location"]).text
    page = client.get(reverse("bids:overview", args=[draft.pk]))
    assert "Ni lämnade in ett anbud i tid" in page.text
    assert "Ert anbud kom för sent" in page.text
    assert reverse("bids:receipt", args=[first.pk]) in page.text


def test_my_bids_tell_drafts_that_were_never_handed_in_from_those_in_the_making(client, tender, draft, bidder, now):
    client.force_login(bidder)
    mine = reverse("bids:mine")
    now(LAST_IN_TIME)
    assert "Anbudstiden är slut, inte inlämnade" not in client.get(mine).text
    now(DEADLINE)
    page = client.get(mine)
    assert "Anbudet lämnades inte in och deltar inte." in page.text
    assert "Du skriver inte på något anbud" in page.text
    other = make_bidder("Annan AB")
    give_written_bid(tender, bidder=other, at=BEFORE)
    client.force_login(other)
    page = client.get(mine)
    assert "Anbudstiden är slut, inte inlämnade" not in page.text
    assert supplier_of(bidder).name not in page.text


def test_nobody_is_led_to_start_a_bid_after_the_deadline(client, tender, now):
    now(DEADLINE)
    start = reverse("bids:start", args=[tender.pk])
    for person in (None, make_bidder()):
        if person:
            client.force_login(person)
        page = client.get(start)
        assert "Anbud skulle ha kommit före" in page.text
        assert "Börja på anbudet" not in page.text
        assert "Registrera ditt företag" not in page.text

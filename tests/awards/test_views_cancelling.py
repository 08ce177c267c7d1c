"""The page on which a published procurement is cancelled, walked by the decision maker and read by the others."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from rodatraden.awards.actions import cancel_published
from rodatraden.awards.models import Cancellation
from tests.factories.bids import make_bidder
from tests.factories.sealed import give_bid
from tests.factories.tenders import ANNOUNCED_AT, make_drafted, make_published

pytestmark = pytest.mark.django_db
NOW = ANNOUNCED_AT + timedelta(days=2)
SENT = {"reason": "Finansieringen har fallit bort.", "delegation": "Punkt 4.3", "idempotency_key": "k-1"}


@pytest.fixture(autouse=True)
def at_work():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def published(db):
    return make_published()


@pytest.fixture
def case(published):
    return published[0]


@pytest.fixture
def tender(published):
    return published[1]


def url(tender):
    return reverse("awards:cancel", args=[tender.procurement_id])


def test_the_decision_maker_reads_what_it_means_and_cancels_once(client, case, tender):
    client.force_login(case.decider)
    page = client.get(url(tender)).text
    assert "Inget anbud har öppnats, och inget kommer att öppnas." in page
    assert "Finansieringen" not in page
    refused = client.post(url(tender), SENT | {"reason": " "})
    assert (refused.status_code, "Punkt 4.3" in refused.text) == (422, True)
    for _ in range(2):  # a double click has one effect and the same answer
        assert client.post(url(tender), SENT)["Location"] == url(tender)
    assert Cancellation.objects.count() == 1
    page = client.get(url(tender)).text
    assert "Finansieringen har fallit bort." in page
    assert "inte verifierad" in page
    assert reverse("tenders:notices", args=[tender.procurement_id]) in page
    assert "<form" not in page[page.index("Det som är kvar att göra") : page.index("Vad som händer med anbuden")]


def test_the_officer_reads_why_the_button_is_shut(client, case, tender):
    client.force_login(case.officer)
    assert "Bara beslutsfattaren i den här upphandlingen kan göra detta." in client.get(url(tender)).text
    assert client.post(url(tender), SENT).status_code == 422
    assert not Cancellation.objects.exists()
    described = client.get(reverse("procurements:describe", args=[tender.procurement_id])).text
    assert url(tender) in described


def test_before_publication_the_page_leads_to_the_description(client):
    case, tender = make_drafted()
    client.force_login(case.decider)
    refused = client.get(url(tender))
    assert refused.status_code == 403
    assert reverse("procurements:describe", args=[tender.procurement_id]) in refused.text


def test_inv_02_the_page_and_the_log_say_the_same_with_and_without_bids(client, case, tender):
    bidder = make_bidder("Anbudsgivaren AB")
    give_bid(tender, bidder=bidder, at=NOW - timedelta(hours=2))
    cancel_published(tender=tender, reason="Skäl", delegation="Punkt 4.3", by=case.decider, at=NOW)
    client.force_login(case.officer)
    for page in ("awards:cancel", "pages:log", "procurements:diary", "tenders:notices"):
        text = client.get(reverse(page, args=[tender.procurement_id])).text
        assert "Anbudsgivaren AB" not in text, page
        assert bidder.email not in text, page


def test_the_bidder_reads_on_the_receipt_that_the_bid_was_not_opened(client, case, tender):
    bidder = make_bidder()
    submission = give_bid(tender, bidder=bidder, at=NOW - timedelta(hours=2))
    cancel_published(tender=tender, reason="Skäl", delegation="Punkt 4.3", by=case.decider, at=NOW)
    client.force_login(bidder)
    page = client.get(reverse("bids:receipt", args=[submission.pk])).text
    assert "Ditt anbud öppnades inte. Det ligger kvar förseglat." in page
    assert reverse("publication:tender", args=[tender.pk]) in page
    assert "Sedan öppnar två förrättare alla anbud" not in page
    assert client.post(reverse("bids:withdraw", args=[submission.pk]), {"idempotency_key": "w"}).status_code == 422
    assert client.get(reverse("bids:start", args=[tender.pk]))["Location"] == reverse(
        "publication:tender", args=[tender.pk]
    )


def test_who_had_only_begun_is_told_on_the_page_where_a_bid_is_started(client, case, tender):
    bidder = make_bidder()
    cancel_published(tender=tender, reason="Skäl", delegation="Punkt 4.3", by=case.decider, at=NOW)
    client.force_login(bidder)
    answer = client.get(reverse("bids:start", args=[tender.pk]), follow=True)
    assert answer.redirect_chain == [(reverse("publication:tender", args=[tender.pk]), 302)]
    assert "avbruten" in answer.text or "avbrutits" in answer.text


def test_the_officer_hands_the_last_notice_over_and_enters_the_answer_though_all_else_is_over(client, case, tender):
    cancel_published(tender=tender, reason="Skäl", delegation="Punkt 4.3", by=case.decider, at=NOW)
    client.force_login(case.officer)
    notice = tender.notices.get(kind="cancelled")
    page = client.get(reverse("tenders:notices", args=[tender.procurement_id])).text
    assert "Annons om avbruten upphandling" in page
    assert "inte verifierad" in page
    hand_over = reverse("tenders:hand_over", args=[tender.procurement_id, notice.pk])
    assert client.post(hand_over).status_code == 302
    confirm = reverse("tenders:confirm_notice", args=[tender.procurement_id, notice.pk])
    sent = {
        "database": "another",
        "other_database": "Annonsdatabasen",
        "notice_id": "2026-9",
        "published_at": "2026-01-09T12:00",
        "link": "",
        "idempotency_key": "c",
    }
    assert client.post(confirm, sent).status_code == 302
    notice.refresh_from_db()
    assert notice.confirmed_at == NOW

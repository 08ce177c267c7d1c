"""The supplier's pages when the documents have changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from rodatraden.bids.models import BidConfirmation
from rodatraden.tenders.queries import latest_snapshot
from tests.bids.test_actions_changed import AFTER, BEFORE, change_level
from tests.factories.bids import make_bidder, open_box
from tests.factories.sealed import give_bid

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_work():
    with time_machine.travel(AFTER + timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def bidder(tender, client):
    bidder = make_bidder()
    client.force_login(bidder)
    return bidder


def url(name, row):
    return reverse(f"bids:{name}", args=[row.pk])


def test_the_supplier_reads_what_has_changed_and_confirms(client, case, tender, bidder):
    submission = give_bid(tender, bidder=bidder, at=BEFORE)
    assert "Dokumenten har ändrats" not in client.get(url("receipt", submission)).content.decode()
    change_level(case, tender)
    assert url("confirm", submission) in client.get(url("receipt", submission)).content.decode()
    sent = {"version": latest_snapshot(tender).pk, "sure": "on", "idempotency_key": "k"}
    page = client.get(url("confirm", submission)).content.decode()
    assert "24 månader" in page
    assert reverse("bids:workspace", args=[tender.pk, submission.supplier_id]) in page  # to replace it
    for _ in range(2):
        assert client.post(url("confirm", submission), sent).url == url("receipt", submission)
    assert BidConfirmation.objects.count() == 1
    receipt = client.get(url("receipt", submission)).content.decode()
    assert "Bekräftat för en senare version" in receipt
    assert url("confirm", submission) not in receipt


def test_a_page_from_before_a_later_version_is_refused(client, case, tender, bidder):
    submission = give_bid(tender, bidder=bidder, at=BEFORE)
    old = latest_snapshot(tender).pk
    change_level(case, tender)
    page = client.post(url("confirm", submission), {"version": old, "sure": "on", "idempotency_key": "k"})
    assert page.status_code == 422
    assert "en gång till" in page.content.decode()
    assert not BidConfirmation.objects.exists()


def test_another_supplier_s_pages_are_not_found(client, case, tender, bidder):
    other = make_bidder("Andra AB")
    submission = give_bid(tender, bidder=other, at=BEFORE)
    change_level(case, tender)
    assert client.get(url("confirm", submission)).status_code == 404


def test_officials_see_that_a_bid_was_made_for_an_earlier_version(client, case, tender, bidder):
    give_bid(tender, bidder=bidder, at=BEFORE)
    change_level(case, tender)
    tender = type(tender).objects.get(pk=tender.pk)
    bids = open_box(case, tender)
    with time_machine.travel(tender.deadline_at + timedelta(days=1), tick=False):
        client.force_login(case.officer)
        page = client.get(reverse("bids:list", args=[tender.procurement_id])).content.decode()
        assert "Gjort för version 1" in page
        page = client.get(url("bid", bids[0])).content.decode()
    assert "24 månader" in page
    assert "inte bekräftat det för version 2" in page

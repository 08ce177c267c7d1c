"""A file marked price, as a bid from another tool may bring one, stays closed until the prices are opened."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rodatraden.bids.models import BidFile
from rodatraden.bids.queries import bids_with_case, files_of, files_visible_to
from rodatraden.evaluation.actions import lock_quality
from rodatraden.records.actions import store_bytes
from tests.factories.bids import open_prices
from tests.factories.evaluation import judge_all, make_opened

pytestmark = pytest.mark.django_db


def test_inv_13_a_price_file_is_hidden_from_officials_until_the_prices_are_open():
    world = make_opened((1000, 1100))
    officer, bid, at = world.case.officer, world.bids[0], world.opened_at + timedelta(days=3)
    item = world.tender.content_items.get(is_price=True)
    stored = store_bytes(b"%PDF-1.4 pris", name="pris.pdf", by=officer, at=world.opened_at)
    price_file = BidFile.objects.create(bid=bid, content_item=item, file=stored)
    people = [officer, *world.case.openers, *world.case.evaluators]
    assert [price_file in files_visible_to(person, at) for person in people] == [False] * len(people)
    assert [price_file in files_of(_read(bid), person, at) for person in people] == [False] * len(people)
    bidder = bid.submission.submitted_by
    assert price_file in files_visible_to(bidder, at)
    assert price_file in files_of(_read(bid), bidder, at)
    judge_all(world, ((9, 8), (7, 8)))
    lock_quality(tender=world.fresh_tender(), by=officer, at=at)
    open_prices(world.case, world.fresh_tender(), at=at)
    assert price_file in files_visible_to(officer, at)
    assert price_file in files_of(_read(bid), officer, at)


def _read(bid):
    return bids_with_case().get(pk=bid.pk)

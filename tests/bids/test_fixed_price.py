"""Bids where the documents fix the price: asked for none, sealed without one, and never another one's secret."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from rodatraden.bids import actions
from rodatraden.bids.models import Bid, BidPrice, Opening, Submission
from rodatraden.bids.queries import accepts_price, price_of_bid
from rodatraden.bids.rules import may_open_prices
from rodatraden.core.answer import RefusedError
from rodatraden.core.evaluation import QualityOnly
from rodatraden.core.offer import MalformedError, Offer, index_of, read_index
from rodatraden.core.sealing.holders import Holds
from rodatraden.core.sealing.peels import Sheet
from rodatraden.procurements.models import Procurement, StageFact
from rodatraden.records.models import LedgerBody, OutboxMail
from rodatraden.records.queries import read_bytes
from tests.bids.test_actions_changed import AFTER, BEFORE, confirm, publish_edit
from tests.bids.test_actions_registering import AT, OPENED, register, register_opening
from tests.factories.bids import close_box, make_bidder, open_box, supplier_of
from tests.factories.keys import ring_of
from tests.factories.procurements import declare
from tests.factories.sealed import give_bid
from tests.factories.tenders import DEADLINE, FIXED_PRICE, make_published
from tests.pdf import flowing

pytestmark = pytest.mark.django_db
FIXED = Decimal(950)


@pytest.fixture
def published(db):
    return make_published(weighing=QualityOnly())


def test_the_receipt_the_log_and_the_protocol_name_one_package(case, tender):
    submission = give_bid(tender)
    receipt = json.loads(submission.receipt)
    assert [each["holds"] for each in receipt["packages"]] == ["bid"]
    logged = LedgerBody.objects.get(event="bid_received").what
    assert ("price_package" in logged, receipt["packages"][0]["sha256"] in logged) == (False, True)
    (bid,) = open_box(case, tender)
    protocol = json.loads(Opening.objects.get(tender=tender).protocol)
    assert (protocol["fixed_price"], protocol["bids"][0]["price_package"]) == ("950", None)
    assert (bid.price_package, bid.index["accepted_price"]) == (None, "950")
    paper = Opening.objects.get(tender=tender).document.file
    assert "Inget anbud innehåller något pris: upphandlingsdokumenten bestämmer det till 950 kr för alla." in flowing(
        read_bytes(paper)
    ).replace("\u00a0", " ")


def test_inv_13_there_is_no_price_to_open_before_or_after_the_quality_is_locked(case, tender):
    give_bid(tender)
    open_box(case, tender)
    procurement = Procurement.objects.get(pk=case.procurement.pk)
    for person in case.everybody:
        assert not may_open_prices(person, procurement)
    key = ring_of(tender).of(case.openers[0]).pk
    with pytest.raises(RefusedError, match="nothing to open"):
        actions.unlock_first(
            tender=tender,
            holds=Holds.PRICE,
            sheet=Sheet(tender.pk, Holds.PRICE, key, {}).canonical(),
            by=case.openers[0],
            at=DEADLINE + timedelta(days=1),
        )
    assert (BidPrice.objects.exists(), Opening.objects.get(tender=tender).prices_opened_at) == (False, None)
    assert not StageFact.objects.filter(procurement=procurement, kind=StageFact.Kind.PRICES_OPENED).exists()


def test_a_bid_costs_the_price_that_it_accepts(case, tender):
    give_bid(tender)
    (bid,) = open_box(case, tender)
    bid = Bid.objects.get(pk=bid.pk)
    assert (accepts_price(bid, tender), price_of_bid(bid, tender)) == (True, FIXED)
    bid.index = {**bid.index, "accepted_price": None}
    assert (accepts_price(bid, tender), price_of_bid(bid, tender)) == (False, None)
    bid.index = {"unreadable": "malformed"}
    assert (accepts_price(bid, tender), price_of_bid(bid, tender)) == (False, None)


def change_price(case, tender, price, **more):
    stated = {**FIXED_PRICE, "weighing": QualityOnly(), "gate": Decimal(12), "unit": "hour", "tie_rule_reason": ""}
    return publish_edit(case, tender, "model", **stated | {"fixed_price": Decimal(price)}, **more)


def test_a_yes_lapses_when_the_price_changes_so_a_bid_is_handed_in_anew_and_never_just_confirmed(case, tender):
    anew, confirmed, quiet = (make_bidder(name) for name in ("Ett AB", "Två AB", "Tre AB"))
    bids = {bidder: give_bid(tender, bidder=bidder, at=BEFORE) for bidder in (anew, confirmed, quiet)}
    change_price(case, tender, 900)
    tender.refresh_from_db()
    confirm(Submission.objects.get(pk=bids[confirmed].pk), confirmed)
    give_bid(tender, bidder=anew, at=AFTER)
    open_box(case, tender)
    opened = Bid.objects.filter(tender=tender).select_related("supplier", "snapshot")
    assert {bid.supplier.name: (bid.snapshot.number, accepts_price(bid, tender)) for bid in opened} == {
        "Ett AB": (2, True),
        "Två AB": (2, False),  # it says yes to 950, whatever it was confirmed for
        "Tre AB": (1, False),
    }


@pytest.fixture
def opened(case, tender):
    close_box(tender)
    opening = register_opening(case, tender)
    for person in case.everybody:
        declare(case, person, at=AT)
    return opening


@pytest.mark.parametrize("accepts", [True, False])
def test_a_bid_from_another_tool_says_whether_it_accepts_the_price(case, tender, opened, accepts):
    bid = register(case, tender, price=None, accepts_price=accepts)
    assert (bid.price_package, bid.opened_at) == (None, OPENED)
    assert (accepts_price(bid, tender), price_of_bid(bid, tender)) == (accepts, FIXED if accepts else None)


def test_a_bid_from_another_tool_has_no_price_of_its_own_where_it_is_fixed_and_one_where_it_is_not(
    case, tender, opened
):
    with pytest.raises(RefusedError, match="none of its own"):
        register(case, tender, price=Decimal(900))
    other, asks = make_published()
    close_box(asks)
    register_opening(other, asks)
    for person in other.everybody:
        declare(other, person, at=AT)
    with pytest.raises(RefusedError, match="Fill in the price"):
        register(other, asks, price=None)
    assert not Bid.objects.exists()


def test_the_index_holds_an_accepted_price_only_where_there_is_one_and_reads_it_back_exactly():
    for accepted in (None, Decimal("0.01"), Decimal("950.50"), Decimal("999999999999.99")):
        offer = Offer(accepted_price=accepted)
        assert ("accepted_price" in index_of(offer)) == (accepted is not None)
        assert read_index(index_of(offer)) == offer
    for wrong in ("0", "-1", "1e999", "NaN", "12.345", 950, ["950"], "1 050", ""):
        with pytest.raises(MalformedError):
            read_index({**index_of(Offer()), "accepted_price": wrong})


def shown(client, person, name, *args, at):
    client.force_login(person)
    with time_machine.travel(at, tick=False):
        answer = client.get(reverse(f"bids:{name}", args=args))
    return answer, " ".join(answer.text.replace("\u00a0", " ").split())


def test_the_supplier_reads_which_price_applies_before_it_begins_and_in_the_workspace(client, tender, bidder):
    at = tender.deadline_at - timedelta(hours=3)
    _, start = shown(client, bidder, "start", tender.pk, at=at)
    assert "Ja till det fasta priset, 950 kr per timme, utan moms" in start
    answer, page = shown(client, bidder, "workspace", tender.pk, supplier_of(bidder).pk, at=at)
    assert (answer.status_code, 'name="pris-price"' in page, 'name="pris-accepts"' in page) == (200, False, True)
    assert "Vi godtar det fasta priset: 950 kr per timme, utan moms" in page


def test_officials_see_who_accepts_the_price_and_register_a_bid_without_one(client, case, tender, opened):
    bid = register(case, tender, price=None, accepts_price=False)
    _, listed = shown(client, case.officer, "list", case.procurement.pk, at=AT)
    assert "inte godtaget" in listed
    _, page = shown(client, case.officer, "bid", bid.pk, at=AT)
    assert "Priset är bestämt i upphandlingsdokumenten: 950 kr per timme" in page
    assert "Anbudet godtar det inte och räknas därför inte." in page
    _, form = shown(client, case.officer, "register", case.procurement.pk, at=AT)
    assert ('name="price"' in form, "Godtar anbudet det fasta priset, 950 kr per timme" in form) == (False, True)
    typed = {"supplier_name": "Andra AB", "received_at": "2026-02-16T10:00", "accepts_price": "yes"}
    musts = {f"met-{row.label}": "yes" for row in tender.requirements.filter(kind="must")}
    address = reverse("bids:register", args=[case.procurement.pk])
    with time_machine.travel(AT, tick=False):
        unsaid = client.post(address, {**typed, **musts, "accepts_price": "", "idempotency_key": "a"})
        assert unsaid.status_code == 422
        said = client.post(address, {**typed, **musts, "idempotency_key": "b"})
    assert said.status_code == 302
    assert accepts_price(Bid.objects.get(supplier__name="Andra AB"), tender)


def test_no_mail_or_message_of_the_bid_tells_what_it_accepts(tender, bidder):
    give_bid(tender, bidder=bidder)
    alone = re.compile(
        r"(?<![\w+/=-])950(?![\w+/=-])"
    )  # an amount: not part of a fingerprint or a number drawn by chance
    assert [mail.text for mail in OutboxMail.objects.all() if alone.search(mail.text)] == []

"""The list of opened bids: the same as the protocol says, without a price, for those who see the bids."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from rodatraden.bids.actions import withdraw_bid
from rodatraden.bids.documents import clock_kept, receipt_paper
from rodatraden.bids.models import Opening
from rodatraden.core.canonical import sha256_hex
from rodatraden.procurements.actions import record_fact
from rodatraden.procurements.models import StageFact
from rodatraden.records.queries import read_bytes, verify_ledger
from rodatraden.ui.documents import typeset
from tests.factories import keys
from tests.factories.bids import Stamp, close_box, make_bidder, open_box
from tests.factories.parties import make_buyer, make_person
from tests.factories.sealed import give_bid
from tests.factories.tenders import DEADLINE
from tests.pdf import flowing

pytestmark = pytest.mark.django_db
NAME = 'Å & B <C> #1 $2$ "x" \\ @d *e* _f_ [g] 中'
PRICE = "7316.50"


@pytest.fixture
def opened(case, tender):
    give_bid(tender, supplier=NAME, price=PRICE)
    give_bid(tender, supplier="Andra AB", price="8123.25", at=DEADLINE - timedelta(minutes=5))
    give_bid(tender, supplier="För sen AB", price="8123.25", at=DEADLINE + timedelta(minutes=5))
    open_box(case, tender)
    return Opening.objects.select_related("document__file", "tender__procurement").get(tender=tender)


def test_it_lists_what_the_protocol_lists_and_names_both_officials(case, opened):
    text = flowing(read_bytes(opened.document.file))
    told = json.loads(opened.protocol)
    assert "2 anbud öppnades, alla i en enda handling." in text
    assert "1. " + NAME.replace("中", "[U+4E2D]") in text
    assert "2. Andra AB" in text
    for official in case.openers[:2]:
        assert official.name in text
    for bid in told["bids"]:
        for file in bid["files"]:
            assert file["name"] in text
    assert told["ledger"]["root"] in text
    assert opened.document.secrecy_note == "OSL 19 kap. 3 §"
    assert verify_ledger() is None


def test_inv_05_13_it_tells_no_price_and_nothing_of_a_bid_that_came_too_late(opened):
    text = flowing(read_bytes(opened.document.file))
    assert not [number for number in ("7316", "7 316", "8123", "8 123") if number in text]
    assert "För sen AB" not in text
    assert "1 som kom för sent" in text


def test_inv_01_02_there_is_no_list_before_the_opening(case, tender, client):
    give_bid(tender)
    close_box(tender)
    address = reverse("bids:opening_list", args=[case.procurement.pk])
    with time_machine.travel(DEADLINE + timedelta(hours=1), tick=False):
        for person in (case.officer, *case.openers, case.decider):
            client.force_login(person)
            assert client.get(address).status_code == 404


def test_an_opening_takes_place_however_the_bidders_are_named(case, tender):
    for number, name in enumerate(
        ("\U0001f600", "\ue000", "\u202ebaklänges", "a" * 140, "'; #panic()", "\u0645\u0631")
    ):
        give_bid(tender, supplier=name, at=DEADLINE - timedelta(minutes=20 - number))
    assert len(open_box(case, tender)) == 6


def who(client, case, opened, address):
    people = {
        "officer": case.officer,
        "opener": case.openers[0],
        "evaluator": case.evaluators[0],
        "need_owner": case.need_owner,
        "decider": case.decider,
        "bidder": make_bidder("Tredje AB"),
        "stranger": make_person("Stranger", organisation=make_buyer("Annat")),
        "anonymous": None,
    }
    found = set()
    for name, person in people.items():
        client.logout()
        if person:
            client.force_login(person)
        answer = client.get(address)
        body = answer.getvalue()
        is_list = answer["Content-Type"] == "application/pdf" or opened.document.number.encode() in body
        if answer.status_code == 200 and is_list:
            found.add(name)
    return found


def test_inv_02_who_fetches_it_and_who_may_have_it_checked(case, opened, client):
    addresses = (
        reverse("bids:opening_list", args=[case.procurement.pk]),
        f"{reverse('records:check')}?sha256={opened.document.file.sha256}",
        f"{reverse('records:check')}?sha256={opened.document.attachments.get(serial=1).file.sha256}",
    )
    at = opened.opened_at + timedelta(days=1)
    with time_machine.travel(at, tick=False):
        for address in addresses:
            assert who(client, case, opened, address) == {"officer", "opener", "evaluator"}
        record_fact(procurement=case.procurement, kind=StageFact.Kind.DECIDED, by=case.officer, at=at)
        for address in addresses:
            assert who(client, case, opened, address) == {"officer", "opener", "evaluator", "need_owner", "decider"}


def test_the_list_belongs_to_the_act_that_opens(case, tender, monkeypatch):
    from rodatraden.bids.actions import filing  # noqa: PLC0415 -- what is replaced

    give_bid(tender)
    close_box(tender)
    unlocking = keys.begin(tender, case.openers[0], at=DEADLINE + timedelta(hours=1))

    def fails(**_):
        raise OSError("full")

    monkeypatch.setattr(filing, "issue_document", fails)
    with pytest.raises(OSError, match="full"):
        keys.end(unlocking, case.openers[1], at=DEADLINE + timedelta(hours=1))
    opening = Opening.objects.get(tender=tender)
    assert (opening.opened_at, opening.document) == (None, None)


# The receipt


def test_the_receipt_is_a_document_that_tells_what_proves_it_and_nothing_of_the_bid(client, tender):
    bidder = make_bidder(NAME)
    submission = give_bid(tender, bidder=bidder, price=PRICE)
    client.force_login(bidder)
    answer = client.get(reverse("bids:receipt_pdf", args=[submission.pk]))
    text = flowing(answer.content)
    told = json.loads(submission.receipt)
    assert "Hela anbudet kom i tid." in text
    assert "Om klockan var synkroniserad är okänt" in text
    assert NAME.replace("中", "[U+4E2D]") in text
    packages = [package["sha256"] for package in told["packages"]]
    for shown in (*packages, told["manifest"], sha256_hex(submission.receipt.encode())):
        assert shown in text.replace(" ", "")
    assert "Anbudets fingeravtryck (SHA-256)" in text  # as `rodatraden seal` calls it, and what it prints
    assert f"Post i händelseloggen {told['ledger']['index']}" in text
    assert not re.search(r"(?<![0-9a-f])7 ?316(?![0-9a-f])", text)  # a price, and not four signs of a fingerprint


@pytest.mark.parametrize(
    ("clock", "said"),
    [
        ({"synchronised": True, "error_ms": 3}, "Klockan var synkroniserad, med högst 3 ms fel"),
        ({"synchronised": False, "error_ms": None}, "Klockan var inte synkroniserad"),
        ({"synchronised": None, "error_ms": None}, "Om klockan var synkroniserad är okänt"),
    ],
)
def test_how_the_clock_was_kept_is_told_as_it_was_known(clock, said):
    assert clock_kept({"clock": clock}) == said


@pytest.mark.parametrize(
    ("at", "is_withdrawn", "said"),
    [
        (DEADLINE + timedelta(minutes=5), False, "Anbudet kom för sent."),
        (DEADLINE - timedelta(hours=1), True, "Anbudet är återkallat."),
    ],
)
def test_the_receipt_says_that_a_bid_came_too_late_or_is_withdrawn(tender, at, is_withdrawn, said):
    bidder = make_bidder("Ändrat sig AB")
    submission = give_bid(tender, bidder=bidder, at=at)
    if is_withdrawn:
        submission = withdraw_bid(submission=submission, by=bidder, arrival=Stamp(at), key="k")
    assert said in flowing(typeset(receipt_paper(submission)))


def test_nobody_but_the_bidder_fetches_its_receipt(client, case, tender):
    submission = give_bid(tender)
    for person in (case.officer, case.openers[0], make_bidder("Annan AB")):
        client.force_login(person)
        assert client.get(reverse("bids:receipt_pdf", args=[submission.pk])).status_code == 404

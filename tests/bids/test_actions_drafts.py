"""Drafts: ciphertext from the first save, one part at a time, two tabs that do not undo each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest

from rodatraden.bids import actions
from rodatraden.bids.models import BidDraft, DraftFile
from rodatraden.bids.queries import read_draft_file, read_offer
from rodatraden.core.answer import RefusedError
from rodatraden.core.offer import Company, CvPerson, DeclarationHow, Part, PartyRole
from rodatraden.procurements.actions import record_fact
from rodatraden.records.models import LedgerBody
from rodatraden.records.queries import read_bytes
from tests.factories.bids import make_bidder, pdf, save, supplier_of, upload
from tests.factories.tenders import DEADLINE

AT = DEADLINE - timedelta(days=1)


@pytest.fixture
def draft(tender, bidder):
    return actions.start_draft(tender=tender, supplier=supplier_of(bidder), by=bidder, at=AT)


def stored(draft) -> BidDraft:
    return BidDraft.objects.select_related("tender__procurement", "supplier").get(pk=draft.pk)


def offer_of(draft, by):
    return read_offer(stored(draft), by=by, at=AT)


def priced(amount):
    return lambda offer: replace(offer, price=Decimal(amount))


def test_starting_twice_goes_on_with_the_same_draft(draft, tender, bidder):
    again = actions.start_draft(tender=tender, supplier=supplier_of(bidder), by=bidder, at=AT)
    assert again.pk == draft.pk
    assert LedgerBody.objects.filter(event="bid_draft_started").count() == 1


def test_nothing_that_happens_to_a_draft_belongs_to_the_case_log(draft, bidder):
    save(draft, priced(900), part=Part.PRICE, by=bidder, at=AT)
    events = LedgerBody.objects.filter(event__startswith="bid_draft").order_by("index")
    assert [(event.event, event.case, event.is_sealed) for event in events] == [
        ("bid_draft_started", None, True),
        ("bid_draft_saved", None, True),
    ]


def test_two_tabs_on_different_parts_keep_both(draft, bidder):
    actions.save_part(draft=draft, part=Part.PRICE, change=priced(900), version=0, by=bidder, at=AT)
    people = (CvPerson("Elin"),)
    actions.save_part(
        draft=draft, part=Part.PEOPLE, change=lambda offer: replace(offer, people=people), version=0, by=bidder, at=AT
    )
    offer = offer_of(draft, bidder)
    assert (offer.price, offer.people, stored(draft).version) == (Decimal(900), people, 2)


def test_two_tabs_on_the_same_part_are_told_and_the_first_stands(draft, bidder):
    actions.save_part(draft=draft, part=Part.PRICE, change=priced(900), version=0, by=bidder, at=AT)
    with pytest.raises(actions.ChangedElsewhereError, match="another tab"):
        actions.save_part(draft=draft, part=Part.PRICE, change=priced(800), version=0, by=bidder, at=AT)
    assert offer_of(draft, bidder).price == Decimal(900)
    actions.save_part(draft=draft, part=Part.PRICE, change=priced(800), version=1, by=bidder, at=AT)
    assert offer_of(draft, bidder).price == Decimal(800)


def test_an_uploaded_file_lies_as_ciphertext_and_comes_back_whole(draft, tender, bidder):
    item = tender.content_items.get(number=2)
    data = pdf("hemlig metod", pages=4) * 1000
    file = upload(draft, item, data, by=bidder, at=AT, pages=4)
    row = DraftFile.objects.get(pk=file.id)
    assert b"hemlig" not in read_bytes(row.sealed)
    assert (row.sealed.name, row.sealed.media_type) == ("", "")
    row.draft = stored(draft)
    with read_draft_file(row, by=bidder, at=AT) as plain:
        assert plain.read() == data
    assert offer_of(draft, bidder).files == (file,)
    assert (file.name, file.pages, file.size) == (f"{item.title}.pdf", 4, len(data))


def test_a_new_file_takes_the_place_of_the_old_one_which_is_kept_unread(draft, tender, bidder):
    item = tender.content_items.get(number=2)
    first = upload(draft, item, pdf("a"), by=bidder, at=AT)
    second = upload(draft, item, pdf("b"), by=bidder, at=AT + timedelta(minutes=1))
    assert offer_of(draft, bidder).files == (second,)
    assert DraftFile.objects.get(pk=first.id).removed_at == AT + timedelta(minutes=1)


def test_a_file_is_taken_out_again(draft, tender, bidder):
    file = upload(draft, tender.content_items.get(number=2), pdf(), by=bidder, at=AT)
    row = DraftFile.objects.get(pk=file.id)
    row.draft = stored(draft)
    actions.remove_file(file=row, by=bidder, at=AT)
    assert offer_of(draft, bidder).files == ()


def test_an_uploaded_espd_is_how_the_declaration_is_given(draft, bidder):
    upload(draft, None, b"<?xml version='1.0'?><e/>", by=bidder, at=AT, name="espd.xml")
    offer = offer_of(draft, bidder)
    assert offer.declaration.how is DeclarationHow.ESPD
    assert [file.name for file in offer.files_of(None)] == ["espd.xml"]


def test_the_files_of_a_bid_have_a_limit_together(draft, tender, bidder, settings):
    settings.BID_MAX_BYTES = 3_000_000
    first, second = tender.content_items.filter(is_price=False).order_by("number")[:2]
    upload(draft, first, b"%PDF-" + b"x" * 2_000_000, by=bidder, at=AT)
    with pytest.raises(RefusedError, match="at most 3 MB together"):
        upload(draft, second, b"%PDF-" + b"x" * 2_000_000, by=bidder, at=AT)
    upload(draft, first, b"%PDF-" + b"x" * 2_900_000, by=bidder, at=AT)  # in its place, not beside it
    assert [file.size for file in offer_of(draft, bidder).files] == [2_900_005]


def test_two_drafts_of_the_same_text_look_nothing_alike(tender, draft, bidder):
    other = make_bidder("B AB")
    second = actions.start_draft(tender=tender, supplier=supplier_of(other), by=other, at=AT)
    for each, by in ((draft, bidder), (second, other)):
        save(each, priced(900817263), part=Part.PRICE, by=by, at=AT)
    one, two = bytes(stored(draft).sealed_answers), bytes(stored(second).sealed_answers)
    assert one != two
    assert b"900817263" not in one


def attempts(draft, by):
    yield lambda: read_offer(draft, by=by, at=AT)
    yield lambda: actions.save_part(draft=draft, part=Part.PRICE, change=priced(1), version=9, by=by, at=AT)
    yield lambda: actions.upload_file(
        draft=draft, item=None, name="a.xml", media_type="", data=BytesIO(b"x"), pages=None, by=by, at=AT
    )


@pytest.mark.parametrize("who", ["other_supplier", "officer", "opener", "left_the_supplier"])
def test_inv_01_nobody_but_the_suppliers_own_people_reads_or_writes_a_draft(case, draft, bidder, who):
    person = {"other_supplier": make_bidder("B AB"), "officer": case.officer, "opener": case.openers[0]}.get(
        who, bidder
    )
    if who == "left_the_supplier":
        bidder.memberships.update(until_on=AT.date())
    for attempt in attempts(stored(draft), person):
        with pytest.raises(RefusedError, match="Only somebody who bids for the supplier"):
            attempt()


def test_no_bid_is_written_for_a_cancelled_procurement_and_what_is_there_is_kept(case, draft, bidder):
    save(draft, priced(900), part=Part.PRICE, by=bidder, at=AT)
    record_fact(procurement=case.procurement, kind="cancelled", by=case.officer, at=AT)
    with pytest.raises(RefusedError, match="cancelled"):
        save(stored(draft), priced(800), part=Part.PRICE, by=bidder, at=AT)
    assert stored(draft).version == 1


def test_somebody_of_the_buyers_team_does_not_bid(case, tender):
    supplier = supplier_of(make_bidder("Jävig AB"))
    supplier.memberships.update(person=case.evaluators[0])
    with pytest.raises(RefusedError, match="take part in this procurement for the buyer"):
        actions.start_draft(tender=tender, supplier=supplier, by=case.evaluators[0], at=AT)


def test_companies_stay_in_the_order_typed(draft, bidder):
    companies = tuple(Company(role, f"{role} AB") for role in reversed(PartyRole))
    save(draft, lambda offer: replace(offer, companies=companies), part=Part.PARTIES, by=bidder, at=AT)
    assert offer_of(draft, bidder).companies == companies

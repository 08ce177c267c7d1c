"""Bids from another tool: registered after their opening, then as any other."""

from __future__ import annotations

import json
import stat
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pyrage
import pytest
from django.core.files.storage import default_storage

from rodatraden.bids import actions
from rodatraden.bids.actions.registering import PRICE_BYTES
from rodatraden.bids.models import Bid, BidPrice, Opening
from rodatraden.bids.queries import key_holders, visible_to
from rodatraden.bids.queries.sealed import Unlocked, layer_of, layer_path
from rodatraden.core.answer import RefusedError
from rodatraden.core.canonical import sha256_hex
from rodatraden.core.offer import PromiseText, Reply
from rodatraden.core.sealing.holders import Holds
from rodatraden.parties.actions import confirm_organisation_number, register_supplier
from rodatraden.parties.models import Organisation
from rodatraden.procurements.actions import appoint, record_fact, remove_member
from rodatraden.procurements.models import StageFact
from rodatraden.records.models import StoredFile
from rodatraden.records.queries import read_bytes
from rodatraden.tenders.actions import publish
from rodatraden.tenders.models import Tender
from tests.factories import keys
from tests.factories.bids import CV, close_box, open_box, open_prices, pdf
from tests.factories.parties import make_person
from tests.factories.procurements import declare
from tests.factories.sealed import give_bid
from tests.factories.tenders import DEADLINE, PUBLISHED_AT, announce, make_drafted

OPENED = DEADLINE + timedelta(hours=1)
AT = DEADLINE + timedelta(hours=3)
BEFORE = DEADLINE - timedelta(hours=1)


NO_KEYS = Unlocked({}, (uuid4(), uuid4()), "")


def protocol():
    return actions.OutsideFile("protokoll.pdf", "application/pdf", BytesIO(pdf("protokoll")))


def state_opening(case, tender, **changed):
    values = {"opened_at": OPENED, "tool": "Annat", "protocol": protocol(), "by": case.openers[0], "at": AT}
    return actions.state_opening(tender=tender, **values | changed)


def register_opening(case, tender):
    stated = state_opening(case, tender)
    return actions.confirm_stated_opening(opening=stated, by=case.openers[1], at=AT)


@pytest.fixture
def opened(case, tender):
    close_box(tender)
    opening = register_opening(case, tender)
    for person in case.everybody:
        declare(case, person, at=AT)
    return opening


def register(case, tender, **changed):
    values = {
        "supplier_name": "Utifrån AB",
        "received_at": BEFORE,
        "price": Decimal("1050.50"),
        "by": case.officer,
        "at": AT,
    }
    return actions.register_opened_bid(tender=tender, **values | changed)


def test_a_registered_bid_has_the_same_rows_as_one_that_was_opened_here(case, tender, opened):
    item = tender.content_items.get(title="Metodbeskrivning")
    k1, k4 = (tender.requirements.get(number=number) for number in (1, 4))
    bid = register(
        case,
        tender,
        registration_number="556016-0680",
        files=[actions.OutsideBidFile("metod.pdf", "application/pdf", BytesIO(pdf("metod")), item, 5)],
        replies={k1.pk: Reply(is_met=True, text="Se cv")},
        promises={k4.pk: PromiseText("Inom 5 dagar", "s. 3")},
        people=CV,
    )
    assert (bid.number, bid.submission, bid.received_at, bid.opened_at) == (1, None, BEFORE, OPENED)
    file = bid.files.get()
    assert (file.file.name, file.pages, file.is_over_limit, read_bytes(file.file)) == (
        "metod.pdf",
        5,
        True,
        pdf("metod"),
    )
    assert [answer.requirement_id for answer in bid.answers.all()] == [k1.pk]
    assert [promise.text for promise in bid.promises.all()] == ["Inom 5 dagar"]
    assert [person.name for person in bid.named_people.all()] == ["Elin Hagström"]
    assert bid.supplier.registration_number == "556016-0680"


def test_its_price_is_sealed_and_opened_with_the_others(case, tender, opened):
    register(case, tender)
    register(case, tender, supplier_name="Andra AB", price=Decimal(900))
    with pytest.raises(RefusedError, match="until the team has agreed"):
        open_prices(case, tender)
    record_fact(procurement=case.procurement, kind=StageFact.Kind.CONSENSUS_LOCKED, by=case.officer, at=AT)
    open_prices(case, tender, at=AT)
    assert [row.amount for row in BidPrice.objects.order_by("bid__number")] == [Decimal("1050.50"), Decimal(900)]


def elsewhere():
    """A published procurement whose bids come in another tool, so that nobody holds keys; its opening is stated there."""
    case, tender = make_drafted()
    Tender.objects.filter(pk=tender.pk).update(bids_address="https://annat.example/")
    tender.refresh_from_db()
    publish(tender=tender, by=case.officer, at=PUBLISHED_AT)
    announce(case, tender)
    return case, tender


def opened_elsewhere():
    case, tender = elsewhere()
    close_box(tender)
    register_opening(case, tender)
    for person in case.everybody:
        declare(case, person, at=AT)
    return case, tender


def test_inv_13_where_nobody_holds_keys_the_price_lies_under_a_key_of_the_server_outside_the_database(db, data_dir):
    case, tender = opened_elsewhere()
    assert key_holders(tender) is None
    assert not layer_path(tender.pk, Holds.PRICE).exists()
    bid = register(case, tender, price=Decimal("7316429.85"))
    stored = read_bytes(bid.price_package)
    assert stored.startswith(b"age-encryption.org/v1")
    assert stat.S_IMODE(layer_path(tender.pk, Holds.PRICE).stat().st_mode) == 0o600
    assert not [path for path in data_dir.rglob("*") if path.is_file() and b"7316429" in path.read_bytes()]
    with pytest.raises(RefusedError, match="until the team has agreed"):
        open_prices(case, tender)
    record_fact(procurement=case.procurement, kind=StageFact.Kind.CONSENSUS_LOCKED, by=case.officer, at=AT)
    assert [row.amount for row in open_prices(case, tender, at=AT)] == [Decimal("7316429.85")]


def test_the_length_of_a_registered_price_tells_nothing_of_it(case, tender, opened):
    # age adds a header of random length to every file: some hundred bytes that tell nothing
    sizes = [
        len(pyrage.decrypt(read_bytes(bid.price_package), [identity(tender)]))
        for bid in (
            register(case, tender, price=Decimal("0.01")),
            register(case, tender, supplier_name="Andra AB", price=Decimal("999999999999.99")),
        )
    ]
    assert sizes == [PRICE_BYTES] * 2


def identity(tender):
    return pyrage.x25519.Identity.from_str(layer_of(tender.pk, Holds.PRICE))


def test_a_key_that_is_gone_is_put_back_and_never_replaced(db):
    case, tender = opened_elsewhere()
    register(case, tender)
    path = layer_path(tender.pk, Holds.PRICE)
    path.rename(path.with_suffix(".away"))
    with pytest.raises(RefusedError, match="must put it back from its backup"):
        register(case, tender, supplier_name="Andra AB")
    record_fact(procurement=case.procurement, kind=StageFact.Kind.CONSENSUS_LOCKED, by=case.officer, at=AT)
    with pytest.raises(RefusedError, match="must put it back from its backup"):
        open_prices(case, tender, at=AT)
    assert not BidPrice.objects.exists()
    path.with_suffix(".away").rename(path)
    assert len(open_prices(case, tender, at=AT)) == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
        lambda data: pyrage.encrypt(b"[]", [pyrage.x25519.Identity.generate().to_public()]),
        lambda data: b"",
    ],
)
@pytest.mark.parametrize("is_told", [True, False])
def test_a_registered_price_that_cannot_be_read_is_none_and_stops_no_other(case, tender, opened, damage, is_told):
    broken = register(case, tender)
    register(case, tender, supplier_name="Andra AB", price=Decimal(900))
    path = Path(default_storage.path(broken.price_package.location))
    path.write_bytes(damage(path.read_bytes()))
    if is_told:  # somebody who can write files can write rows too
        StoredFile.objects.filter(pk=broken.price_package_id).update(sha256=sha256_hex(path.read_bytes()))
    record_fact(procurement=case.procurement, kind=StageFact.Kind.CONSENSUS_LOCKED, by=case.officer, at=AT)
    assert [(row.bid.number, row.amount) for row in open_prices(case, tender, at=AT)] == [(2, Decimal(900))]


def test_a_supplier_that_is_known_by_its_number_is_the_same_and_bids_once(case, tender, opened):
    first = register(case, tender, registration_number="5560160680")
    with pytest.raises(RefusedError, match="has a bid here already"):
        register(case, tender, supplier_name="Annat namn", registration_number="556016-0680")
    assert Organisation.objects.filter(registration_number=first.supplier.registration_number).count() == 1


def test_a_late_bid_is_not_registered_with_the_others(case, tender, opened):
    with pytest.raises(RefusedError, match="came after the deadline"):
        register(case, tender, received_at=DEADLINE)


def test_bids_that_were_opened_here_get_no_company_afterwards(case, tender):
    give_bid(tender, at=BEFORE)
    open_box(case, tender)
    with pytest.raises(RefusedError, match="opened here, all at once"):
        register(case, tender)


def test_a_box_with_bids_is_opened_here(case, tender):
    give_bid(tender, at=BEFORE)
    close_box(tender)
    with pytest.raises(RefusedError, match="Open its box here"):
        state_opening(case, tender)
    assert not Opening.objects.exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (lambda case: {"opened_at": DEADLINE - timedelta(seconds=1)}, "after the deadline and before now"),
        (lambda case: {"opened_at": AT + timedelta(seconds=1)}, "after the deadline and before now"),
        (lambda case: {"by": case.officer}, "appointed opening official"),
        (lambda case: {"by": case.evaluators[0]}, "appointed opening official"),
    ],
)
def test_inv_03_an_official_states_another_tools_opening_after_the_deadline(case, tender, data_dir, changed, said):
    close_box(tender)
    with pytest.raises(RefusedError, match=said):
        state_opening(case, tender, **changed(case))
    assert not Opening.objects.exists()
    assert [path for path in data_dir.rglob("*") if path.is_file() and b"protokoll" in path.read_bytes()] == []


def test_inv_03_one_officials_word_opens_nothing_and_another_official_confirms_it(case, tender):
    close_box(tender)
    stated = state_opening(case, tender)
    assert (stated.opened_at, stated.confirmed_by) == (None, None)
    for person, said in (
        (case.openers[0], "Another one than you"),
        (case.officer, "appointed opening official"),
        (case.decider, "appointed opening official"),
    ):
        with pytest.raises(RefusedError, match=said):
            actions.confirm_stated_opening(opening=stated, by=person, at=AT)
    assert not StageFact.objects.filter(kind="opened").exists()
    held = actions.confirm_stated_opening(opening=stated, by=case.openers[1], at=AT)
    assert (held.asked_by, held.confirmed_by, held.opened_at) == (*case.openers, OPENED)
    kept = case.procurement.diary_case.documents.get(file__isnull=False, secrecy_note="OSL 19 kap. 3 §")
    assert read_bytes(kept.file) == pdf("protokoll")


def test_a_statement_is_no_request_to_open_the_box_here_and_the_other_way_round(case, tender):
    close_box(tender)
    stated = state_opening(case, tender)
    with pytest.raises(RefusedError, match="no longer valid"):
        actions.confirm_opening(opening=stated, by=case.openers[1], at=AT, keys=NO_KEYS)
    keys.begin(tender, case.openers[0], at=AT)
    asked = Opening.objects.get(tender=tender)
    with pytest.raises(RefusedError, match="no statement to confirm"):
        actions.confirm_stated_opening(opening=asked, by=case.openers[1], at=AT)
    assert (asked.is_external, asked.tool, asked.stated_at, asked.outside_protocol) == (False, "", None, None)


def test_a_statement_falls_with_the_role_of_who_made_it_and_can_be_made_anew(case, tender):
    close_box(tender)
    stated = state_opening(case, tender)
    again = state_opening(case, tender, by=case.openers[1], opened_at=OPENED + timedelta(minutes=5))
    assert (again.pk, again.asked_by) == (stated.pk, case.openers[1])
    third = make_person("Third", organisation=case.buyer)
    appoint(procurement=case.procurement, person=third, role="opener", by=case.officer, at=AT)
    member = case.procurement.team.get(person=case.openers[1], role="opener")
    remove_member(member=member, by=case.officer, at=AT)
    with pytest.raises(RefusedError, match="no statement to confirm"):
        actions.confirm_stated_opening(opening=again, by=case.openers[0], at=AT)


def test_no_bid_is_registered_before_its_opening_or_after_the_quality_is_locked(case, tender):
    close_box(tender)
    with pytest.raises(RefusedError, match="First two officials state when the bids were opened"):
        register(case, tender)
    register_opening(case, tender)
    declare(case, case.officer, at=AT)
    record_fact(procurement=case.procurement, kind=StageFact.Kind.CONSENSUS_LOCKED, by=case.officer, at=AT)
    with pytest.raises(RefusedError, match="judged and locked"):
        register(case, tender)


def test_only_the_officer_registers(case, tender, opened):
    for person in (case.openers[0], case.evaluators[0], case.decider):
        with pytest.raises(RefusedError, match="Only the procurement officer"):
            register(case, tender, by=person)


def test_what_fails_leaves_no_file(case, tender, opened, monkeypatch, data_dir):
    item = tender.content_items.get(title="Metodbeskrivning")
    before = {path for path in data_dir.rglob("*") if path.is_file()}

    def fail(*_, **__):
        raise OSError("the disk is full")

    monkeypatch.setattr("rodatraden.bids.actions.filing.register_document", fail)
    with pytest.raises(OSError, match="disk is full"):
        register(
            case, tender, files=[actions.OutsideBidFile("m.pdf", "application/pdf", BytesIO(pdf("metod")), item, 1)]
        )
    left = {path for path in data_dir.rglob("*") if path.is_file()} - before
    assert [path for path in left if b"%PDF" in path.read_bytes()] == []
    assert not Bid.objects.exists()
    assert not StoredFile.objects.filter(name="m.pdf").exists()


def test_the_registered_index_never_holds_the_price(case, tender, opened):
    assert "1050.5" not in json.dumps(register(case, tender).index)


def test_a_bid_from_outside_is_never_tied_to_an_account_whose_number_nobody_has_confirmed(case, tender, opened):
    number = "556016-0680"
    taker = make_person("Taker")
    account = register_supplier(name="Tagen AB", registration_number=number, person=taker, by=taker, at=BEFORE)
    with pytest.raises(RefusedError, match="nobody has confirmed that it is theirs"):
        register(case, tender, registration_number=number)
    assert not Bid.objects.exists()
    assert register(case, tender).supplier != account
    assert not visible_to(taker, AT).exists()
    confirm_organisation_number(organisation=account, ground="Registreringsbevis", by=case.officer, at=AT)
    assert register(case, tender, registration_number=number, supplier_name="Ett namn till").supplier == account

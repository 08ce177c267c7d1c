"""Two holders unlock, each with their own key: none alone, any two in either order, all bids in one act."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pyrage
import pytest
from django.core.files.storage import default_storage
from django.db import DataError

from rodatraden.bids import actions
from rodatraden.bids.actions import opening
from rodatraden.bids.models import Bid, BidFile, BidPrice, Opening, SealedPart, Unlocking
from rodatraden.bids.queries import key_holders, sealed_bids, sheet_to_begin, sheet_to_end
from rodatraden.bids.queries.sealed import BLOCK, Unlocked, layer_path
from rodatraden.bids.rules import ASK_HOLDS
from rodatraden.core.answer import RefusedError
from rodatraden.core.paging import PageFault
from rodatraden.core.sealing.holders import Holds
from rodatraden.core.sealing.peels import read_sheet
from rodatraden.parties.actions import end_key_holding
from rodatraden.parties.rules import is_member
from rodatraden.procurements.actions import appoint, record_fact
from rodatraden.procurements.models import StageFact
from rodatraden.procurements.rules import Role
from rodatraden.records.models import LedgerBody
from tests.factories.bids import close_box, make_bidder
from tests.factories.keys import first_sheet, last_sheet, ring_of, unlock
from tests.factories.parties import make_holder
from tests.factories.procurements import declare
from tests.factories.sealed import give_bid
from tests.factories.tenders import DEADLINE

OPENING = DEADLINE + timedelta(hours=1)
BEFORE = DEADLINE - timedelta(hours=2)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ring(case, tender):
    return ring_of(tender)


@pytest.fixture
def three(tender, ring):
    """Three sealed bids in a closed box."""
    bids = [give_bid(tender, supplier=f"Bolag {n}", price=900 + n, at=BEFORE + n * MINUTE) for n in range(3)]
    close_box(tender)
    return bids


def begin(tender, ring, person, *, at=OPENING, holds=Holds.BID, sheet: bytes | None = None) -> Unlocking:
    return actions.unlock_first(
        tender=tender, holds=holds, sheet=sheet or first_sheet(tender, ring, person, holds=holds), by=person, at=at
    )


def end(unlocking, ring, person, *, at=OPENING + MINUTE, sheet: bytes | None = None, despite=False):
    return actions.unlock_last(
        unlocking=unlocking, sheet=sheet or last_sheet(unlocking, ring, person), by=person, at=at, despite=despite
    )


def reason(call) -> str:
    with pytest.raises(RefusedError) as error:
        call()
    return str(error.value.answer.reason)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_inv_04_two_holders_in_either_order_open_all_bids_in_one_act(case, tender, ring, three, order):
    first, last = (case.openers[n] for n in order)
    bids = unlock(tender, first, last, at=OPENING)
    assert [(bid.number, bid.submission_id, bid.is_unreadable) for bid in bids] == [
        (number, each.pk, False) for number, each in enumerate(three, start=1)
    ]
    assert {bid.files.count() for bid in bids} == {len(bids[0].index["files"])}
    assert StageFact.objects.get(kind="opened").at == OPENING + MINUTE
    assert not Unlocking.objects.exists()
    protocol = json.loads(Opening.objects.get(tender=tender).protocol)
    assert protocol["keys"] == {
        "holders": tender.frozen_holders.sha256,
        "used": [str(ring.of(first).pk), str(ring.of(last).pk)],
        "left_unread": [],
    }
    for bid, submission in zip(protocol["bids"], three, strict=True):
        packages = {each["holds"]: each["sha256"] for each in json.loads(submission.receipt)["packages"]}
        assert (bid["package"], bid["price_package"]) == (packages["bid"], packages["price"])


def test_inv_03_one_holder_alone_opens_nothing_even_with_both_sheets(case, tender, ring, three):
    first, other = case.openers
    unlocking = begin(tender, ring, first)
    assert "Another one than you" in reason(
        lambda: end(unlocking, ring, first, sheet=last_sheet(unlocking, ring, other))
    )
    assert not Bid.objects.exists()


def test_two_officials_without_their_keys_open_nothing(case, tender, ring, three):
    first, last = case.openers
    unlocking = begin(tender, ring, first)
    opening = Opening.objects.get(tender=tender)
    nothing = Unlocked({}, (ring.of(first).pk, ring.of(last).pk), "of another list")
    assert "not unlocked" in reason(
        lambda: actions.confirm_opening(opening=opening, by=last, at=OPENING + MINUTE, keys=nothing)
    )
    assert Unlocking.objects.filter(pk=unlocking.pk).exists()


def test_inv_01_nothing_is_unlocked_before_the_box_is_closed(case, tender, ring):
    give_bid(tender, at=BEFORE)
    assert reason(lambda: begin(tender, ring, case.openers[0], at=DEADLINE - MINUTE))
    assert not Unlocking.objects.exists()


def test_who_is_no_appointed_official_unlocks_nothing_though_they_hold_a_key(case, tender, ring, three):
    third = next(key.person for key in ring.keys.values() if key.person not in case.openers)
    assert reason(lambda: begin(tender, ring, third))


def test_a_key_that_is_another_persons_or_not_in_the_list_is_refused(case, tender, ring, three):
    first, last = case.openers
    assert "not yours" in reason(lambda: begin(tender, ring, first, sheet=first_sheet(tender, ring, last)))
    unlisted = make_holder("Ny", case.buyer).key
    sheet = replace(read_sheet(first_sheet(tender, ring, first)), key=unlisted.pk).canonical()
    assert "not sealed to this key" in reason(lambda: begin(tender, ring, first, sheet=sheet))


def test_what_the_first_one_unlocked_holds_for_half_an_hour(case, tender, ring, three):
    first, last = case.openers
    unlocking = begin(tender, ring, first)
    assert "no longer valid" in reason(lambda: end(unlocking, ring, last, at=OPENING + ASK_HOLDS + MINUTE))
    again = begin(tender, ring, first, at=OPENING + ASK_HOLDS + MINUTE)
    assert end(again, ring, last, at=OPENING + ASK_HOLDS + 2 * MINUTE)


def test_what_nobody_followed_is_thrown_away_when_it_no_longer_holds(case, tender, ring, three):
    begin(tender, ring, case.openers[0])
    assert actions.forget_unlockings(by=None, at=OPENING + ASK_HOLDS) == 0
    assert actions.forget_unlockings(by=None, at=OPENING + ASK_HOLDS + timedelta(seconds=1)) == 1
    assert not Unlocking.objects.exists()
    (told,) = LedgerBody.objects.filter(event="first_key_forgotten")
    assert (told.object_id, told.by) == (tender.pk, None)
    assert len(unlock(tender, *case.openers, at=OPENING + 2 * ASK_HOLDS)) == 3


def test_the_first_sheet_tells_little_of_how_many_bids_there_are(case, tender, ring, three):
    holders, key = key_holders(tender), ring.of(case.openers[0]).pk
    none = sheet_to_begin(holders, Holds.BID, key, [])
    some = sheet_to_begin(holders, Holds.BID, key, sealed_bids(tender, Holds.BID))
    assert {bid for bid, _ in some.wraps} > {each.pk for each in three}
    assert (len(none.wraps), len(some.wraps)) == (BLOCK * 2, BLOCK * 2)


def test_what_the_first_one_hands_back_opens_with_no_key_of_the_server(case, tender, ring, three):
    unlocking = begin(tender, ring, case.openers[0])
    servers = [pyrage.x25519.Identity.from_str(layer_path(tender.pk, holds).read_text().strip()) for holds in Holds]
    for data in read_sheet(unlocking.peeled.encode()).wraps.values():
        with pytest.raises(pyrage.DecryptError):
            pyrage.decrypt(data, servers)


def test_an_official_who_hands_back_less_stops_the_opening_and_spoils_no_bid(case, tender, ring, three):
    first, last = case.openers
    sheet = read_sheet(first_sheet(tender, ring, first))
    less = replace(sheet, wraps={line: data for line, data in sheet.wraps.items() if line[0] != three[1].pk})
    unlocking = begin(tender, ring, first, sheet=less.canonical())
    with pytest.raises(actions.KeysLackingError):
        end(unlocking, ring, last)
    assert not Bid.objects.exists()
    assert not any(bid.is_unreadable for bid in unlock(tender, last, first, at=OPENING + 5 * MINUTE))


def test_keys_of_two_bids_that_changed_places_stop_the_opening(case, tender, ring, three):
    first, last = case.openers
    unlocking = begin(tender, ring, first)
    sheet = read_sheet(last_sheet(unlocking, ring, last))
    one, other = ((each.pk, (ring.of(first).pk, ring.of(last).pk)) for each in three[:2])
    swapped = {**sheet.wraps, one: sheet.wraps[other], other: sheet.wraps[one]}
    with pytest.raises(actions.KeysLackingError):
        end(unlocking, ring, last, sheet=replace(sheet, wraps=swapped).canonical())


@pytest.fixture
def third(case, ring):
    """The third holder, of a neighbouring association and with no role at the buyer, appointed an official as well."""
    person = next(key.person for key in ring.keys.values() if key.person not in case.openers)
    assert not is_member(person, case.buyer, BEFORE)
    appoint(procurement=case.procurement, person=person, role=Role.OPENER, by=case.officer, at=BEFORE)
    declare(case, person, at=BEFORE)
    return person


def test_a_neighbour_opens_in_the_place_of_an_official_who_is_gone(case, tender, ring, three, third):
    bids = unlock(tender, case.openers[1], third, at=OPENING)
    assert len(bids) == len(three)
    assert not any(bid.is_unreadable for bid in bids)


def test_a_neighbour_whose_holding_has_ended_ends_no_opening(case, tender, ring, three, third):
    first, _ = case.openers
    unlocking = begin(tender, ring, first)
    end_key_holding(holding=third.key_holdings.get(), by=third, at=OPENING)
    assert (
        reason(lambda: end(unlocking, ring, third))
        == "You are not in the team of this procurement. Ask the procurement officer to appoint you."
    )
    assert not Bid.objects.exists()


def lose_wraps(submission) -> None:
    Path(default_storage.path(submission.handed_in.location)).unlink()


def test_a_bid_that_no_pair_can_unlock_stops_no_other_and_stands_in_the_protocol(case, tender, ring, three, third):
    lose_wraps(three[1])
    one, other = case.openers
    for first, last in ((one, other), (other, third)):
        unlocking = begin(tender, ring, first)
        with pytest.raises(actions.KeysLackingError):
            end(unlocking, ring, last, despite=True)
        assert not Bid.objects.exists()
        assert not Unlocking.objects.exists()
    bids = end(begin(tender, ring, third), ring, one, despite=True)
    assert [bid.is_unreadable for bid in bids] == [False, True, False]
    protocol = json.loads(Opening.objects.get(tender=tender).protocol)
    assert [bid["unreadable"] for bid in protocol["bids"]] == [None, "wraps", None]
    assert protocol["keys"]["left_unread"] == [str(three[1].pk)]


def test_one_official_who_spoils_makes_no_bid_unreadable_for_good(case, tender, ring, three, third):
    spoiler, other = case.openers
    for partner in (other, third, other):
        sheet = read_sheet(first_sheet(tender, ring, spoiler))
        less = replace(sheet, wraps={line: data for line, data in sheet.wraps.items() if line[0] != three[1].pk})
        unlocking = begin(tender, ring, spoiler, sheet=less.canonical())
        with pytest.raises(actions.KeysLackingError):
            end(unlocking, ring, partner, despite=True)
    assert not Bid.objects.exists()
    assert not any(bid.is_unreadable for bid in unlock(tender, other, third, at=OPENING + 5 * MINUTE))


def test_another_begins_anew_in_place_of_one_who_waits(case, tender, ring, three):
    first, last = case.openers
    begin(tender, ring, first)
    anew = begin(tender, ring, last, at=OPENING + MINUTE)
    assert (anew.by, Unlocking.objects.count()) == (last, 1)
    assert end(anew, ring, first, at=OPENING + 2 * MINUTE)


def test_two_who_unlock_last_at_once_open_once(case, tender, ring, three):
    first, last = case.openers
    unlocking = begin(tender, ring, first)
    sheet = last_sheet(unlocking, ring, last)
    end(unlocking, ring, last, sheet=sheet)
    assert "already" in reason(lambda: end(unlocking, ring, last, sheet=sheet))


@pytest.mark.parametrize(
    "change",
    [
        lambda index: index.update(price="1140"),
        lambda index: index.update(unreadable="x"),
        lambda index: index.update(x="\0"),
        lambda index: index["files"].append(index["files"][0]),
        lambda index: index["files"].pop(),
        lambda index: index["files"][0].update(pages=2**40),
        lambda index: index["people"][0]["assignments"][0].update(starts_on="2025-07-01", ends_on="2025-06-30"),
    ],
)
def test_an_index_that_says_more_or_other_than_it_may_is_a_fault_of_that_bid_alone(case, tender, ring, change):
    give_bid(tender, supplier="Eget program AB", at=BEFORE, change=change)
    give_bid(tender, supplier="Rätt AB", at=BEFORE + MINUTE)
    close_box(tender)
    bids = unlock(tender, *case.openers, at=OPENING)
    assert [bid.index.get("unreadable") for bid in bids] == ["malformed", None]


def test_what_the_database_refuses_is_a_fault_of_that_bid_alone(case, tender, ring, three, monkeypatch):
    stored = opening.write_content

    def refusing(bid, *given, **told):
        if bid.number == 2:
            raise DataError("value too long")
        stored(bid, *given, **told)

    monkeypatch.setattr(opening, "write_content", refusing)
    bids = unlock(tender, *case.openers, at=OPENING)
    assert [bid.index.get("unreadable") for bid in bids] == [None, "malformed", None]
    assert Bid.objects.get(number=2).files.count() == 0


def test_pages_and_kinds_are_read_from_the_bytes_whatever_the_bidders_program_says(case, tender, ring):
    give_bid(
        tender,
        at=BEFORE,
        change=lambda index: [file.update(pages=99, media_type="text/html") for file in index["files"]],
    )
    close_box(tender)
    (bid,) = unlock(tender, *case.openers, at=OPENING)
    assert {file.pages for file in bid.files.all()} == {1}
    assert {file.file.media_type for file in bid.files.select_related("file")} == {"application/pdf"}


def test_what_is_wrong_with_a_file_is_a_fact_on_it_and_in_the_protocol_and_rejects_nothing(case, tender):
    give_bid(tender, at=BEFORE, change=lambda index: index["files"][0].update(name="Metod.docx"))
    give_bid(tender, supplier="Felfri AB", at=BEFORE)
    close_box(tender)
    bids = unlock(tender, *case.openers, at=OPENING)
    assert [bid.is_unreadable for bid in bids] == [False, False]
    named = {file.file.name: file.fault for bid in bids for file in bid.files.select_related("file")}
    assert named.pop("Metod.docx") == BidFile.Fault.MISNAMED
    assert set(named.values()) == {""}
    listed = json.loads(Opening.objects.get().protocol)["bids"]
    assert [file.get("fault") for bid in listed for file in bid["files"] if file["name"] == "Metod.docx"] == [
        "misnamed"
    ]
    assert {fault.value for fault in PageFault} == set(BidFile.Fault.values)


@pytest.mark.parametrize("what", ["part", "index"])
def test_a_changed_part_is_a_fact_of_the_protocol(case, tender, ring, three, what):
    part = SealedPart.objects.select_related("file").get(upload=three[0].upload, name="bid/parts/00000.age")
    path = Path(default_storage.path((part.file if what == "part" else three[0].handed_in).location))
    data = bytearray(path.read_bytes())
    data[-20 if what == "part" else data.index(b"age-encryption.org") + 500] ^= 1
    path.write_bytes(bytes(data))
    bids = unlock(tender, *case.openers, at=OPENING)
    assert [bid.is_unreadable for bid in bids] == [True, False, False]


def test_late_replaced_and_withdrawn_bids_are_on_no_sheet(case, tender, ring):
    bidder = make_bidder("Bytt AB")
    one = give_bid(tender, bidder=bidder, at=BEFORE)
    kept = give_bid(tender, bidder=bidder, at=BEFORE + MINUTE)
    late = give_bid(tender, supplier="Sen AB", at=DEADLINE)
    close_box(tender)
    assert [each.pk for each in sealed_bids(tender, Holds.BID)] == [kept.pk]
    sheet = read_sheet(first_sheet(tender, ring, case.openers[0]))
    assert not {bid for bid, _ in sheet.wraps} & {one.pk, late.pk}


def test_inv_13_the_prices_stay_sealed_until_the_quality_is_locked_and_two_unlock_them(case, tender, ring, three):
    first, last = case.openers
    unlock(tender, first, last, at=OPENING)
    assert reason(lambda: begin(tender, ring, first, holds=Holds.PRICE, at=OPENING + 5 * MINUTE))
    locked = OPENING + timedelta(days=3)
    record_fact(procurement=case.procurement, kind=StageFact.Kind.CONSENSUS_LOCKED, by=case.officer, at=locked)
    for person in case.everybody:
        declare(case, person, at=OPENING + 10 * MINUTE)
    assert "not unlocked" in reason(lambda: actions.open_prices(tender=tender, by=case.officer, at=locked + MINUTE))
    assert not BidPrice.objects.exists()
    prices = unlock(tender, last, first, at=locked + MINUTE, holds=Holds.PRICE)
    assert [price.amount for price in prices] == [Decimal(900), Decimal(901), Decimal(902)]


def test_a_sheet_that_is_none_or_anothers_is_refused(case, tender, ring, three):
    first, last = case.openers
    assert "cannot be read" in reason(lambda: begin(tender, ring, first, sheet=b"[]"))
    sheet = read_sheet(first_sheet(tender, ring, first))
    assert "not the one" in reason(
        lambda: begin(tender, ring, first, sheet=replace(sheet, holds=Holds.PRICE).canonical())
    )
    turned = {(bid, (pair[1], pair[0])): data for (bid, pair), data in sheet.wraps.items()}
    assert "not the one" in reason(lambda: begin(tender, ring, first, sheet=replace(sheet, wraps=turned).canonical()))
    unlocking = begin(tender, ring, first)
    assert "not the one" in reason(
        lambda: end(unlocking, ring, last, sheet=replace(sheet, key=ring.of(last).pk).canonical())
    )


def test_each_unlocking_stands_in_the_log(case, tender, ring, three):
    unlock(tender, *case.openers, at=OPENING)
    told = LedgerBody.objects.filter(event__in=["first_key_unlocked", "last_key_unlocked"]).order_by("pk")
    assert [(body.event, body.by) for body in told] == [
        ("first_key_unlocked", case.openers[0].pk),
        ("last_key_unlocked", case.openers[1].pk),
    ]


def test_the_last_sheet_holds_only_lines_of_the_two(case, tender, ring, three):
    first, last = case.openers
    unlocking = begin(tender, ring, first)
    pairs = {pair for _, pair in sheet_to_end(unlocking, ring.of(last).pk).wraps}
    assert pairs == {(ring.of(first).pk, ring.of(last).pk)}

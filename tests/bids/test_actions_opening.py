"""The opening: two different appointed officials, one act, all bids; prices only when the quality is locked."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from rodatraden.bids import actions
from rodatraden.bids.models import (
    Bid,
    BidFile,
    BidPrice,
    NamedPerson,
    Opening,
    Promise,
    RequirementAnswer,
    Submission,
    Unlocking,
)
from rodatraden.bids.queries import opened_bids
from rodatraden.bids.queries.sealed import layer_path
from rodatraden.bids.rules import ASK_HOLDS
from rodatraden.core.answer import RefusedError
from rodatraden.core.canonical import canonical_json, sha256_hex
from rodatraden.core.ledger import root_hash
from rodatraden.core.offer import CvEntry, CvPerson
from rodatraden.core.sealing.holders import Holds
from rodatraden.parties.models import KeyHolder
from rodatraden.procurements.actions import appoint, clear_conflict, declare_interests, record_fact, remove_member
from rodatraden.procurements.models import StageFact
from rodatraden.procurements.rules import Role
from rodatraden.records.models import DiaryDocument, LedgerBody, LedgerEntry, StoredFile
from rodatraden.records.queries import read_bytes
from tests.factories import keys
from tests.factories.bids import CV, close_box, make_bidder, open_box, open_prices, pdf
from tests.factories.parties import make_person
from tests.factories.procurements import declare
from tests.factories.sealed import give_bid
from tests.factories.tenders import DEADLINE

OPENING = DEADLINE + timedelta(hours=1)
BEFORE = DEADLINE - timedelta(hours=2)
MINUTE = timedelta(minutes=1)


def begin(tender, by, at=OPENING):
    return keys.begin(tender, by, at=at)


def end(unlocking, by, at=OPENING + MINUTE):
    return keys.end(unlocking, by, at=at)


def damage(file: StoredFile, change) -> None:
    path = Path(default_storage.path(file.location))
    path.write_bytes(change(path.read_bytes()))


def part_of(submission: Submission, name: str) -> StoredFile:
    return submission.upload.parts.get(name=name).file


def test_inv_04_all_bids_are_opened_in_one_act_and_none_is_left_out(case, tender):
    assert not Bid.objects.exists()
    handed_in = [give_bid(tender, supplier=f"Bolag {n}", price=900 + n, at=BEFORE + n * MINUTE) for n in range(3)]
    bids = open_box(case, tender)
    assert [(bid.number, bid.submission_id, bid.received_at) for bid in bids] == [
        (number, each.pk, each.received_at) for number, each in enumerate(handed_in, start=1)
    ]
    assert {bid.opened_at for bid in bids} == {OPENING + MINUTE}
    assert StageFact.objects.get(kind="opened").at == OPENING + MINUTE


def test_bids_that_came_at_the_same_instant_are_numbered_by_their_id(case, tender):
    handed_in = [give_bid(tender, supplier=f"Bolag {n}", at=BEFORE) for n in range(4)]
    bids = open_box(case, tender)
    assert [str(bid.submission_id) for bid in bids] == sorted(str(each.pk) for each in handed_in)


def test_the_opening_makes_the_rows_of_what_the_supplier_said(case, tender):
    method = tender.content_items.get(title="Metodbeskrivning")
    k1, k4 = (tender.requirements.get(number=number) for number in (1, 4))
    people = (*CV, CvPerson("Anna Lund", (CvEntry("Kommun Prov", *[CV[0].entries[0].starts_on] * 2, "Stöd"),)))
    give_bid(
        tender, files={method.pk: pdf("metod", pages=2)}, promises={k4.pk: "Vi svarar inom 5 dagar."}, people=people
    )
    assert [model.objects.count() for model in (RequirementAnswer, Promise, NamedPerson, BidFile)] == [0, 0, 0, 0]
    (bid,) = open_box(case, tender)
    assert [(row.requirement_id, row.is_met, row.text) for row in bid.answers.all()] == [
        (k1.pk, True, "Se cv, sidan 1.")
    ]
    assert [(row.requirement_id, row.text, row.page_reference) for row in bid.promises.all()] == [
        (k4.pk, "Vi svarar inom 5 dagar.", "s. 2")
    ]
    assert [
        (row.name, [each.client for each in row.assignments.all()]) for row in bid.named_people.order_by("name")
    ] == [
        ("Anna Lund", ["Kommun Prov"]),
        ("Elin Hagström", ["Region Prov"]),
    ]
    file = bid.files.get(content_item=method)
    assert (file.file.name, file.file.media_type, file.pages, file.is_over_limit) == (
        "Metodbeskrivning.pdf",
        "application/pdf",
        2,
        False,
    )
    assert read_bytes(file.file) == pdf("metod", pages=2)
    assert bid.index["promises"][0]["text"] == "Vi svarar inom 5 dagar."
    assert bid.declaration_file is None


def test_inv_05_late_replaced_and_withdrawn_bids_stay_sealed(case, tender):
    bidder = make_bidder("Ersatt AB")
    give_bid(tender, bidder=bidder, at=BEFORE)
    latest = give_bid(tender, bidder=bidder, at=BEFORE + MINUTE)
    late = give_bid(tender, supplier="Sent AB", at=DEADLINE)
    leaver = make_bidder("Återkallat AB")
    left = give_bid(tender, bidder=leaver, at=BEFORE)
    from tests.factories.bids import Stamp, next_key  # noqa: PLC0415

    actions.withdraw_bid(submission=left, by=leaver, arrival=Stamp(BEFORE + MINUTE), key=next_key())
    (bid,) = open_box(case, tender)
    assert bid.submission_id == latest.pk
    protocol = tender.opening.protocol
    assert json.loads(protocol)["not_opened"] == {"late": 1, "withdrawn": 1, "replaced": 1}
    assert "Sent AB" not in protocol
    assert "Återkallat AB" not in protocol
    assert str(late.pk) not in protocol


def test_a_late_bid_that_comes_after_the_opening_is_only_stored(case, tender):
    open_box(case, tender)
    late = give_bid(tender, at=OPENING + timedelta(days=1))
    assert late.is_late
    assert not Bid.objects.exists()


def test_the_protocol_lists_what_was_opened_by_whom_and_what_the_log_was(case, tender):
    submission = give_bid(tender, at=BEFORE)
    first, second = case.openers
    close_box(tender, at=OPENING)
    end(begin(tender, first), second)
    opening = Opening.objects.get(tender=tender)
    protocol = json.loads(opening.protocol)
    assert canonical_json(protocol).decode() == opening.protocol
    bid = Bid.objects.get()
    snapshot = tender.snapshots.get()
    size = protocol["ledger"]["size"]
    leaves = list(LedgerEntry.objects.order_by("index").values_list("leaf_hash", flat=True)[:size])
    assert protocol["ledger"] == {"size": size, "root": root_hash(leaves)}
    assert protocol["snapshot"] == {"number": 1, "sha256": snapshot.sha256}
    assert [person["name"] for person in protocol["opened_by"]] == [first.name, second.name]
    assert protocol["deadline_at"] == "2026-02-16T12:00:00Z"
    assert (protocol["closed_at"], protocol["opened_at"]) == ("2026-02-16T13:00:00Z", "2026-02-16T13:01:00Z")
    (row,) = protocol["bids"]
    assert row["supplier"] == {"id": str(bid.supplier_id), "name": "Mellanrum Samverkan AB"}
    packages = {each["holds"]: each["sha256"] for each in json.loads(submission.receipt)["packages"]}
    assert (row["package"], row["price_package"]) == (packages["bid"], packages["price"])
    assert [file["sha256"] for file in row["files"]] == [
        file.file.sha256 for file in bid.files.select_related("file").order_by("content_item__number")
    ]
    assert "price" not in {key for key in row if key != "price_package"}
    event = LedgerBody.objects.get(event="procurement_opened")
    assert json.loads(event.what) == {"protocol": sha256_hex(opening.protocol.encode())}


def test_the_diary_gets_bids_at_the_opening_in_order_then_the_protocol_and_no_names(case, tender):
    give_bid(tender, supplier="Alfa AB", at=BEFORE)
    give_bid(tender, supplier="Beta AB", at=BEFORE + MINUTE)
    before = DiaryDocument.objects.filter(case=case.procurement.diary_case).count()
    open_box(case, tender)
    rows = list(DiaryDocument.objects.filter(case=case.procurement.diary_case).order_by("serial"))[before:]
    declared = [row for row in rows if row.subject == "Jävsförklaring"]  # made anew, now that the bidders are known
    assert rows[3:] == declared
    assert [(row.direction, row.counterparty, row.secrecy_note) for row in rows[:3]] == [
        ("received", "", "OSL 19 kap. 3 §"),
        ("received", "", "OSL 19 kap. 3 §"),
        ("drawn_up", "", "OSL 19 kap. 3 §"),
    ]
    assert [row.subject[-1] for row in rows[:2]] == ["1", "2"]
    assert "Alfa" not in str([(row.subject, row.counterparty) for row in rows])


def test_a_box_without_bids_is_opened_too(case, tender):
    assert open_box(case, tender) == []
    assert json.loads(tender.opening.protocol)["bids"] == []


FLIPPED = "parts"
FAULTS = {
    "changed": (lambda data: data[:-1] + bytes([data[-1] ^ 1]), FLIPPED),
    "cut": (lambda data: data[:1000], FLIPPED),
    "empty": (lambda data: b"", FLIPPED),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_one_broken_package_never_stops_the_others_and_the_protocol_says_so(case, tender, fault):
    broken = give_bid(tender, supplier="Trasig AB", at=BEFORE)
    give_bid(tender, supplier="Hel AB", at=BEFORE + MINUTE)
    change, said = FAULTS[fault]
    damage(part_of(broken, "bid/parts/00000.age"), change)
    first, second = open_box(case, tender)
    assert (first.index, first.is_unreadable, second.is_unreadable) == ({"unreadable": said}, True, False)
    assert [first.files.count(), second.files.count()] == [0, 3]
    assert [row["unreadable"] for row in json.loads(tender.opening.protocol)["bids"]] == [said, None]


def test_a_bid_of_which_a_part_is_gone_is_unreadable(case, tender):
    gone = give_bid(tender, supplier="Borta AB", at=BEFORE)
    give_bid(tender, supplier="Hel AB", at=BEFORE + MINUTE)
    default_storage.delete(part_of(gone, "bid/parts/00000.age").location)
    first, second = open_box(case, tender)
    assert (first.index, second.is_unreadable) == ({"unreadable": "gone"}, False)


def test_a_bid_with_another_index_is_unreadable(case, tender):
    give_bid(tender, at=BEFORE, change=lambda index: index.update(format=99))
    assert [bid.index for bid in open_box(case, tender)] == [{"unreadable": "malformed"}]


def test_without_the_servers_key_file_no_holder_begins_and_nothing_is_lost(case, tender):
    give_bid(tender, at=BEFORE)
    close_box(tender, at=OPENING)
    path = layer_path(tender.pk, Holds.BID)
    path.rename(path.with_suffix(".away"))
    with pytest.raises(RefusedError, match="must put it back from its backup"):
        begin(tender, case.openers[0])
    path.with_suffix(".away").rename(path)
    assert len(end(begin(tender, case.openers[0]), case.openers[1])) == 1


def test_an_opening_that_fails_halfway_leaves_nothing_in_clear(case, tender, monkeypatch, settings):
    give_bid(tender, at=BEFORE)
    close_box(tender, at=OPENING)
    unlocking = begin(tender, case.openers[0])
    files = {path for path in settings.DATA_DIR.rglob("*") if path.is_file()}

    def fail(**_):
        raise OSError("the disk is full")

    monkeypatch.setattr("rodatraden.bids.actions.opening.record_fact", fail)
    with pytest.raises(OSError, match="disk is full"):
        end(unlocking, case.openers[1])
    assert {path for path in settings.DATA_DIR.rglob("*") if path.is_file()} == files
    assert not Bid.objects.exists()


class TestTwoOfficials:
    """INV-03: who, in which state, and what is said."""

    def refused(self, attempt, reason):
        before = LedgerEntry.objects.count()
        with pytest.raises(RefusedError, match=reason):
            attempt()
        assert LedgerEntry.objects.count() == before
        assert not Bid.objects.exists()

    @pytest.mark.parametrize("role", ["officer", "need_owner", "decider", "contract_manager", "evaluator", "stranger"])
    def test_inv_03_only_appointed_officials_ask_and_confirm(self, case, tender, role):
        give_bid(tender, at=BEFORE)
        close_box(tender, at=OPENING)
        person = {
            "evaluator": case.evaluators[0],
            "stranger": make_person("Stranger", organisation=case.buyer),
        }.get(role) or getattr(case, role)
        reason = "not in the team" if role == "stranger" else "appointed opening official"
        self.refused(lambda: begin(tender, person), reason)
        unlocking = begin(tender, case.openers[0])
        self.refused(lambda: end(unlocking, person), reason)

    def test_inv_03_one_official_alone_opens_nothing(self, case, tender):
        give_bid(tender, at=BEFORE)
        close_box(tender, at=OPENING)
        alone = case.openers[0]
        unlocking = begin(tender, alone)
        self.refused(lambda: end(unlocking, alone), "Another one than you must unlock")
        self.refused(lambda: end(unlocking, alone, at=OPENING + ASK_HOLDS * 2), "Another one than you")
        unlocking.by = case.openers[1]  # what lies in memory does not count
        self.refused(lambda: end(unlocking, alone), "Another one than you must unlock")
        other_key = keys.ring_of(tender).of(case.openers[1]).pk
        Unlocking.objects.update(key=other_key)  # nor does it help to have unlocked with another's key
        self.refused(lambda: end(unlocking, alone), "Another one than you must unlock")

    def test_inv_03_the_database_holds_no_opening_by_one_person_twice(self, case, tender):
        from django.db import IntegrityError, transaction  # noqa: PLC0415

        close_box(tender, at=OPENING)
        begin(tender, case.openers[0])
        with pytest.raises(IntegrityError), transaction.atomic():
            Opening.objects.filter(tender=tender).update(confirmed_by=case.openers[0])

    @pytest.mark.parametrize("at", [BEFORE, DEADLINE - timedelta(microseconds=1)])
    def test_inv_03_nothing_is_opened_before_the_deadline(self, case, tender, at):
        give_bid(tender, at=BEFORE)
        self.refused(lambda: begin(tender, case.openers[0], at=at), "The time for bids runs until")

    def test_inv_03_nothing_is_opened_before_the_box_is_closed(self, case, tender):
        self.refused(lambda: begin(tender, case.openers[0], at=OPENING), "The box has not been closed yet")

    def test_inv_03_nothing_is_opened_before_a_deadline_even_when_the_fact_says_closed(self, case, tender):
        record_fact(procurement=case.procurement, kind=StageFact.Kind.CLOSED, by=None, at=BEFORE)
        self.refused(lambda: begin(tender, case.openers[0], at=BEFORE), "The time for bids runs until")

    def test_a_request_holds_for_half_an_hour_and_can_be_made_anew(self, case, tender):
        close_box(tender, at=OPENING)
        first, second = case.openers
        unlocking = begin(tender, first)
        self.refused(lambda: end(unlocking, second, at=OPENING + ASK_HOLDS + MINUTE), "no longer valid")
        again = begin(tender, second, at=OPENING + ASK_HOLDS + MINUTE)
        assert again.pk == unlocking.pk
        assert end(again, first, at=OPENING + ASK_HOLDS + 2 * MINUTE) == []

    def test_an_official_who_was_removed_meanwhile_does_not_count(self, case, tender):
        close_box(tender, at=OPENING)
        first, second = case.openers
        unlocking = begin(tender, first)
        third = KeyHolder.objects.get(person__name="Neighbour").person
        appoint(procurement=case.procurement, person=third, role=Role.OPENER, by=case.officer, at=OPENING)
        member = case.procurement.team.get(person=first, role=Role.OPENER)
        remove_member(member=member, by=case.officer, at=OPENING)
        self.refused(lambda: end(unlocking, second), "no longer valid")

    def test_inv_15_an_official_without_declaration_or_with_a_conflict_opens_nothing(self, case, tender):
        close_box(tender, at=OPENING)
        new, (first, last) = make_person("New opener", organisation=case.buyer), case.openers
        appoint(procurement=case.procurement, person=new, role=Role.OPENER, by=case.officer, at=OPENING)
        self.refused(lambda: begin(tender, new), "Declare your interests")
        conflict = declare(case, first, at=OPENING, has_conflict=True)
        self.refused(lambda: begin(tender, first), "conflict of interest that nobody has decided on")
        clear_conflict(declaration=conflict, measure="Bara formell roll", by=case.decider, at=OPENING)
        assert end(begin(tender, first), last) == []

    def test_a_box_is_opened_once(self, case, tender):
        close_box(tender, at=OPENING)
        unlocking = begin(tender, case.openers[0])
        sheet = keys.last_sheet(unlocking, keys.ring_of(tender), case.openers[1])
        end(unlocking, case.openers[1])
        with pytest.raises(RefusedError, match="unlocked already"):
            actions.unlock_last(unlocking=unlocking, sheet=sheet, by=case.openers[1], at=OPENING)
        declare(case, case.openers[0], at=OPENING + MINUTE)
        with pytest.raises(RefusedError, match="opened already"):
            begin(tender, case.openers[0])

    def test_a_cancelled_procurement_is_never_opened(self, case, tender):
        close_box(tender, at=OPENING)
        unlocking = begin(tender, case.openers[0])
        record_fact(procurement=case.procurement, kind=StageFact.Kind.CANCELLED, by=case.officer, at=OPENING)
        self.refused(lambda: end(unlocking, case.openers[1]), "cancelled")


def test_inv_32_a_broken_log_stops_the_opening(case, tender):
    give_bid(tender, at=BEFORE)
    close_box(tender, at=OPENING)
    unlocking = begin(tender, case.openers[0])
    LedgerBody.objects.filter(index=0).update(event="something_else")
    with pytest.raises(RefusedError, match="The log does not hold"):
        end(unlocking, case.openers[1])
    assert not Bid.objects.exists()


class TestAttesting:
    """Each of the two attests the list for themselves, after declaring anew (LOU 12 kap. 10 §)."""

    def test_both_attest_once(self, case, tender):
        open_box(case, tender)
        opening = Opening.objects.get(tender=tender)
        for official in case.openers:
            actions.attest_list(opening=opening, by=official, at=OPENING + timedelta(hours=1))
        opening.refresh_from_db()
        assert opening.first_attested_at == opening.second_attested_at == OPENING + timedelta(hours=1)
        with pytest.raises(RefusedError, match="attested the list already"):
            actions.attest_list(opening=opening, by=case.openers[0], at=OPENING + timedelta(hours=2))
        assert LedgerBody.objects.filter(event="opening_list_attested").count() == 2

    def test_nobody_else_attests(self, case, tender):
        open_box(case, tender)
        with pytest.raises(RefusedError, match="Only the two officials"):
            actions.attest_list(opening=Opening.objects.get(), by=case.officer, at=OPENING)

    def test_not_before_the_bidders_are_declared_on(self, case, tender):
        open_box(case, tender, redeclare=False)
        with pytest.raises(RefusedError, match="Declare your interests"):
            actions.attest_list(opening=Opening.objects.get(), by=case.openers[0], at=OPENING)

    def test_not_before_the_opening(self, case, tender):
        close_box(tender, at=OPENING)
        begin(tender, case.openers[0])
        with pytest.raises(RefusedError, match="not been opened yet"):
            actions.attest_list(opening=Opening.objects.get(), by=case.openers[0], at=OPENING)


class TestPrices:
    """INV-13: no price before the quality consensus is locked."""

    def lock(self, case):
        record_fact(
            procurement=case.procurement, kind=StageFact.Kind.CONSENSUS_LOCKED, by=case.officer, at=OPENING + MINUTE
        )

    def test_inv_13_prices_stay_sealed_until_the_consensus_is_locked(self, case, tender):
        give_bid(tender, price="1140.50", at=BEFORE)
        open_box(case, tender)
        for person in case.everybody:
            with pytest.raises(RefusedError):
                keys.begin(tender, person, at=OPENING, holds=Holds.PRICE)
        with pytest.raises(RefusedError, match="until the team has agreed on the quality"):
            open_prices(case, tender)
        assert not BidPrice.objects.exists()
        self.lock(case)
        open_prices(case, tender)
        assert [(row.bid.number, row.amount) for row in BidPrice.objects.all()] == [(1, Decimal("1140.50"))]
        assert StageFact.objects.filter(kind="prices_opened").count() == 1

    def test_prices_are_opened_once_and_by_two_officials(self, case, tender):
        give_bid(tender, at=BEFORE)
        open_box(case, tender)
        self.lock(case)
        for person in (case.evaluators[0], case.decider, case.need_owner, make_bidder("B AB")):
            with pytest.raises(RefusedError):
                keys.begin(tender, person, at=OPENING, holds=Holds.PRICE)
        open_prices(case, tender)
        with pytest.raises(RefusedError, match="opened already"):
            open_prices(case, tender)

    def test_inv_32_a_broken_log_stops_the_prices(self, case, tender):
        give_bid(tender, supplier="Hel AB", at=BEFORE)
        open_box(case, tender)
        self.lock(case)
        LedgerBody.objects.filter(index=0).update(event="something_else")
        with pytest.raises(RefusedError, match="The log does not hold"):
            open_prices(case, tender)
        assert not BidPrice.objects.exists()

    def test_a_broken_price_package_never_stops_the_others(self, case, tender):
        broken = give_bid(tender, supplier="Trasig AB", at=BEFORE)
        give_bid(tender, supplier="Hel AB", price="900", at=BEFORE + MINUTE)
        open_box(case, tender)
        damage(
            broken.handed_in, lambda data: data[:-100] + bytes(100)
        )  # the last that lies there is the index of the price
        self.lock(case)
        assert [(price.bid.number, price.amount) for price in open_prices(case, tender)] == [(2, Decimal(900))]
        assert [bid.number for bid in opened_bids(tender)] == [1, 2]


def test_inv_16_an_opened_bid_is_never_written_again(case, tender):
    """The row that holds what the supplier said has no verb that changes it: the only writers are opening and registering."""
    give_bid(tender, at=BEFORE)
    (bid,) = open_box(case, tender)
    index = dict(bid.index)
    give_bid(tender, supplier="Mellanrum Samverkan AB", at=OPENING + timedelta(days=1))
    bid.refresh_from_db()
    assert bid.index == index
    assert Submission.objects.filter(is_late=True).count() == 1


def test_everybody_declares_anew_once_the_bidders_are_known(case, tender):
    open_box(case, tender, redeclare=False)
    from rodatraden.procurements.rules import may_work  # noqa: PLC0415

    assert not may_work(case.officer, case.procurement)
    declare_interests(
        procurement=case.procurement,
        has_conflict=False,
        description="",
        by=case.officer,
        at=OPENING,
    )
    assert may_work(case.officer, case.procurement)

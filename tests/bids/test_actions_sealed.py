"""A bid that the supplier seals itself: opaque parts, then what hands them in, whose arrival is the bid's."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from rodatraden.bids import actions
from rodatraden.bids.actions import sealed as verbs
from rodatraden.bids.models import FrozenHolders, SealedPart, SealedUpload, Submission
from rodatraden.bids.queries import in_the_box, not_in_the_opening
from rodatraden.bids.queries.sealed import layer_path
from rodatraden.bids.rules import SETTLING
from rodatraden.core.answer import RefusedError
from rodatraden.core.sealing.hand_in import lay_hand_in
from rodatraden.core.sealing.holders import Holder, Holds, read_holders
from rodatraden.procurements.actions import record_fact
from rodatraden.procurements.models import StageFact
from rodatraden.records.models import LedgerBody, OutboxMail
from rodatraden.records.queries import read_bytes
from tests.factories.bids import Stamp, make_bidder, next_key, open_box, supplier_of
from tests.factories.keys import ring_of
from tests.factories.parties import make_holder
from tests.factories.sealed import SealedBid, bundle_of, give_bid, offer_for, seal_bid, upload
from tests.factories.tenders import DEADLINE

BEFORE = DEADLINE - timedelta(hours=1)


@pytest.fixture
def ring(case, tender):
    return ring_of(tender)


@pytest.fixture
def bidder():
    return make_bidder()


def hand_in(started, sealed: SealedBid, by, *, at=BEFORE, key="", manifest: bytes | None = None) -> Submission:
    return actions.hand_in_sealed(
        upload=started,
        handed_in=lay_hand_in(manifest, sealed.enclosed) if manifest else sealed.handed_in,
        by=by,
        arrival=Stamp(at),
        key=key or next_key(),
    )


def refused(call) -> str:
    with pytest.raises(RefusedError) as error:
        call()
    return str(error.value.answer.reason)


def test_the_holders_are_frozen_once_with_their_hash_in_the_log(case, tender, ring):
    frozen = FrozenHolders.objects.get(tender=tender)
    listed = read_holders(frozen.listed.encode())
    assert {each.key for each in listed.holders} == {key.pk for key in ring.keys.values()}
    assert listed.sha256 == frozen.sha256
    assert LedgerBody.objects.get(event="key_holders_frozen").case == case.procurement.pk
    for holds in Holds:
        assert layer_path(tender.pk, holds).stat().st_mode & 0o777 == 0o600


def test_too_few_holders_are_refused(case, tender):
    one = Holder(uuid4(), "Jonas", "age1" + "q" * 58)
    assert "hold the keys" in refused(
        lambda: actions.freeze_holders(tender=tender, holders=[one], by=case.officer, at=BEFORE)
    )
    assert FrozenHolders.objects.count() == 1  # that of the publication


def test_a_sealed_bid_is_handed_in_and_the_receipt_names_its_manifest(tender, ring, bidder):
    sealed = seal_bid(tender)
    submission = hand_in(upload(tender, sealed, bidder=bidder, at=BEFORE), sealed, bidder)
    receipt = json.loads(submission.receipt)
    assert submission.pk == sealed.id
    assert receipt["manifest"] == sealed.manifest.sha256
    assert [(each["holds"], each["sha256"]) for each in receipt["packages"]] == [
        (str(holds), package.sha256) for holds, package in sealed.manifest.packages.items()
    ]
    assert receipt["in_time"] is True
    assert (submission.version, submission.is_late) == (1, False)
    assert {mail.to for mail in OutboxMail.objects.all()} >= {bidder.email}


def test_what_is_stored_is_what_was_sent_and_none_of_it_can_be_read(tender, ring, bidder):
    sealed = seal_bid(tender)
    submission = hand_in(upload(tender, sealed, bidder=bidder, at=BEFORE), sealed, bidder)
    stored = {row.name: read_bytes(row.file) for row in SealedPart.objects.select_related("file")}
    assert stored == dict(sealed.parts)
    assert read_bytes(submission.handed_in) == sealed.handed_in
    for data in (*stored.values(), sealed.handed_in):
        assert "Hagström".encode() not in data


def test_the_same_key_again_gives_the_same_receipt_and_another_body_is_refused(tender, ring, bidder):
    sealed = seal_bid(tender)
    started = upload(tender, sealed, bidder=bidder, at=BEFORE)
    one = hand_in(started, sealed, bidder, key="k")
    kept = files_there()
    again = hand_in(started, sealed, bidder, key="k", at=BEFORE + timedelta(minutes=5))
    assert again.receipt == one.receipt
    assert Submission.objects.count() == 1
    assert files_there() == kept
    other = replace(sealed.manifest, made_with="annat").canonical()
    assert "already" in refused(lambda: hand_in(started, sealed, bidder, manifest=other))


@pytest.mark.parametrize(("early_ms", "is_late"), [(1, False), (0, True), (-1, True)])
def test_inv_05_in_time_is_strictly_before_the_deadline(tender, ring, bidder, early_ms, is_late):
    sealed = seal_bid(tender)
    started = upload(tender, sealed, bidder=bidder, at=BEFORE)
    at = DEADLINE - timedelta(milliseconds=early_ms)
    submission = hand_in(started, sealed, bidder, at=at)
    assert submission.is_late is is_late
    assert json.loads(submission.receipt)["in_time"] is not is_late


def test_a_new_bid_replaces_the_earlier_one(tender, ring, bidder):
    one = give_bid(tender, bidder=bidder)
    other = give_bid(tender, bidder=bidder, replaces=one.pk)
    assert (one.version, other.version) == (1, 2)
    assert "not handed in" in refused(lambda: give_bid(tender, bidder=bidder, replaces=uuid4()))


def test_a_sealed_bid_is_withdrawn_with_a_receipt(tender, ring, bidder):
    one = give_bid(tender, bidder=bidder)
    gone = actions.withdraw_bid(submission=one, by=bidder, arrival=Stamp(BEFORE), key=next_key())
    assert json.loads(gone.withdrawal_receipt)["what"] == "withdrawn"


def test_nothing_of_it_shows_in_the_case_before_the_opening(tender, ring, bidder):
    give_bid(tender, bidder=bidder)
    told = LedgerBody.objects.filter(event__in=["sealed_upload_started", "bid_received"])
    assert {(body.case, body.is_sealed) for body in told} == {(None, True)}


def without(sealed: SealedBid, name: str) -> SealedBid:
    return replace(sealed, parts={each: data for each, data in sealed.parts.items() if each != name})


def test_a_part_that_is_missing_or_another_stops_the_bid(tender, ring, bidder):
    sealed, name = seal_bid(tender), "bid/parts/00000.age"
    started = upload(tender, without(sealed, name), bidder=bidder, at=BEFORE)
    assert refused(lambda: hand_in(started, sealed, bidder))
    actions.store_part(upload=started, name=name, chunks=[seal_bid(tender).parts[name]], by=bidder, at=BEFORE)
    assert refused(lambda: hand_in(started, sealed, bidder))
    assert not Submission.objects.exists()
    actions.store_part(upload=started, name=name, chunks=[sealed.parts[name]], by=bidder, at=BEFORE)
    assert hand_in(started, sealed, bidder).pk == sealed.id


@pytest.mark.parametrize("holds", Holds)
@pytest.mark.parametrize("what", ["wraps", "index"])
def test_what_comes_with_a_manifest_and_is_not_what_it_names_stops_the_bid(tender, ring, bidder, holds, what):
    sealed, other = seal_bid(tender), seal_bid(tender)
    started = upload(tender, sealed, bidder=bidder, at=BEFORE)
    before = files_there()
    changed = replace(sealed.enclosed[holds], **{what: getattr(other.enclosed[holds], what)})
    mixed = replace(sealed, enclosed={**sealed.enclosed, holds: changed})
    assert refused(lambda: hand_in(started, mixed, bidder))
    less = replace(sealed, enclosed={each: enclosed for each, enclosed in sealed.enclosed.items() if each != holds})
    assert "cannot be read" in refused(lambda: hand_in(started, less, bidder))
    assert files_there() == before
    assert hand_in(started, sealed, bidder).pk == sealed.id


def test_a_bid_without_files_is_handed_in_without_a_part(tender, ring, bidder):
    sealed = seal_bid(tender, sealing=(replace(offer_for(tender)[0], files=()), []))
    assert not sealed.parts
    assert hand_in(begin(tender, bidder, bid=sealed.id), sealed, bidder).pk == sealed.id


def test_a_part_too_many_stops_the_bid(tender, ring, bidder):
    sealed = seal_bid(tender)
    more = replace(sealed, parts={**sealed.parts, "bid/parts/00001.age": sealed.parts["bid/parts/00000.age"]})
    assert "has not arrived" in refused(lambda: hand_in(upload(tender, more, bidder=bidder, at=BEFORE), sealed, bidder))


def test_a_manifest_of_another_bid_other_holders_or_other_documents_is_refused(tender, ring, bidder):
    sealed = seal_bid(tender)
    started = upload(tender, sealed, bidder=bidder, at=BEFORE)
    for changed, word in (
        ({"bid": uuid4()}, "another bid"),
        ({"tender": uuid4()}, "another bid"),
        ({"holders_sha256": "0" * 64}, "another list"),
        ({"documents_sha256": "0" * 64}, "not those of this procurement"),
        ({"packages": {**sealed.manifest.packages, Holds.PRICE: sealed.manifest.packages[Holds.BID]}}, ""),
    ):
        manifest = replace(sealed.manifest, **changed).canonical()
        assert word in refused(lambda manifest=manifest: hand_in(started, sealed, bidder, manifest=manifest))
    alone = {Holds.BID: sealed.manifest.packages[Holds.BID]}
    no_price = replace(sealed, enclosed={Holds.BID: sealed.enclosed[Holds.BID]})
    manifest = replace(sealed.manifest, packages=alone).canonical()
    assert "for its price" in refused(lambda: hand_in(started, no_price, bidder, manifest=manifest))
    assert "cannot be read" in refused(lambda: hand_in(started, sealed, bidder, manifest=b"{}"))


def test_another_supplier_can_neither_take_the_number_nor_write_nor_hand_in(tender, ring, bidder):
    sealed, other = seal_bid(tender), make_bidder("Annat AB")
    started = upload(tender, sealed, bidder=bidder, at=BEFORE)
    assert "taken" in refused(
        lambda: actions.start_upload(tender=tender, supplier=supplier_of(other), bid=sealed.id, by=other, at=BEFORE)
    )
    assert refused(
        lambda: actions.store_part(upload=started, name="bid/parts/00000.age", chunks=[b"x"], by=other, at=BEFORE)
    )
    assert refused(lambda: hand_in(started, sealed, other))


def test_the_officials_of_the_case_cannot_hand_in(case, tender, ring):
    bidder = case.officer
    assert refused(
        lambda: actions.start_upload(
            tender=tender, supplier=supplier_of(make_bidder()), bid=uuid4(), by=bidder, at=BEFORE
        )
    )


def test_names_and_sizes_that_no_part_has_are_refused(tender, ring, bidder, settings):
    sealed = seal_bid(tender)
    started = upload(tender, sealed, bidder=bidder, at=BEFORE)

    def store(name: str, *chunks: bytes) -> None:
        actions.store_part(upload=started, name=name, chunks=chunks, by=bidder, at=BEFORE)

    for name in (
        "",
        "manifest.json",
        "bid/parts/0.age",
        "bid/parts/../../x",
        "bid/parts/00000.age\n",
        "bid/wraps.json",
        "price/parts/00000.age",
    ):
        assert "no part with the name" in refused(lambda name=name: store(name, b"x"))
    assert "larger than it can be" in refused(lambda: store("bid/parts/00000.age", *([b"x" * 1024 * 1024] * 5)))
    settings.BID_SEALED_MAX_BYTES = 1000
    assert "at most" in refused(lambda: store("bid/parts/00000.age", b"x" * 1001))
    assert SealedPart.objects.get(name="bid/parts/00000.age").file.size == len(sealed.parts["bid/parts/00000.age"])


def test_nothing_is_exchanged_after_it_was_handed_in(tender, ring, bidder):
    sealed = seal_bid(tender)
    started = upload(tender, sealed, bidder=bidder, at=BEFORE)
    hand_in(started, sealed, bidder)
    assert "already" in refused(
        lambda: actions.store_part(upload=started, name="bid/parts/00000.age", chunks=[b"x"], by=bidder, at=BEFORE)
    )


def test_where_bids_come_in_another_tool_none_is_taken_in(tender, bidder):
    tender.bids_address = "https://annat.example/"
    assert "in another tool: https://annat.example/" in refused(
        lambda: actions.start_upload(tender=tender, supplier=supplier_of(bidder), bid=uuid4(), by=bidder, at=BEFORE)
    )


def test_a_bundle_that_came_in_time_is_in_time_however_long_we_store_it(tender, ring, bidder, monkeypatch):
    """The box waits while it is stored, and the stamp is that of its arrival."""
    stored, refusals = verbs.store_part, []

    def slow(**given):
        with pytest.raises(RefusedError) as error:
            actions.close_for_bids(tender=tender, by=None, at=DEADLINE + SETTLING)
        refusals.append(str(error.value.answer.reason))
        return stored(**given)

    monkeypatch.setattr(verbs, "store_part", slow)
    bundle = BytesIO(bundle_of(seal_bid(tender)))
    arrival = Stamp(DEADLINE - timedelta(milliseconds=1))
    submission = actions.hand_in_bundle(
        tender=tender, supplier=supplier_of(bidder), bundle=bundle, by=bidder, arrival=arrival, key=next_key()
    )
    assert not submission.is_late
    assert all("still being stored" in each for each in refusals)
    assert len(refusals) == 1
    assert actions.close_for_bids(tender=tender, by=None, at=DEADLINE + SETTLING)


def test_what_comes_while_a_bundle_is_stored_is_the_later_bid(tender, ring, bidder, monkeypatch):
    stored, corrected = verbs.store_part, []

    def slow(**given):
        if not corrected:
            monkeypatch.setattr(verbs, "store_part", stored)
            corrected.append(give_bid(tender, bidder=bidder, at=BEFORE + timedelta(minutes=2)))
        return stored(**given)

    monkeypatch.setattr(verbs, "store_part", slow)
    first = actions.hand_in_bundle(
        tender=tender,
        supplier=supplier_of(bidder),
        bundle=BytesIO(bundle_of(seal_bid(tender))),
        by=bidder,
        arrival=Stamp(BEFORE),
        key=next_key(),
    )
    assert (first.version, corrected[0].version) == (1, 2)
    assert [each.pk for each in in_the_box(tender)] == [corrected[0].pk]


def test_nothing_more_is_taken_when_the_procurement_has_been_cancelled(tender, ring, bidder):
    begun = upload(tender, seal_bid(tender), bidder=bidder, at=BEFORE)
    record_fact(procurement=tender.procurement, kind=StageFact.Kind.CANCELLED, by=None, at=BEFORE)
    assert "has been cancelled" in refused(
        lambda: actions.store_part(upload=begun, name="bid/parts/00000.age", chunks=[b"x"], by=bidder, at=BEFORE)
    )


def test_a_bundle_that_is_never_stored_holds_the_box_for_a_quarter_of_an_hour_at_most(
    tender, ring, bidder, monkeypatch
):
    def broken(**given):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(verbs, "store_part", broken)
    with pytest.raises(OSError, match="No space"):
        actions.hand_in_bundle(
            tender=tender,
            supplier=supplier_of(bidder),
            bundle=BytesIO(bundle_of(seal_bid(tender))),
            by=bidder,
            arrival=Stamp(DEADLINE - timedelta(milliseconds=1)),
            key=next_key(),
        )
    assert refused(lambda: actions.close_for_bids(tender=tender, by=None, at=DEADLINE + timedelta(minutes=14)))
    assert actions.close_for_bids(tender=tender, by=None, at=DEADLINE + timedelta(minutes=15))


def test_what_can_be_refused_is_refused_before_anything_is_stored(case, tender, ring, bidder):
    bundle = bundle_of(seal_bid(tender))
    FrozenHolders.objects.all().delete()
    others = [make_holder(f"Ny {n}", case.buyer) for n in range(3)]
    holders = [Holder(each.key.pk, each.person.name, each.key.recipient) for each in others]
    actions.freeze_holders(tender=tender, holders=holders, by=case.officer, at=BEFORE)
    with pytest.raises(RefusedError):
        actions.hand_in_bundle(
            tender=tender,
            supplier=supplier_of(bidder),
            bundle=BytesIO(bundle),
            by=bidder,
            arrival=Stamp(BEFORE),
            key=next_key(),
        )
    assert not SealedPart.objects.exists()


def test_a_bid_and_its_price_may_not_share_a_key(tender, ring, bidder):
    sealed_bid = seal_bid(tender)
    both = sealed_bid.manifest.packages
    same = replace(both[Holds.PRICE], recipient=both[Holds.BID].recipient)
    manifest = replace(sealed_bid.manifest, packages={**both, Holds.PRICE: same}).canonical()
    started = upload(tender, sealed_bid, bidder=bidder, at=BEFORE)
    assert "key of its own" in refused(lambda: hand_in(started, sealed_bid, bidder, manifest=manifest))


def files_there() -> int:
    return sum(place.is_file() for place in default_storage.root.rglob("*"))


def test_a_part_is_on_the_disk_before_the_database_is_held(tender, ring, bidder, monkeypatch):
    """On SQLite one writes at a time: nobody is to wait while somebody else's megabytes are synced."""
    give_bid(tender, supplier="Annat AB")  # the first one makes the key that signs receipts
    sealed = seal_bid(tender)
    started = begin(tender, bidder, bid=sealed.id)
    outside, at_the_sync = len(connection.savepoint_ids), []
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda place: (at_the_sync.append(len(connection.savepoint_ids)), fsync(place)))
    for name, data in sealed.parts.items():
        actions.store_part(upload=started, name=name, chunks=[data], by=bidder, at=BEFORE)
    hand_in(started, sealed, bidder)
    assert set(at_the_sync) == {outside}


def test_what_is_refused_leaves_no_file(tender, ring, bidder, settings):
    sealed = seal_bid(tender)
    started, name = upload(tender, sealed, bidder=bidder, at=BEFORE), "bid/parts/00000.age"
    before = files_there()
    assert "larger" in refused(
        lambda: actions.store_part(upload=started, name=name, chunks=[b"x" * 1024 * 1024] * 5, by=bidder, at=BEFORE)
    )
    settings.BID_SEALED_MAX_BYTES = 1000
    assert "at most" in refused(
        lambda: actions.store_part(upload=started, name=name, chunks=[b"x" * 1001], by=bidder, at=BEFORE)
    )
    hand_in(started, sealed, bidder)
    assert "already" in refused(
        lambda: actions.store_part(upload=started, name=name, chunks=[b"x"], by=bidder, at=BEFORE)
    )
    assert files_there() == before + 1, "what handed it in"


def begin(tender, bidder, *, at=BEFORE, bid=None):
    return actions.start_upload(tender=tender, supplier=supplier_of(bidder), bid=bid or uuid4(), by=bidder, at=at)


def test_a_supplier_has_at_most_five_bids_here_that_are_not_handed_in(
    tender, ring, bidder, django_capture_on_commit_callbacks
):
    """The oldest goes with its files: nobody fills the disk, and who had to seal anew five times can still bid."""
    given, other = give_bid(tender, bidder=bidder), begin(tender, make_bidder("Annat AB"))
    kept = files_there()
    first = upload(tender, seal_bid(tender), bidder=bidder, at=BEFORE)
    rest = [begin(tender, bidder, at=BEFORE + timedelta(minutes=n)) for n in range(1, verbs.MOST_UPLOADS)]
    assert begin(tender, bidder, bid=first.pk) == first, "to go on with one begins none"
    with django_capture_on_commit_callbacks(execute=True):
        last = begin(tender, bidder, at=BEFORE + timedelta(minutes=9))
    assert set(SealedUpload.objects.all()) == {given.upload, other, *rest, last}
    assert files_there() == kept
    assert LedgerBody.objects.get(event="sealed_upload_discarded").object_id == first.pk
    assert "no longer kept" in refused(
        lambda: actions.store_part(upload=first, name="bid/parts/00000.age", chunks=[b"x"], by=bidder, at=BEFORE)
    )


def test_what_had_come_whole_makes_no_room_for_another(tender, ring, bidder):
    for _ in range(verbs.MOST_UPLOADS):
        begin(tender, bidder)
    SealedUpload.objects.update(arrived_at=BEFORE, arrived_sha256="0" * 64)
    assert "Hand in one of them again" in refused(lambda: begin(tender, bidder))
    assert SealedUpload.objects.count() == verbs.MOST_UPLOADS


def test_what_was_handed_in_last_counts_though_the_clock_was_set_back_in_between(case, tender, ring):
    """By version, which the database counts, and not by stamp: the first of two bids would win over what replaced it."""
    bidder = make_bidder()
    first = give_bid(tender, bidder=bidder, at=BEFORE)
    second = give_bid(tender, bidder=bidder, at=BEFORE - timedelta(minutes=3), replaces=first.pk, price=950)
    other = give_bid(tender, supplier="Annat AB", at=BEFORE - timedelta(minutes=1))
    assert (first.version, second.version) == (1, 2)
    assert [each.pk for each in in_the_box(tender)] == [second.pk, other.pk]
    assert not_in_the_opening(tender) == {"late": 0, "withdrawn": 0, "replaced": 1}
    assert [bid.submission_id for bid in open_box(case, tender)] == [second.pk, other.pk]

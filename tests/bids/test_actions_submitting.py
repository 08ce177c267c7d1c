"""What is handed in: strictly before the deadline, once per key, with a receipt that proves it; replace and withdraw until then."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from rodatraden.bids import actions
from rodatraden.bids.actions import sealed as verbs
from rodatraden.bids.models import Bid, Submission
from rodatraden.bids.queries import in_the_box, not_in_the_opening
from rodatraden.bids.queries.sealed import enclosed_in, stored_parts
from rodatraden.bids.rules import SETTLING
from rodatraden.core.answer import RefusedError
from rodatraden.core.canonical import canonical_json, sha256_hex
from rodatraden.core.ledger import read_key
from rodatraden.core.ledger.offline import check_receipt
from rodatraden.core.sealing.holders import Holds
from rodatraden.core.sealing.manifest import read_manifest
from rodatraden.parties.models import Organisation
from rodatraden.procurements.actions import record_fact
from rodatraden.records.models import LedgerBody, LedgerEntry, OutboxMail
from rodatraden.records.queries import case_log
from rodatraden.tenders.actions import move_deadline
from rodatraden.tenders.models import DeadlineChange
from tests.factories.bids import Stamp, close_box, make_bidder, next_key, supplier_of
from tests.factories.sealed import bundle_of, give_bid, seal_bid, upload
from tests.factories.tenders import DEADLINE

AT = DEADLINE - timedelta(hours=1)
MICRO = timedelta(microseconds=1)


def withdraw(submission, by, at=AT, key=""):
    return actions.withdraw_bid(submission=submission, by=by, arrival=Stamp(at), key=key or next_key())


@pytest.mark.parametrize(
    ("at", "is_late"),
    [(DEADLINE - MICRO, False), (DEADLINE, True), (DEADLINE + MICRO, True), (DEADLINE + timedelta(days=9), True)],
)
def test_inv_05_in_time_is_strictly_before_the_deadline(tender, at, is_late):
    submission = give_bid(tender, at=at)
    assert submission.is_late is is_late
    assert json.loads(submission.receipt)["in_time"] is not is_late
    assert [each.pk for each in in_the_box(tender)] == ([] if is_late else [submission.pk])


def test_the_database_holds_no_late_bid_as_in_time(tender):
    submission = give_bid(tender, at=DEADLINE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(is_late=False)


def test_the_receipt_names_everything_that_proves_what_came_and_when(tender, bidder):
    submission = give_bid(tender, bidder=bidder, at=AT)
    receipt = json.loads(submission.receipt)
    assert canonical_json(receipt).decode() == submission.receipt
    event = LedgerBody.objects.get(event="bid_received")
    snapshot = tender.snapshots.get()
    place = check_receipt(receipt, read_key(receipt["key"]))
    assert (place.index, place.leaf_hash) == (event.index, LedgerEntry.objects.get(index=event.index).leaf_hash)
    assert {name: value for name, value in receipt.items() if name not in {"ledger", "key", "signature"}} == {
        "format": "rodatraden-bid-receipt-2",
        "what": "received",
        "submission": str(submission.pk),
        "version": 1,
        "tender": str(tender.pk),
        "snapshot": {"number": 1, "sha256": snapshot.sha256},
        "packages": [
            {"holds": str(holds), "sha256": package.sha256, "size": stored_size(submission, holds)}
            for holds, package in read_manifest(submission.manifest.encode()).packages.items()
        ],
        "manifest": sha256_hex(submission.manifest.encode()),
        "received_at": "2026-02-16T11:00:00Z",
        "received_at_local": "2026-02-16T12:00:00.000+01:00",
        "stamped_by": "test-clock",
        "clock": {"synchronised": None, "error_ms": None},
        "deadline_at": "2026-02-16T12:00:00Z",
        "in_time": True,
        "box_was_closed": False,
    }


@pytest.mark.parametrize(("is_synchronised", "error_ms"), [(True, 3), (False, None)])
def test_the_receipt_and_the_row_keep_what_was_known_of_the_clock_then(tender, bidder, is_synchronised, error_ms):
    """Annex IV a of directive 2014/24: the exact time can be established, and how exact it is."""
    sealed = seal_bid(tender)
    begun = upload(tender, sealed, bidder=bidder, at=AT)
    arrival = Stamp(AT, is_synchronised=is_synchronised, error_ms=error_ms)
    submission = actions.hand_in_sealed(
        upload=begun, handed_in=sealed.handed_in, by=bidder, arrival=arrival, key=next_key()
    )
    known = {"synchronised": is_synchronised, "error_ms": error_ms}
    stored = Submission.objects.get()
    assert {"synchronised": stored.clock_synchronised, "error_ms": stored.clock_error_ms} == known
    assert json.loads(submission.receipt)["clock"] == known
    withdrawn = actions.withdraw_bid(submission=submission, by=bidder, arrival=arrival, key=next_key())
    assert json.loads(withdrawn.withdrawal_receipt)["clock"] == known


def stored_size(submission, holds):
    enclosed = enclosed_in(submission, Holds)[holds]
    parts = stored_parts(submission.upload) if holds is Holds.BID else []
    return len(enclosed.wraps) + len(enclosed.index) + sum(part.size for part, _ in parts)


def test_the_receipt_is_mailed_to_who_handed_in_and_to_the_supplier_and_to_nobody_else(tender, bidder):
    Organisation.objects.filter(pk=supplier_of(bidder).pk).update(email="anbud@mellanrum.example")
    before = set(OutboxMail.objects.values_list("pk", flat=True))
    submission = give_bid(tender, bidder=bidder, at=AT)
    new = OutboxMail.objects.exclude(pk__in=before)
    assert sorted(mail.to for mail in new) == sorted([bidder.email, "anbud@mellanrum.example"])
    assert {mail.case for mail in new} == {None}
    assert all(submission.receipt in mail.text for mail in new)


def test_a_late_receipt_says_so(tender, bidder):
    give_bid(tender, bidder=bidder, at=DEADLINE)
    mail = OutboxMail.objects.get(to=bidder.email)
    assert mail.subject in {"Kvitto: ditt anbud kom för sent", "Receipt: your bid came too late"}
    assert '"in_time":false' in mail.text


def test_a_later_version_replaces_the_earlier_until_the_deadline(tender, bidder):
    first = give_bid(tender, bidder=bidder, price="900", at=AT)
    second = give_bid(tender, bidder=bidder, price="800", at=DEADLINE - MICRO)
    late = give_bid(tender, bidder=bidder, price="700", at=DEADLINE)
    assert [each.version for each in (first, second, late)] == [1, 2, 3]
    assert [each.pk for each in in_the_box(tender)] == [second.pk]
    assert not_in_the_opening(tender) == {"late": 1, "withdrawn": 0, "replaced": 1}


def test_withdrawing_withdraws_every_version_and_has_its_receipt(tender, bidder):
    give_bid(tender, bidder=bidder, at=AT)
    second = give_bid(tender, bidder=bidder, at=AT + MICRO)
    withdrawn = withdraw(second, bidder, at=DEADLINE - MICRO)
    assert in_the_box(tender) == []
    assert not_in_the_opening(tender) == {"late": 0, "withdrawn": 2, "replaced": 0}
    receipt = json.loads(withdrawn.withdrawal_receipt)
    event = LedgerBody.objects.get(event="bid_withdrawn")
    assert (receipt["what"], receipt["withdrawn_at"]) == ("withdrawn", "2026-02-16T11:59:59.999999Z")
    assert check_receipt(receipt, read_key(receipt["key"])).index == event.index
    third = give_bid(tender, bidder=bidder, at=DEADLINE - MICRO)
    assert [each.pk for each in in_the_box(tender)] == [third.pk]


def test_withdrawing_twice_with_the_same_key_is_once(tender, bidder):
    submission = give_bid(tender, bidder=bidder, at=AT)
    assert withdraw(submission, bidder, key="k").pk == withdraw(submission, bidder, key="k").pk
    with pytest.raises(RefusedError, match="withdrawn already"):
        withdraw(submission, bidder)


def test_nothing_is_withdrawn_at_the_deadline_or_after_closing(tender, bidder):
    submission = give_bid(tender, bidder=bidder, at=AT)
    with pytest.raises(RefusedError, match="The time for bids is out"):
        withdraw(submission, bidder, at=DEADLINE)
    close_box(tender)
    with pytest.raises(RefusedError, match="The time for bids is out"):
        withdraw(submission, bidder, at=AT)
    assert [each.pk for each in in_the_box(tender)] == [submission.pk]


def test_a_late_bid_is_not_withdrawn(tender, bidder):
    with pytest.raises(RefusedError, match="nothing to withdraw"):
        withdraw(give_bid(tender, bidder=bidder, at=DEADLINE), bidder)


def test_another_supplier_does_not_withdraw(tender, bidder):
    submission = give_bid(tender, bidder=bidder, at=AT)
    with pytest.raises(RefusedError, match="Only somebody who bids for the supplier"):
        withdraw(submission, make_bidder("B AB"))
    assert Submission.objects.filter(withdrawn_at=None).count() == 1


def test_inv_02_what_a_supplier_does_is_in_no_log_of_the_case(case, tender, bidder):
    before = list(case_log(case.procurement.pk, with_sealed=True).values_list("event", flat=True))
    withdraw(give_bid(tender, bidder=bidder, at=AT), bidder)
    assert list(case_log(case.procurement.pk, with_sealed=True).values_list("event", flat=True)) == before
    assert not Bid.objects.exists()


def test_a_bid_is_measured_against_a_deadline_that_was_moved_later(case, tender, bidder):
    give_bid(tender, bidder=bidder, at=AT)
    move_deadline(
        tender=tender,
        which=DeadlineChange.Which.BIDS,
        new_at=DEADLINE + timedelta(days=7),
        reason="Frågorna tog tid.",
        by=case.officer,
        at=AT,
    )
    later = give_bid(tender, bidder=bidder, at=DEADLINE + timedelta(days=1))
    assert not later.is_late
    assert json.loads(later.receipt)["snapshot"]["number"] == 2
    assert [each.pk for each in in_the_box(tender)] == [later.pk]


def test_inv_06_no_deadline_moves_after_the_box_was_closed_even_when_the_clock_is_turned_back(case, tender):
    close_box(tender)
    with pytest.raises(RefusedError, match="never moved"):
        move_deadline(
            tender=tender,
            which=DeadlineChange.Which.BIDS,
            new_at=DEADLINE + timedelta(days=7),
            reason="Ångrar oss",
            by=case.officer,
            at=AT,
        )


def test_nothing_is_received_for_a_cancelled_procurement(case, tender, bidder):
    record_fact(procurement=case.procurement, kind="cancelled", by=case.officer, at=AT)
    with pytest.raises(RefusedError, match="cancelled"):
        give_bid(tender, bidder=bidder, at=AT)


def test_a_withdrawal_holds_for_what_had_come_and_is_still_being_stored(tender, bidder, monkeypatch):
    stored, earlier, gone = verbs.store_part, give_bid(tender, bidder=bidder, at=AT), []

    def slow(**given):
        if not gone:
            arrival = Stamp(AT + timedelta(minutes=2))
            gone.append(actions.withdraw_bid(submission=earlier, by=bidder, arrival=arrival, key=next_key()))
        return stored(**given)

    def send(at):
        return actions.hand_in_bundle(
            tender=tender,
            supplier=supplier_of(bidder),
            bundle=BytesIO(bundle_of(bundle)),
            by=bidder,
            arrival=Stamp(at),
            key=next_key(),
        )

    bundle = seal_bid(tender)
    monkeypatch.setattr(verbs, "store_part", slow)
    coming = send(AT + timedelta(minutes=1))
    assert json.loads(gone[0].withdrawal_receipt)["versions"] == [earlier.version, coming.version] == [1, 2]
    assert coming.withdrawn_at == AT + timedelta(minutes=2)
    assert in_the_box(tender) == []
    assert not_in_the_opening(tender) == {"late": 0, "withdrawn": 2, "replaced": 0}
    told = OutboxMail.objects.filter(to=bidder.email).values_list("subject", flat=True)
    assert gettext("Receipt: your bid had come, and is withdrawn") in told


def test_what_is_sent_again_after_a_withdrawal_stands(tender, bidder, monkeypatch):
    """A file whose storing was cut off is no bid; the supplier withdraws the one it had, and sends the file once more."""
    earlier, bundle = give_bid(tender, bidder=bidder, at=AT), BytesIO(bundle_of(seal_bid(tender)))
    sending = {"tender": tender, "supplier": supplier_of(bidder), "bundle": bundle, "by": bidder}

    def cut_off(**given):
        raise InterruptedError

    with monkeypatch.context() as cut:
        cut.setattr(verbs, "store_part", cut_off)
        with pytest.raises(InterruptedError):
            actions.hand_in_bundle(**sending, arrival=Stamp(AT + timedelta(minutes=1)), key=next_key())
    withdrawal = Stamp(AT + timedelta(minutes=2))
    actions.withdraw_bid(submission=earlier, by=bidder, arrival=withdrawal, key=next_key())
    again = actions.hand_in_bundle(**sending, arrival=Stamp(AT + timedelta(minutes=3)), key=next_key())
    assert [each.pk for each in in_the_box(tender)] == [again.pk]


def test_what_was_withdrawn_while_it_was_stored_holds_up_nobody(tender, bidder, monkeypatch):
    earlier = give_bid(tender, bidder=bidder, at=AT)

    def cut_off(**given):
        raise InterruptedError

    with monkeypatch.context() as cut:
        cut.setattr(verbs, "store_part", cut_off)
        with pytest.raises(InterruptedError):
            actions.hand_in_bundle(
                tender=tender,
                supplier=supplier_of(bidder),
                bundle=BytesIO(bundle_of(seal_bid(tender))),
                by=bidder,
                arrival=Stamp(DEADLINE - timedelta(minutes=2)),
                key=next_key(),
            )
    last = Stamp(DEADLINE - timedelta(minutes=1))
    actions.withdraw_bid(submission=earlier, by=bidder, arrival=last, key=next_key())
    assert actions.close_for_bids(tender=tender, by=None, at=DEADLINE + SETTLING)

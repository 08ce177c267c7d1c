"""Handing in: strictly before the deadline, once per key, with a receipt that proves it; replace and withdraw until then."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from rodatraden.bids import actions
from rodatraden.bids.models import Bid, BidDraft, Submission
from rodatraden.bids.queries import in_the_box, not_in_the_opening, read_submitted, unsealed
from rodatraden.core.answer import RefusedError
from rodatraden.core.canonical import canonical_json, sha256_hex
from rodatraden.core.ledger import read_key
from rodatraden.core.ledger.offline import check_receipt
from rodatraden.core.offer import Declaration, Part, Reply
from rodatraden.core.sealing.package import SMALLEST
from rodatraden.parties.models import Organisation
from rodatraden.procurements.actions import record_fact
from rodatraden.records.actions import KeyReusedError
from rodatraden.records.models import LedgerBody, LedgerEntry, OutboxMail, StoredFile
from rodatraden.records.queries import case_log, read_bytes
from rodatraden.tenders.actions import move_deadline
from rodatraden.tenders.models import DeadlineChange
from tests.factories.bids import (
    Stamp,
    close_box,
    give_written_bid,
    hand_in,
    make_bidder,
    next_key,
    save,
    supplier_of,
    upload,
    write_draft,
)
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
    submission = give_written_bid(tender, at=at)
    assert submission.is_late is is_late
    assert json.loads(submission.receipt)["in_time"] is not is_late
    assert [each.pk for each in in_the_box(tender)] == ([] if is_late else [submission.pk])


def test_the_database_holds_no_late_bid_as_in_time(tender):
    submission = give_written_bid(tender, at=DEADLINE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(is_late=False)


def test_the_receipt_names_everything_that_proves_what_came_and_when(tender, bidder):
    submission = give_written_bid(tender, bidder=bidder, at=AT)
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
            {"holds": "bid", "sha256": submission.package.sha256, "size": submission.package.size},
            {"holds": "price", "sha256": submission.price_package.sha256, "size": submission.price_package.size},
        ],
        "received_at": "2026-02-16T11:00:00Z",
        "received_at_local": "2026-02-16T12:00:00.000+01:00",
        "stamped_by": "test-clock",
        "deadline_at": "2026-02-16T12:00:00Z",
        "in_time": True,
        "box_was_closed": False,
    }
    for file in (submission.package, submission.price_package):
        assert sha256_hex(read_bytes(file)) == file.sha256


def test_the_receipt_is_mailed_to_who_handed_in_and_to_the_supplier_and_to_nobody_else(tender, bidder):
    Organisation.objects.filter(pk=supplier_of(bidder).pk).update(email="anbud@mellanrum.example")
    before = set(OutboxMail.objects.values_list("pk", flat=True))
    submission = give_written_bid(tender, bidder=bidder, at=AT)
    new = OutboxMail.objects.exclude(pk__in=before)
    assert sorted(mail.to for mail in new) == sorted([bidder.email, "anbud@mellanrum.example"])
    assert {mail.case for mail in new} == {None}
    assert all(submission.receipt in mail.text for mail in new)


def test_a_late_receipt_says_so(tender, bidder):
    give_written_bid(tender, bidder=bidder, at=DEADLINE)
    mail = OutboxMail.objects.get(to=bidder.email)
    assert mail.subject in {"Kvitto: ert anbud kom för sent", "Receipt: your bid came too late"}
    assert '"in_time":false' in mail.text


def test_packages_are_opaque_and_the_price_lies_apart(tender, bidder):
    submission = give_written_bid(tender, bidder=bidder, price="987654.32", at=AT)
    files = StoredFile.objects.filter(pk__in=[submission.package_id, submission.price_package_id])
    assert {(file.name, file.media_type) for file in files} == {("", "")}
    with unsealed(submission) as found:
        assert "987654.32" not in json.dumps(found.index)
        assert found.offer.price is None
        assert len(found.files) == 3


def test_price_packages_have_the_same_length_whatever_the_price(tender):
    one, two = (
        give_written_bid(tender, price="1", at=AT),
        give_written_bid(tender, supplier="B AB", price="999999999.99", at=AT),
    )
    # age adds a header of random length to every file: some hundred bytes that tell nothing
    assert [each.price_package.size // 2048 for each in (one, two)] == [SMALLEST // 2048] * 2
    assert [each.package.size // 2048 for each in (one, two)] == [SMALLEST // 2048] * 2


def test_the_same_key_gives_the_same_submission(tender, bidder):
    draft = write_draft(tender, bidder=bidder, at=AT)
    first = hand_in(draft, by=bidder, at=AT, key="k")
    again = hand_in(draft, by=bidder, at=AT + timedelta(minutes=5), key="k")
    assert (again.pk, again.received_at) == (first.pk, AT)
    assert Submission.objects.count() == 1
    assert OutboxMail.objects.filter(to=bidder.email).count() == 1


def test_two_tabs_that_hand_in_leave_two_versions_and_the_later_counts(tender, bidder):
    draft = write_draft(tender, bidder=bidder, at=AT)
    hand_in(draft, by=bidder, at=AT, key="tab 1")
    second = hand_in(draft, by=bidder, at=AT + MICRO, key="tab 2")
    assert second.version == 2
    assert [each.pk for each in in_the_box(tender)] == [second.pk]
    assert not_in_the_opening(tender) == {"late": 0, "withdrawn": 0, "replaced": 1}


def test_a_key_is_not_used_for_another_bid(tender, bidder):
    draft = write_draft(tender, bidder=bidder, at=AT)
    hand_in(draft, by=bidder, at=AT, key="k")
    save(draft, lambda offer: replace(offer, price=offer.price + 1), part=Part.PRICE, by=bidder, at=AT)
    with pytest.raises(KeyReusedError):
        hand_in(draft, by=bidder, at=AT, key="k")


def test_what_was_changed_after_the_page_was_opened_is_not_handed_in_unseen(tender, bidder):
    draft = write_draft(tender, bidder=bidder, at=AT)
    save(draft, lambda offer: replace(offer, price=offer.price + 1), part=Part.PRICE, by=bidder, at=AT)
    with pytest.raises(RefusedError, match="changed in another tab"):
        actions.submit_bid(draft=draft, by=bidder, arrival=Stamp(AT), key="k", version=draft.version)
    assert not Submission.objects.exists()


def lacking(change):
    """Return a change of a whole draft into one that lacks something."""
    return lambda offer: replace(offer, **change(offer))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda offer: {"price": None}, ["Fill in the price."]),
        (lambda offer: {"people": ()}, ["Name who does the work."]),
        (lambda offer: {"accepts_terms": False}, ["Accept the special contract terms."]),
        (lambda offer: {"declaration": Declaration()}, ["Fill in the self-declaration."]),
        (lambda offer: {"files": offer.files[1:]}, ["Upload CV för namngiven konsult."]),
        (
            lambda offer: {"replies": {key: Reply() for key in offer.replies}},
            ["Answer whether you meet K1 Erfarenhet av processcoachning."],
        ),
        (
            lambda offer: {"price": None, "files": (), "people": ()},
            [
                "Upload CV för namngiven konsult.",
                "Upload Metodbeskrivning.",
                "Upload Lösning av case.",
                "Name who does the work.",
                "Fill in the price.",
            ],
        ),
    ],
)
def test_an_incomplete_bid_is_refused_with_exactly_what_is_missing(tender, bidder, change, said):
    draft = write_draft(tender, bidder=bidder, at=AT)
    save(draft, lacking(change), by=bidder, at=AT)
    with pytest.raises(actions.IncompleteError) as refused:
        hand_in(draft, by=bidder, at=AT)
    assert [str(point.text) for point in refused.value.missing] == said
    assert not Submission.objects.exists()
    assert not LedgerBody.objects.filter(event="bid_received").exists()


@pytest.mark.parametrize("rejects", [True, False])
def test_too_many_pages_warn_and_stop_only_where_the_documents_say_so(tender, bidder, rejects):
    item = tender.content_items.get(title="Metodbeskrivning")
    tender.content_items.filter(pk=item.pk).update(rejects_over_limit=rejects)
    draft = write_draft(tender, bidder=bidder, at=AT)
    upload(draft, item, b"%PDF-five", by=bidder, at=AT, pages=5)
    if rejects:
        with pytest.raises(actions.IncompleteError) as refused:
            hand_in(draft, by=bidder, at=AT)
        assert [str(point.text) for point in refused.value.missing] == [
            (
                "Metodbeskrivning has 5 pages, at most 4 are allowed. The documents say that a longer one is rejected. "
                "Shorten it."
            )
        ]
    else:
        assert hand_in(draft, by=bidder, at=AT).version == 1


def test_a_later_version_replaces_the_earlier_until_the_deadline(tender, bidder):
    first = give_written_bid(tender, bidder=bidder, price="900", at=AT)
    second = give_written_bid(tender, bidder=bidder, price="800", at=DEADLINE - MICRO)
    late = give_written_bid(tender, bidder=bidder, price="700", at=DEADLINE)
    assert [each.version for each in (first, second, late)] == [1, 2, 3]
    assert [each.pk for each in in_the_box(tender)] == [second.pk]
    assert not_in_the_opening(tender) == {"late": 1, "withdrawn": 0, "replaced": 1}


def test_withdrawing_withdraws_every_version_and_has_its_receipt(tender, bidder):
    give_written_bid(tender, bidder=bidder, at=AT)
    second = give_written_bid(tender, bidder=bidder, at=AT + MICRO)
    withdrawn = withdraw(second, bidder, at=DEADLINE - MICRO)
    assert in_the_box(tender) == []
    assert not_in_the_opening(tender) == {"late": 0, "withdrawn": 2, "replaced": 0}
    receipt = json.loads(withdrawn.withdrawal_receipt)
    event = LedgerBody.objects.get(event="bid_withdrawn")
    assert (receipt["what"], receipt["withdrawn_at"]) == ("withdrawn", "2026-02-16T11:59:59.999999Z")
    assert check_receipt(receipt, read_key(receipt["key"])).index == event.index
    third = give_written_bid(tender, bidder=bidder, at=DEADLINE - MICRO)
    assert [each.pk for each in in_the_box(tender)] == [third.pk]


def test_withdrawing_twice_with_the_same_key_is_once(tender, bidder):
    submission = give_written_bid(tender, bidder=bidder, at=AT)
    assert withdraw(submission, bidder, key="k").pk == withdraw(submission, bidder, key="k").pk
    with pytest.raises(RefusedError, match="withdrawn already"):
        withdraw(submission, bidder)


def test_nothing_is_withdrawn_at_the_deadline_or_after_closing(tender, bidder):
    submission = give_written_bid(tender, bidder=bidder, at=AT)
    with pytest.raises(RefusedError, match="The time for bids is out"):
        withdraw(submission, bidder, at=DEADLINE)
    close_box(tender)
    with pytest.raises(RefusedError, match="The time for bids is out"):
        withdraw(submission, bidder, at=AT)
    assert [each.pk for each in in_the_box(tender)] == [submission.pk]


def test_a_late_bid_is_not_withdrawn(tender, bidder):
    with pytest.raises(RefusedError, match="nothing to withdraw"):
        withdraw(give_written_bid(tender, bidder=bidder, at=DEADLINE), bidder)


def test_another_supplier_neither_hands_in_nor_withdraws_nor_reads(tender, bidder):
    submission = give_written_bid(tender, bidder=bidder, at=AT)
    draft = BidDraft.objects.select_related("tender__procurement", "supplier").get()
    stranger = make_bidder("B AB")
    for attempt in (
        lambda: hand_in(draft, by=stranger, at=AT),
        lambda: withdraw(submission, stranger),
        lambda: read_submitted(submission, by=stranger, at=AT),
    ):
        with pytest.raises(RefusedError, match="Only somebody who bids for the supplier"):
            attempt()
    assert Submission.objects.count() == 1


def test_its_own_people_read_what_they_handed_in(tender, bidder):
    submission = give_written_bid(tender, bidder=bidder, price="1050.50", at=AT)
    save(
        BidDraft.objects.select_related("tender__procurement", "supplier").get(),
        lambda offer: replace(offer, price=None),
        by=bidder,
        at=AT,
    )
    assert read_submitted(submission, by=bidder, at=AT).price == Decimal("1050.5")


def test_inv_02_what_a_supplier_does_is_in_no_log_of_the_case(case, tender, bidder):
    before = list(case_log(case.procurement.pk, with_sealed=True).values_list("event", flat=True))
    withdraw(give_written_bid(tender, bidder=bidder, at=AT), bidder)
    assert list(case_log(case.procurement.pk, with_sealed=True).values_list("event", flat=True)) == before
    assert not Bid.objects.exists()


def test_a_bid_is_measured_against_a_deadline_that_was_moved_later(case, tender, bidder):
    give_written_bid(tender, bidder=bidder, at=AT)
    move_deadline(
        tender=tender,
        which=DeadlineChange.Which.BIDS,
        new_at=DEADLINE + timedelta(days=7),
        reason="Frågorna tog tid.",
        by=case.officer,
        at=AT,
    )
    later = give_written_bid(tender, bidder=bidder, at=DEADLINE + timedelta(days=1))
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
    draft = write_draft(tender, bidder=bidder, at=AT)
    record_fact(procurement=case.procurement, kind="cancelled", by=case.officer, at=AT)
    with pytest.raises(RefusedError, match="cancelled"):
        hand_in(draft, by=bidder, at=AT)

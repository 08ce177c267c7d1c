"""What a published change asks of bidders: confirm or replace; never silently taken as made for it (INV-08)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from rodatraden.bids.actions import confirm_bid, hand_in_sealed, withdraw_bid
from rodatraden.bids.models import BidConfirmation
from rodatraden.bids.queries import answered_by, for_an_earlier_edition, tasks_as_bidder
from rodatraden.core.answer import RefusedError
from rodatraden.records.models import LedgerBody, OutboxMail
from rodatraden.tenders.actions import begin_change, edit_documents, move_deadline, publish_change
from rodatraden.tenders.models import DeadlineChange, DocumentEdit
from rodatraden.tenders.queries import latest_snapshot, standing
from tests.factories.bids import Stamp, make_bidder, next_key, open_box, supplier_of
from tests.factories.sealed import give_bid, seal_bid, upload
from tests.factories.tenders import ANNOUNCED_AT, DEADLINE

pytestmark = pytest.mark.django_db
BEFORE = ANNOUNCED_AT + timedelta(days=2)
NOW = ANNOUNCED_AT + timedelta(days=3)
AFTER = ANNOUNCED_AT + timedelta(days=4)
MOVED = DEADLINE + timedelta(days=10)


def publish_edit(case, tender, about, how="revise", target=None, *, at=NOW, to=MOVED, **values):
    change = begin_change(tender=tender, by=case.officer, at=at)
    edit_documents(
        change=change, about=about, how=how, target=target or tender.pk, values=values, by=case.officer, at=at
    )
    return publish_change(change=change, reason="Rättat", is_substantial=True, deadline_at=to, by=case.officer, at=at)


def change_level(case, tender, level="24 månader", **more):
    row = next(row for row in standing(tender) if row.label == "K1")
    return publish_edit(case, tender, DocumentEdit.About.REQUIREMENT, target=row.pk, level=level, **more)


def confirm(submission, bidder, *, snapshot=None, at=AFTER, key=""):
    return confirm_bid(
        submission=submission,
        snapshot=snapshot or latest_snapshot(submission.tender),
        by=bidder,
        arrival=Stamp(at),
        key=key or next_key(),
    )


def hand_in(begun, sealed, bidder, at=AFTER):
    return hand_in_sealed(upload=begun, handed_in=sealed.handed_in, by=bidder, arrival=Stamp(at), key=next_key())


def test_inv_08_a_bid_sealed_for_an_earlier_version_is_not_handed_in_for_the_later(case, tender):
    bidder = make_bidder()
    sealed = seal_bid(tender)
    begun = upload(tender, sealed, bidder=bidder, at=BEFORE)
    snapshot = change_level(case, tender)
    with pytest.raises(RefusedError, match="documents have changed"):
        hand_in(begun, sealed, bidder)
    assert give_bid(tender, bidder=bidder, at=AFTER).snapshot == snapshot


def test_a_deadline_that_moves_asks_nothing_new_of_a_bid_that_is_sealed_or_handed_in(case, tender):
    bidder, other = make_bidder(), make_bidder("Andra AB")
    submission = give_bid(tender, bidder=bidder, at=BEFORE)
    sealed = seal_bid(tender)
    begun = upload(tender, sealed, bidder=other, at=BEFORE)
    move_deadline(tender=tender, which=DeadlineChange.Which.BIDS, new_at=MOVED, reason="Fler", by=case.officer, at=NOW)
    assert not hand_in(begun, sealed, other).is_late
    with pytest.raises(RefusedError, match="nothing to confirm"):
        confirm(submission, bidder)


def test_a_bid_is_confirmed_with_a_receipt_and_counts_for_the_new_version(case, tender):
    bidder = make_bidder()
    submission = give_bid(tender, bidder=bidder, at=BEFORE)
    snapshot = change_level(case, tender)
    submission.refresh_from_db()
    assert answered_by(submission).number == 1
    confirmation = confirm(submission, bidder, key="samma")
    assert confirm(submission, bidder, key="samma") == confirmation
    assert answered_by(submission) == snapshot
    receipt = json.loads(confirmation.receipt)
    assert (receipt["what"], receipt["snapshot"]["sha256"]) == ("confirmed", snapshot.sha256)
    assert any('"what":"confirmed"' in mail.text for mail in OutboxMail.objects.all())
    with pytest.raises(RefusedError, match="nothing to confirm"):
        confirm(submission, bidder)


@pytest.mark.parametrize("why", ["late", "withdrawn", "stranger", "replaced", "old page"])
def test_when_a_bid_can_t_be_confirmed(case, tender, why):
    bidder = make_bidder()
    submission = give_bid(tender, bidder=bidder, at=BEFORE)
    snapshot = change_level(case, tender)
    at, by = AFTER, bidder
    match why:
        case "late":
            at, reason = MOVED, "time for bids is out"
        case "withdrawn":
            withdraw_bid(submission=submission, by=bidder, arrival=Stamp(AFTER), key=next_key())
            reason = "withdrawn already"
        case "stranger":
            by, reason = make_bidder("Andra AB"), "."
        case "replaced":
            give_bid(tender, bidder=bidder, at=AFTER)
            reason = "newer bid"
        case _:
            snapshot = tender.snapshots.get(number=1)
            reason = "once more"
    submission.refresh_from_db()
    with pytest.raises(RefusedError, match=reason):
        confirm(submission, by, snapshot=snapshot, at=at)
    assert not BidConfirmation.objects.exists()


def test_inv_08_an_unconfirmed_bid_is_opened_as_made_for_its_own_version(case, tender):
    quiet, sure = make_bidder("Tysta AB"), make_bidder("Säkra AB")
    give_bid(tender, bidder=quiet, at=BEFORE)
    confirmed = give_bid(tender, bidder=sure, at=BEFORE)
    snapshot = change_level(case, tender)
    confirm(confirmed, sure)
    tender = type(tender).objects.get(pk=tender.pk)
    bids = open_box(case, tender)
    found = {bid.supplier.name: bid.snapshot.number for bid in bids}
    assert found == {"Tysta AB": 1, "Säkra AB": 2}
    protocol = json.loads(bids[0].tender.opening.protocol)
    assert {each["supplier"]["name"]: each["answers_version"] for each in protocol["bids"]} == found
    earlier = for_an_earlier_edition(bids, snapshot)
    assert [bid.supplier.name for bid in bids if bid.pk in earlier] == ["Tysta AB"]


def test_inv_02_all_who_have_begun_are_told_and_nobody_learns_who_or_how_many(case, tender):
    handed, sending, back = make_bidder("Inlämnat AB"), make_bidder("På väg AB"), make_bidder("Återtaget AB")
    submission = give_bid(tender, bidder=handed, at=BEFORE)
    upload(tender, seal_bid(tender), bidder=handed, at=BEFORE)
    upload(tender, seal_bid(tender), bidder=sending, at=BEFORE)
    withdraw_bid(submission=give_bid(tender, bidder=back, at=BEFORE), by=back, arrival=Stamp(BEFORE), key=next_key())
    OutboxMail.objects.all().delete()
    before = LedgerBody.objects.filter(case=tender.procurement_id).count()
    change_level(case, tender)
    mails = OutboxMail.objects.filter(
        subject__startswith="Ändrade dokument", to__in=[handed.email, sending.email, back.email]
    )
    pages = {
        handed.email: reverse("bids:confirm", args=[submission.pk]),
        **{each.email: reverse("bids:workspace", args=[tender.pk, supplier_of(each).pk]) for each in (sending, back)},
    }
    assert {mail.to: [page for page in pages.values() if page in mail.text] for mail in mails} == {
        to: [page] for to, page in pages.items()
    }
    assert mails.count() == 3
    assert set(mails.values_list("case", flat=True)) == {None}
    names = {supplier_of(each).name: each.email for each in (handed, sending, back)}
    for mail in mails:
        assert not any(name in mail.text or email in mail.text for name, email in names.items() if email != mail.to)
    events = LedgerBody.objects.filter(case=tender.procurement_id).order_by("index").values_list("event", flat=True)
    told = ["change_begun", "change_edited", "document_issued", "documents_frozen", "documents_changed"]
    assert list(events)[before:] == told


def test_who_no_longer_bids_for_the_supplier_is_not_told_of_a_change(case, tender):
    left, stays = make_bidder(), make_bidder("Annat AB")
    for each in (left, stays):
        upload(tender, seal_bid(tender), bidder=each, at=BEFORE)
    left.memberships.update(until_on=(BEFORE - timedelta(days=1)).date())
    change_level(case, tender)
    assert list(OutboxMail.objects.values_list("to", flat=True)) == [stays.email]


def test_who_has_a_bid_for_an_earlier_version_is_asked_until_it_is_confirmed(case, tender):
    bidder = make_bidder()
    submission = give_bid(tender, bidder=bidder, at=BEFORE)
    assert [task.kind for task in tasks_as_bidder(bidder, BEFORE)] == []
    change_level(case, tender)
    assert [task.kind for task in tasks_as_bidder(bidder, AFTER)] == ["bids.confirm"]
    confirm(submission, bidder)
    assert [task.kind for task in tasks_as_bidder(bidder, AFTER)] == []

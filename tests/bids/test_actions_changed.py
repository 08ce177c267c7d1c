"""What a published change asks of bidders: read it, confirm or replace; never silently taken as made for it (INV-08)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from rodatraden.bids.actions import confirm_bid, read_changes, withdraw_bid
from rodatraden.bids.models import BidConfirmation
from rodatraden.bids.queries import answered_by, drafts_visible_to, for_an_earlier_edition, tasks_as_bidder
from rodatraden.core.answer import RefusedError
from rodatraden.records.models import LedgerBody, OutboxMail
from rodatraden.tenders.actions import begin_change, edit_documents, move_deadline, publish_change
from rodatraden.tenders.models import DeadlineChange, DocumentEdit
from rodatraden.tenders.queries import latest_snapshot, standing
from tests.factories.bids import Stamp, give_written_bid, hand_in, make_bidder, next_key, open_box, write_draft
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


def test_inv_08_a_draft_for_an_earlier_version_is_not_handed_in_before_the_change_is_read(case, tender):
    bidder = make_bidder()
    draft = write_draft(tender, bidder=bidder, at=BEFORE)
    snapshot = change_level(case, tender)
    with pytest.raises(RefusedError, match="documents have changed") as refused:
        hand_in(draft, by=bidder, at=AFTER)
    assert refused.value.answer.mend == f"/anbud/utkast/{draft.pk}/andrat/"
    draft = drafts_visible_to(bidder, AFTER).get()
    read_changes(draft=draft, snapshot=snapshot, by=bidder, at=AFTER)
    assert hand_in(draft, by=bidder, at=AFTER).snapshot == snapshot


def test_a_page_opened_before_a_still_later_version_reads_nothing(case, tender):
    bidder = make_bidder()
    draft = write_draft(tender, bidder=bidder, at=BEFORE)
    first = change_level(case, tender)
    change_level(case, tender, "30 månader", to=MOVED + timedelta(days=10))
    draft = drafts_visible_to(bidder, AFTER).get()
    with pytest.raises(RefusedError, match="once more"):
        read_changes(draft=draft, snapshot=first, by=bidder, at=AFTER)


def test_a_deadline_that_moves_asks_nothing_new_of_a_draft_or_a_bid(case, tender):
    bidder = make_bidder()
    submission = give_written_bid(tender, bidder=bidder, at=BEFORE)
    other = make_bidder("Andra AB")
    draft = write_draft(tender, bidder=other, at=BEFORE)
    move_deadline(tender=tender, which=DeadlineChange.Which.BIDS, new_at=MOVED, reason="Fler", by=case.officer, at=NOW)
    hand_in(draft, by=other, at=AFTER)
    with pytest.raises(RefusedError, match="nothing to confirm"):
        confirm(submission, bidder)


def test_a_bid_is_confirmed_with_a_receipt_and_counts_for_the_new_version(case, tender):
    bidder = make_bidder()
    submission = give_written_bid(tender, bidder=bidder, at=BEFORE)
    snapshot = change_level(case, tender)
    submission.refresh_from_db()
    assert answered_by(submission).number == 1
    confirmation = confirm(submission, bidder, key="samma")
    assert confirm(submission, bidder, key="samma") == confirmation
    assert answered_by(submission) == snapshot
    receipt = json.loads(confirmation.receipt)
    assert (receipt["what"], receipt["snapshot"]["sha256"]) == ("confirmed", snapshot.sha256)
    assert OutboxMail.objects.filter(text__contains='"what":"confirmed"').exists()
    with pytest.raises(RefusedError, match="nothing to confirm"):
        confirm(submission, bidder)


def test_a_bid_that_lacks_what_is_asked_for_now_is_replaced_and_never_confirmed(case, tender):
    bidder = make_bidder()
    submission = give_written_bid(tender, bidder=bidder, at=BEFORE)
    publish_edit(
        case,
        tender,
        DocumentEdit.About.ITEM,
        "add",
        "3f0b6b1e-5c50-4f5e-9f0a-0a4c8f0a7a11",
        title="Referenser",
        description="",
        max_pages=None,
        rejects_over_limit=False,
        is_price=False,
        is_annex=False,
        is_required=True,
        criteria=[],
    )
    with pytest.raises(RefusedError, match="lacks what the documents ask for"):
        confirm(submission, bidder)
    assert not BidConfirmation.objects.exists()


@pytest.mark.parametrize("why", ["late", "withdrawn", "stranger", "replaced", "old page"])
def test_when_a_bid_can_t_be_confirmed(case, tender, why):
    bidder = make_bidder()
    submission = give_written_bid(tender, bidder=bidder, at=BEFORE)
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
            draft = drafts_visible_to(bidder, AFTER).get()
            read_changes(draft=draft, snapshot=snapshot, by=bidder, at=AFTER)
            hand_in(draft, by=bidder, at=AFTER)
            reason = "newer bid"
        case _:
            snapshot = tender.snapshots.get(number=1)
            reason = "once more"
    submission.refresh_from_db()
    with pytest.raises(RefusedError, match=reason):
        confirm(submission, by, snapshot=snapshot, at=at)


def test_inv_08_an_unconfirmed_bid_is_opened_as_made_for_its_own_version(case, tender):
    quiet, sure = make_bidder("Tysta AB"), make_bidder("Säkra AB")
    give_written_bid(tender, bidder=quiet, at=BEFORE)
    confirmed = give_written_bid(tender, bidder=sure, at=BEFORE)
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
    handed, drafting = make_bidder("Inlämnat AB"), make_bidder("Utkast AB")
    give_written_bid(tender, bidder=handed, at=BEFORE)
    write_draft(tender, bidder=drafting, at=BEFORE)
    OutboxMail.objects.all().delete()
    before = LedgerBody.objects.filter(case=tender.procurement_id).count()
    change_level(case, tender)
    mails = OutboxMail.objects.filter(text__contains="/andrat/")
    assert {handed.email, drafting.email} <= set(mails.values_list("to", flat=True))
    assert set(mails.values_list("case", flat=True)) == {None}
    for mail in mails:
        others = {"Inlämnat AB", "Utkast AB", handed.email, drafting.email} - {mail.to}
        assert not any(name in mail.text for name in others)
    events = LedgerBody.objects.filter(case=tender.procurement_id).order_by("index").values_list("event", flat=True)
    told = ["change_begun", "change_edited", "document_issued", "documents_frozen", "documents_changed"]
    assert list(events)[before:] == told


def test_who_has_a_bid_for_an_earlier_version_is_asked_until_it_is_confirmed(case, tender):
    bidder = make_bidder()
    submission = give_written_bid(tender, bidder=bidder, at=BEFORE)
    assert [task.kind for task in tasks_as_bidder(bidder, BEFORE)] == []
    change_level(case, tender)
    assert [task.kind for task in tasks_as_bidder(bidder, AFTER)] == ["bids.confirm"]
    confirm(submission, bidder)
    assert [task.kind for task in tasks_as_bidder(bidder, AFTER)] == []

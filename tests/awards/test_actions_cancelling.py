"""Cancelling what was published: who, why, what all are told, and what never happens to the bids (INV-02, INV-33)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from rodatraden.awards.actions import cancel_published
from rodatraden.awards.models import Cancellation
from rodatraden.awards.queries import cancellation_of, duties_after_cancelling
from rodatraden.awards.rules import may_cancel
from rodatraden.bids.models import Bid, SealedPart, SealedUpload, Submission
from rodatraden.core.answer import RefusedError
from rodatraden.core.canonical import sha256_hex
from rodatraden.procurements.queries import with_case
from rodatraden.records.models import DiaryDocument, LedgerBody, OutboxMail
from rodatraden.records.queries import read_bytes
from rodatraden.tenders.actions import (
    confirm_notice,
    confirm_subscription,
    follow_answers,
    hand_over_notice,
    move_deadline,
)
from rodatraden.tenders.models import NoticeHandover, Tender
from rodatraden.tenders.queries import notice_fields, open_tasks
from tests.factories.awards import make_awarded
from tests.factories.bids import make_bidder
from tests.factories.contracts import make_contract
from tests.factories.keys import begin
from tests.factories.parties import make_person
from tests.factories.sealed import give_bid, seal_bid, upload
from tests.factories.tenders import ANNOUNCED_AT, DEADLINE, make_drafted, make_published
from tests.pdf import flowing

pytestmark = pytest.mark.django_db
NOW = ANNOUNCED_AT + timedelta(days=2)
WHY = "Finansieringen har fallit bort."


@pytest.fixture
def published(db):
    return make_published()


@pytest.fixture
def case(published):
    return published[0]


@pytest.fixture
def tender(published):
    return published[1]


def cancel(case, tender, *, by=None, at=NOW, reason=WHY, delegation="Punkt 4.3", anew=False):
    return cancel_published(
        tender=tender, reason=reason, delegation=delegation, is_announced_anew=anew, by=by or case.decider, at=at
    )


def fresh(tender):
    return Tender.objects.select_related("procurement__buyer").get(pk=tender.pk)


def cases_of(tender):
    return list(with_case(type(tender.procurement).objects.filter(pk=tender.procurement_id)))


def test_the_decision_maker_cancels_with_a_reason_that_stands_in_the_diary(case, tender):
    found = cancel(case, tender, anew=True)
    assert (found.reason, found.delegation, found.cancelled_by, found.cancelled_at) == (
        WHY,
        "Punkt 4.3",
        case.decider,
        NOW,
    )
    assert cancellation_of(tender) == found
    assert tender.procurement.facts.order_by("-at", "-id")[0].kind == "cancelled"
    decided, told = DiaryDocument.objects.filter(case=tender.procurement.diary_case).order_by("-serial")[:2][::-1]
    text = flowing(read_bytes(decided.file))
    assert (decided, decided.direction, told.direction) == (found.document, "drawn_up", "sent")
    assert all(said in text for said in (WHY, case.decider.name, "Punkt 4.3", "En ny upphandling planeras"))
    events = LedgerBody.objects.filter(case=tender.procurement_id).order_by("-index").values_list("event", flat=True)
    assert list(events[:2]) == ["procurement_cancelled", "cancellation_notice_due"]


def test_inv_02_all_are_told_alike_and_nothing_tells_who_or_how_many(case, tender):
    follower = follow_answers(tender=tender, email="anna@example.se", by=None, at=ANNOUNCED_AT)
    confirm_subscription(subscription=follower, by=None, at=ANNOUNCED_AT)
    follow_answers(tender=tender, email="obekraftad@example.se", by=None, at=ANNOUNCED_AT)
    bidder, writer = make_bidder("Anbudsgivaren AB"), make_bidder("Utkastet AB")
    give_bid(tender, bidder=bidder, at=NOW - timedelta(hours=2))
    upload(tender, seal_bid(tender), bidder=writer, at=NOW - timedelta(hours=2))
    cancel(case, tender)
    mails = OutboxMail.objects.filter(subject__startswith="Avbruten").order_by("to")
    assert {"anna@example.se", bidder.email, writer.email} <= {mail.to for mail in mails}
    assert "obekraftad@example.se" not in {mail.to for mail in mails}
    assert len({mail.to for mail in mails}) == len(mails)
    assert {mail.case for mail in mails} == {None}
    assert len({(mail.subject, mail.text) for mail in mails}) == 1
    (letter,) = {mail.text for mail in mails}
    assert WHY in letter
    told = DiaryDocument.objects.filter(case=tender.procurement.diary_case, direction="sent")
    written = [flowing(read_bytes(each.file)) for each in told if each.version]
    assert [each.counterparty for each in told if "avbruten" in each.subject] == [""]
    for hidden in ("Anbudsgivaren AB", "Utkastet AB", "anna@example.se", bidder.email):
        assert not any(hidden in text for text in [letter, *written])


def test_the_same_is_written_and_entered_without_a_single_bidder(case, tender):
    cancel(case, tender)
    assert not OutboxMail.objects.filter(subject__startswith="Avbruten").exists()
    told = DiaryDocument.objects.filter(case=tender.procurement.diary_case, direction="sent")
    assert ["avbruten" in each.subject for each in told][-1:] == [True]


def test_inv_33_sealed_bids_stay_sealed_and_are_kept(case, tender):
    submission = give_bid(tender, at=NOW - timedelta(hours=2))
    cancel(case, tender)
    kept = Submission.objects.get(pk=submission.pk)
    assert kept.withdrawn_at is None
    parts = SealedPart.objects.filter(upload=kept.upload).select_related("file")
    assert {part.name for part in parts} >= {"bid/parts/00000.age"}
    assert all(sha256_hex(read_bytes(file)) == file.sha256 for file in [kept.handed_in, *(part.file for part in parts)])
    with pytest.raises(RefusedError, match="cancelled"):
        begin(fresh(tender), case.openers[0], at=DEADLINE + timedelta(hours=1))
    assert not Bid.objects.filter(tender=tender).exists()


def test_nobody_bids_or_moves_anything_afterwards(case, tender):
    upload(tender, seal_bid(tender), bidder=make_bidder(), at=NOW - timedelta(hours=2))
    cancel(case, tender)
    with pytest.raises(RefusedError, match="cancelled"):
        give_bid(fresh(tender), supplier="För sent ute AB", at=NOW + timedelta(hours=1))
    assert SealedUpload.objects.filter(tender=tender).count() == 1
    with pytest.raises(RefusedError, match="cancelled"):
        move_deadline(
            tender=fresh(tender),
            which="bids",
            new_at=DEADLINE + timedelta(days=5),
            reason="Mer tid",
            by=case.officer,
            at=NOW + timedelta(hours=1),
        )
    with pytest.raises(RefusedError, match="cancelled"):
        cancel(case, fresh(tender), at=NOW + timedelta(hours=1))
    assert Cancellation.objects.count() == 1


@pytest.mark.parametrize(("reason", "delegation", "mend"), [(" ", "Punkt 4.3", "reason"), (WHY, "", "delegation")])
def test_reason_and_delegation_are_needed(case, tender, reason, delegation, mend):
    with pytest.raises(RefusedError) as refused:
        cancel(case, tender, reason=reason, delegation=delegation)
    assert refused.value.answer.mend == mend
    assert not Cancellation.objects.exists()
    assert not OutboxMail.objects.filter(subject__startswith="Avbruten").exists()


def test_only_the_decision_maker_cancels_what_is_published(case, tender):
    people = {
        "officer": case.officer,
        "opener": case.openers[0],
        "evaluator": case.evaluators[0],
        "decider": case.decider,
        "need_owner": case.need_owner,
        "contract_manager": case.contract_manager,
        "bidder": make_bidder(),
        "colleague": make_person(organisation=case.buyer),
    }
    assert {who for who, person in people.items() if may_cancel(person, tender.procurement)} == {"decider"}
    for who, person in people.items():
        if who != "decider":
            with pytest.raises(RefusedError):
                cancel(case, tender, by=person)


def test_what_is_not_published_is_cancelled_where_it_is_described():
    case, tender = make_drafted()
    with pytest.raises(RefusedError, match="where it is described"):
        cancel(case, tender)


def test_after_the_notification_it_may_be_cancelled_until_a_contract_is_concluded():
    world = make_awarded()
    found = cancel(world.case, world.fresh_tender(), at=world.fresh_tender().award.decided_at + timedelta(days=2))
    assert found.tender.procurement.facts.filter(kind="cancelled").exists()
    notice = NoticeHandover.objects.get(tender=found.tender, kind="cancelled")
    texts = {field.term: field.text for field in notice_fields(notice)}
    assert texts["BT-759"] == str(found.tender.bids.count())


def test_a_concluded_contract_is_not_cancelled():
    world, contract = make_contract()
    at = contract.drawn_up_at + timedelta(days=60)
    with pytest.raises(RefusedError, match="ends by its own terms"):
        cancel(world.case, world.fresh_tender(), at=at)


def test_the_notice_of_cancellation_is_a_dated_task_until_it_is_confirmed(case, tender):
    cancel(case, tender)
    notice = NoticeHandover.objects.get(tender=tender, kind="cancelled")
    assert (notice.reason, notice.due_on) == (WHY, date(2026, 2, 6))
    texts = {field.term: field.text for field in notice_fields(notice)}
    assert texts["BT-144"] == WHY
    assert texts["BT-142"] == "Nej"
    assert {"BT-131", "BT-759"} & set(texts) == set(), "nobody has opened the bids: their number is not known (INV-02)"

    def left():
        return [(task.kind, task.due) for task in open_tasks(case.officer, NOW, cases_of(tender))]

    assert left() == [("tenders.cancellation_notice", notice.due_on)]
    assert open_tasks(case.decider, NOW, cases_of(tender)) == []
    notice.tender = fresh(tender)
    with pytest.raises(RefusedError):
        hand_over_notice(notice=notice, by=case.decider, at=NOW)
    hand_over_notice(notice=notice, by=case.officer, at=NOW)
    assert left() == [("tenders.confirm_notice", notice.due_on)]
    confirm_notice(
        notice=notice,
        database="Annonsdatabasen",
        notice_id="2026-9",
        published_at=NOW,
        link="",
        by=case.officer,
        at=NOW + timedelta(hours=1),
    )
    assert left() == []


def test_documentation_and_report_get_their_last_day_from_rule_rows(case, tender):
    due = {
        str(what): (each.value, each.steps[0].paragraph) for what, each in duties_after_cancelling(cancel(case, tender))
    }
    assert {day for day, _ in due.values()} == {date(2026, 2, 6)}
    assert {source for _, source in due.values()} == {"LOU 12 kap. 14 §", "LOU 12 kap. 16 §"}

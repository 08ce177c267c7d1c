from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from rodatraden.core.answer import RefusedError
from rodatraden.core.canonical import sha256_hex
from rodatraden.procurements.models import StageFact
from rodatraden.procurements.rules import has_happened
from rodatraden.records.models import DiaryDocument, LedgerBody, OutboxMail
from rodatraden.tenders.actions import (
    accept_finding,
    confirm_notice,
    confirm_subscription,
    follow_answers,
    hand_over_notice,
    move_deadline,
    publish,
    record_award_notice_due,
    set_terms,
)
from rodatraden.tenders.models import DeadlineChange, NoticeHandover, Snapshot
from rodatraden.tenders.queries import (
    canonical_content,
    content_of,
    deadline_is_short,
    latest_snapshot,
    notice_fields,
    read_snapshot,
    standing_in_the_way,
)
from tests.factories.diary import filed
from tests.factories.parties import START
from tests.factories.procurements import make_case
from tests.factories.tenders import (
    ANNOUNCED_AT,
    DEADLINE,
    PUBLISHED_AT,
    announce,
    awarded,
    make_drafted,
    make_published,
    make_published_tender,
)

pytestmark = pytest.mark.django_db
LATER = ANNOUNCED_AT + timedelta(days=1)
Which = DeadlineChange.Which


def move(case, tender, *, to, at=LATER, which=Which.BIDS, reason="Fler frågor"):
    return move_deadline(tender=tender, which=which, new_at=to, reason=reason, by=case.officer, at=at)


def test_inv_06_a_deadline_is_compared_with_what_is_published_and_not_with_what_somebody_read_before():
    case, tender = make_published()
    read_before = type(tender).objects.get(pk=tender.pk)
    move(case, tender, to=DEADLINE + timedelta(days=10))
    with pytest.raises(RefusedError, match="only moves to a later time"):
        move(case, read_before, to=DEADLINE + timedelta(days=5))


def test_publishing_freezes_the_documents_and_hands_the_notice_over():
    case, tender = make_drafted()
    snapshot = publish(tender=tender, by=case.officer, at=PUBLISHED_AT)
    notice = tender.notices.get()
    assert (snapshot.number, snapshot.frozen_at) == (1, PUBLISHED_AT)
    assert (notice.kind, notice.handed_over_at, notice.confirmed_at) == ("contract", PUBLISHED_AT, None)
    assert has_happened(tender.procurement, StageFact.Kind.PUBLISHED)
    assert not has_happened(tender.procurement, StageFact.Kind.NOTICE_CONFIRMED)
    drawn_up = DiaryDocument.objects.filter(case=case.procurement.diary_case, direction="drawn_up")
    assert [document.subject for document in drawn_up] == ["Upphandlingsdokument, version 1"]


def test_the_same_content_has_the_same_hash_and_the_rows_agree_with_it():
    case, tender = make_drafted()
    before = canonical_content(tender)
    snapshot = publish(tender=tender, by=case.officer, at=PUBLISHED_AT)
    tender.refresh_from_db()
    assert canonical_content(tender) == before == snapshot.canonical
    assert snapshot.sha256 == sha256_hex(before.encode())
    published = read_snapshot(snapshot)
    assert [row["label"] for row in published["requirements"]] == ["K1", "K2", "K3", "K4"]
    assert published["documents"]["ceiling"] == "3000000"


def test_what_is_published_names_roles_and_no_people():
    case = make_case()
    snapshot = latest_snapshot(make_published_tender(case))
    assert [row["follow_up_by"] for row in read_snapshot(snapshot)["requirements"]] == [
        "officer",
        "contract_manager",
        "contract_manager",
        "contract_manager",
    ]
    for person in case.everybody:
        assert f'"{person.name}"' not in snapshot.canonical
        assert person.email not in snapshot.canonical


def test_documents_that_lack_something_are_not_published():
    case, tender = make_drafted()
    set_terms(tender=tender, ceiling=None, price_clause="", by=case.officer, at=START)
    with pytest.raises(RefusedError, match="2 things"):
        publish(tender=tender, by=case.officer, at=PUBLISHED_AT)
    assert not Snapshot.objects.exists()
    assert not has_happened(case.procurement, StageFact.Kind.PUBLISHED)


def test_a_warning_is_accepted_with_a_reason_and_a_stop_never():
    case, tender = make_drafted()
    set_terms(tender=tender, ceiling=None, price_clause="", by=case.officer, at=START)

    def accept(code, reason):
        return accept_finding(tender=tender, code=code, reason=reason, by=case.officer, at=START)

    with pytest.raises(RefusedError, match="has to be mended"):
        accept("ceiling", "Vi vill inte")
    with pytest.raises(RefusedError, match="why"):
        accept("price_clause", " ")
    with pytest.raises(RefusedError, match="no such warning"):
        accept("standstill_clause", "Behövs inte")
    accept("price_clause", "Kort avtal")
    assert [finding.code for finding in standing_in_the_way(tender, PUBLISHED_AT)] == ["ceiling"]
    set_terms(tender=tender, ceiling=Decimal(3_000_000), by=case.officer, at=START)
    assert publish(tender=tender, by=case.officer, at=PUBLISHED_AT).number == 1


@pytest.mark.parametrize("role", ["need_owner", "decider", "contract_manager"])
def test_only_the_officer_publishes(role):
    case, tender = make_drafted()
    with pytest.raises(RefusedError, match="officer"):
        publish(tender=tender, by=getattr(case, role), at=PUBLISHED_AT)


def test_documents_are_published_once():
    case, tender = make_published()
    with pytest.raises(RefusedError, match="frozen"):
        publish(tender=tender, by=case.officer, at=LATER)
    assert tender.snapshots.count() == 1


def test_inv_06_a_deadline_never_moves_earlier_after_publication():
    case, tender = make_published()
    for earlier in (DEADLINE, DEADLINE - timedelta(seconds=1), DEADLINE - timedelta(days=9)):
        with pytest.raises(RefusedError, match="later time"):
            move(case, tender, to=earlier)
    tender.refresh_from_db()
    assert (tender.deadline_at, tender.snapshots.count()) == (DEADLINE, 1)


def test_inv_06_a_deadline_never_moves_after_it_has_passed():
    case, tender = make_published()
    for at in (DEADLINE, DEADLINE + timedelta(days=1)):
        with pytest.raises(RefusedError, match="has passed"):
            move(case, tender, to=DEADLINE + timedelta(days=30), at=at)
    move(case, tender, to=DEADLINE + timedelta(days=1), at=DEADLINE - timedelta(seconds=1))


def test_a_moved_deadline_is_a_published_change():
    case, tender = make_published()
    new = DEADLINE + timedelta(days=7)
    with pytest.raises(RefusedError, match="why"):
        move(case, tender, to=new, reason="")
    move(case, tender, to=new)
    tender.refresh_from_db()
    snapshot = latest_snapshot(tender)
    assert (tender.deadline_at, snapshot.number) == (new, 2)
    assert snapshot.canonical == canonical_content(tender)
    change = tender.notices.get(kind=NoticeHandover.Kind.CHANGE)
    change.tender = tender
    assert "Fler frågor" in " ".join(field.text for field in notice_fields(change))
    assert "deadline_moved" in LedgerBody.objects.filter(object_id=tender.pk).values_list("event", flat=True)


def test_those_who_follow_are_told_of_a_moved_deadline():
    case, tender = make_published()
    for address, begins in (("foljer@example.org", True), ("obekraftad@example.org", False)):
        subscription = follow_answers(tender=tender, email=address, by=None, at=LATER)
        if begins:
            confirm_subscription(subscription=subscription, by=None, at=LATER)
    OutboxMail.objects.all().delete()
    move(case, tender, to=DEADLINE + timedelta(days=7))
    mail = OutboxMail.objects.get()
    assert (mail.to, "Fler frågor" in mail.text, mail.case) == ("foljer@example.org", True, None)


def test_questions_end_before_bids_do():
    case, tender = make_published()
    with pytest.raises(RefusedError, match="before the bids"):
        move(case, tender, to=DEADLINE, which=Which.QUESTIONS)
    move(case, tender, to=DEADLINE - timedelta(days=8), which=Which.QUESTIONS)
    tender.refresh_from_db()
    assert tender.question_deadline_at == DEADLINE - timedelta(days=8)


def test_announced_only_when_the_notice_database_has_confirmed():
    case, tender = make_published(is_announced=False)
    assert not has_happened(case.procurement, StageFact.Kind.NOTICE_CONFIRMED)
    announce(case, tender)
    tender.refresh_from_db()
    assert has_happened(tender.procurement, StageFact.Kind.NOTICE_CONFIRMED)
    with pytest.raises(RefusedError, match="confirmed already"):
        announce(case, tender)


@pytest.mark.parametrize(
    ("entered", "match"),
    [
        ({"published_at": LATER + timedelta(minutes=1)}, "later than now"),
        ({"published_at": PUBLISHED_AT - timedelta(minutes=1)}, "before it was handed over"),
        ({"notice_id": " "}, "number"),
    ],
)
def test_an_answer_of_the_database_that_can_not_be_right_is_refused(entered, match):
    case, tender = make_published(is_announced=False)
    right = {"database": "X", "notice_id": "1", "published_at": ANNOUNCED_AT, "link": ""}
    with pytest.raises(RefusedError, match=match):
        confirm_notice(notice=tender.notices.get(), by=case.officer, at=LATER, **right | entered)
    assert tender.notices.get().confirmed_at is None


def test_a_notice_published_late_makes_the_time_for_bids_too_short():
    case, tender = make_published(is_announced=False)
    late = PUBLISHED_AT + timedelta(days=12)
    announce(case, tender, at=late)
    tender.refresh_from_db()
    assert deadline_is_short(tender)
    move(case, tender, to=DEADLINE + timedelta(days=14), at=late)
    tender.refresh_from_db()
    assert not deadline_is_short(tender)


def test_the_award_notice_gets_its_day_from_the_rule_row():
    case, tender = make_published()
    notice = record_award_notice_due(tender=tender, awarded=awarded(), by=case.officer, at=LATER)
    assert (notice.kind, notice.due_on, notice.handed_over_at) == ("result", date(2026, 7, 31), None)
    hand_over_notice(notice=notice, by=case.officer, at=LATER)
    with pytest.raises(RefusedError, match="already"):
        hand_over_notice(notice=notice, by=case.officer, at=LATER)


def test_a_notice_that_a_colleague_has_handed_over_or_confirmed_meanwhile_is_not_once_more():
    case, tender = make_published(is_announced=False)
    notice = record_award_notice_due(tender=tender, awarded=awarded(), by=case.officer, at=LATER)

    def read():
        return NoticeHandover.objects.select_related("tender__procurement").get(pk=notice.pk)

    def confirm(seen, number):
        return confirm_notice(
            notice=seen,
            database="Mercell",
            notice_id=number,
            published_at=LATER,
            link="",
            by=case.officer,
            at=LATER,
        )

    one, other = read(), read()
    hand_over_notice(notice=one, by=case.officer, at=LATER)
    with pytest.raises(RefusedError, match="handed over already"):
        hand_over_notice(notice=other, by=case.officer, at=LATER)
    one, other = read(), read()
    confirm(one, "2026-1")
    with pytest.raises(RefusedError, match="confirmed already"):
        confirm(other, "2026-2")
    assert read().notice_id == "2026-1"
    kind = notice.get_kind_display()
    assert DiaryDocument.objects.filter(subject=kind).count() == 1
    assert DiaryDocument.objects.filter(subject=f"Publicerad: {kind}").count() == 1


def test_the_award_notice_tells_what_the_contract_became():
    case, tender = make_published()
    notice = record_award_notice_due(tender=tender, awarded=awarded(), by=case.officer, at=LATER)
    notice.refresh_from_db()
    told = {field.label: field.text for field in notice_fields(notice)}
    assert {
        "Leverantör utsedd": "Ja",
        "Den antagna leverantörens namn": "Anbudsgivare AB",
        "Den antagna leverantörens organisationsnummer": "556677-8899",
        "Ramavtalets högsta värde utan moms": "3\u00a0000\u00a0000\u00a0SEK",
        "Dag för tilldelningsbeslutet": "2026-06-01",
        "Dag då avtalet slöts": "2026-07-01",
        "Avtalets nummer": "2026/001-9",
        "Antal mottagna anbud": "2",
    }.items() <= told.items()


def test_each_notice_is_in_the_diary_as_it_was_handed_over_and_answered():
    case, tender = make_published()
    direction, receiver, text = filed(case.procurement, "Annons")
    assert (direction, receiver) == ("sent", "Annonsdatabas")
    assert f"Titel (BT-21)\r\n{case.procurement.title}" in text
    direction, sender, text = filed(case.procurement, "Publicerad: Annons")
    assert (direction, sender) == ("received", "Annonsdatabasen (påhittad)")
    assert ("2026-000123" in text, "https://annons.example/2026-000123" in text) == (True, True)
    move(case, tender, to=DEADLINE + timedelta(days=14), at=LATER)
    assert "Fler frågor" in filed(case.procurement, "Annons om ändring")[2]
    award = record_award_notice_due(tender=tender, awarded=awarded(), by=case.officer, at=LATER)
    assert filed(case.procurement, "Efterannons") is None, "what waits has not been sent"
    hand_over_notice(notice=award, by=case.officer, at=LATER)
    assert "Anbudsgivare AB" in filed(case.procurement, "Efterannons")[2]


def test_the_number_of_a_sole_trader_stands_in_no_notice():
    case, tender = make_published()
    notice = record_award_notice_due(tender=tender, awarded=awarded(winner_number=""), by=case.officer, at=LATER)
    told = {field.label: field.text for field in notice_fields(notice)}
    assert told["Den antagna leverantörens organisationsnummer"].startswith("Anges inte")


@pytest.mark.parametrize("kind", ["contract", "change"])
def test_inv_02_no_notice_before_the_award_tells_of_bids(kind):
    _case, tender = make_published()
    notice = NoticeHandover.objects.create(tender=tender, kind=kind)
    assert {"BT-142", "BT-759", "BT-1451", "BT-145"} & {field.term for field in notice_fields(notice)} == set()


def test_inv_34_a_duty_without_a_rule_row_is_unknown_and_not_guessed():
    case, tender = make_published()
    with pytest.raises(RefusedError, match="rule row"):
        record_award_notice_due(tender=tender, awarded=awarded(signed_on=date(2010, 7, 1)), by=case.officer, at=LATER)
    assert not tender.notices.filter(kind="result").exists()


def test_the_notice_tells_what_the_documents_tell():
    _case, tender = make_published()
    notice = tender.notices.get()
    notice.tender = tender
    texts = {field.term: field.text for field in notice_fields(notice)}
    assert texts["BT-262"].startswith("79410000-1")
    assert texts["BT-271"] == "3\u00a0000\u00a0000\u00a0kr"
    assert texts["BT-131"] == "måndag 16\u00a0februari 2026 kl.\u00a013.00.00"
    assert content_of(tender)["procurement"]["title"] == texts["BT-21"]

"""A published change: drafted beside what is frozen, published with what it demands of the deadline (INV-08)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from rodatraden.core.answer import RefusedError
from rodatraden.core.evaluation import LowestPrice, PercentageAddition, PriceAddition
from rodatraden.procurements.actions import record_fact
from rodatraden.procurements.models import StageFact
from rodatraden.records.models import LedgerBody, OutboxMail
from rodatraden.tenders.actions import (
    as_changed,
    begin_change,
    confirm_subscription,
    drop_change,
    edit_documents,
    follow_answers,
    publish_change,
    take_back,
)
from rodatraden.tenders.models import ContentItem, DocumentChange, DocumentEdit, Requirement
from rodatraden.tenders.queries import (
    canonical_content,
    content_items,
    latest_snapshot,
    notice_fields,
    open_change,
    snapshot_differences,
    standing,
    told_of,
    version_before,
)
from rodatraden.tenders.rules.model import model_of
from tests.factories.tenders import ANNOUNCED_AT, DEADLINE, make_drafted, make_published

pytestmark = pytest.mark.django_db
About, How = DocumentEdit.About, DocumentEdit.How
NOW = ANNOUNCED_AT + timedelta(days=2)
MOVED = DEADLINE + timedelta(days=10)


@pytest.fixture
def published(db):
    return make_published()


@pytest.fixture
def case(published):
    return published[0]


@pytest.fixture
def tender(published):
    return published[1]


@pytest.fixture
def change(case, tender):
    return begin_change(tender=tender, by=case.officer, at=NOW)


def edit(case, change, about, how=How.REVISE, *, row=None, at=NOW, **values):
    return edit_documents(
        change=change,
        about=about,
        how=how,
        target=row or change.tender_id,
        values=values,
        by=case.officer,
        at=at,
    )


def publish_it(case, change, *, at=NOW, substantial=True, to=MOVED, reason="Fler ska kunna lämna anbud", **dates):
    return publish_change(
        change=change,
        reason=reason,
        is_substantial=substantial,
        deadline_at=to,
        by=case.officer,
        at=at,
        **dates,
    )


def requirement(tender, label):
    return next(row for row in standing(tender) if row.label == label)


def told(snapshot):
    return [
        (told_of(each), each.before, each.after) for each in snapshot_differences(version_before(snapshot), snapshot)
    ]


def test_inv_08_a_change_is_drafted_beside_what_is_published_and_touches_nothing_of_it(case, tender, change):
    before = canonical_content(tender)
    row = requirement(tender, "K1")
    edit(case, change, About.REQUIREMENT, row=row.pk, level="36 månader")
    tender.refresh_from_db()
    row.refresh_from_db()
    assert canonical_content(tender) == before == latest_snapshot(tender).canonical
    assert row.level != "36 månader"
    with as_changed(change=change, by=case.officer, at=NOW) as drafted:
        assert requirement(drafted, "K1").level == "36 månader"
    assert requirement(tender, "K1").level != "36 månader"


def test_publishing_writes_every_edit_and_freezes_the_next_version_and_rows_agree_with_it(case, tender, change):
    must, criterion = requirement(tender, "K1"), next(row for row in standing(tender) if row.kind == "criterion")
    gone = requirement(tender, "K4")
    item = next(item for item in content_items(tender) if item.max_pages)
    edit(case, change, About.REQUIREMENT, row=must.pk, level="24 månader", level_reason="Det räcker.")
    edit(case, change, About.REQUIREMENT, How.REMOVE, row=gone.pk, reason="Behövs inte")
    edit(
        case,
        change,
        About.ITEM,
        row=item.pk,
        title=item.title,
        description="",
        max_pages=9,
        rejects_over_limit=False,
        is_price=False,
        is_annex=False,
        is_required=True,
        criteria=[criterion],
    )
    edit(case, change, About.TERMS, travel_clause="Resor ersätts inte.")
    snapshot = publish_it(case, change)
    tender = type(tender).objects.get(pk=tender.pk)
    assert (snapshot.number, snapshot.edition) == (2, 2)
    assert canonical_content(tender) == snapshot.canonical == latest_snapshot(tender).canonical
    assert requirement(tender, "K1").level == "24 månader"
    assert Requirement.objects.get(pk=gone.pk).struck_reason == "Behövs inte"
    assert tender.deadline_at == MOVED
    change.refresh_from_db()
    assert (change.snapshot, change.is_substantial, change.closed_at) == (snapshot, True, NOW)
    assert open_change(tender) is None


def test_the_differences_are_told_in_plain_words(case, tender, change):
    row = requirement(tender, "K1")
    edit(case, change, About.REQUIREMENT, row=row.pk, level="24 månader")
    edit(case, change, About.TERMS, price_unit="day", ceiling=Decimal(2_500_000))
    found = told(publish_it(case, change))
    assert ("Takvärde", "3 000 000 kr", "2 500 000 kr") in [
        (a, b.replace("\xa0", " "), c.replace("\xa0", " ")) for a, b, c in found
    ]
    assert ("Priset gäller", "Per timme", "Per dag") in found
    assert (f"{row}: Lägsta godtagbara nivå", row.level, "24 månader") in found
    assert [name for name, _, _ in found].count("Sista anbudstid") == 1


def test_a_new_requirement_keeps_the_uuid_that_it_was_drafted_with_and_can_be_scored(case, tender, change):
    key, need = uuid4(), requirement(tender, "K1").needs.get()
    fields = {
        "kind": "must",
        "title": "Utbildning",
        "text": "Den som utför uppdraget är utbildad.",
        "needs": [need],
        "level": "En kurs",
        "level_reason": "Mindre räcker inte.",
        "evidence": "Intyg",
        "checked_when": "in_bid",
        "follow_up_how": "Intyget läses",
        "follow_up_when": "at_award",
        "follow_up_by": case.officer,
    }
    edit(case, change, About.REQUIREMENT, How.ADD, row=key, **fields)
    publish_it(case, change)
    row = Requirement.objects.get(pk=key)
    assert (row.label, row.follow_up_by, list(row.needs.all())) == ("K5", case.officer, [need])


@pytest.mark.parametrize("weighing", [PercentageAddition(Decimal("7.5"), Decimal(20)), LowestPrice()])
def test_inv_08_a_published_change_can_change_figures_and_kind_of_the_model(case, tender, change, weighing):
    model = model_of(tender)
    values = {"gate": Decimal(14), "tie_rule": model.tie_rule, "unit": model.price.unit, "tie_rule_reason": ""}
    edit(case, change, About.MODEL, weighing=weighing, **values)
    publish_it(case, change)
    found = model_of(type(tender).objects.get(pk=tender.pk))
    assert (found.combination, found.gate.minimum, found.criteria) == (weighing, Decimal(14), model.criteria)


def test_the_evaluation_model_changes_as_a_whole_and_follows_its_criteria(case, tender, change):
    criterion = next(row for row in standing(tender) if row.kind == "criterion")
    model = model_of(tender)
    edit(
        case,
        change,
        About.MODEL,
        weighing=PriceAddition(Decimal(150), model.addition.target),
        gate=model.gate.minimum,
        tie_rule=model.tie_rule,
        unit=model.price.unit,
        tie_rule_reason="Samma regel",
    )
    edit(case, change, About.REQUIREMENT, row=criterion.pk, title="Nytt namn")
    publish_it(case, change)
    found = model_of(type(tender).objects.get(pk=tender.pk))
    assert found.addition.per_point == 150
    assert "Nytt namn" in [each.label for each in found.criteria]


def test_what_is_no_longer_asked_for_keeps_its_row_since_files_may_hang_on_it(case, tender, change):
    item = next(item for item in content_items(tender) if not item.is_price and not item.criteria.all())
    edit(case, change, About.ITEM, How.REMOVE, row=item.pk)
    publish_it(case, change)
    assert item not in list(content_items(tender))
    assert ContentItem.objects.get(pk=item.pk).removed_at == NOW


def test_inv_08_nothing_changes_when_the_time_for_bids_is_out(case, tender, change):
    edit(case, change, About.TERMS, travel_clause="Ny text")
    for at in (DEADLINE, DEADLINE + timedelta(days=1)):
        with pytest.raises(RefusedError, match="time for bids is out"):
            publish_it(case, change, at=at)
        with pytest.raises(RefusedError, match="time for bids is out"):
            edit(case, change, About.TERMS, at=at, travel_clause="Ännu en")
        with pytest.raises(RefusedError, match="time for bids is out"):
            begin_change(tender=tender, by=case.officer, at=at)
    record_fact(procurement=tender.procurement, kind=StageFact.Kind.CLOSED, by=None, at=NOW)
    change = DocumentChange.objects.get(pk=change.pk)
    with pytest.raises(RefusedError, match="time for bids is out"):
        publish_it(case, change)
    assert tender.snapshots.count() == 1


@pytest.mark.parametrize("role", ["need_owner", "decider", "contract_manager"])
def test_only_the_officer_changes_published_documents(case, tender, change, role):
    person = getattr(case, role)
    with pytest.raises(RefusedError, match="officer"):
        edit_documents(change=change, about=About.TERMS, how=How.REVISE, target=tender.pk, values={}, by=person, at=NOW)
    with pytest.raises(RefusedError, match="officer"):
        publish_change(change=change, reason="Skäl", is_substantial=False, by=person, at=NOW)
    with pytest.raises(RefusedError, match="officer"):
        drop_change(change=change, by=person, at=NOW)


def test_documents_that_are_not_published_are_changed_on_their_own_pages(db):
    case, tender = make_drafted()
    with pytest.raises(RefusedError, match="not published"):
        begin_change(tender=tender, by=case.officer, at=NOW)


def test_one_change_at_a_time_and_a_closed_one_stays_closed(case, tender, change):
    with pytest.raises(RefusedError, match="in the making"):
        begin_change(tender=tender, by=case.officer, at=NOW)
    drop_change(change=change, by=case.officer, at=NOW)
    with pytest.raises(RefusedError, match="published or dropped"):
        edit(case, change, About.TERMS, travel_clause="Ny text")
    with pytest.raises(RefusedError, match="published or dropped"):
        publish_it(case, change)
    again = begin_change(tender=tender, by=case.officer, at=NOW)
    edit(case, again, About.TERMS, travel_clause="Ny text")
    publish_it(case, again)
    with pytest.raises(RefusedError, match="published or dropped"):
        publish_it(case, DocumentChange(pk=again.pk, tender=tender))


def test_what_can_t_be_written_is_refused_when_it_is_typed(case, tender, change):
    row = requirement(tender, "K1")
    with pytest.raises(RefusedError, match="Name the requirement"):
        edit(case, change, About.REQUIREMENT, row=row.pk, title=" ")
    with pytest.raises(RefusedError, match="why the requirement is struck"):
        edit(case, change, About.REQUIREMENT, How.REMOVE, row=row.pk, reason="")
    assert not change.edits.exists()


def test_a_later_edit_takes_the_place_of_an_earlier_one_and_can_be_taken_back(case, tender, change):
    row = requirement(tender, "K1")
    edit(case, change, About.REQUIREMENT, row=row.pk, level="A")
    last = edit(case, change, About.REQUIREMENT, row=row.pk, level="B")
    assert change.edits.get().values == {"level": "B"}
    take_back(edit=last, by=case.officer, at=NOW)
    with pytest.raises(RefusedError, match="Nothing differs"):
        publish_it(case, change)


def test_what_is_new_in_the_change_is_taken_back_and_not_struck(case, change):
    key = uuid4()
    edit(case, change, About.REQUIREMENT, How.ADD, row=key, kind="must", title="Nytt")
    with pytest.raises(RefusedError, match="Take the edit back"):
        edit(case, change, About.REQUIREMENT, How.REMOVE, row=key, reason="Nej")
    edit(case, change, About.REQUIREMENT, row=key, kind="must", title="Nyare")
    assert change.edits.get().how == How.ADD


def test_what_is_incomplete_is_not_published(case, tender, change):
    edit(case, change, About.REQUIREMENT, How.ADD, row=uuid4(), kind="must", title="Nytt")
    with pytest.raises(RefusedError, match=r"need that it answers|lowest"):
        publish_it(case, change)
    assert tender.snapshots.count() == 1


@pytest.mark.parametrize("terms", [{"ceiling": Decimal(3_000_001)}, {"periods": 9}, {"period_months": 24}])
def test_what_makes_it_a_larger_purchase_needs_a_new_procurement(case, tender, change, terms):
    edit(case, change, About.TERMS, **terms)
    with pytest.raises(RefusedError, match="announce a new one") as refused:
        publish_it(case, change)
    assert "inte verifierad" in refused.value.answer.source


def test_what_changes_the_rules_of_the_game_can_t_be_called_words(case, tender, change):
    edit(case, change, About.REQUIREMENT, row=requirement(tender, "K1").pk, level="24 månader")
    with pytest.raises(RefusedError, match="more than words"):
        publish_it(case, change, substantial=False, to=None)


def test_words_that_come_in_time_leave_the_deadline(case, tender, change):
    edit(case, change, About.TERMS, travel_clause="Resor ersätts inte, alltså inte heller tåg.")
    snapshot = publish_it(case, change, substantial=False, to=None)
    tender.refresh_from_db()
    assert (tender.deadline_at, snapshot.edition) == (DEADLINE, 2)


def test_words_that_come_late_move_the_deadline_as_far_as_the_rule_row_says(case, tender, change):
    edit(case, change, About.TERMS, travel_clause="Resor ersätts inte, alltså inte heller tåg.")
    late = DEADLINE - timedelta(days=2)
    with pytest.raises(RefusedError, match="first that gives time"):
        publish_it(case, change, at=late, substantial=False, to=None)
    with pytest.raises(RefusedError, match="first that gives time"):
        publish_it(case, change, at=late, substantial=False, to=DEADLINE + timedelta(days=1))
    publish_it(case, change, at=late, substantial=False, to=DEADLINE + timedelta(days=8))


def test_inv_06_a_substantial_change_moves_the_deadline_and_only_later(case, tender, change):
    edit(case, change, About.REQUIREMENT, row=requirement(tender, "K1").pk, level="24 månader")
    with pytest.raises(RefusedError, match="must move to a time after"):
        publish_it(case, change, to=None)
    with pytest.raises(RefusedError, match="only moves to a later time"):
        publish_it(case, change, to=DEADLINE - timedelta(days=1))
    with pytest.raises(RefusedError, match="Questions must end"):
        publish_it(case, change, question_deadline_at=MOVED + timedelta(days=1))
    with pytest.raises(RefusedError, match="binding"):
        publish_it(case, change, to=DEADLINE + timedelta(days=400))
    publish_it(case, change, to=DEADLINE + timedelta(days=400), bids_valid_until_on=date(2028, 12, 29))
    assert tender.deadline_changes.filter(reason="Fler ska kunna lämna anbud").count() == 1


def test_a_reason_is_asked_for(case, tender, change):
    edit(case, change, About.TERMS, travel_clause="Ny text")
    with pytest.raises(RefusedError, match="why the documents change"):
        publish_it(case, change, reason=" ")


def test_everybody_who_follows_is_told_and_the_notice_says_what_has_changed(case, tender, change):
    follower = follow_answers(tender=tender, email="anna@example.se", by=None, at=NOW)
    confirm_subscription(subscription=follower, by=None, at=NOW)
    follow_answers(tender=tender, email="inte-bekraftad@example.se", by=None, at=NOW)
    row = requirement(tender, "K1")
    edit(case, change, About.REQUIREMENT, row=row.pk, level="24 månader")
    publish_it(case, change)
    mail = OutboxMail.objects.get(subject__startswith="Ändrade")
    assert (mail.to, mail.case) == ("anna@example.se", None)
    assert "Fler ska kunna lämna anbud" in mail.text
    assert str(row) in mail.text
    notice = tender.notices.get(kind="change")
    text = next(field.text for field in notice_fields(notice) if field.term == "BT-141")
    assert "24 månader" in text
    assert "Fler ska kunna lämna anbud" in text


def test_the_log_says_that_the_documents_changed(case, tender, change):
    edit(case, change, About.TERMS, travel_clause="Ny text")
    publish_it(case, change)
    events = list(
        LedgerBody.objects.filter(case=tender.procurement_id).order_by("index").values_list("event", flat=True)
    )
    assert events[-5:] == [
        "change_begun",
        "change_edited",
        "document_issued",
        "documents_frozen",
        "documents_changed",
    ]

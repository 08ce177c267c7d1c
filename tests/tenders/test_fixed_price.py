"""Quality alone at a price that the documents fix: what stops publication, what may change, and what everybody reads."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from docx import Document

from rodatraden.core.answer import RefusedError
from rodatraden.core.evaluation import LowestPrice, QualityOnly, TieRule
from rodatraden.records.models import LedgerBody
from rodatraden.tenders.actions import begin_change, edit_documents, publish, publish_change, set_evaluation_model
from rodatraden.tenders.forms.documents import ContentItemForm
from rodatraden.tenders.models import DocumentEdit, Tender
from rodatraden.tenders.queries import (
    contents_of,
    differences,
    fixed_price_of,
    latest_snapshot,
    notice_fields,
    publication_findings,
    read_snapshot,
)
from rodatraden.tenders.rules.changes import Weight, weigh
from tests.factories.procurements import make_case
from tests.factories.tenders import (
    ANNOUNCED_AT,
    DEADLINE,
    FIXED_PRICE,
    PUBLISHED_AT,
    START,
    make_drafted,
    make_published,
    make_tender,
)
from tests.pdf import text_of
from tests.tenders.pages import url

pytestmark = pytest.mark.django_db
NOW = ANNOUNCED_AT + timedelta(days=2)
MOVED = DEADLINE + timedelta(days=10)
WORDS = "950\u00a0kr per timme, utan moms; moms tillkommer med den skattesats som gäller"


@pytest.fixture
def drafted(db):
    case = make_case()
    return case, make_tender(case, weighing=QualityOnly())


def fix(case, tender, **stated):
    return set_evaluation_model(
        tender=tender, weighing=QualityOnly(), gate=Decimal(12), by=case.officer, at=START, **FIXED_PRICE | stated
    )


def found(tender):
    return {each.code: each for each in publication_findings(tender, PUBLISHED_AT)}


def test_complete_documents_with_a_fixed_price_are_published_and_the_log_tells_the_price(drafted):
    case, tender = drafted
    snapshot = publish(tender=tender, by=case.officer, at=PUBLISHED_AT)
    documents = read_snapshot(snapshot)["documents"]
    assert (documents["fixed_price"], documents["fixed_price_vat"]) == ("950", "added")
    chosen = LedgerBody.objects.filter(event="evaluation_model_set").latest("index")
    assert '"fixed_price":"950"' in chosen.what


@pytest.mark.parametrize(
    ("stated", "code", "source"),
    [
        ({"fixed_price_basis": " "}, "fixed_price_basis", "LOU 4 kap. 1 §, 12 kap. 14 §, 16 kap. 1 §"),
        ({"fixed_price_vat": ""}, "fixed_price_vat", "policy"),
        ({"fixed_price": Decimal(3_000_001)}, "fixed_price_above_ceiling", "HFD 2022 ref. 4"),
    ],
)
def test_what_a_fixed_price_must_say_stops_publication_and_leads_to_its_field(drafted, stated, code, source):
    case, tender = drafted
    assert code not in found(tender)
    finding = found(fix(case, tender, **stated))[code]
    assert (finding.severity.value, finding.source) == ("stops", source)
    assert finding.url == f"{url('model', case.procurement.pk)}#id_{code.removesuffix('_above_ceiling')}"
    with pytest.raises(RefusedError):
        publish(tender=tender, by=case.officer, at=PUBLISHED_AT)


def test_a_price_that_fills_the_ceiling_is_no_fault(drafted):
    case, tender = drafted
    assert "fixed_price_above_ceiling" not in found(fix(case, tender, fixed_price=Decimal(3_000_000)))


def test_no_part_of_the_bid_holds_a_price_and_where_bids_state_one_exactly_one_does():
    case, tender = make_drafted()
    item = tender.content_items.get(is_price=True)
    fix(case, tender)
    finding = found(tender)[f"price_item:{item.number}"]
    assert (finding.severity.value, finding.url) == ("stops", url("contents", case.procurement.pk))
    item.delete()
    assert [code for code in found(tender) if code.startswith("price_item")] == []
    set_evaluation_model(tender=tender, weighing=LowestPrice(), gate=Decimal(12), by=case.officer, at=START)
    assert [code for code in found(tender) if code.startswith("price_item")] == ["price_item"]


def test_a_part_can_be_the_price_only_where_bids_state_one_and_can_stop_being_it():
    case, tender = make_drafted()
    item = tender.content_items.get(is_price=True)
    assert "is_price" in ContentItemForm(tender=tender).fields
    fix(case, tender)
    assert "is_price" not in ContentItemForm(tender=tender).fields
    assert "is_price" in ContentItemForm(tender=tender, item=item).fields


def test_documents_that_say_nothing_of_equal_points_are_warned_of_and_told_which_rule_there_is(drafted):
    case, tender = drafted
    assert "model:tie_rule" not in found(tender)
    assert found(tender)["trade_off"].severity.value == "hint"
    assert found(fix(case, tender, tie_rule=TieRule.NONE))["model:tie_rule"].severity.value == "warns"


@pytest.mark.parametrize(
    "row",
    [
        {"fixed_price": Decimal(0)},
        {"fixed_price": Decimal(-1)},
        {"fixed_price": None, "fixed_price_vat": "added"},
        {"fixed_price": None, "fixed_price_vat": "", "fixed_price_basis": "Ett pris som inte finns."},
    ],
)
def test_the_database_keeps_no_impossible_price(drafted, row):
    _case, tender = drafted
    with pytest.raises(IntegrityError), transaction.atomic():
        Tender.objects.filter(pk=tender.pk).update(**row)


@pytest.mark.parametrize(
    ("vat", "words"),
    [
        ("added", WORDS),
        ("exempt", "950\u00a0kr per timme, utan moms; ingen moms tas ut: det som köps är undantaget"),
        ("", "950\u00a0kr per timme, utan moms"),
    ],
)
def test_the_price_is_said_with_its_unit_and_vat(drafted, vat, words):
    case, tender = drafted
    assert fixed_price_of(fix(case, tender, fixed_price_vat=vat)) == words


def test_everybody_reads_the_price_on_the_page_in_pdf_in_word_and_in_the_notice(client):
    case, tender = make_published(weighing=QualityOnly())
    snapshot = latest_snapshot(tender)
    contents = contents_of(snapshot)
    basis = ("Vad det fasta priset vilar på", FIXED_PRICE["fixed_price_basis"])
    assert {("Fast pris", WORDS), basis} <= set(contents.facts)
    assert (
        contents.model[0]
        == f"Priset är fast och lika för alla: {WORDS}. Ett anbud godtar det och anger inget eget pris."
    )
    page = client.get(reverse("publication:tender", args=[tender.pk])).text
    pdf = client.get(reverse("publication:pdf", args=[snapshot.pk]))
    word = client.get(reverse("publication:word", args=[snapshot.pk]))
    written = "\n".join(each.text for each in Document(BytesIO(word.getvalue())).element.body.iter() if each.text)
    for told in (page, text_of(pdf.getvalue()), written):
        assert "950 kr per timme" in " ".join(told.replace("\u00a0", " ").split())
    notice = " ".join(field.text for field in notice_fields(tender.notices.get(kind="contract")))
    assert f"Fast pris, lika för alla: {WORDS}. Flest poäng vinner." in notice
    assert case.officer.name not in page


@pytest.fixture
def published(db):
    return make_published(weighing=QualityOnly())


def change_model(case, tender, **values):
    change = begin_change(tender=tender, by=case.officer, at=NOW)
    stated = {
        "weighing": QualityOnly(),
        "gate": Decimal(12),
        "unit": "hour",
        "tie_rule_reason": "",
        **FIXED_PRICE,
        **values,
    }
    edit_documents(
        change=change,
        about=DocumentEdit.About.MODEL,
        how=DocumentEdit.How.REVISE,
        target=tender.pk,
        values=stated,
        by=case.officer,
        at=NOW,
    )
    return change


def publish_it(case, change, *, is_substantial=True):
    return publish_change(
        change=change,
        reason="Kalkylen var fel.",
        is_substantial=is_substantial,
        deadline_at=MOVED,
        by=case.officer,
        at=NOW,
    )


def test_inv_08_another_fixed_price_is_a_substantial_change_that_moves_the_deadline(published):
    case, tender = published
    before = latest_snapshot(tender)
    change = change_model(case, tender, fixed_price=Decimal("975.50"))
    with pytest.raises(RefusedError, match="more than words"):
        publish_it(case, change, is_substantial=False)
    after = publish_it(case, change)
    moved = [each for each in differences(read_snapshot(before), read_snapshot(after)) if each.field == "fixed_price"]
    assert [(each.label, each.before, each.after) for each in moved] == [("Fast pris", "950\u00a0kr", "975,50\u00a0kr")]
    assert weigh(moved[0]) is Weight.SUBSTANTIAL
    tender.refresh_from_db()
    assert (tender.fixed_price, tender.deadline_at) == (Decimal("975.50"), MOVED)


def test_what_the_price_rests_on_is_words(published):
    case, tender = published
    before = read_snapshot(latest_snapshot(tender))
    change = change_model(case, tender, fixed_price_basis="Kalkylen i bilaga 2.")
    after = read_snapshot(publish_it(case, change))
    (told,) = [each for each in differences(before, after) if not each.is_deadline]
    assert (told.field, weigh(told)) == ("fixed_price_basis", Weight.WORDS)


def test_inv_08_whether_bids_state_a_price_never_changes_after_publication(published):
    case, tender = published
    nothing = {"fixed_price": None, "fixed_price_vat": "", "fixed_price_basis": ""}
    change = change_model(case, tender, weighing=LowestPrice(), **nothing)
    with pytest.raises(RefusedError, match="Whether bids state a price"):
        publish_it(case, change)
    other, asked = make_published()
    change = change_model(other, asked)
    with pytest.raises(RefusedError, match="Whether bids state a price"):
        publish_it(other, change)


def test_the_workbench_saves_the_price_shows_it_and_tells_what_it_rests_on(client, drafted, at_work):
    case, _tender = drafted
    client.force_login(case.officer)
    page = url("model", case.procurement.pk)
    typed = {
        "kind": "quality",
        "gate": "12",
        "tie_rule": "criteria_in_order",
        "fixed_price": "1 025,50",
        "fixed_price_vat": "exempt",
    }
    assert client.post(page, typed | {"fixed_price_basis": "Kalkyl."}).status_code == 302
    shown = " ".join(client.get(page).text.replace("\u00a0", " ").split())
    for words in (
        "Anbudet med flest poäng vinner. Alla får samma betalt:",
        "1 025,50 kr per timme, utan moms; ingen moms tas ut",
        "Kalkyl.",
        "När två har lika många poäng",
        "Kriterierna i ordning",
    ):
        assert words in shown
    assert 'name="anbud-0-price"' not in shown
    assert "evaluation price" not in shown
    assert "utvärderingspris" not in shown.lower()


@pytest.mark.parametrize("page", ["stress", "publish", "requirements", "terms", "contents"])
def test_every_page_of_the_documents_works_with_a_fixed_price(client, drafted, at_work, page):
    case, _tender = drafted
    client.force_login(case.officer)
    assert client.get(url(page, case.procurement.pk)).status_code == 200

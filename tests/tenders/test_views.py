from __future__ import annotations

import io
import re
from datetime import timedelta
from decimal import Decimal
from itertools import count

import docx
import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rodatraden.procurements.actions import appoint
from rodatraden.procurements.models import StageFact, TeamMember
from rodatraden.procurements.rules import has_happened
from rodatraden.records.models import OutboxMail
from rodatraden.tenders.actions import (
    accept_proposals,
    accept_tender_proposals,
    add_document,
    add_requirement,
    ask_question,
    set_terms,
    start_tender,
)
from rodatraden.tenders.models import Question, Requirement, Tender
from rodatraden.tenders.queries import requirements
from tests.factories.parties import START, make_buyer, make_person, make_supplier
from tests.factories.procurements import make_case
from tests.factories.tenders import (
    ANNOUNCED_AT,
    DEADLINE,
    PUBLISHED_AT,
    describe,
    make_drafted,
    make_published,
    make_published_tender,
    make_tender,
)

pytestmark = pytest.mark.django_db
LATER = ANNOUNCED_AT + timedelta(days=1)
CASE_PAGES = (
    "requirements",
    "requirement_create",
    "import",
    "contents",
    "content_create",
    "terms",
    "dates",
    "deadline",
    "model",
    "publish",
    "notices",
    "questions",
)
OPEN_PAGES = ("answers", "ask", "follow_answers")
_keys = count(1)


@pytest.fixture(autouse=True)
def at_work():
    """Let the pages be shown the day after everything was published."""
    with time_machine.travel(LATER, tick=False):
        yield


def url(name, *args) -> str:
    return reverse(f"tenders:{name}", args=args)


def key() -> dict[str, str]:
    return {"idempotency_key": f"key-{next(_keys)}"}


def case_pages(tender) -> list[str]:
    procurement = tender.procurement_id
    return [
        *(url(name, procurement) for name in CASE_PAGES),
        *(url("export", procurement, ending) for ending in ("docx", "xlsx")),
        *(url("content_edit", procurement, item.pk) for item in tender.content_items.all()),
        *(url("requirement", row.pk) for row in tender.requirements.all()),
    ]


@pytest.mark.parametrize("make", [make_tender, make_published_tender])
def test_every_page_is_shown_to_the_whole_team(client, make):
    case = make_case(evaluators=1)
    tender = make(case)
    for person in (case.officer, case.need_owner, case.evaluators[0]):
        client.force_login(person)
        pages = case_pages(tender)
        assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


def test_nobody_outside_finds_the_pages(client):
    case, tender = make_published()
    for person in (
        make_person("Kollega", organisation=case.buyer),
        make_person("Annan", organisation=make_buyer("Annan")),
        make_person("Leverantör", organisation=make_supplier()),
    ):
        client.force_login(person)
        pages = case_pages(tender)
        assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 404)


def test_who_has_not_declared_is_sent_to_declare(client):
    case = make_case()
    make_tender(case)
    person = make_person("Ny", organisation=case.buyer)
    appoint(procurement=case.procurement, person=person, role=TeamMember.Role.EVALUATOR, by=case.officer, at=START)
    client.force_login(person)
    answer = client.get(url("requirements", case.procurement.pk))
    assert (answer.status_code, answer["Location"].split("?")[0]) == (
        302,
        reverse("procurements:declare", args=[case.procurement.pk]),
    )


def test_strangers_are_sent_to_sign_in(client):
    _case, tender = make_drafted()
    for page in case_pages(tender):
        assert client.get(page).status_code == 302


@pytest.mark.parametrize("name", ["requirements", "publish"])
def test_a_page_of_many_requirements_takes_no_more_queries(client, name):
    case, tender = make_drafted()
    client.force_login(case.officer)
    page = url(name, case.procurement.pk)
    client.get(page)
    with CaptureQueriesContext(connection) as few:
        client.get(page)
    need = case.procurement.needs.get()
    for number in range(30):
        add_requirement(tender=tender, title=f"Krav {number}", kind="term", needs=[need], by=case.officer, at=START)
    with CaptureQueriesContext(connection) as many:
        answer = client.get(page)
    assert (len(many), answer.status_code) == (len(few), 200)


# --- from start to publication -----------------------------------------------------------------------------------------


def test_documents_start_from_what_is_chosen_and_only_once(client):
    case = make_case()
    describe(case)
    client.force_login(case.officer)
    page = url("start", case.procurement.pk)
    assert b"Konsult per timme" in client.get(page).content
    sent = {"start": "template:training_course", **key()}
    for _ in range(2):  # a double click
        answer = client.post(page, sent)
        assert (answer.status_code, answer["Location"]) == (302, url("requirements", case.procurement.pk))
    tender = Tender.objects.get()
    assert (tender.template, tender.requirements.count()) == ("training_course", 5)


def test_a_copy_is_offered_by_name(client):
    earlier, case = make_case(), make_case()
    tender = make_published_tender(earlier)
    client.force_login(case.officer)
    client.post(url("start", case.procurement.pk), {"start": f"copy:{tender.pk}", **key()})
    assert Tender.objects.get(procurement=case.procurement).copied_from == tender


def test_a_requirement_begins_with_its_kind_and_asks_for_the_rest(client):
    case, tender = make_drafted()
    client.force_login(case.officer)
    page = url("requirement_create", case.procurement.pk)
    assert client.post(page, {"title": "Nytt", **key()}).status_code == 422
    answer = client.post(page, {"kind": "term", "title": "Nytt", **key()})
    row = tender.requirements.get(number=5)
    assert answer["Location"] == url("requirement", row.pk)
    shown = client.get(answer["Location"]).content.decode()
    assert ('name="consequence"' in shown, 'name="max_points"' in shown) == (True, False)


def filled(row, **more):
    return {
        "kind": row.kind,
        "title": row.title,
        "needs": [str(need.pk) for need in row.needs.all()],
        "level": row.level,
        "level_reason": row.level_reason,
        "evidence": row.evidence,
        "checked_when": row.checked_when,
        "follow_up_how": row.follow_up_how,
        "follow_up_when": row.follow_up_when,
        "follow_up_by": str(row.follow_up_by_id or ""),
        **more,
    }


def test_showing_the_fields_of_another_kind_keeps_what_was_typed_and_saves_nothing(client):
    case = make_case()
    row = requirements(make_tender(case))[0]
    client.force_login(case.officer)
    answer = client.post(
        url("requirement", row.pk), filled(row, kind="criterion", title="Ny rubrik", **{"show-fields": "1"})
    )
    shown = answer.content.decode()
    assert ("Ny rubrik" in shown, 'name="max_points"' in shown, 'name="level"' in shown) == (True, True, False)
    row.refresh_from_db()
    assert row.kind == "must"


def test_an_incomplete_requirement_is_kept_as_a_draft_and_says_what_is_left(client):
    case = make_case()
    row = requirements(make_tender(case))[0]
    client.force_login(case.officer)
    answer = client.post(url("requirement", row.pk), filled(row, level="", evidence=""), follow=True)
    row.refresh_from_db()
    assert (row.level, answer.redirect_chain[0][0]) == ("", url("requirement", row.pk))
    assert "sparat som utkast. 2 uppgifter saknas" in answer.content.decode()


def test_the_scale_grows_by_a_row_and_is_saved(client):
    case = make_case()
    row = requirements(make_tender(case))[1]
    client.force_login(case.officer)
    scale = {"steps-TOTAL_FORMS": "2", "steps-INITIAL_FORMS": "0"}
    typed = scale | {"steps-0-points": "0", "steps-0-text": "Inget", "steps-1-points": "", "steps-1-text": ""}
    sent = filled(row, question="Hur?", max_points="10", **typed)
    grown = client.post(url("requirement", row.pk), sent | {"add-row": "steps"}).content.decode()
    assert ('name="steps-2-points"' in grown, "Inget" in grown) == (True, True)
    half = client.post(url("requirement", row.pk), sent | {"steps-1-points": "7,5"})
    assert (half.status_code, "7,5" in half.content.decode()) == (422, True)
    client.post(url("requirement", row.pk), sent | {"steps-1-points": "7,5", "steps-1-text": "Allt"})
    assert [(step.points, step.text) for step in row.steps.order_by("points")] == [
        (Decimal(0), "Inget"),
        (Decimal("7.5"), "Allt"),
    ]


@pytest.mark.parametrize("typed", ["tio", "-1", "1.050", "\uff11\uff10", "1e3"])
def test_points_that_can_not_be_read_are_asked_about_and_kept(client, typed):
    case = make_case()
    row = requirements(make_tender(case))[1]
    client.force_login(case.officer)
    answer = client.post(url("requirement", row.pk), filled(row, question="Ny fråga?", max_points=typed))
    shown = answer.content.decode()
    assert (answer.status_code, typed in shown, "Ny fråga?" in shown) == (422, True, True)
    row.refresh_from_db()
    assert row.max_points == 10


def test_proposals_are_accepted_with_the_form(client):
    case = make_case()
    tender = start_tender(procurement=case.procurement, template="consultant_hourly", by=case.officer, at=START)
    row = requirements(tender)[0]
    client.force_login(case.officer)
    assert "Förslag, inte godtaget än." in client.get(url("requirement", row.pk)).content.decode()
    client.post(url("requirement", row.pk), filled(row, text=row.text))
    row.refresh_from_db()
    assert "level" in row.proposed
    client.post(url("requirement", row.pk), filled(row, text=row.text, accept="on"))
    row.refresh_from_db()
    assert row.proposed == []


def test_a_requirement_is_moved_and_struck_on_its_page(client):
    case, tender = make_drafted()
    first, second = requirements(tender)[:2]
    client.force_login(case.officer)
    client.post(url("move", second.pk), {"direction": "up"})
    assert [row.title for row in requirements(tender)[:2]] == [second.title, first.title]
    client.post(url("move", second.pk), {"direction": "up"})  # it is first already
    page = url("strike", second.pk)
    assert client.post(page, {"reason": ""}).status_code == 422
    client.post(page, {"reason": "Dubbelt"})
    second.refresh_from_db()
    assert second.struck_reason == "Dubbelt"
    assert "Dubbelt" in client.get(url("requirement", second.pk)).content.decode()


def test_the_list_is_filtered_by_a_click(client):
    case = make_case()
    make_tender(case)
    client.force_login(case.officer)
    shown = client.get(url("requirements", case.procurement.pk), {"visa": "skall"}).content.decode()
    assert ("K1 Erfarenhet" in shown, "K2 Metod" in shown) == (True, False)
    assert client.get(url("requirements", case.procurement.pk), {"visa": "xyz"}).status_code == 200


def test_what_stops_publication_is_told_only_while_it_can_be_mended(client):
    drafted, published = make_case(), make_case()
    set_terms(tender=make_tender(drafted), ceiling=None, by=drafted.officer, at=START)
    make_published_tender(published)
    told = []
    for case in (drafted, published):
        with time_machine.travel(DEADLINE, tick=False):
            client.force_login(case.officer)
            told.append(
                "Kan inte publiceras än" in client.get(url("requirements", case.procurement.pk)).content.decode()
            )
    assert told == [True, False]


def test_what_a_bid_holds_is_changed_on_its_page(client):
    case, tender = make_drafted()
    client.force_login(case.officer)
    page = url("content_create", case.procurement.pk)
    refused = client.post(page, {"title": "Referens", "rejects_over_limit": "on", "is_required": "on"})
    assert (refused.status_code, "Referens" in refused.content.decode()) == (422, True)
    client.post(page, {"title": "Referens", "max_pages": "2", "is_required": "on"})
    item = tender.content_items.get(number=5)
    client.post(url("content_edit", case.procurement.pk, item.pk), {"title": "Referenser", "max_pages": "3"})
    item.refresh_from_db()
    assert (item.title, item.max_pages, item.is_required) == ("Referenser", 3, False)
    client.post(url("content_remove", case.procurement.pk, item.pk))
    assert tender.content_items.count() == 4


def test_a_file_is_added_and_an_empty_one_refused(client):
    case, tender = make_drafted()
    client.force_login(case.officer)
    page = url("contents", case.procurement.pk)
    empty = client.post(page, {"file": SimpleUploadedFile("a.pdf", b""), "title": "Bilaga"})
    assert (empty.status_code, "0 byte" in empty.content.decode()) == (422, True)
    claimed = SimpleUploadedFile("a.pdf", b"%PDF", content_type=f"text/{'x' * 200}")
    client.post(page, {"file": claimed, "title": "Bilaga"})
    document = tender.documents.get()
    assert document.file.media_type == "application/pdf"
    assert b"".join(client.get(url("document", document.pk)).streaming_content) == b"%PDF"
    client.post(url("document_remove", case.procurement.pk, document.pk))
    document.refresh_from_db()
    assert document.removed_at == LATER


def test_terms_keep_what_was_typed_when_an_amount_can_not_be_read(client):
    case, tender = make_drafted()
    client.force_login(case.officer)
    page = url("terms", case.procurement.pk)
    sent = {
        "introduction": "Nytt uppdrag",
        "ceiling": "3.000",
        "periods": "4",
        "period_months": "12",
        "price_unit": "hour",
    }
    answer = client.post(page, sent)
    shown = answer.content.decode()
    assert (answer.status_code, "Nytt uppdrag" in shown, 'value="3.000"' in shown) == (422, True, True)
    client.post(page, sent | {"ceiling": "3 000 000,50 kr"})
    tender.refresh_from_db()
    assert (tender.ceiling, tender.introduction) == (Decimal("3000000.50"), "Nytt uppdrag")


def local(at) -> str:
    return f"{at + timedelta(hours=1):%Y-%m-%dT%H:%M}"  # winter time


def test_too_short_a_time_for_bids_is_refused_with_its_reason(client):
    case, tender = make_drafted()
    client.force_login(case.officer)
    page = url("dates", case.procurement.pk)
    assert "LOU 11 kap. 6 §" in client.get(page).content.decode()
    short = client.post(page, {"deadline_at": local(LATER + timedelta(days=9))})
    assert (short.status_code, "för kort" in short.content.decode()) == (422, True)
    client.post(page, {"deadline_at": local(DEADLINE + timedelta(days=20))})
    tender.refresh_from_db()
    assert tender.deadline_at == DEADLINE + timedelta(days=20)
    client.post(page, {"propose": "1"})
    tender.refresh_from_db()
    assert "question_deadline_at" in tender.proposed


def test_the_model_is_chosen_in_words_and_tried_with_made_up_bids(client):
    case, tender = make_drafted()
    client.force_login(case.officer)
    page = url("model", case.procurement.pk)
    client.post(page, {"unit": "hour", "per_point": "50", "target": "20", "gate": "10", "tie_rule": "none"})
    shown = client.get(page).content.decode()
    assert ("500\u00a0kr</b> billigare" in shown, "Varning" in shown) == (True, True)
    criteria = [str(row.pk) for row in requirements(tender)[1:3]]
    trial = {
        "anbud-TOTAL_FORMS": "1",
        "anbud-INITIAL_FORMS": "0",
        "anbud-0-name": "Prov",
        "anbud-0-price": "1 050",
        **{f"anbud-0-{criterion}": "8" for criterion in criteria},
    }
    tried = client.get(page, trial).content.decode()
    assert ("Så räknas Prov" in tried, "1\u00a0250\u00a0kr" in tried) == (True, True)
    assert client.get(page, trial | {"anbud-0-price": "gratis"}).status_code == 200


def test_publication_is_refused_with_the_list_and_done_when_it_is_empty(client):
    case, tender = make_drafted()
    set_terms(tender=tender, price_clause="", by=case.officer, at=START)
    client.force_login(case.officer)
    page = url("publish", case.procurement.pk)
    shown = client.get(page).content.decode()
    assert ('aria-disabled="true"' in shown, "En sak på listan är kvar." in shown) == (True, True)
    assert client.post(page, {"sure": "on", **key()}).status_code == 422
    accept = url("accept", case.procurement.pk, "price_clause")
    assert client.post(accept, {"reason": ""}).status_code == 422
    client.post(accept, {"reason": "Kort avtal"})
    assert "Kort avtal" in client.get(page).content.decode()
    assert client.get(url("accept", case.procurement.pk, "ceiling")).status_code == 404
    sent = {"sure": "on", **key()}
    for _ in range(2):  # the back button after the first
        assert client.post(page, sent)["Location"] == url("notices", case.procurement.pk)
    tender.refresh_from_db()
    assert tender.snapshots.count() == 1


def test_announced_is_said_only_after_the_database_has_answered(client):
    case, tender = make_published(is_announced=False)
    client.force_login(case.officer)
    page = url("notices", case.procurement.pk)
    assert "Annonserad" not in client.get(page).content.decode()
    notice = tender.notices.get()
    sent = {"database": "X", "notice_id": "1", "published_at": local(PUBLISHED_AT + timedelta(hours=1)), "link": ""}
    wrong = client.post(url("confirm_notice", case.procurement.pk, notice.pk), sent | {"notice_id": ""})
    assert (wrong.status_code, 'value="X"' in wrong.content.decode()) == (422, True)
    client.post(url("confirm_notice", case.procurement.pk, notice.pk), sent)
    assert "Annonserad" in client.get(page).content.decode()
    tender.refresh_from_db()
    assert has_happened(tender.procurement, StageFact.Kind.NOTICE_CONFIRMED)


def test_a_notice_published_late_leads_to_the_deadline(client):
    case, tender = make_published(is_announced=False)
    late = PUBLISHED_AT + timedelta(days=12)
    client.force_login(case.officer)
    notice = tender.notices.get()
    with time_machine.travel(late, tick=False):
        client.force_login(case.officer)
        answer = client.post(
            url("confirm_notice", case.procurement.pk, notice.pk),
            {"database": "X", "notice_id": "1", "published_at": local(late), "link": ""},
        )
        assert answer["Location"] == url("deadline", case.procurement.pk)
        assert "Anbudstiden är för kort" in client.get(url("dates", case.procurement.pk)).content.decode()


def test_a_deadline_moves_later_on_its_page_and_never_earlier(client):
    case, tender = make_published()
    client.force_login(case.officer)
    page = url("deadline", case.procurement.pk)
    sent = {"which": "bids", "new_at": local(DEADLINE - timedelta(days=1)), "reason": "Tidigare"}
    refused = client.post(page, sent)
    assert (refused.status_code, "Tidigare" in refused.content.decode()) == (422, True)
    client.post(page, sent | {"new_at": local(DEADLINE + timedelta(days=1))})
    tender.refresh_from_db()
    assert tender.deadline_at == DEADLINE + timedelta(days=1)


def test_hand_over_of_the_award_notice_is_a_click(client):
    case, tender = make_published()
    waiting = tender.notices.create(kind="result", due_on=DEADLINE.date())
    client.force_login(case.officer)
    client.post(url("hand_over", case.procurement.pk, waiting.pk))
    waiting.refresh_from_db()
    assert waiting.handed_over_at == LATER


# --- import and export -------------------------------------------------------------------------------------------------


def chosen(answer) -> dict[str, str]:
    """Return what a browser would send from the preview."""
    rows = answer.context["rows"]
    sent = {"rows-TOTAL_FORMS": str(len(rows.forms)), "rows-INITIAL_FORMS": str(len(rows.forms)), **key()}
    for form in rows.forms:
        for bound in form:
            value = bound.value()
            if value not in {None, False}:
                sent[bound.html_name] = "on" if value is True else str(value)
    return sent


def test_pasted_text_is_previewed_and_nothing_written_before_it_is_chosen(client):
    case, tender = make_drafted()
    client.force_login(case.officer)
    answer = client.post(url("import", case.procurement.pk), {"text": "Skall-krav\nErfarenhet: Minst 2 år\nKaffe"})
    assert (answer.status_code, tender.requirements.count()) == (200, 4)
    sent = chosen(answer)
    del sent["rows-1-take"]
    sent["rows-0-title"] = "Erfarenhet av Word"
    for _ in range(2):  # a double click
        client.post(url("import_choose", case.procurement.pk), sent)
    assert [(row.title, row.kind) for row in requirements(tender)[4:]] == [("Erfarenhet av Word", "must")]


def test_a_row_that_can_not_be_imported_keeps_what_was_typed(client):
    case, tender = make_drafted()
    client.force_login(case.officer)
    sent = chosen(client.post(url("import", case.procurement.pk), {"text": "Ett\nTvå"}))
    answer = client.post(
        url("import_choose", case.procurement.pk), sent | {"rows-0-title": "", "rows-1-text": "Mitt tillägg"}
    )
    assert (answer.status_code, "Mitt tillägg" in answer.content.decode()) == (422, True)
    nothing = client.post(
        url("import_choose", case.procurement.pk), {name: value for name, value in sent.items() if "take" not in name}
    )
    assert nothing.status_code == 422
    tampered = client.post(url("import_choose", case.procurement.pk), sent | {"rows-0-more": "[1]"})
    assert tampered.status_code == 422
    assert tender.requirements.count() == 4


def test_sorted_rows_survive_an_ended_session(client):
    case = make_case()
    make_tender(case)
    client.force_login(case.officer)
    page = url("import", case.procurement.pk)
    answer = client.post(page, {"text": "Ett\nTvå"})
    written = re.search(r'name="written-by" value="([^"]+)"', answer.content.decode())[1]
    sent = chosen(answer) | {"rows-0-text": "Mitt tillägg", "written-by": written, "written-at": page}
    session = client.cookies.pop("session")
    away = client.post(url("import_choose", case.procurement.pk), sent)
    assert (away.status_code, session.value != "") == (302, True)
    client.force_login(case.officer)
    back = client.get(page).content.decode()
    assert "Mitt tillägg" in back


def test_a_word_file_with_merged_cells_is_told_row_by_row(client):
    document = docx.Document()
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip((*table.rows[0].cells, *table.rows[1].cells), ("Krav", "Nivå", "Närvaro", ""), strict=True):
        cell.text = text
    table.cell(1, 0).merge(table.cell(1, 1))
    data = io.BytesIO()
    document.save(data)
    case = make_case()
    make_tender(case)
    client.force_login(case.officer)
    answer = client.post(url("import", case.procurement.pk), {"file": SimpleUploadedFile("krav.docx", data.getvalue())})
    shown = answer.content.decode()
    assert ("tabell 1, rad 2" in shown, "celler sammanslagna" in shown, "Närvaro" in shown) == (True, True, True)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (None, "Välj en fil eller klistra in text."),
        (SimpleUploadedFile("krav.pdf", b"%PDF"), "Välj en Wordfil"),
        (SimpleUploadedFile("krav.docx", b""), "0 byte"),
        (SimpleUploadedFile("krav.docx", b"hej"), "inget Worddokument"),
        (SimpleUploadedFile("krav.xlsx", b"hej"), "ingen Excelbok"),
    ],
)
def test_a_file_that_can_not_be_read_is_refused_and_the_text_kept(client, file, words):
    case = make_case()
    make_tender(case)
    client.force_login(case.officer)
    answer = client.post(url("import", case.procurement.pk), {"text": "", **({"file": file} if file else {})})
    assert (answer.status_code, words in answer.content.decode()) == (422, True)


def test_exports_are_files_that_open(client):
    case = make_case()
    make_tender(case)
    client.force_login(case.officer)
    book = client.get(url("export", case.procurement.pk, "xlsx"))
    assert 'filename="processcoachning.xlsx"' in book["Content-Disposition"]
    assert openpyxl.load_workbook(io.BytesIO(book.content)).sheetnames == ["Behov", "Krav"]
    text = client.get(url("export", case.procurement.pk, "docx"))
    assert docx.Document(io.BytesIO(text.content)).paragraphs[0].text == "Processcoachning"
    assert client.get(url("export", case.procurement.pk, "pdf")).status_code == 404


# --- without an account ------------------------------------------------------------------------------------------------


def test_inv_29_what_is_published_is_read_without_an_account_and_without_a_trace(client):
    case, tender = make_drafted()
    document = add_document(
        tender=tender, title="Bilaga", data=b"x", name="a.txt", media_type="text/plain", by=case.officer, at=START
    )
    pages = [*(url(name, tender.pk) for name in OPEN_PAGES), url("document", document.pk)]
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 404)
    client.force_login(case.officer)
    client.post(url("publish", case.procurement.pk), {"sure": "on", **key()})
    client.logout()
    client.cookies.clear()
    for page in (url("answers", tender.pk), url("document", document.pk)):
        answer = client.get(page)
        assert (answer.status_code, b"".join(answer) != b"", "session" in answer.cookies) == (200, True, False)


def test_a_question_is_asked_without_an_account_and_only_once(client):
    _case, tender = make_published()
    sent = {"text": "Räknas deltid?", "email": "", **key()}
    for _ in range(2):
        assert client.post(url("ask", tender.pk), sent)["Location"] == url("answers", tender.pk)
    assert Question.objects.count() == 1
    assert client.post(url("ask", tender.pk), {"text": "", **key()}).status_code == 422
    wrong = client.post(url("ask", tender.pk), {"text": "Min fråga", "email": "fel", **key()})
    assert (wrong.status_code, "Min fråga" in wrong.content.decode()) == (422, True)


def test_inv_30_the_answer_is_published_without_the_words_that_tell_who_asked(client):
    case, tender = make_published()
    question = ask_question(tender=tender, text="Vi på Hemliga AB undrar", by=None, at=LATER, asker_email="h@h.example")
    client.force_login(case.officer)
    page = url("answer", case.procurement.pk, question.pk)
    shown = client.get(page).content.decode()
    assert ("Hemliga AB" in shown, "h@h.example" in shown) == (True, False)
    assert "h@h.example" not in client.get(url("questions", case.procurement.pk)).content.decode()
    client.post(page, {"published_text": "En leverantör undrar", "answer": "Ja"})
    client.logout()
    public = client.get(url("answers", tender.pk)).content.decode()
    assert ("En leverantör undrar" in public, "Hemliga" in public, "h@h" in public) == (True, False, False)


def test_a_late_answer_asks_for_a_new_deadline_or_a_reason(client):
    case, tender = make_published()
    question = ask_question(tender=tender, text="Sent?", by=None, at=LATER)
    with time_machine.travel(DEADLINE - timedelta(days=3), tick=False):
        client.force_login(case.officer)
        page = url("answer", case.procurement.pk, question.pk)
        late = client.post(page, {"published_text": "Sent?", "answer": "Mitt svar"})
        assert (late.status_code, "Mitt svar" in late.content.decode()) == (422, True)
        client.post(page, {"published_text": "Sent?", "answer": "Ja", "late_reason": "Ändrar inget"})
    question.refresh_from_db()
    assert question.late_reason == "Ändrar inget"


def test_the_answers_are_followed_and_left_by_links(client):
    _case, tender = make_published()
    client.post(url("follow_answers", tender.pk), {"email": "a@example.org", **key()})
    token = OutboxMail.objects.get().text.split("/anbud/folj/")[1].split("/")[0]
    begin, end = url("follow_begin", token), url("follow_end", token)
    subscription = tender.subscriptions.get()
    client.get(begin)  # a mail program looks at the link by itself
    subscription.refresh_from_db()
    assert subscription.confirmed_at is None
    client.post(begin)
    subscription.refresh_from_db()
    assert subscription.confirmed_at == LATER
    client.get(end)
    client.post(end)
    subscription.refresh_from_db()
    assert subscription.ended_at == LATER
    assert client.get(url("follow_begin", "fel:token")).status_code == 404
    assert "avslutad" in client.get(begin).content.decode()


def test_nothing_of_a_draft_is_shown_to_the_public(client):
    _case, tender = make_drafted()
    for name in OPEN_PAGES:
        assert client.get(url(name, tender.pk)).status_code == 404
        assert client.post(url(name, tender.pk), {"text": "x", **key()}).status_code in {404, 405}


def test_the_seed_as_written_lists_why_it_can_not_be_published(client):
    case = make_case()
    start_tender(procurement=case.procurement, template="seed_000_as_written", by=case.officer, at=START)
    client.force_login(case.officer)
    shown = client.get(url("publish", case.procurement.pk)).content.decode()
    for words in ("kan inte vara frivillig", "förkasta anbud utan gräns", "Välj vad det gör", "CPV-kod"):
        assert words in shown


def test_the_departures_from_the_seed_are_on_the_page(client):
    case = make_case()
    tender = start_tender(procurement=case.procurement, template="consultant_hourly", by=case.officer, at=START)
    for row in Requirement.objects.filter(tender=tender):
        row.tender = tender
        accept_proposals(requirement=row, by=case.officer, at=START)
    accept_tender_proposals(tender=tender, by=case.officer, at=START)
    client.force_login(case.officer)
    shown = client.get(url("requirements", case.procurement.pk)).content.decode()
    assert (
        "Så skiljer sig det här från underlaget" in shown,
        "Metod högst 10 poäng, case högst 10 poäng" in shown,
    ) == (
        True,
        True,
    )

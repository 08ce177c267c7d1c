"""Requirements come from Word, Excel and pasted text with a preview, and leave as files that open."""

from __future__ import annotations

import io
import re

import docx
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from rodatraden.tenders.actions import revise_requirement
from rodatraden.tenders.queries import publication_findings, requirements
from tests.factories.parties import START
from tests.factories.procurements import make_case
from tests.factories.tenders import (
    make_drafted,
    make_tender,
)
from tests.tenders.pages import key, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]


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


def test_a_text_that_excel_would_cut_off_is_never_exported_cut_off(client):
    case, tender = make_drafted()
    row = requirements(tender)[0]
    revise_requirement(requirement=row, text="\u00e5" * 32_767, by=case.officer, at=START)
    client.force_login(case.officer)
    assert client.get(url("export", case.procurement.pk, "xlsx")).status_code == 200
    revise_requirement(requirement=row, text="\u00e5" * 32_768, by=case.officer, at=START)
    refused = client.get(url("export", case.procurement.pk, "xlsx"))
    assert refused.status_code == 403
    assert "Excel behåller 32\xa0767 tecken" in refused.text
    word = docx.Document(io.BytesIO(client.get(url("export", case.procurement.pk, "docx")).content))
    assert any("\u00e5" * 32_768 in cell.text for table in word.tables for each in table.rows for cell in each.cells)


@pytest.mark.parametrize("ending", ["xlsx", "docx"])
def test_a_sign_that_office_can_not_hold_breaks_no_export(client, ending):
    case, tender = make_drafted()
    revise_requirement(requirement=requirements(tender)[0], text="Rad 1\x0bRad 2", by=case.officer, at=START)
    client.force_login(case.officer)
    assert client.get(url("export", case.procurement.pk, ending)).status_code == 200


def test_what_a_row_says_is_shown_in_words_and_what_can_not_be_read_is_kept(client):
    case, tender = make_drafted()
    client.force_login(case.officer)
    columns = {
        "Typ": "Tilldelningskriterium",
        "Krav": "Erfarenhet",
        "Kravtext": "Beskriv hur",
        "Högsta poäng": "10 poäng max",
        "När det följs upp": "årligen",
        "Vem ska agera": "Konsulten",
        "Svarar mot behov": "B1, B99",
        "Vem följer upp": "Kalle Anka",
        "Skala": "0-5 dåligt; 10 bra",
        "Bevis": "Intyg",
    }
    answer = client.post(
        url("import", case.procurement.pk), {"text": "\t".join(columns) + "\n" + "\t".join(columns.values())}
    )
    shown = answer.content.decode()
    read, unread = answer.context["rows"].forms[0].understood
    assert ("Bevis", "Intyg") in read
    lost = {"10 poäng max", "årligen", "Konsulten", "B99", "Kalle Anka", "0-5 dåligt; 10 bra"}
    assert {words for _column, words in unread} == lost
    assert all(words in shown for words in [*lost, "Intyg"])
    assert client.post(url("import_choose", case.procurement.pk), chosen(answer)).status_code == 302
    row = list(requirements(tender))[-1]
    assert (row.max_points, row.steps.count(), [need.label for need in row.needs.all()]) == (None, 0, ["B1"])
    assert (row.evidence, row.text.startswith("Beskriv hur\n\nStod också i dokumentet:")) == ("Intyg", True)
    assert all(words in row.text for words in lost)


def test_a_need_keeps_what_no_need_has_and_is_listed_until_somebody_says_how_you_know(client):
    case, tender = make_drafted()
    client.force_login(case.officer)
    table = "Typ\tKrav\tKravtext\tLägsta godtagbara nivå\nBehov\tLugn\tFler pauser\tTre om dagen"
    answer = client.post(url("import", case.procurement.pk), {"text": table})
    client.post(url("import_choose", case.procurement.pk), chosen(answer))
    need = case.procurement.needs.get(title="Lugn")
    assert (need.evidence, "Lägsta godtagbara nivå: Tre om dagen" in need.description) == ("–", True)
    found = {each.code: each for each in publication_findings(tender, START)}
    assert found[f"need_unsaid:{need.label}"].url_name == "needs:list"

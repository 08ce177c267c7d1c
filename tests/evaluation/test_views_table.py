"""The table of bids in Excel: down, filled in, up, computed, looked at; and nothing is kept of it."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from rodatraden.bids.models import Bid
from rodatraden.evaluation.models import FrozenOutcome
from rodatraden.records.models import LedgerEntry
from tests.core.evaluation.workbook.books import book_of, case_of
from tests.factories.evaluation import judge_all, make_opened, make_outcome
from tests.factories.procurements import make_case
from tests.factories.tenders import make_published, make_tender

pytestmark = pytest.mark.django_db
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BIDS = (("Norr AB", "", 1140, 9, 8), ("Söder AB", "", 790, 9, 6))


def address(name, procurement):
    return reverse(f"evaluation:{name}", args=[procurement.pk])


def downloaded(client, procurement, name="table_form"):
    response = client.get(address(name, procurement))
    assert response["Content-Type"] == XLSX
    return openpyxl.load_workbook(io.BytesIO(response.content))


def filled(book, rows=BIDS):
    sheet = book["Anbud"]
    for row, values in enumerate(rows, sheet.max_row + 1 if sheet["A6"].value else 6):
        for column, value in enumerate(values, 1):
            sheet.cell(row=row, column=column, value=value if value != "" else None)
    return book


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sent(client, procurement, data, name="anbud.xlsx"):
    return client.post(address("table", procurement), {"file": SimpleUploadedFile(name, data, XLSX)})


def packed(*names, data=b"<a/>"):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name in names:
            package.writestr(name, data)
    return out.getvalue()


def test_the_officer_fills_in_the_table_and_sees_every_sum_and_nothing_is_kept(client):
    case, _tender = make_published()
    client.force_login(case.officer)
    page = client.get(address("table", case.procurement)).text
    assert address("table_form", case.procurement) in page
    events = LedgerEntry.objects.count()
    book = downloaded(client, case.procurement)
    assert [cell.value for cell in book["Anbud"][3]][:3] == [
        "Anbudsgivare, kort namn",
        "Anbudsgivarens hela namn",
        "Pris",
    ]
    answer = sent(client, case.procurement, saved(filled(book)))
    assert answer.status_code == 200
    for said in (
        "Söder AB är först",
        "Norr AB",
        "rad 6",
        "1\xa0140\xa0kr",
        "Utvärderingspris: 790 + 500",
        "Den sparas ingenstans",
    ):
        assert said in answer.text
    assert "utfallet på resultatsidan." not in answer.text.replace("avgör är utfallet på resultatsidan, från", "")
    assert (Bid.objects.count(), FrozenOutcome.objects.count(), LedgerEntry.objects.count()) == (0, 0, events)


def test_every_fault_is_told_with_sheet_and_cell_and_nothing_is_computed(client):
    case, _tender = make_published()
    client.force_login(case.officer)
    book = filled(
        downloaded(client, case.procurement),
        [("A", "", "tusen", 9, 8), ("B", "", "=1000+1", 7, 8), ("C", "", 900, 11, 8)],
    )
    book["Anbud"].merge_cells("D7:E7")
    answer = sent(client, case.procurement, saved(book))
    assert answer.status_code == 422
    for said in ("cell C6", "tusen", "cell C7", "Det här är en formel", "cell D7", "Cellerna D7:E7 är sammanslagna"):
        assert said in answer.text
    assert "Rangordning" not in answer.text


def test_of_thousands_of_faults_a_hundred_are_shown(client):
    case, _tender = make_published()
    client.force_login(case.officer)
    rows = [(f"A{number}", "", "tusen", 9, 8) for number in range(130)]
    answer = sent(client, case.procurement, saved(filled(downloaded(client, case.procurement), rows))).text
    assert ("Tabellen har 130 fel" in answer, "och 30 till" in answer) == (True, True)
    assert ("cell C105" in answer, "cell C106" in answer) == (True, False)


def test_a_score_outside_its_scale_is_told_at_its_cell(client):
    case, _tender = make_published()
    client.force_login(case.officer)
    answer = sent(
        client, case.procurement, saved(filled(downloaded(client, case.procurement), [("C", "", 900, 11, 8)]))
    )
    assert answer.status_code == 422
    assert "cell D6" in answer.text
    assert "11 ligger utanför skalan" in answer.text


@pytest.mark.parametrize(
    ("name", "data", "match"),
    [
        ("anbud.docx", b"PK", "Välj en Excelfil"),
        ("anbud.xlsx", b"namn;pris", "ingen Excelbok"),
        ("anbud.xlsx", packed("xl/workbook.xml"), "skadad"),
        ("anbud.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "lösenord"),
        ("anbud.xlsx", b"0" * 5_000_001, "större än 5 MB"),
        ("anbud.xlsx", packed("xl/workbook.xml", "xl/media/a.bin", data=b"0" * 31_000_000), "packas upp"),
        ("anbud.xlsx", packed("xl/workbook.xml", "xl/worksheets/a.xml", data=b'<c r="A1"/>' * 500_001), "fler celler"),
        ("anbud.xlsx", saved(openpyxl.Workbook()), "inget blad Data"),
        ("anbud.xlsx", book_of(case_of("seed-000")), "en annan modell"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_of_this_case_is_refused_with_what_to_do(client, name, data, match):
    case, _tender = make_published()
    client.force_login(case.officer)
    answer = sent(client, case.procurement, data, name)
    assert answer.status_code == 422
    assert match in answer.text


def test_an_empty_table_and_no_file_are_told(client):
    case, _tender = make_published()
    client.force_login(case.officer)
    assert "Tabellen har inga anbud" in sent(client, case.procurement, saved(downloaded(client, case.procurement))).text
    assert client.post(address("table", case.procurement), {}).status_code == 422


def test_inv_13_no_table_is_computed_while_points_are_given_and_prices_closed(client):
    world = make_opened(prices=(1140, 790))
    client.force_login(world.case.officer)
    data = saved(filled(downloaded(client, world.procurement)))
    assert "Ingen tabell räknas innan kvaliteten är låst" in client.get(address("table", world.procurement)).text
    refused = sent(client, world.procurement, data)
    assert refused.status_code == 403
    assert "Söder AB" not in refused.text
    judge_all(world, ((9, 8), (5, 6)))
    assert sent(client, world.procurement, data).status_code == 403


def test_the_bids_go_out_and_come_back_as_the_same_outcome(client):
    world = make_outcome(prices=(1140, 790), scores=((9, 8), (9, 6)))
    client.force_login(world.case.officer)
    assert address("table_bids", world.procurement) in client.get(address("outcome", world.procurement)).text
    book = downloaded(client, world.procurement, "table_bids")
    answer = sent(client, world.procurement, saved(book)).text
    assert "samma anbud, poäng och priser som utfallet" in answer
    assert FrozenOutcome.objects.get().inputs_sha256[:16] in answer
    book["Anbud"]["C6"].value = Decimal(1)
    assert "inte samma anbud, poäng och priser" in sent(client, world.procurement, saved(book)).text


def test_only_the_officer_comes_in_and_the_bids_go_to_nobody_before_the_prices_are_open(client):
    world = make_opened(prices=(1140, 790))
    for person, status in ((world.case.officer, 200), (world.case.evaluators[0], 403), (world.case.decider, 403)):
        client.force_login(person)
        assert client.get(address("table", world.procurement)).status_code == status
        assert client.get(address("table_form", world.procurement)).status_code == status
        assert client.get(address("table_bids", world.procurement)).status_code == 403


def test_the_page_of_the_published_model_leads_to_the_table(client):
    case, _tender = make_published()
    for person, is_there in ((case.officer, True), (case.evaluators[0], False)):
        client.force_login(person)
        page = client.get(reverse("tenders:model", args=[case.procurement.pk])).text
        assert (address("table", case.procurement) in page) is is_there


def test_before_publication_the_model_is_tried_on_its_own_page(client):
    case = make_case()
    make_tender(case)
    client.force_login(case.officer)
    answer = client.get(address("table", case.procurement))
    assert answer.status_code == 403
    assert "Inget är publicerat än" in answer.text

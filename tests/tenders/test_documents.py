from __future__ import annotations

import io
import zipfile

import docx
import openpyxl
import pytest

from rodatraden.tenders.actions import import_rows, revise_requirement, start_tender
from rodatraden.tenders.documents import (
    RowKind,
    UnreadableError,
    read_docx,
    read_text,
    read_xlsx,
    write_docx,
    write_xlsx,
)
from rodatraden.tenders.documents.columns import NEED_COLUMNS, REQUIREMENT_COLUMNS, scale_of
from rodatraden.tenders.documents.reading import MOST_ROWS
from rodatraden.tenders.documents.writing import need_values, requirement_values
from rodatraden.tenders.queries import requirements
from tests.factories.parties import START
from tests.factories.procurements import make_case
from tests.factories.tenders import make_drafted

MERGED = "Cells are merged here: their text is read for every cell they cover. Look at the row."


def told(rows) -> list[tuple[str, str, str]]:
    return [(row.kind.value, row.title, row.text) for row in rows]


def saved(thing) -> bytes:
    out = io.BytesIO()
    thing.save(out)
    return out.getvalue()


def test_pasted_lines_become_rows_and_headings_set_the_kind():
    text = """# Behov
- Parterna behöver kunna leda sina forum

Skall-krav:
1. Erfarenhet: Minst 24 månader
• **Namngiven konsult:** En person

Utvärdering
Metod: Beskriv hur ni bygger tilltro

## Övrigt
Kaffe
"""
    found = read_text(text)
    assert told(found.rows) == [
        ("need", "Parterna behöver kunna leda sina forum", ""),
        ("must", "Erfarenhet", "Minst 24 månader"),
        ("must", "Namngiven konsult", "En person"),
        ("criterion", "Metod", "Beskriv hur ni bygger tilltro"),
        ("undecided", "Kaffe", ""),
    ]
    assert [str(note) for note in found.rows[-1].notes] == ["Under the heading “Övrigt”."]
    assert found.rows[1].place == "rad 5"


def test_the_kind_of_a_loose_line_is_guessed_from_its_words():
    lines = [
        "Konsulten ska ha körkort",
        "Meriterande erfarenhet ger upp till 5 poäng",
        "Rapport lämnas varje kvartal under avtalstiden",
        "Medarbetarna saknar stöd",
        "Ekologisk mjölk",
    ]
    assert [row.kind.value for row in read_text("\n".join(lines)).rows] == [
        "must",
        "criterion",
        "term",
        "need",
        "undecided",
    ]


def test_a_pasted_table_is_read_by_its_headings():
    text = "Nr\tTyp\tKrav\tLägsta nivå\tAnmärkning\nK1\tSkall-krav\tErfarenhet\tMinst 24 månader\tviktig\nK2\tNågot\tAnnat\t\t"
    first, second = read_text(text).rows
    assert (first.kind, first.title, first.text, dict(first.more)) == (
        RowKind.MUST,
        "Erfarenhet",
        "viktig",
        {"label": "K1", "level": "Minst 24 månader"},
    )
    assert [str(note) for note in first.notes] == [
        "Text under headings that are not known here has been added to the text."
    ]
    assert (second.kind, [str(note) for note in second.notes]) == (
        RowKind.UNDECIDED,
        ["“Något” is no kind that is known here. Choose one."],
    )


def test_too_long_a_title_is_cut_and_kept_whole_in_the_text():
    long = "Krav " + "x" * 200
    (row,) = read_text(long).rows
    assert (len(row.title), row.text, len(row.notes)) == (150, long, 1)


def test_a_long_list_is_shown_in_part_and_told():
    found = read_text("\n".join(f"Krav {n}" for n in range(MOST_ROWS + 5)))
    assert (len(found.rows), dict(found.notes[0].values)) == (MOST_ROWS, {"n": MOST_ROWS + 5, "most": MOST_ROWS})


def test_word_headings_lists_and_tables_are_read_in_order():
    document = docx.Document()
    document.add_heading("Uppdragsbeskrivning", level=0)
    document.add_heading("Skall-krav", level=1)
    document.add_paragraph("Erfarenhet: Minst 24 månader", style="List Bullet")
    document.add_heading("Kontraktsvillkor", level=1)
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(
        (*table.rows[0].cells, *table.rows[1].cells), ("Rubrik", "Nivå", "På plats", "Alla forum"), strict=True
    ):
        cell.text = text
    document.add_heading("Tom rubrik", level=2)
    found = read_docx(saved(document))
    assert told(found.rows) == [
        ("must", "Erfarenhet", "Minst 24 månader"),
        ("term", "På plats", ""),
        ("undecided", "Tom rubrik", ""),
    ]
    assert [row.is_chosen for row in found.rows] == [True, True, False]
    assert found.rows[1].more["level"] == "Alla forum"
    assert found.rows[1].place == "tabell 1, rad 2"


def test_merged_cells_in_word_are_told_and_lose_nothing():
    document = docx.Document()
    table = document.add_table(rows=4, cols=3)
    texts = [
        ("Krav", "Lägsta nivå", "Bevis"),
        ("Erfarenhet", "24 månader", "CV"),
        ("Närvaro", "Alla forum", ""),
        ("Hinder", "", "Logg"),
    ]
    for row, line in zip(table.rows, texts, strict=True):
        for cell, text in zip(row.cells, line, strict=True):
            cell.text = text
    table.cell(1, 2).merge(table.cell(2, 2))
    table.cell(3, 0).merge(table.cell(3, 1))
    rows = read_docx(saved(document)).rows
    assert [(row.title, row.more.get("level"), row.more.get("evidence")) for row in rows] == [
        ("Erfarenhet", "24 månader", "CV"),
        ("Närvaro", "Alla forum", "CV"),
        ("Hinder", "Hinder", "Logg"),
    ]
    assert [[str(note) for note in row.notes] for row in rows] == [[], [MERGED], [MERGED]]


def test_a_table_inside_a_cell_is_read_with_it():
    document = docx.Document()
    cell = document.add_table(rows=1, cols=1).cell(0, 0)
    cell.text = "Skala"
    cell.add_table(rows=1, cols=1).cell(0, 0).text = "10 poäng: bäst"
    (row,) = read_docx(saved(document)).rows
    assert (row.title, row.text) == ("Skala", "10 poäng: bäst")


def test_excel_sheets_are_read_by_their_headings_with_merged_cells_and_formulas_told():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Skall-krav"
    sheet.append(["Krav", "Lägsta nivå", "Bevis"])
    sheet.append(["Erfarenhet", 24, "CV"])
    sheet.append(["Närvaro", "=1+1", None])
    sheet.merge_cells("C2:C3")
    rows = read_xlsx(saved(book)).rows
    assert [(row.kind.value, row.title, row.more) for row in rows] == [
        ("must", "Erfarenhet", {"level": "24", "evidence": "CV"}),
        ("must", "Närvaro", {"level": "=1+1", "evidence": "CV"}),
    ]
    assert [str(note) for note in rows[1].notes] == [
        MERGED,
        "B3 holds a formula without a saved value: the formula itself is read.",
    ]


def packed(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(name, "<broken")
    return out.getvalue()


@pytest.mark.parametrize(
    ("read", "data", "match"),
    [
        (read_docx, b"", "0 bytes"),
        (read_docx, b"%PDF-1.7", "no Word document"),
        (read_docx, packed("xl/workbook.xml"), "no Word document"),
        (read_docx, packed("word/document.xml"), "damaged"),
        (read_docx, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "password"),
        (read_xlsx, b"", "0 bytes"),
        (read_xlsx, b"PK\x03\x04", "no Excel workbook"),
        (read_xlsx, packed("xl/workbook.xml"), "damaged"),
    ],
)
def test_what_is_no_document_is_refused_with_what_to_do(read, data, match):
    with pytest.raises(UnreadableError, match=match):
        read(data)


def test_a_file_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr("rodatraden.tenders.documents.reading.LARGEST_UNPACKED", 10)
    with pytest.raises(UnreadableError, match="unpacks"):
        read_docx(saved(docx.Document()))


def test_a_scale_is_read_line_by_line_and_strange_lines_are_kept_apart():
    steps, strange = scale_of("0 = inget\n2,5 poäng: något\n10 – allt\nse bilaga")
    assert [(str(points), text) for points, text in steps] == [("0", "inget"), ("2.5", "något"), ("10", "allt")]
    assert strange == ["se bilaga"]


@pytest.mark.django_db
@pytest.mark.parametrize(("write", "read"), [(write_xlsx, read_xlsx), (write_docx, read_docx)])
def test_what_is_exported_is_imported_the_same(write, read):
    case, other = make_case(), make_case()
    tender = start_tender(procurement=case.procurement, template="consultant_hourly", by=case.officer, at=START)
    row = requirements(tender)[0]
    revise_requirement(requirement=row, text="=1+1\n@SUM(A1)\n+46 -1", level="-5 grader", by=case.officer, at=START)
    rows = read(write(tender)).rows
    assert [note for each in rows for note in each.notes] == []
    assert [each.is_chosen for each in rows] == [True] * 14
    again = start_tender(procurement=other.procurement, by=other.officer, at=START)
    import_rows(tender=again, rows=rows, by=other.officer, at=START)
    for columns, values, ours, theirs in (
        (NEED_COLUMNS, need_values, case.procurement.needs, other.procurement.needs),
        (REQUIREMENT_COLUMNS, requirement_values, tender.requirements, again.requirements),
    ):
        names = [name for name in columns if name != "follow_up_by"]
        before = [[values(each)[name] for name in names] for each in ours.order_by("number")]
        after = [[values(each)[name] for name in names] for each in theirs.order_by("number")]
        assert after == before


@pytest.mark.django_db
def test_cells_that_look_like_formulas_are_text_in_excel():
    case, tender = make_drafted()
    row = requirements(tender)[0]
    for text in ("=HYPERLINK(1)", "+1", "-1", "@A1"):
        revise_requirement(requirement=row, level=text, by=case.officer, at=START)
        sheet = openpyxl.load_workbook(io.BytesIO(write_xlsx(tender)))["Krav"]
        cell = sheet.cell(row=2, column=list(REQUIREMENT_COLUMNS).index("level") + 1)
        assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)

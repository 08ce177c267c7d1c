"""A model tested before it is published, and an outcome that explains itself: the workbench and the result in a browser."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl
import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from rodatraden.core.evaluation import QualityOnly
from rodatraden.procurements.actions import appoint
from rodatraden.procurements.models import TeamMember
from tests.factories.awards import award
from tests.factories.bids import make_bidder, supplier_of
from tests.factories.evaluation import SUPPLIERS, make_outcome
from tests.factories.procurements import declare, make_case
from tests.factories.tenders import make_drafted, make_published, make_tender
from tests.journeys.axe import violations

pytestmark = pytest.mark.journey


def become(page, live, person) -> None:
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live}])


def test_the_officer_tests_the_model_and_holds_another_beside_it(visitor, live):
    case, _tender = make_drafted()
    officer = visitor()
    become(officer, live, case.officer)
    officer.goto(f"/upphandlingar/{case.procurement.pk}/modell/")
    officer.get_by_role("link", name="Stresstesta modellen").click()
    officer.get_by_role("heading", name="Vinstkarta").wait_for()
    expect(officer.locator("main")).to_contain_text("10 000 upphandlingar har hittats på, med startvärde 20260316.")
    assert violations(officer) == []

    officer.get_by_label("Vanligt pris").fill("tusen")
    officer.get_by_role("button", name="Kör provet igen").click()
    expect(officer.locator("ds-error-summary")).to_contain_text("bokstäver")
    expect(officer.get_by_label("Vanligt pris")).to_have_value("tusen")
    officer.get_by_label("Vanligt pris").fill("1 200")
    officer.get_by_label("Påhittade upphandlingar").fill("500")
    officer.get_by_label("Startvärde").fill("7")
    officer.get_by_label("Procent av priset för varje poäng som saknas").check()
    officer.get_by_role("button", name="Kör provet igen").click()
    expect(officer.locator("main")).to_contain_text("500 upphandlingar har hittats på, med startvärde 7.")
    expect(officer.locator("main")).to_contain_text("Priserna ligger omkring 1\u00a0200")
    expect(officer.locator("main")).to_contain_text("% av priset läggs på det för varje poäng som saknas")


def test_an_outcome_explains_itself_and_how_firm_it_is(visitor, live):
    world = make_outcome()
    officer, evaluator = visitor(width=390), visitor()
    become(officer, live, world.case.officer)
    become(evaluator, live, world.case.evaluators[0])
    at = f"/upphandlingar/{world.procurement.pk}/resultat/"

    officer.goto(at)
    expect(officer.locator("main")).to_contain_text("Påslag: (20 − 17) × 100 kr")
    expect(officer.get_by_role("row", name="Nordväg Coaching AB")).to_contain_text("lägre än 940\u00a0kr")
    officer.get_by_role("link", name="Hur säkert utfallet är").click()
    officer.get_by_role("button", name="Räkna fram svaret").click()
    officer.get_by_role("heading", name="En bedömare utanför").wait_for()
    expect(officer.locator("main")).to_contain_text("Det här kan bli allmän handling")
    assert violations(officer) == []

    evaluator.goto(f"{at}hur-sakert/")
    expect(evaluator.locator("main")).to_contain_text(world.case.officer.name)
    expect(evaluator.get_by_role("button", name="Räkna fram svaret")).to_have_count(0)


def test_bids_from_another_tool_are_filled_in_in_excel_and_computed_and_every_fault_has_its_cell(
    visitor, live, tmp_path
):
    case, _tender = make_published()
    officer = visitor(width=390)
    become(officer, live, case.officer)
    officer.goto(f"/upphandlingar/{case.procurement.pk}/resultat/tabell/")
    with officer.expect_download() as download:
        officer.get_by_role("link", name="Hämta tabellen (Excel)").click()
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    filled = tmp_path / "anbud.xlsx"

    def send(*rows) -> None:
        for number, row in enumerate(rows, 6):
            for column, value in enumerate(row, 1):
                book["Anbud"].cell(row=number, column=column, value=value)
        book.save(filled)
        officer.get_by_label("Den ifyllda tabellen").set_input_files(filled)
        officer.get_by_role("button", name="Räkna").click()

    send(("Norr AB", None, "tusen", 9, 8), ("Söder AB", None, 790, 9, 6.5))
    expect(officer.locator("ds-error-summary")).to_contain_text("Tabellen har 1 fel. Inget räknades.")
    expect(officer.get_by_role("row", name="bladet Anbud, cell C6")).to_contain_text("tusen")
    assert violations(officer) == []

    send(("Norr AB", None, "1 140 kr", 9, 8), ("Söder AB", None, 790, 9, 6))
    expect(officer.locator("main")).to_contain_text("Söder AB är först")
    expect(officer.locator("main")).to_contain_text("cell C6: ”1 140 kr” läses som 1\u00a0140")
    expect(officer.locator("main")).to_contain_text("Påslag: (20 − 15) × 100 kr")
    assert violations(officer) == []


def test_the_model_is_tried_on_bids_that_are_typed_and_on_those_of_an_earlier_procurement(visitor, live):
    world = make_outcome()
    award(world)
    case = make_case(buyer=world.case.buyer)
    make_tender(case)
    appoint(
        procurement=case.procurement,
        person=world.case.officer,
        role=TeamMember.Role.OFFICER,
        by=case.officer,
        at=case.procurement.created_at,
    )
    declare(case, world.case.officer)
    officer = visitor(width=390)
    become(officer, live, world.case.officer)
    officer.goto(f"/upphandlingar/{case.procurement.pk}/modell/prov/")
    officer.get_by_role("radio", name="Anbud som du skriver in").check()
    officer.locator("summary", has_text="Anbud som du skriver in").click()
    row = officer.locator("fieldset", has_text="Anbud 1").last
    row.get_by_label("Pris").fill("1 140")
    row.get_by_label("Metod").fill("11")
    officer.get_by_role("button", name="Kör provet igen").click()
    expect(officer.locator("ds-error-summary")).to_contain_text("11 ligger utanför skalan")
    expect(officer.locator("ds-error-summary")).to_contain_text("0 är också en poäng")
    expect(row.get_by_label("Pris")).to_have_value("1 140")
    assert violations(officer) == []

    for number, figures in enumerate((("1 140", "9", "8"), ("790", "7", "6")), 1):
        row = officer.locator("fieldset", has_text=f"Anbud {number}").last
        for label, figure in zip(("Pris", "Metod", "Case"), figures, strict=True):
            row.get_by_label(label).fill(figure)
    officer.get_by_role("button", name="Kör provet igen").click()
    expect(officer.locator("main")).to_contain_text("Anbuden är de inskrivna, 2 stycken.")
    assert "market=typed" in officer.url, "the address holds the figures, so that others see the same test"
    assert violations(officer) == []

    officer.get_by_role("radio", name="Tidigare upphandlingar").check()
    officer.locator("summary", has_text="Tidigare upphandlingar").click()
    officer.get_by_label("Processcoachning").check()
    officer.get_by_role("button", name="Kör provet igen").click()
    officer.get_by_role("heading", name="Vinstkarta").wait_for()
    expect(officer.locator("main")).not_to_contain_text(SUPPLIERS[0])
    assert "market=earlier" in officer.url
    assert violations(officer) == []


def test_quality_alone_at_a_decided_price_from_the_workbench_to_the_bid_that_accepts_it(visitor, live):
    case, tender = make_drafted()
    officer = visitor(width=390)
    become(officer, live, case.officer)
    officer.goto(f"/upphandlingar/{case.procurement.pk}/modell/")
    officer.get_by_role("radio", name="Bara kvalitet, till ett pris som vi har bestämt").check()
    for unused in ("Påslag per saknad poäng", "Vad som prissätts", "Poäng som räknas från"):
        expect(officer.get_by_label(unused)).to_be_hidden()
    officer.get_by_role("radio", name="Kriterierna jämförs i ordning").check()
    officer.get_by_role("button", name="Spara modellen").click()
    expect(officer.locator("ds-error-summary")).to_contain_text("Skriv priset som alla får: mer än 0.")
    officer.get_by_label("Det fasta priset, utan moms").fill("1 025,50")
    officer.get_by_label("Moms", exact=True).select_option("added")
    officer.get_by_label("Vad priset vilar på").fill("Snittet av de tre senaste avtalen.")
    officer.get_by_role("button", name="Spara modellen").click()
    expect(officer.locator("main")).to_contain_text("Anbudet med flest poäng vinner.")
    expect(officer.locator("main")).to_contain_text("1\u00a0025,50\u00a0kr per timme, utan moms")
    assert violations(officer) == []
    officer.goto(f"/upphandlingar/{case.procurement.pk}/publicera/")
    expect(officer.locator("main")).to_contain_text("Ta bort ”Prisbilaga” ur vad anbudet ska innehålla.")

    _case, published = make_published(weighing=QualityOnly())
    bidder = make_bidder()
    supplier = visitor(width=390)
    become(supplier, live, bidder)
    supplier.goto(f"/anbud/{published.pk}/for/{supplier_of(bidder).pk}/")
    expect(supplier.get_by_label("Pris", exact=True)).to_have_count(0)
    expect(supplier.locator("main")).to_contain_text("Du tävlar bara med kvalitet och anger inget pris.")
    supplier.get_by_label("Vi godtar det fasta priset: 950\u00a0kr per timme").check()
    assert violations(supplier) == []
    tender.refresh_from_db()
    assert (tender.fixed_price, tender.fixed_price_vat) == (Decimal("1025.50"), "added")

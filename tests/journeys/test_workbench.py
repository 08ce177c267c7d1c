"""A model tested before it is published, and an outcome that explains itself: the workbench and the result in a browser."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from tests.factories.evaluation import make_outcome
from tests.factories.tenders import make_drafted
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

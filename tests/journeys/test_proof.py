"""Proof in a browser: asked for, handed in with its date, fetched from a register, accepted; and the decision that waits for it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from rodatraden.config import clock
from rodatraden.core.instants import local_date
from rodatraden.evaluation.models import Inquiry
from tests.factories.bids import pdf
from tests.factories.evaluation import make_outcome
from tests.journeys.axe import violations

pytestmark = pytest.mark.journey


def test_the_award_waits_for_the_proof_of_the_intended_winner(sit):
    world = make_outcome()
    at = f"/upphandlingar/{world.procurement.pk}"
    officer = sit(world.case.officer)
    bidder = sit(world.bids[0].submission.submitted_by, width=390, scheme="dark")
    officer.goto(f"{at}/beslut/")
    expect(officer.locator("main")).to_contain_text("Inga bevis har begärts")
    the_officer_asks(officer, at)
    the_bidder_hands_in(bidder)
    officer.goto(f"{at}/beslut/")
    expect(officer.locator("main")).to_contain_text("Bevis återstår innan tilldelningen kan beslutas")
    assert violations(officer) == []
    the_officer_checks(officer, at)
    officer.goto(f"{at}/beslut/")
    expect(officer.locator("main")).to_contain_text("Alla bevis är godtagna")
    bidder.goto(f"/anbud/bevis/{Inquiry.objects.get().pk}/")
    expect(bidder.locator("main")).to_contain_text("Ingen dom.")


def the_officer_asks(officer, at):
    officer.goto(f"{at}/bevis/begar/")
    assert violations(officer) == []
    officer.get_by_label("Intyg om att företaget inte är i konkurs").select_option(label="Begärs inte")
    officer.get_by_label("Hur gammalt som mest").first.select_option(label="3 månader")
    officer.get_by_label("Sista tid att lämna").fill("2031-06-01T12:00")
    officer.get_by_role("button", name="Skicka frågan").click()
    expect(officer.locator("ds-error-summary")).to_contain_text("Skriv var dokumenten säger hur gammalt")
    officer.get_by_label("Var dokumenten säger hur gammalt").fill("Inbjudan, avsnitt 4.2")
    officer.get_by_role("button", name="Skicka frågan").click()
    expect(officer.locator("main")).to_contain_text("Har inte kommit")
    assert violations(officer) == []


def the_bidder_hands_in(bidder):
    bidder.goto("/")
    bidder.get_by_role("link", name="Lämna bevis till ditt anbud").first.click()
    expect(bidder.locator("main")).to_contain_text("Myndigheten hämtar det själv, kostnadsfritt, från Skatteverket.")
    assert violations(bidder) == []
    bidder.get_by_role("link", name="Lämna det").click()
    assert violations(bidder) == []
    bidder.get_by_label("Utfärdat den").fill(local_date(clock.now()).isoformat())
    bidder.get_by_label("Vem som har utfärdat det").fill("Polismyndigheten")
    bidder.get_by_label("Fil").set_input_files({"name": "utdrag.pdf", "mimeType": "application/pdf", "buffer": pdf()})
    bidder.get_by_role("button", name="Lämna det").click()
    expect(bidder.locator("main")).to_contain_text("Inte kontrollerat")
    expect(bidder.locator("main")).to_contain_text("utdrag.pdf")
    assert violations(bidder) == []


def the_officer_checks(officer, at):
    officer.goto(f"{at}/bevis/")
    officer.get_by_role("link", name="Kontrollera").first.click()
    assert violations(officer) == []
    officer.get_by_label("Godtaget: det visar vad det ska").check()
    officer.get_by_label("Skäl").fill("Ingen dom.")
    officer.get_by_role("button", name="Spara kontrollen").click()
    officer.get_by_role("link", name="Öppna").last.click()
    officer.get_by_role("link", name="Skriv in vad ett register svarade").click()
    assert violations(officer) == []
    officer.get_by_label("Utfärdat den").fill(local_date(clock.now()).isoformat())
    officer.get_by_label("Vad registret svarade").fill("Inga skulder.")
    officer.get_by_role("button", name="Spara svaret").click()
    officer.get_by_label("Godtaget: det visar vad det ska").check()
    officer.get_by_label("Skäl").fill("Inga skulder.")
    officer.get_by_role("button", name="Spara kontrollen").click()
    assert violations(officer) == []

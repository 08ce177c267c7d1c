"""Presentations in a browser: drawn, seen by the bidder, timed, noted, and read at the criterion that they are scored by."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from rodatraden.evaluation.actions import start_evaluation_round
from rodatraden.evaluation.models import Presentation
from tests.factories.evaluation import SCORED, announce_presentations, make_opened
from tests.journeys.axe import violations

pytestmark = pytest.mark.journey


def test_the_bids_are_presented_alike_and_what_was_said_is_read_at_its_criterion(sit):
    world = make_opened()
    announce_presentations(world)
    at = f"/upphandlingar/{world.procurement.pk}/presentationer/"
    officer = sit(world.case.officer)
    the_officer_draws(officer, at)
    first = Presentation.objects.get(number=1)
    bidder = sit(first.bid.submission.submitted_by, width=390, scheme="dark")
    bidder.goto("/")
    bidder.get_by_role("link", name="Presentera ditt anbud").first.click()
    expect(bidder.locator("main")).to_contain_text("Rum 4, Storgatan 1")
    assert violations(bidder) == []
    the_officer_runs_the_clock(officer, at)
    assessed = start_evaluation_round(tender=world.fresh_tender(), by=world.case.officer, at=world.opened_at)
    item = assessed.items.get(pk=first.bid.item.item_id)
    evaluator = sit(world.case.evaluators[0])
    evaluator.goto(reverse("assessments:score", args=[assessed.pk, item.pk]))
    expect(evaluator.locator("body")).to_contain_text("Metoden visades med ett exempel.")


def the_officer_draws(officer, at):
    officer.goto(at)
    assert violations(officer) == []
    officer.get_by_label("Ger de poäng?").select_option(index=1)
    officer.get_by_label("Vad de publicerade dokumenten säger").fill("Anbuden presenteras i en timme var.")
    officer.get_by_label("Den första börjar").fill("2031-06-01T09:00")
    officer.get_by_label("Plats").fill("Rum 4, Storgatan 1")
    officer.get_by_role("button", name="Lotta ordningen").click()
    expect(officer.locator("ds-error-summary")).to_contain_text("står inte i kriteriets publicerade text")
    officer.get_by_label("Vad de publicerade dokumenten säger").fill(SCORED)
    officer.get_by_role("button", name="Lotta ordningen").click()
    expect(officer.locator("main")).to_contain_text("Ordningen är lottad")
    assert violations(officer) == []


def the_officer_runs_the_clock(officer, at):
    officer.get_by_role("link", name="Öppna").first.click()
    officer.get_by_role("button", name="Starta klockan").click()
    expect(officer.get_by_role("button", name="Stoppa klockan")).to_be_visible()
    officer.get_by_role("button", name="Stoppa klockan").click()
    expect(officer.get_by_role("button", name="Stoppa klockan")).to_have_count(0)
    officer.get_by_role("link", name="Skriv in tiderna").click()
    officer.get_by_label("Började").fill("2026-06-02T09:00")
    officer.get_by_label("Slutade").fill("2026-06-02T09:38")
    assert violations(officer) == []
    officer.get_by_role("button", name="Spara tiderna").click()
    expect(officer.locator("main")).to_contain_text("8 mer än annonserat")
    officer.get_by_label("Vilka som var där").fill("Upphandlaren, två bedömare, anbudsgivaren")
    officer.get_by_label("Vad som sades").fill("Metoden visades med ett exempel.")
    officer.get_by_role("button", name="Spara det som sades").click()
    expect(officer.locator("main")).to_contain_text("Sparat.")
    assert violations(officer) == []
    officer.goto(at)
    expect(officer.locator("main")).to_contain_text("Inte lika")
    assert violations(officer) == []

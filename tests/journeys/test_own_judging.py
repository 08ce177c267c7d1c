"""An organisation judges itself: a model from the template, out and in again as its next version, two assessors, the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from rodatraden.assessments.actions import begin_draft, make_version
from rodatraden.assessments.models import QualityModel, Round
from rodatraden.parties.models import Membership
from tests.factories.models import small
from tests.factories.parties import START, make_buyer, make_person
from tests.journeys.axe import violations
from tests.journeys.pictures import keep_picture

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.journey
WIDTHS = ((1200, "light"), (390, "dark"))


def looked_at(page: Page, name: str) -> None:
    """A page as it is to be: no complaint of axe, no wider than its window; its picture is kept where one asks for it."""
    keep_picture(page, f"own-{name}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_from_the_template_to_a_report_that_the_one_judged_reads(sit, tmp_path, time_machine):
    time_machine.move_to(START)
    owner = make_buyer("Forsa")
    leader = make_person("Linnea", organisation=owner, role=Membership.Role.DIRECTOR)
    first, second = (make_person(name, organisation=owner) for name in ("Amina", "Björn"))
    head = make_person("Cecilia", organisation=owner)
    page = sit(leader)
    a_model_from_the_template(page)
    in_again_as_the_next_version(page, tmp_path)
    for width, scheme in WIDTHS:
        seen = sit(leader, width=width, scheme=scheme)
        seen.goto(f"/bedomningar/modeller/{QualityModel.objects.get(version=2).pk}/")
        looked_at(seen, f"model-{width}")
    # what is judged has two questions, so that the journey is short
    make_version(draft=begin_draft(owner=owner, content=small("Två frågor"), by=leader, at=START), by=leader, at=START)
    a_round_is_started(page)
    for person in (first, second):
        judged_alone(sit(person))
    agreed_on_and_given_out(page)
    the_head_reads_it(sit(head), sit(head, width=390, scheme="dark"))


def a_model_from_the_template(page: Page) -> None:
    page.goto("/bedomningar/")
    expect(page.get_by_role("heading", name="Ingen bedömning ännu")).to_be_visible()
    looked_at(page, "empty-1200")
    page.get_by_role("main").get_by_role("link", name="Kvalitetsmodeller").click()
    page.get_by_role("main").get_by_role("link", name="Systematik").click()
    looked_at(page, "template-1200")
    page.get_by_role("link", name="Gör en modell av den").click()
    page.get_by_label("Titel").fill("Vår systematik")
    page.get_by_role("button", name="Börja utkastet").click()
    looked_at(page, "draft-1200")
    page.get_by_role("link", name="Gör en version av utkastet").click()
    page.get_by_role("button", name="Gör versionen").click()
    expect(page.get_by_role("status")).to_contain_text("Versionen är gjord.")


def in_again_as_the_next_version(page: Page, folder: Path) -> None:
    """The file that was handed out is changed in a text editor, and read in: what differs is shown before it is made."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Hämta som JSON").click()
    file = folder / "modell.json"
    file.write_text(download.value.path().read_text(encoding="utf-8").replace('"50"', '"många"', 1), encoding="utf-8")
    page.goto("/bedomningar/modeller/las-in/")
    page.get_by_label("Vad den blir").select_option(label="Nästa version av Vår systematik")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_label("Vi har rätt att använda texterna").check()
    page.get_by_role("button", name="Läs in").click()
    expect(page.get_by_role("main")).to_contain_text("många")
    looked_at(page, "faults-1200")
    file.write_text(file.read_text(encoding="utf-8").replace('"många"', '"75"', 1), encoding="utf-8")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_label("Vi har rätt att använda texterna").check()
    page.get_by_role("button", name="Läs in").click()
    expect(page.get_by_role("heading", name="Vad som skiljer sig från version 1")).to_be_visible()
    page.get_by_role("link", name="Gör en version av utkastet").click()
    looked_at(page, "make-1200")
    page.get_by_role("button", name="Gör versionen").click()
    expect(page.get_by_role("status")).to_contain_text("Versionen är gjord.")


def a_round_is_started(page: Page) -> None:
    page.goto("/bedomningar/starta/")
    page.get_by_label("Titel").fill("Vår vardag")
    page.get_by_label("Kvalitetsmodell", exact=True).select_option(label="Två frågor v1")
    who = page.get_by_role("group", name="Vilka som bedömer")
    for name in ("Amina", "Björn"):
        who.get_by_label(name).check()
    page.get_by_label("Namn", exact=True).fill("Hemtjänsten")
    page.get_by_label("Vem som svarar för").select_option(label="Cecilia")
    looked_at(page, "start-1200")
    page.get_by_role("button", name="Starta bedömningen").click()
    expect(page.get_by_role("status")).to_contain_text("Bedömningen är startad.")


def judged_alone(page: Page) -> None:
    page.goto("/bedomningar/")
    page.get_by_role("link", name="Vår vardag").click()
    page.get_by_role("main").get_by_role("link", name="Sätt poäng").first.click()
    for number in (1, 2):
        page.locator(f"#id_points_{number}").fill("60")
        page.locator(f"#id_reason_{number}").fill("De flesta arbetar så.")
        page.locator(f"#id_strengths_{number}").fill("Målen är gemensamma")
    looked_at(page, "desk-1200")
    page.get_by_role("button", name="Spara och gå vidare").click()
    expect(page.get_by_role("link", name="Titta igenom och lämna in")).to_be_visible()
    page.get_by_role("link", name="Titta igenom och lämna in").click()
    page.get_by_role("button", name="Lämna in mina poäng").click()
    expect(page.get_by_role("status")).to_contain_text("Dina poäng är inlämnade.")


def agreed_on_and_given_out(page: Page) -> None:
    at = f"/bedomningar/{Round.objects.get().pk}"
    page.goto(f"{at}/konsensus/")
    page.get_by_role("main").get_by_role("link", name="Sätt poäng").first.click()
    for _ in range(2):
        page.get_by_label("Poäng").fill("60")
        page.get_by_label("Skäl").fill("Vi är överens.")
        page.get_by_role("button", name="Spara konsensus").click()
    page.get_by_role("link", name="Lås konsensus").click()
    page.get_by_role("button", name="Lås konsensus").click()
    expect(page.get_by_role("status")).to_contain_text("Konsensus är låst.")
    page.goto(f"{at}/konsensus/")
    looked_at(page, "consensus-1200")
    page.goto(f"{at}/aterforing/")
    page.get_by_role("button", name="Spara och gå vidare till att frysa").click()
    page.get_by_role("button", name="Frys rapporterna").click()
    page.get_by_role("link", name="Lämna ut rapporterna").click()
    page.get_by_role("button", name="Lämna ut rapporterna").click()
    expect(page.get_by_role("main")).to_contain_text("Utlämnad")
    looked_at(page, "feedback-1200")


def the_head_reads_it(page: Page, phone: Page) -> None:
    for seen, width in ((page, 1200), (phone, 390)):
        seen.goto("/bedomningar/")
        looked_at(seen, f"rounds-{width}")
        seen.get_by_role("link", name="Hemtjänsten").click()
        expect(seen.get_by_role("main")).to_contain_text("Målen är gemensamma")
        looked_at(seen, f"report-{width}")

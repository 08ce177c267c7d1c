"""The reading desk: saved while one writes, without contact and in two windows too, with the keyboard, on a tablet."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from rodatraden.assessments.models import IndividualScore
from rodatraden.evaluation.actions import start_evaluation_round
from tests.factories.evaluation import make_opened
from tests.journeys.axe import violations
from tests.journeys.people import hand_session

pytestmark = pytest.mark.journey

KEPT = "Object.keys(sessionStorage).filter((key) => key.startsWith('utkast:'))"
SAVED, OFFLINE = "Sparat ", "Inte sparat: ingen kontakt."


class Desk:
    """A bid on an evaluator's desk, and windows to look at it."""

    def __init__(self, live, visitor, time_machine):
        self.world = make_opened()
        time_machine.move_to(self.world.opened_at)
        assessed = start_evaluation_round(
            tender=self.world.fresh_tender(), by=self.world.case.officer, at=self.world.opened_at
        )
        self.person = self.world.case.evaluators[0]
        self.path = reverse("assessments:score", args=[assessed.pk, assessed.items.order_by("number")[0].pk])
        self.criteria = [each.title for each in assessed.model.criteria.order_by("number")]
        self.live, self.visitor = live, visitor

    def window(self, page=None, **look):
        """Open the desk: for a new visitor, or in a second window of one who is there."""
        page = page.context.new_page() if page else self.visitor(**look)
        hand_session(page, self.person, self.live) if len(page.context.pages) == 1 else None
        page.goto(self.path)
        return page

    def field(self, page, name, criterion=0):
        return page.get_by_label(f"{name}: {self.criteria[criterion]}", exact=True)

    def saved(self, number=1):
        return IndividualScore.objects.filter(criterion__number=number).first()


@pytest.fixture
def desk(live, visitor, time_machine):
    return Desk(live, visitor, time_machine)


def status(page):
    return page.locator("#sparat")


def test_what_is_written_is_saved_by_itself_and_what_is_left_is_told(desk):
    page = desk.window()
    expect(page.locator("#kvar")).to_have_text("8 poäng kvar att sätta")
    desk.field(page, "Styrkor").fill("Visar hur tilltro byggs")
    desk.field(page, "Poäng").fill("7")
    desk.field(page, "Skäl").fill("Alla tre led")
    expect(status(page)).to_contain_text(SAVED)
    expect(page.locator("#kvar")).to_have_text("7 poäng kvar att sätta")
    saved = desk.saved()
    assert (saved.strengths, saved.points, saved.reason) == ("Visar hur tilltro byggs", 7, "Alla tre led")
    desk.field(page, "Poäng").fill("70")
    expect(status(page)).to_contain_text("70 ligger utanför skalan")
    assert desk.saved().points == 7


def test_without_contact_nothing_is_lost_and_it_is_saved_when_contact_is_back(desk):
    page = desk.window()
    page.context.set_offline(True)
    desk.field(page, "Styrkor").fill("Skrivet på tåget")
    expect(status(page)).to_contain_text(OFFLINE)
    button = page.get_by_role("button", name="Spara", exact=True)
    button.click()
    expect(button).not_to_have_attribute("aria-busy", "true")  # it has tried, and leads nowhere
    expect(status(page)).to_contain_text(OFFLINE)
    assert desk.saved() is None
    page.context.set_offline(False)
    expect(status(page)).to_contain_text(SAVED)
    assert desk.saved().strengths == "Skrivet på tåget"
    assert page.evaluate(KEPT) == []


def test_a_window_that_is_loaded_again_before_it_was_saved_brings_the_words_back(desk):
    page = desk.window()
    page.route("**/poang/**", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    desk.field(page, "Styrkor").fill("Inte framme än")
    expect(status(page)).to_contain_text(OFFLINE)
    page.on("dialog", lambda dialog: dialog.accept())
    page.unroute("**/poang/**")
    page.reload()
    expect(desk.field(page, "Styrkor")).to_have_value("Inte framme än")
    expect(status(page)).to_contain_text(SAVED)
    assert desk.saved().strengths == "Inte framme än"


def test_another_person_at_the_same_screen_never_sees_what_was_not_saved(desk):
    page = desk.window()
    page.route("**/poang/**", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    desk.field(page, "Styrkor").fill("Bara för mig")
    expect(status(page)).to_contain_text(OFFLINE)
    page.on("dialog", lambda dialog: dialog.accept())
    page.unroute("**/poang/**")
    hand_session(page, desk.world.case.evaluators[1], desk.live)
    page.goto(desk.path)
    expect(desk.field(page, "Styrkor")).to_have_value("")
    assert page.evaluate(KEPT) == []
    assert not IndividualScore.objects.exists()


def test_two_windows_keep_both_texts_and_the_writer_chooses(desk):
    first = desk.window()
    second = desk.window(first)
    desk.field(first, "Styrkor").fill("Från det första fönstret")
    expect(status(first)).to_contain_text(SAVED)
    desk.field(second, "Styrkor").fill("Från det andra fönstret")
    desk.field(second, "Styrkor", 1).fill("Ett annat kriterium")
    expect(status(second)).to_contain_text("Båda texterna finns kvar")
    expect(second.get_by_text("Från det första fönstret")).to_be_visible()
    expect(desk.field(second, "Styrkor")).to_have_value("Från det andra fönstret")
    assert (desk.saved().strengths, desk.saved(2).strengths) == ("Från det första fönstret", "Ett annat kriterium")
    assert violations(second) == []
    second.get_by_role("button", name="Behåll det jag skrev här").click()
    expect(second.get_by_text("Från det första fönstret")).to_have_count(0)
    expect(status(second)).to_contain_text(SAVED)
    assert desk.saved().strengths == "Från det andra fönstret"
    desk.field(first, "Styrkor").fill("Det första igen")
    first.get_by_role("button", name="Ta det som sparades där").click()
    expect(desk.field(first, "Styrkor")).to_have_value("Från det andra fönstret")
    desk.field(first, "Skäl").fill("Nu lika")
    expect(status(first)).to_contain_text(SAVED)
    assert (desk.saved().strengths, desk.saved().reason) == ("Från det andra fönstret", "Nu lika")


def test_a_score_is_given_with_the_keyboard_beside_the_text(desk):
    page = desk.window()
    page.keyboard.press("Tab")
    frame = page.locator("iframe[name=lasning]")
    expect(frame).to_be_visible()
    desk.field(page, "Styrkor").focus()
    for text in ("Styrka", "Förbättring"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.name") != "points_1":
        page.keyboard.press("Tab")
    for text in ("8", "Skäl", "Metod, s. 2"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    expect(frame).to_be_in_viewport()
    for _ in range(20):
        bottom, line = page.evaluate(
            "[document.activeElement.getBoundingClientRect().bottom, document.querySelector('.rt-spara').getBoundingClientRect().top]"
        )
        inside = page.evaluate("Boolean(document.activeElement.closest('[data-part]'))")
        assert not inside or bottom <= line + 1
        page.keyboard.press("Tab")
    expect(status(page)).to_contain_text(SAVED)
    saved = desk.saved()
    assert (saved.improvements, saved.points, saved.places) == ("Förbättring", 8, "Metod, s. 2")


@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (768, "dark"), (390, "light")])
def test_the_desk_in_every_width(desk, width, scheme):
    page = desk.window(width=width, scheme=scheme)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.locator("iframe[name=lasning]")).to_be_visible(visible=width > 390)
    page.locator("#id_places_2").focus()
    expect(page.locator("#id_places_2")).to_be_in_viewport()
    if width > 390:
        expect(page.locator("iframe[name=lasning]")).to_be_in_viewport()
    else:
        link = page.locator("[data-part] .rt-lank-sida").first
        expect(link).to_be_visible()
        expect(link).to_have_attribute("target", "_blank")


def test_without_script_the_button_saves(desk):
    page = desk.window(script=False)
    desk.field(page, "Skäl").fill("Utan skript")
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bedömning")
    assert desk.saved().reason == "Utan skript"

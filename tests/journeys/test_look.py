"""The pieces as a browser shows them: accessible, in any colours and width, with and without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.axe import violations

pytestmark = pytest.mark.journey


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1200, "dark"), (390, "dark"), (1200, "light")])
def test_every_piece_is_accessible(visitor, width, scheme):
    page = visitor(width=width, scheme=scheme)
    page.goto("/ui/")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_table_of_the_map_unfolds_without_script(visitor):
    page = visitor(script=False)
    page.goto("/ui/")
    page.get_by_text("Visa kartan som tabell").click()
    expect(page.get_by_role("rowheader", name="K9 Parterna leder forumen själva")).to_be_visible()


def test_colours_are_chosen_without_script_and_stay(visitor):
    page = visitor(scheme="light", script=False)
    page.goto("/ui/")
    page.get_by_role("button", name="Mörkt").click()
    expect(page.get_by_role("button", name="Mörkt", pressed=True)).to_be_visible()
    assert page.locator("html").get_attribute("data-color-scheme") == "dark"
    page.goto("/ui/")
    assert page.locator("html").get_attribute("data-color-scheme") == "dark"


def test_the_first_key_reaches_the_skip_link_and_it_leads_to_the_content(visitor):
    page = visitor(script=False)
    page.goto("/ui/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Hoppa till innehållet"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_error_summary_takes_focus_and_its_links_lead_to_the_controls(visitor):
    page = visitor()
    page.goto("/ui/")
    assert page.evaluate("document.activeElement.localName") == "ds-error-summary"
    page.get_by_role("link", name="Fyll i skäl till nivån").click()
    assert page.evaluate("document.activeElement.id") == "id_reason"


def test_the_script_leaves_what_the_server_said_about_a_field(visitor):
    """Designsystemet's elements wire fields too; neither may undo the other."""
    page = visitor()
    page.goto("/ui/")
    field = page.locator("#id_reason")
    assert field.get_attribute("aria-invalid") == "true"
    assert "id_reason-error" in (field.get_attribute("aria-describedby") or "")
    assert page.locator('label[for="id_reason"]').count() == 1


@pytest.mark.parametrize("is_left", [False, True])
def test_focus_follows_what_is_taken_away_and_never_comes_back_to_what_somebody_has_left(visitor, is_left):
    """Who clicks beside everything has left the field: what the page then hides by itself is no reason to move them."""
    page = visitor(width=1200)
    page.goto("/ui/")
    page.evaluate(
        """() => {
          const part = document.createElement("section");
          part.innerHTML = '<p id="beside">Text</p><div id="inner"><input id="field"></div>';
          part.id = "part";
          document.body.prepend(part);
        }"""
    )
    page.locator("#field").focus()
    if is_left:
        page.locator("#beside").click()
        assert page.evaluate("document.activeElement === document.body")
    page.evaluate("new Promise((done) => { document.querySelector('#inner').hidden = true; setTimeout(done, 100); })")
    assert page.evaluate("document.activeElement.id") == ("" if is_left else "part")


def test_the_count_follows_the_text(visitor):
    page = visitor()
    page.goto("/ui/")
    page.locator("#id_reason").fill("x" * 290)
    assert page.locator("#id_reason-count").text_content() == "10 tecken kvar"
    page.locator("#id_reason").fill("x" * 305)
    assert page.locator("#id_reason-count").text_content() == "5 tecken för mycket"


def test_printing_is_offered_only_where_there_is_script(visitor):
    for script in (True, False):
        page = visitor(script=script)
        page.goto("/ui/")
        assert page.get_by_role("button", name="Skriv ut").is_visible() is script


def test_a_page_that_is_missing_is_accessible(visitor):
    page = visitor(width=390)
    page.goto("/finns-inte/")
    assert page.get_by_role("heading", level=1).text_content() == "Sidan finns inte här"
    assert violations(page) == []

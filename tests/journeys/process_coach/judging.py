"""The bids are checked, judged alone and together, ranked, decided on and told of."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.process_coach.story import CRITERIA
from tests.journeys.unlocking import unlock_first, unlock_last


def the_requirements_are_checked(story):
    story.set_clock("2026-05-06 09:00")
    jonas = story["jonas"]
    jonas.go(story.page("kontroll/"))
    n_left = jonas.main.get_by_text("Inte kontrollerat", exact=True).count()
    jonas.follow("Kontrollera kravet")
    for _ in range(n_left):  # saving leads on to the next check
        jonas.tick("Uppfyllt")
        jonas.fill_in({"Var det syns": "CV, sidan 1", "Skäl": "Uppdragen räcker och stöds av CV."})
        jonas.press("Spara kontrollen")
        expect(jonas.page.get_by_role("status")).to_contain_text("Sparat")


def everybody_judges_alone(story):
    jonas = story["jonas"]
    jonas.go(story.page("bedomning/"))
    jonas.press("Starta bedömningen")
    for key, scores in (("fatima", ((9, 8), (8, 6))), ("per", ((8, 7), (8, 7)))):
        seat = story[key]
        seat.go_home()
        seat.main.get_by_role("link", name="Bedöm själv, med skäl, och lämna in").first.click()
        seat.main.get_by_role("link", name="Sätt poäng").first.click()
        for points in scores:
            boxes = seat.main.get_by_label(re.compile("^Poäng: "))
            reasons = seat.main.get_by_label(re.compile("^Skäl: "))
            # The address changes before the next page is parsed: wait for its whole form.
            expect(boxes).to_have_count(len(points))
            expect(reasons).to_have_count(len(points))
            for box, given in zip(boxes.all(), points, strict=True):
                box.fill(str(given))
            for box in reasons.all():
                box.fill("Svarar på hela frågan, med exempel ur egen erfarenhet.")
            written_at = seat.page.url
            seat.press("Spara och gå vidare")
            expect(seat.page).not_to_have_url(written_at)
        seat.follow("Titta igenom och lämna in")
        seat.press("Lämna in mina poäng")
        expect(seat.page.get_by_role("status")).to_contain_text("Dina poäng är inlämnade.")
        if key == "fatima":
            expect(seat.main).to_contain_text("Poängen visas när alla har lämnat in.")


def the_group_agrees_without_seeing_prices(story):
    story.set_clock("2026-05-20 09:00")
    jonas = story["jonas"]
    jonas.go_home()
    jonas.main.get_by_role("link", name="konsensus").first.click()
    agreed = jonas.page.url
    expect(jonas.main).to_contain_text("Priserna är dolda")
    no_score_is_agreed_on_without_its_reason(jonas)
    for company, scores in (("Mellanrum Samverkan AB", (9, 8)), ("Lyckåstrand Process AB", (7, 8))):
        for criterion, points in zip(CRITERIA, scores, strict=True):
            jonas.go(agreed)
            jonas.main.get_by_role("link", name=f"Sätt poäng {company}, {criterion}").first.click()
            jonas.fill_in({"Poäng": str(points), "Skäl": "Gruppen enades efter att ha läst sidan 2 tillsammans."})
            written_at = jonas.page.url
            jonas.press("Spara konsensus")
            expect(jonas.page).not_to_have_url(written_at)
    jonas.go(agreed)
    expect(jonas.page.locator("body")).not_to_contain_text("1 140")
    jonas.follow("Lås konsensus")
    jonas.press("Lås konsensus")


def no_score_is_agreed_on_without_its_reason(jonas):
    jonas.main.get_by_role("link", name=f"Sätt poäng Mellanrum Samverkan AB, {CRITERIA[0]}").first.click()
    jonas.fill_in({"Poäng": "8", "Skäl": " "})
    jonas.main.get_by_label("Fatima Rahimi").uncheck()
    written_at = jonas.page.url
    jonas.press("Spara konsensus")
    summary = jonas.page.locator("ds-error-summary")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Fyll i skäl").click()
    expect(jonas.field("Skäl")).to_be_focused()
    expect(jonas.page).to_have_url(re.compile(re.escape(written_at)))
    expect(jonas.field("Poäng")).to_have_value("8")
    expect(jonas.main.get_by_label("Fatima Rahimi")).not_to_be_checked()


def prices_are_opened_and_the_outcome_frozen(story):
    jonas, ingrid = story["jonas"], story["ingrid"]
    jonas.follow("Öppna priserna")
    address = jonas.page.url
    ingrid.go(address)  # two weeks have gone, so that she signs in again
    unlock_first(ingrid.page)
    jonas.go(address)
    unlock_last(jonas.page, "Priserna är öppnade.")
    jonas.follow("Frys resultatet")
    jonas.press("Frys resultatet")
    expect(jonas.main).to_contain_text("Mellanrum Samverkan AB är först med utvärderingspriset 1 440 kr")


def the_director_decides(story):
    story.set_clock("2026-06-08 11:00")
    jonas = story["jonas"]
    jonas.go_home()
    jonas.main.get_by_role("link", name="Förbered tilldelningsbeslutet").first.click()
    expect(jonas.field("Skäl")).to_have_value(re.compile("17 av 20 poäng"))
    jonas.fill("Delegation", "Delegationsordningen punkt 4.2")
    jonas.fill("Varför inga bevis begärs", "Vi har läst registren själva samma dag.")
    jonas.press("Lämna över för beslut")
    story.set_clock("2026-06-08 14:00")
    maria = story["maria"]
    maria.go_home()
    maria.main.get_by_role("link", name="Besluta om tilldelning").first.click()
    maria.follow("Läs och besluta")
    expect(maria.field("Skäl")).to_have_value(re.compile("17 av 20 poäng"))
    maria.press("Besluta om tilldelning")
    expect(maria.main).to_contain_text("Anbudet från Mellanrum Samverkan AB antas.")


def all_bidders_are_notified_at_once(story):
    story.set_clock("2026-06-09 10:00")
    jonas = story["jonas"]
    jonas.go(story.page("underrattelser/"))
    jonas.press("Underrätta alla anbudsgivare")
    expect(jonas.main).to_contain_text("tisdag 23 juni 2026")
    karin = story["karin"]
    karin.go(f"/offentligt/upphandling/{story.tender}/")
    expect(karin.main).to_contain_text("Mellanrum Samverkan AB")

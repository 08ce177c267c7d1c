"""The standstill holds, both parties sign, orders are made, and the promise is followed up."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.factories.bids import pdf
from tests.journeys.process_coach.story import PROMISE


def no_contract_is_signed_during_the_standstill(story):
    story.set_clock("2026-06-22 10:00")
    jonas = story["jonas"]
    jonas.go_home()
    jonas.main.get_by_role("link", name="Upprätta avtalet").first.click()
    expect(jonas.main).to_contain_text(PROMISE)
    jonas.press("Upprätta avtalet")
    story.contract = urlsplit(jonas.page.url).path
    expect(jonas.page.get_by_role("button", name="Registrera en underskrift")).to_be_disabled()
    expect(jonas.main).to_contain_text("Avtalet kan tecknas tidigast tisdag 23 juni 2026.")


def both_parties_sign(story):
    story.set_clock("2026-06-23 10:00")
    jonas = story["jonas"]
    for party, signer in (("Leverantör", "Elin Hagström"), ("Beställare", "Maria Holmgren")):
        jonas.go(story.contract)
        jonas.follow("Registrera en underskrift")
        jonas.tick(party)
        jonas.fill_in({"Namn på den som har skrivit under": signer, "Dag för underskrift": "2026-06-23"})
        if party == "Beställare":
            jonas.attach("Det undertecknade avtalet", "avtal.pdf", pdf("Avtal", pages=3))
        jonas.press("Registrera underskriften")
        expect(jonas.page.get_by_role("status")).to_contain_text("Underskriften är registrerad.")
    expect(jonas.main).to_contain_text("Tecknat tisdag 23 juni 2026.")


def an_order_above_the_ceiling_is_refused(story):
    maria = story["maria"]
    maria.go(story.contract)
    maria.follow("Gör ett avrop")
    maria.fill_in(
        {
            "Vad som avropas": "Stöd till höstens forum",
            "Första dag": "2026-08-17",
            "Sista dag": "2026-11-30",
            "Timmar": "3 000",
            "Digital plattform": "Teams",
        }
    )
    maria.tick("Digitalt")
    maria.press("Visa vad det kostar")
    expect(maria.page.locator("ds-error-summary")).to_contain_text("högst 2\N{NO-BREAK SPACE}631,57 timmar")
    expect(maria.field("Vad som avropas")).to_have_value("Stöd till höstens forum")
    maria.fill("Timmar", "120")
    maria.press("Visa vad det kostar")
    maria.press("Beställ för 136\N{NO-BREAK SPACE}800\N{NO-BREAK SPACE}kr")
    expect(maria.page.get_by_role("status")).to_contain_text("Avropet är gjort")


def the_promise_is_followed_up(story):
    story.set_clock("2026-09-22 10:00")
    maria = story["maria"]
    maria.go(f"{story.contract}uppfoljning/")
    maria.main.get_by_role("link", name="K7 Hinder skickas till den som har mandat").first.click()
    expect(maria.main).to_contain_text(PROMISE)
    maria.tick("Delvis uppfyllt")
    maria.fill_in({"Uppnådd nivå": "10 av 12 hinder", "Hur vi vet": "Hinderloggen, läst 22 september"})
    maria.press("Spara resultatet")
    check = maria.page.url
    maria.follow("Öppna en avvikelse")
    maria.fill_in({"Vad som brister": "Två hinder blev liggande.", "Åtgärdas senast": "2026-10-30"})
    maria.choose("Vem som bevakar", "Maria Holmgren")
    maria.press("Öppna avvikelsen")
    maria.go(check)
    maria.follow("Skriv vad det betydde för behovet B1")
    maria.main.get_by_role("textbox").fill("Medarbetarnas insikter når nu dem som beslutar, oftast inom en vecka.")
    maria.main.get_by_role("button").first.click()
    expect(maria.page.get_by_role("status")).to_be_visible()


def the_thread_is_whole_for_one_requirement_and_broken_for_another(story):
    story.set_clock("2026-10-01 10:00")
    jonas = story["jonas"]
    jonas.go(story.page())
    expect(jonas.page.get_by_role("heading", name="Tråden: ")).to_be_visible()
    jonas.page.get_by_text("Visa kartan som tabell").click()
    rows = jonas.page.get_by_role("row")
    expect(rows.filter(has_text="K7 ").first).to_contain_text("Hel")
    expect(rows.filter(has_text="K1 ").first).to_contain_text("Brister")

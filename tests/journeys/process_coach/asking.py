"""From the first need to documents that anybody reads and asks about."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from rodatraden.parties.models import OpeningKey
from tests.factories.parties import drill, secret_of
from tests.journeys.people import local
from tests.journeys.process_coach.story import ACCEPT, NEED, NEIGHBOUR, TITLE


def a_need_is_written(story):
    sara = story["sara"]
    sara.go_home()
    sara.follow("Skriv det första behovet")
    sara.follow("Skriv ett behov")
    sara.fill_in(
        {
            "Titel": NEED,
            "För vem": "Medarbetare som möter målgruppen, och de som beslutar om deras villkor",
            "Vad som behövs": "Det som medarbetarna ser stannar i dag hos dem. Det behöver bli beslutsunderlag.",
            "Hur vi vet": "Tio intervjuer hösten 2025",
        }
    )
    sara.press("Spara behovet")
    expect(sara.page.get_by_role("rowheader", name=NEED)).to_be_visible()


def a_procurement_is_started(story):
    jonas = story["jonas"]
    jonas.go_home()
    jonas.follow("Starta en upphandling")
    jonas.fill_in({"Vad upphandlingen heter": TITLE, "Vad den handlar om": "En processcoach som hjälper parterna."})
    jonas.press("Starta upphandlingen")
    jonas.tick("Nej, inget")
    jonas.press("Lämna förklaringen")
    story.case = re.search(r"/upphandlingar/([^/]+)/$", jonas.page.url)[1]
    jonas.follow("Skriv det första behovet")
    jonas.press(f"Ta upp {NEED}")
    expect(jonas.page.get_by_role("rowheader", name=f"B1 {NEED}")).to_be_visible()


def the_team_is_named_and_declares(story):
    jonas = story["jonas"]
    jonas.turn_to("Team")
    for name, role in (
        ("Sara Nyqvist", "Behovsägare"),
        ("Maria Holmgren", "Beslutsfattare"),
        ("Maria Holmgren", "Avtalsförvaltare"),
        ("Jonas Ekdahl", "Förrättare"),
        ("Ingrid Möller", "Förrättare"),
        ("Fatima Rahimi", "Utvärderare"),
        ("Per Sandström", "Utvärderare"),
    ):
        jonas.choose("Person", name)
        jonas.choose("Roll", role)
        jonas.press("Utse")
        expect(jonas.page.get_by_role("row", name=f"{name} {role}")).to_be_visible()
    for key in ("sara", "maria", "ingrid", "fatima", "per"):
        if key != "per":
            declare(story, key)
    expect(jonas.page.get_by_role("row", name="Per Sandström Utvärderare")).to_contain_text("Inte lämnad")


def declare(story, key):
    """Declare one's interests, led there by the task on the first page."""
    seat = story[key]
    seat.go_home()
    seat.main.get_by_role("link", name="Lämna din jävsförklaring").first.click()
    seat.tick("Nej, inget")
    seat.press("Lämna förklaringen")


def what_is_bought_is_described(story):
    jonas = story["jonas"]
    jonas.turn_to("Beskrivning och värde")
    jonas.fill_in(
        {
            "Uppskattat värde": "3 000 000 kr",
            "Hur värdet är beräknat": "Fyra år à 750 000 kr, alla förlängningar räknade.",
            "Liknande köp de senaste tolv månaderna": "0",
            "CPV-kod": "79410000-1",
            "Varför den här CPV-koden": "Uppdraget är att utveckla hur organisationer arbetar tillsammans.",
            "Varför den inte är delad i delkontrakt": "En person ska hålla ihop arbetet.",
        }
    )
    jonas.press("Spara")
    expect(jonas.main).to_contain_text("Ange om värdet når det, och varför.")
    jonas.tick("Ja", group="Når värdet EU:s tröskelvärde?")
    jonas.fill("Hur du vet det", "216 000 euro är långt under 3 000 000 kr vid varje rimlig kurs.")
    jonas.tick("Öppet förfarande")
    jonas.fill("Varför det här förfarandet", "Värdet når tröskelvärdet, och tjänsten står inte i bilaga 2.")
    jonas.press("Spara")
    expect(jonas.page.get_by_role("status")).to_contain_text("Sparat")


def publication_is_refused_with_what_is_missing(story):
    jonas = story["jonas"]
    jonas.go(story.page())
    jonas.follow("Öppna Börja på dokumenten")
    jonas.tick("Konsult per timme")
    jonas.press("Börja på dokumenten")
    expect(jonas.page.get_by_role("heading", name="Kan inte publiceras än")).to_be_visible()
    jonas.turn_to("Publicera")
    expect(jonas.page.get_by_role("button", name="Lämna över till annonsdatabasen")).to_be_disabled()
    for sentence in (
        "Läs och godta de föreslagna villkoren, eller ändra dem.",
        "Per Sandström har inte lämnat",
        f"{NEIGHBOUR}: Övade för mer än",
    ):
        expect(jonas.main).to_contain_text(sentence)


def what_is_missing_is_mended(story):
    declare(story, "per")
    key = OpeningKey.objects.get(person__name=NEIGHBOUR)
    drill(key, secret_of(key), at=local("2026-03-02 10:00"))
    jonas = story["jonas"]
    jonas.turn_to("Krav")
    for number in range(1, 10):
        jonas.main.get_by_role("link", name=f"Ändra K{number} ").click()
        if number == 7:
            jonas.tick(f"B1 {NEED}")
        jonas.tick(ACCEPT)
        jonas.press(f"Spara K{number}")
        expect(jonas.page.get_by_role("status")).to_contain_text(f"K{number} är sparat och komplett.")
    jonas.turn_to("Villkor")
    jonas.tick(ACCEPT)
    jonas.press("Spara villkoren")
    jonas.turn_to("Datum")
    jonas.fill_in(
        {
            "Planerad överlämning av annonsen": "2026-03-16T09:00",
            "Sista tid för frågor": "2026-04-20T12:00",
            "Sista anbudstid": "2026-05-04T13:00",
            "Anbuden är bindande till": "2026-08-31",
            "Planerad start": "2026-07-01",
        }
    )
    jonas.tick(ACCEPT)
    jonas.press("Spara datumen")
    jonas.turn_to("Publicera")
    expect(jonas.page.get_by_role("button", name="Lämna över till annonsdatabasen")).to_be_enabled()


def the_documents_are_published(story):
    story.set_clock("2026-03-16 09:00")
    jonas = story["jonas"]
    jonas.go(story.page("publicera/"))
    jonas.main.get_by_role("checkbox").check()
    jonas.press("Lämna över till annonsdatabasen")
    expect(jonas.main).to_contain_text("Väntar på svar från annonsdatabasen.")
    jonas.follow("Skriv vad databasen svarar")
    jonas.choose("Annonsdatabas", "En annan")
    jonas.fill_in(
        {
            "Namn på en annan annonsdatabas": "Annonsdatabasen",
            "Annonsens nummer": "2026-000123",
            "Publicerad av databasen": "2026-03-16T09:00",
        }
    )
    jonas.press("Spara svaret")
    expect(jonas.main).to_contain_text("Annonserad")


def anybody_reads_and_asks_without_an_account(story):
    reader = story["reader"]
    reader.go("/")
    reader.main.get_by_role("link", name=TITLE).first.click()
    story.tender = re.search(r"/upphandling/([^/]+)/", reader.page.url)[1]
    expect(reader.main).to_contain_text("Öppen för anbud")
    reader.follow("Läs och skriv ut alla dokument")
    expect(reader.main).to_contain_text("90 % av hindren inom 10 arbetsdagar")
    reader.page.go_back()
    reader.follow("Ställ en fråga")
    reader.fill("Din fråga", "Får metodbeskrivningen ha bilagor?")
    reader.press("Skicka frågan")
    expect(reader.page.get_by_role("status")).to_contain_text("Din fråga har kommit fram.")


def the_answer_goes_to_everybody(story):
    story.set_clock("2026-03-23 10:00")
    jonas = story["jonas"]
    jonas.go_home()
    jonas.main.get_by_role("link", name="Besvara frågan om dokumenten").click()
    jonas.follow("Besvara fråga 1")
    jonas.fill("Svar", "Nej. Metodbeskrivningen har högst fyra sidor, och allt som bedöms ska rymmas där.")
    jonas.press("Publicera svaret för alla")
    for key in ("reader", "another reader"):
        story[key].go(f"/anbud/{story.tender}/fragor/")
        expect(story[key].main).to_contain_text("allt som bedöms ska rymmas där.")

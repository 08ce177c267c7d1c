"""Suppliers register, hand in, replace and come too late; two officials open."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.factories.bids import pdf
from tests.journeys.people import PASSWORD
from tests.journeys.process_coach.asking import declare
from tests.journeys.process_coach.story import PROMISE, SUPPLIERS, TITLE


def suppliers_register_and_hand_in(story):
    story.set_clock("2026-04-27 10:00")
    for key, price in (("elin", "1 140"), ("karin", "960,00 kr")):
        write_bid(story, key, price)
        seat = story[key]
        seat.follow("Provlämna")
        expect(seat.main).to_contain_text("skulle komma i tid")
        hand_in(story, key)
        expect(seat.page.get_by_role("heading", level=1)).to_have_text("Anbudet är lämnat och förseglat")


def write_bid(story, key, price):
    """Register from the public page, go on to the bid, and fill in all its parts."""
    company, name, number = SUPPLIERS[key]
    seat = story[key]
    seat.go("/")
    seat.main.get_by_role("link", name=TITLE).first.click()
    seat.follow("Lämna anbud")
    seat.follow("Registrera ditt företag")
    seat.fill_in(
        {
            "Företagets namn": company,
            "Organisationsnummer": number,
            "Ditt namn": name,
            "Din e-postadress": seat.email,
            "Lösenord": PASSWORD,
        }
    )
    seat.press("Registrera och fortsätt")
    seat.press("Börja på anbudet")
    for title in ("CV för namngiven konsult", "Metodbeskrivning", "Lösning av case"):
        seat.follow(f"Ladda upp {title}")
        seat.main.locator("input[type=file]").set_input_files(
            {"name": f"{title}.pdf", "mimeType": "application/pdf", "buffer": pdf(f"{company}: {title}", pages=3)}
        )
        seat.press("Ladda upp filen")
        expect(seat.page.get_by_role("status")).to_contain_text("Filen är uppladdad")
    seat.follow("Fyll i Krav och utfästelser")
    for number in (1, 2, 3):
        requirement = seat.page.locator(f"#K{number}").locator("xpath=ancestor-or-self::section")
        requirement.get_by_label("Ja", exact=True).check()
    seat.page.locator("[name=promise-K7]").fill(PROMISE)
    seat.tick("Vi godtar de särskilda kontraktsvillkoren")
    seat.press("Spara svaren")
    seat.follow("Fyll i Namngivna personer")
    seat.main.get_by_role("link", name="Lägg till en person").click()
    seat.fill_in({"Namn": name, "Uppdragsgivare": "Region Prov", "Från": "2022-01-01", "Till": "2025-12-31"})
    seat.press("Spara personen")
    seat.follow("Fyll i Pris")
    seat.fill("Pris", price)
    seat.press("Spara priset")
    seat.follow("Fyll i Egen försäkran")
    seat.tick("Fyll i den här")
    for yes in seat.main.get_by_label("Ja", exact=True).all():
        yes.check()
    seat.fill_in({"Namn": name, "Titel": "VD"})
    seat.press("Spara försäkran")


def hand_in(story, key):
    seat = story[key]
    seat.go(f"/anbud/{story.tender}/lamna/")
    seat.press("Försegla och lämna anbudet")


def a_bid_is_replaced(story):
    story.set_clock("2026-05-04 11:00")
    karin = story["karin"]
    karin.go(f"/anbud/{story.tender}/utkast/")
    karin.follow("Fyll i Pris")
    karin.fill("Pris", "1 000")
    karin.press("Spara priset")
    hand_in(story, "karin")
    expect(karin.main).to_contain_text("Pris: 1 000 kr")


def a_third_comes_too_late(story):
    write_bid(story, "anton", "790")
    story.set_clock("2026-05-04 13:00")
    hand_in(story, "anton")
    expect(story["anton"].main).to_contain_text("öppnas aldrig med de andra")


def one_official_alone_opens_nothing(story):
    story.set_clock("2026-05-04 13:10")
    jonas = story["jonas"]
    jonas.go(story.page("oppning/"))
    jonas.press("Begär öppning")
    expect(jonas.page.get_by_role("button", name="Bekräfta och öppna alla anbud")).to_be_disabled()
    expect(jonas.main).to_contain_text("En annan än du ska bekräfta.")
    expect(jonas.main).not_to_contain_text("Mellanrum")


def two_officials_open_together(story):
    ingrid = story["ingrid"]
    ingrid.go(story.page("oppning/"))
    ingrid.press("Bekräfta och öppna alla anbud")
    expect(ingrid.page.get_by_role("heading", name="Anbuden är öppnade")).to_be_visible()
    expect(ingrid.main).to_contain_text("Mellanrum")  # the name alone, to declare interests by
    expect(ingrid.page.get_by_role("link", name="Mellanrum")).to_have_count(0)
    story["sara"].go(story.page("oppning/"))
    expect(story["sara"].main).to_contain_text("Anbuden är öppnade")
    expect(story["sara"].main).not_to_contain_text("Mellanrum")
    for key in ("jonas", "ingrid", "sara", "maria", "fatima", "per"):
        declare(story, key)
    ingrid.go(story.page("oppning/"))
    for company in ("Mellanrum Samverkan AB", "Lyckåstrand Process AB"):
        expect(ingrid.main).to_contain_text(company)
    expect(ingrid.main).not_to_contain_text("Nordvala")
    expect(ingrid.main).not_to_contain_text("1 140")
    ingrid.press("Attestera förteckningen")

"""Seed 000, mended: one procurement from the first need to the followed-up promise, clicked by each of its people.

The dates are those of the design: announced 16 March 2026, bids by 4 May 13.00, notified 9 June, so that the standstill
holds through 22 June (day ten is Midsummer Eve).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.factories.bids import pdf
from tests.journeys.people import PASSWORD, Role, Seat, local, register_buyer

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = pytest.mark.journey

TITLE = "Processcoachning för systemisk samverkansutveckling"
NEED = "Det som vardagen lär når dem som beslutar"
ACCEPT = "Jag har läst förslagen och godtar dem"


@dataclass
class Story:
    """The people at their browsers, the clock, and the procurement once it has begun."""

    visitor: Callable[..., Page]
    set_clock: Callable[[str], None]
    addresses: dict[str, str]
    seats: dict[str, Seat] = field(default_factory=dict)
    case: str = ""
    tender: str = ""
    contract: str = ""

    def __getitem__(self, key: str) -> Seat:
        """Return the seat of somebody, who sits down when first asked for."""
        if key not in self.seats:
            self.seats[key] = Seat(self.visitor(), self.addresses.get(key, f"{key}@foretaget.example"))
        return self.seats[key]

    def page(self, of_case: str = "") -> str:
        return f"/upphandlingar/{self.case}/{of_case}"


@pytest.fixture
def story(visitor, live, time_machine):
    time_machine.move_to(local("2026-03-02 09:00"))
    people = [
        ("sara", "Sara Nyqvist", Role.NEED_OWNER),
        ("jonas", "Jonas Ekdahl", Role.PROCUREMENT_OFFICER),
        ("maria", "Maria Holmgren", Role.DIRECTOR),
        ("ingrid", "Ingrid Möller", Role.ADMINISTRATOR),
        ("fatima", "Fatima Rahimi", Role.EMPLOYEE),
        ("per", "Per Sandström", Role.EMPLOYEE),
    ]
    _buyer, addresses = register_buyer("Samordningsförbundet i Blekinge", people, at=local("2026-01-07 08:00"))
    return Story(visitor, lambda text: time_machine.move_to(local(text)), addresses)


@pytest.mark.main_journey
def test_from_the_first_need_to_the_followed_up_promise(story):
    a_need_is_written(story)
    a_procurement_is_started(story)
    the_team_is_named_and_declares(story)
    what_is_bought_is_described(story)
    publication_is_refused_with_what_is_missing(story)
    what_is_missing_is_mended(story)
    the_documents_are_published(story)
    anybody_reads_and_asks_without_an_account(story)
    the_answer_goes_to_everybody(story)
    suppliers_register_and_hand_in(story)
    a_bid_is_replaced(story)
    a_third_comes_too_late(story)
    one_official_alone_opens_nothing(story)
    two_officials_open_together(story)
    the_requirements_are_checked(story)
    everybody_judges_alone(story)
    the_group_agrees_without_seeing_prices(story)
    prices_are_opened_and_the_outcome_frozen(story)
    the_director_decides(story)
    all_bidders_are_notified_at_once(story)
    no_contract_is_signed_during_the_standstill(story)
    both_parties_sign(story)
    an_order_above_the_ceiling_is_refused(story)
    the_promise_is_followed_up(story)
    the_thread_is_whole_for_one_requirement_and_broken_for_another(story)


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
    for sentence in ("Läs och godta de föreslagna villkoren, eller ändra dem.", "Per Sandström har inte lämnat"):
        expect(jonas.main).to_contain_text(sentence)


def what_is_missing_is_mended(story):
    declare(story, "per")
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
    jonas.fill_in(
        {
            "Annonsdatabas": "Annonsdatabasen",
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


SUPPLIERS = {
    "elin": ("Mellanrum Samverkan AB", "Elin Hagström", "556016-0680"),
    "karin": ("Lyckåstrand Process AB", "Karin Sjöstrand", "556036-0793"),
    "anton": ("Nordvala Utveckling HB", "Anton Nordvall", "556012-5790"),
}
CRITERIA = ("Metod för tilltro och kunskapsflöde", "Case: Glappet i systemet")
PROMISE = "Varje hinder når den som har mandat inom fem arbetsdagar."


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
            for box, given in zip(seat.main.get_by_label(re.compile("^Poäng: ")).all(), points, strict=True):
                box.fill(str(given))
            for box in seat.main.get_by_label(re.compile("^Skäl: ")).all():
                box.fill("Svarar på hela frågan, med exempel ur egen erfarenhet.")
            seat.press("Spara och gå vidare")
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


def prices_are_opened_and_the_outcome_frozen(story):
    jonas = story["jonas"]
    jonas.follow("Öppna priserna")
    jonas.press("Öppna priserna")
    jonas.follow("Frys resultatet")
    jonas.press("Frys resultatet")
    expect(jonas.main).to_contain_text("Mellanrum Samverkan AB är först med utvärderingspriset 1 440 kr")


def the_director_decides(story):
    story.set_clock("2026-06-08 14:00")
    maria = story["maria"]
    maria.go_home()
    maria.main.get_by_role("link", name="Besluta om tilldelning").first.click()
    expect(maria.field("Skäl")).to_have_value(re.compile("17 av 20 poäng"))
    maria.fill("Delegation", "Delegationsordningen punkt 4.2")
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

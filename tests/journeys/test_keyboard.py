"""With the keyboard alone, all the way: needs, requirements, bids, the opening, scores and the decision (WCAG 2.1.1, 2.1.2, 2.4.7)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from rodatraden.assessments.models import IndividualScore
from rodatraden.awards.models import AwardDecision
from rodatraden.bids.models import Bid, Submission
from rodatraden.evaluation.actions import start_evaluation_round
from rodatraden.needs.models import Need
from rodatraden.tenders.models import Requirement
from tests.factories.awards import REASONS, prepare
from tests.factories.bids import close_box, make_bidder, pdf, supplier_of
from tests.factories.evaluation import check_all, make_opened, make_outcome
from tests.factories.procurements import hold_keys, make_case
from tests.factories.sealed import give_bid
from tests.factories.tenders import DEADLINE, make_drafted, make_published_tender
from tests.journeys.keyboard import Hands
from tests.journeys.people import PASSWORD
from tests.journeys.unlocking import SLOWEST as SLOW
from tests.journeys.workspace import SLOWEST

pytestmark = pytest.mark.journey

BEFORE, OPENING = DEADLINE - timedelta(hours=2), DEADLINE + timedelta(hours=1)


def heading(page, text, *, timeout=5_000):
    expect(page.get_by_role("heading", level=1)).to_have_text(text, timeout=timeout)


def is_told_what_is_wrong(page, hands, link):
    """Find focus in the summary of what is wrong, and follow its link to the control."""
    expect(page.locator("ds-error-summary:focus, [data-part=summary]:focus")).to_have_count(1)
    hands.go(link)


def test_a_need_is_written_with_the_keyboard_alone(visitor, live, time_machine):
    time_machine.move_to(DEADLINE)
    case = make_case()
    case.need_owner.set_password(PASSWORD)
    case.need_owner.save()
    page = visitor()
    hands = Hands(page)
    page.goto(f"/upphandlingar/{case.procurement.pk}/behov/")
    hands.go("Hoppa till innehållet")
    hands.write("E-postadress", case.need_owner.email)
    hands.write("Lösenord", PASSWORD)
    hands.press("Enter")
    heading(page, "Behov")
    hands.go("Skriv ett behov")
    heading(page, "Skriv ett behov")
    for label in ("Titel", "För vem", "Vad som behövs"):
        hands.write(label, f"Något om {label.lower()}")
    hands.go("Spara behovet")
    is_told_what_is_wrong(page, hands, "Fyll i hur vi vet")
    assert hands.at()["name"] == "Hur vi vet"
    page.keyboard.type("Av samtal i vardagen")
    hands.go("Spara behovet")
    expect(page.get_by_role("rowheader", name="Något om titel")).to_be_visible()
    assert Need.objects.get().evidence == "Av samtal i vardagen"
    hands.is_never_trapped()


def test_a_requirement_is_added_and_mended_with_the_keyboard_alone(sit, live):
    case, tender = make_drafted()
    page = sit(case.officer)
    hands = Hands(page)
    page.goto(reverse("tenders:requirements", args=[case.procurement.pk]))
    hands.go("Lägg till krav")
    heading(page, "Skriv ett krav")
    hands.choose("Skall-krav")
    hands.go("Fortsätt")
    is_told_what_is_wrong(page, hands, "Fyll i titel")
    assert hands.at()["name"] == "Titel"
    page.keyboard.type("Körkort")
    hands.go("Fortsätt")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Körkort")
    row = Requirement.objects.get(tender=tender, title="Körkort")
    hands.write("Lägsta godtagbara nivå", "B-körkort sedan två år")
    hands.choose("När anbuden prövas")
    hands.pick("När det följs upp", "En gång, efter ett antal månader")
    hands.to("Titel", back=True)
    hands.press("Control+a", "Delete")
    hands.go(f"Spara {row.label}")
    is_told_what_is_wrong(page, hands, "Fyll i titel")
    assert hands.at()["name"] == "Titel"
    page.keyboard.type("Körkort B")
    hands.go(f"Spara {row.label}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Körkort B")
    hands.go("Skriv efter hur många månader det följs upp.")  # what is missing is no fault, and leads to its field
    assert hands.at()["name"] == "Efter hur många månader"
    page.keyboard.type("6")
    hands.go(f"Spara {row.label}")
    expect(page.get_by_role("main")).not_to_contain_text("Skriv efter hur många månader det följs upp.")
    row.refresh_from_db()
    assert (row.title, row.level, row.follow_up_months) == ("Körkort B", "B-körkort sedan två år", 6)
    hands.is_never_trapped()


def test_a_score_is_given_its_reason_with_the_keyboard_alone(sit, live, time_machine):
    world = make_opened((1000, 1100))
    at = world.opened_at + timedelta(days=1)
    time_machine.move_to(at)
    check_all(world)
    assessed = start_evaluation_round(tender=world.fresh_tender(), by=world.case.officer, at=at)
    item = assessed.items.order_by("number")[0]
    page = sit(world.case.evaluators[0], width=390)
    hands = Hands(page)
    page.goto(reverse("assessments:score", args=[assessed.pk, item.pk]))
    hands.write("Poäng: Metod", "11")
    hands.write("Skäl: Metod", "Svarar på hela frågan.")
    hands.go("Spara")
    expect(page.locator("ds-error-summary")).to_be_focused()
    hands.press("Tab", "Enter")
    assert hands.at()["name"] == "Poäng: Metod"
    hands.press("Control+a")
    page.keyboard.type("8")
    hands.go("Spara")
    expect(page.locator("ds-error-summary")).to_have_count(0)
    given = IndividualScore.objects.get()
    assert (given.points, given.reason) == (8, "Svarar på hela frågan.")
    hands.is_never_trapped()


def test_an_award_is_decided_with_the_keyboard_alone(visitor, live, time_machine):
    world = make_outcome()
    prepare(world)
    time_machine.move_to(world.opened_at + timedelta(days=5))
    decider = world.case.decider
    decider.set_password(PASSWORD)
    decider.save()
    page = visitor()
    hands = Hands(page)
    page.goto(reverse("awards:decide", args=[world.procurement.pk]))
    hands.write("E-postadress", decider.email)
    hands.write("Lösenord", PASSWORD)
    hands.press("Enter")
    heading(page, "Besluta om tilldelning")
    hands.to("Skäl")
    hands.press("Control+a", "Delete")
    hands.go("Besluta om tilldelning")
    expect(page.locator("ds-error-summary")).to_be_focused()
    hands.press("Tab", "Enter")
    assert hands.at()["name"] == "Skäl"
    page.keyboard.type(REASONS)
    assert not AwardDecision.objects.exists()
    hands.go("Besluta om tilldelning")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Besluta om tilldelning")
    assert AwardDecision.objects.get().reasons == REASONS
    hands.is_never_trapped()


def test_a_bid_is_written_and_handed_in_with_the_keyboard_alone(sit, live, time_machine):
    """A file is chosen in the dialogue of the operating system, which opens by Enter or Space at the control that has focus."""
    tender = make_published_tender(make_case())
    time_machine.move_to(BEFORE)
    bidder = make_bidder()
    page = sit(bidder)
    hands = Hands(page)
    page.goto(reverse("bids:workspace", args=[tender.pk, supplier_of(bidder).pk]))
    expect(page.locator("[data-workspace]")).to_be_visible()
    for number in (1, 2, 3):
        reach_the_file(page, hands, number)
    hands.go("Ta bort del-3.pdf", back=True)
    assert hands.at()["place"] == "delar/3/filer"
    expect(page.locator("#fil-3")).not_to_contain_text("del-3.pdf")
    page.locator(":focus").set_input_files({"name": "del-3.pdf", "mimeType": "application/pdf", "buffer": pdf("3")})
    expect(page.locator("#fil-3")).to_contain_text("del-3.pdf")
    hands.choose("Ja", group="krav/K1/svar")
    hands.tick("Vi godtar de särskilda kontraktsvillkoren")
    hands.go("Lägg till en person")
    assert hands.at()["place"] == "namn"
    page.keyboard.type("Elin Hagström")
    hands.go("Lägg till ett uppdrag")
    assert hands.at()["place"] == "uppdragsgivare"
    page.keyboard.type("Region Prov")
    for place, typed in (("från", "01012022"), ("till", "12312025")):
        hands.to("", place=place)
        page.keyboard.type(typed)
    hands.go("Lägg till ett företag")
    hands.go("Ta bort företaget")
    assert not hands.at()["lost"]
    hands.to("Lägg till ett företag")
    hands.choose("Fyll i den här")
    for place in declared(page):
        hands.choose("Ja", group=place)
    hands.write("", "Elin Hagström", place="egen försäkran/undertecknare")
    hands.write("", "1.050", place="pris/svar")
    hands.go("Försegla och lämna anbudet")
    is_told_what_is_wrong(page, hands, "1.050 kan betyda 1 050 eller 1,05. Skriv det du menar.")
    assert hands.at()["place"] == "pris/svar"
    hands.press("Control+a")
    page.keyboard.type("1 140,50")
    hands.go("Försegla och lämna anbudet")
    heading(page, "Anbudet är lämnat och förseglat", timeout=SLOWEST)
    assert Submission.objects.count() == 1
    hands.is_never_trapped()


def reach_the_file(page, hands, number):
    place = f"delar/{number}/filer"
    hands.to("", place=place)
    page.locator(":focus").set_input_files(
        {"name": f"del-{number}.pdf", "mimeType": "application/pdf", "buffer": pdf(str(number))}
    )
    expect(page.locator(f"#fil-{number}")).to_contain_text(f"del-{number}.pdf")
    assert hands.at()["place"] == place


def declared(page):
    """The places of what is declared with yes or no, in the order of the page."""
    all_of = page.locator('[data-place^="egen försäkran/"][value=yes]').all()
    return [each.get_attribute("data-place") for each in all_of]


def test_bids_are_opened_with_the_keyboard_alone(sit, live, time_machine):
    case = make_case()
    hold_keys(case, in_browsers=True)
    tender = make_published_tender(case)
    give_bid(tender, at=BEFORE)
    close_box(tender)
    time_machine.move_to(OPENING)
    address = reverse("bids:unlock", args=[case.procurement.pk, "bid"])
    for person, verb, then in zip(
        case.openers,
        ("Lås upp min nyckel", "Lås upp min nyckel och öppna"),
        ("Din nyckel är upplåst, till", "Anbuden är öppnade"),
        strict=True,
    ):
        page = sit(person)
        hands = Hands(page)
        page.goto(address)
        hands.write("Dina sex ord", "fel fel fel fel fel fel")
        hands.go(verb)
        expect(page.get_by_role("alert")).to_contain_text("inte de ord", timeout=SLOW)
        assert not hands.at()["lost"]
        hands.write("Dina sex ord", settings.DEMO_PASSPHRASE)
        hands.go(verb)
        expect(page.get_by_text(then).first).to_be_visible(timeout=SLOW)
        hands.is_never_trapped()
    assert Bid.objects.filter(tender=tender).count() == 1

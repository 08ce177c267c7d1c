"""The award in a browser: decided by two people, told to all, asked for without an account, and stopped by a court."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from rodatraden.awards.models import Notification
from rodatraden.config import clock
from rodatraden.contracts.actions import draw_up_contract
from rodatraden.core.instants import local_date
from rodatraden.parties.models import Membership
from tests.factories.evaluation import make_outcome
from tests.factories.parties import make_person
from tests.journeys.axe import violations

pytestmark = pytest.mark.journey


def test_an_award_from_two_people_to_the_court(sit):
    world = make_outcome()
    at = f"/upphandlingar/{world.procurement.pk}"
    officer, director = sit(world.case.officer), sit(world.case.decider, width=390)
    two_people_decide(officer, director, at)
    officer.goto(f"{at}/underrattelser/")
    officer.get_by_label("Domstol som prövar en ansökan om överprövning").fill("Förvaltningsrätten i Östersund")
    officer.get_by_role("button", name="Underrätta alla anbudsgivare").click()
    expect(officer.get_by_role("heading", name="Avtal tidigast")).to_be_visible()
    the_losing_bidder_reads_why(sit(world.bids[1].submission.submitted_by, width=390, scheme="dark"), world)
    somebody_asks_and_the_officer_answers(sit(width=390), officer, world)
    a_court_stops_the_signature(officer, world, at)
    the_board_is_told(director, world)


def two_people_decide(officer, director, at):
    director.goto(f"{at}/beslut/besluta/")
    expect(director.locator("main")).to_contain_text("Ingen har förberett beslutet än.")
    officer.goto(f"{at}/beslut/")
    officer.get_by_role("link", name="Förbered beslutet").click()
    expect(officer.get_by_label("Skäl")).to_have_value(
        "Anbudet från Mellanrum Samverkan AB har lägst utvärderingspris, 1\u00a0440\u00a0kr, och 17 av 20 poäng.\n"
        "Nästa anbud är 60\u00a0kr efter.\n"
        "Metod: 9 av 10, mer än något annat anbud. Svaret visar hur tilltro byggs i alla tre led.\n"
        "Case: 8 av 10, lika mycket som det bästa av de andra. Svaret visar hur tilltro byggs i alla tre led."
    )
    assert violations(officer) == []
    officer.get_by_label("Delegation").fill("Delegationsordningen punkt 4.2")
    officer.get_by_label("Varför inga bevis begärs").fill("Bevisen lämnades i en upphandling förra månaden.")
    officer.get_by_role("button", name="Lämna över för beslut").click()
    expect(officer.locator("main")).to_contain_text("Bara beslutsfattaren")
    director.goto(f"{at}/beslut/besluta/")
    assert violations(director) == []
    director.get_by_label("Skäl").fill("Anbudet är bäst enligt den publicerade modellen.")
    director.get_by_role("button", name="Besluta om tilldelning").click()
    expect(director.locator("main")).to_contain_text("beslutsfattaren valde andra ord")


def test_a_decision_rests_on_the_list_of_the_delegation_order(sit):
    world = make_outcome()
    administrator = sit(
        make_person(organisation=world.procurement.buyer, role=Membership.Role.ADMINISTRATOR), width=390
    )
    administrator.goto(f"/delegationsordning/{world.procurement.buyer_id}/")
    assert violations(administrator) == []
    administrator.get_by_label("Punkt", exact=True).fill("4.2")
    administrator.get_by_label("Vad den omfattar").fill("Tilldelningsbeslut")
    administrator.get_by_label("Upp till").fill("1 000")
    administrator.get_by_label("Innehas av en roll").select_option("director")
    administrator.get_by_label("Handling som antog den").fill("Styrelsen 2026-03-12 § 14")
    administrator.get_by_label("Från").fill("2026-01-01")
    administrator.get_by_role("button", name="Lägg in en punkt").click()
    expect(administrator.locator("main")).to_contain_text("Punkten är inlagd.")
    assert violations(administrator) == []
    officer = sit(world.case.officer)
    officer.goto(f"/upphandlingar/{world.procurement.pk}/beslut/forbered/")
    officer.get_by_label("Delegation").select_option(index=1)
    officer.get_by_label("Varför inga bevis begärs").fill("Bevisen lämnades i en upphandling förra månaden.")
    officer.get_by_role("button", name="Lämna över för beslut").click()
    expect(officer.locator("ds-error-summary")).to_contain_text("omfattar upp till")
    assert violations(officer) == []


def the_losing_bidder_reads_why(bidder, world):
    mine = Notification.objects.get(bid=world.bids[1])
    bidder.goto(f"/underrattelser/{mine.pk}/")
    main = bidder.locator("main")
    for said in (
        "Varför ditt anbud inte antogs",
        "60\u00a0kr efter",
        "lägre än 940\u00a0kr",
        "Ansök om överprövning hos Förvaltningsrätten i Östersund.",
        "LOU 20 kap. 11 §",
    ):
        expect(main).to_contain_text(said)
    expect(main).not_to_contain_text("Bro & Bryggor HB")
    assert violations(bidder) == []


def somebody_asks_and_the_officer_answers(anybody, officer, world):
    anybody.goto(f"/offentligt/upphandling/{world.tender.pk}/")
    anybody.get_by_role("link", name="Begär ut anbud och CV").click()
    assert violations(anybody) == []
    anybody.get_by_label("Vilka handlingar vill du ha?").fill("Tilldelningsbeslutet och vinnarens anbud.")
    anybody.get_by_role("button", name="Begär handlingarna").click()
    expect(anybody.locator("main")).to_contain_text("Ingen har svarat än.")
    assert violations(anybody) == []

    officer.goto(f"/upphandlingar/{world.procurement.pk}/begaran/")
    officer.get_by_role("link", name="Tilldelningsbeslutet och vinnarens anbud.").click()
    assert violations(officer) == []
    officer.get_by_label("En del, resten är hemlig").check()
    officer.get_by_label("Tilldelningsbeslut", exact=False).first.check()
    officer.get_by_label("Svar", exact=True).fill("Beslutet lämnas ut. Anbudet är hemligt i den del som rör kunder.")
    officer.get_by_role("button", name="Skicka svaret").click()
    expect(officer.locator("ds-error-summary")).to_contain_text("Skriv vilken bestämmelse")
    officer.get_by_label("Bestämmelse").fill("OSL 31 kap. 16 §")
    officer.get_by_role("button", name="Skicka svaret").click()
    expect(officer.get_by_role("button", name="Skicka svaret")).to_have_count(0)

    anybody.reload()
    expect(anybody.locator("main")).to_contain_text("Du har rätt till ett skriftligt beslut av myndigheten")
    with anybody.expect_download() as fetched:
        anybody.get_by_role("link", name="Tilldelningsbeslut").first.click()
    assert fetched.value.suggested_filename.endswith((".pdf", ".json"))
    anybody.get_by_role("button", name="Begär ett skriftligt beslut").click()
    expect(anybody.locator("main")).to_contain_text("Ett skriftligt beslut begärdes")


def a_court_stops_the_signature(officer, world, at):
    contract = draw_up_contract(tender=world.fresh_tender(), by=world.case.officer, at=clock.now())
    officer.goto(f"{at}/overprovning/")
    officer.get_by_label("Domstol", exact=True).fill("Förvaltningsrätten i Östersund")
    officer.get_by_label("Målnummer").fill("4711-26")
    officer.get_by_label("Inkom till domstolen").fill(f"{local_date(clock.now()):%Y-%m-%d}")
    officer.get_by_role("button", name="Registrera målet").click()
    expect(officer.locator("main")).to_contain_text("Inget avtal nu")
    assert violations(officer) == []
    officer.goto(f"/avtal/{contract.pk}/")
    expect(officer.locator("main")).to_contain_text("Ett överprövningsmål pågår")
    officer.goto(f"{at}/")
    expect(officer.locator("main")).to_contain_text("I domstol")


def the_board_is_told(director, world):
    director.goto(f"/delegationsbeslut/{world.case.buyer.pk}/")
    expect(director.locator("main")).to_contain_text("Tilldelning till Mellanrum Samverkan AB")
    assert violations(director) == []
    director.get_by_label("Dag för sammanträdet").fill(f"{local_date(clock.now()):%Y-%m-%d}")
    director.get_by_role("button", name="Notera att besluten är anmälda").click()
    expect(director.locator("main")).to_contain_text("Styrelsen har fått veta om alla beslut.")

"""Judged by people, as one: three assessors, four bids, six criteria; alone, together, decided, told, and read by who lost.

The first of the assessors judges with the keyboard alone. Pictures in three widths are kept where they are asked for.
"""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from rodatraden.assessments.actions import Draft, record_consensus, save_scores, say_read
from rodatraden.assessments.models import FeedbackReport, IndividualScore, PanelMember
from rodatraden.assessments.queries import cells_of
from rodatraden.assessments.tasks import bundle_next
from rodatraden.awards.models import Notification
from rodatraden.config import clock
from rodatraden.core.evaluation import PriceAddition
from rodatraden.evaluation.queries import round_of
from rodatraden.tenders.actions import add_content_item, add_requirement, publish, set_evaluation_model
from rodatraden.tenders.models import Requirement
from tests.factories.assessments import Panel, hand_in, make_round
from tests.factories.bids import open_box
from tests.factories.evaluation import PRICES, SUPPLIERS, World, check_all
from tests.factories.procurements import hold_keys, make_case
from tests.factories.sealed import give_bid
from tests.factories.tenders import OWN_PRICES, PUBLISHED_AT, SCALE, START, announce, make_tender
from tests.journeys.axe import violations
from tests.journeys.pictures import keep_picture
from tests.journeys.unlocking import unlock_both

pytestmark = pytest.mark.journey

MORE = ("Uppföljning", "Bemanning", "Samverkan", "Lärande")
SCORES = ((9, 8, 9, 8, 9, 8), (7, 8, 7, 8, 7, 8), (8, 6, 8, 6, 8, 6), (5, 6, 5, 6, 5, 6))
"""What the panel agrees on, bid by bid: 51, 45, 42 and 33 of 60. The gate is 36."""
WIDTHS = ((1200, "light"), (768, "dark"), (390, "light"))
BUILDS = "Bygger tilltro med handledarna"


def six_criteria_and_four_bids() -> World:
    """Publish documents with four criteria more than the factory's two, and open a bid for each price."""
    case = make_case(evaluators=3)
    hold_keys(case, in_browsers=True)
    tender = make_tender(case)
    need = tender.requirements.filter(kind=Requirement.Kind.CRITERION)[0].needs.get()
    more = [
        add_requirement(
            tender=tender,
            title=title,
            kind=Requirement.Kind.CRITERION,
            needs=[need],
            question=f"Hur arbetar ni med {title.lower()}?",
            max_points=Decimal(10),
            steps=SCALE,
            follow_up_by=case.contract_manager,
            follow_up_how="Återföringsrapport",
            follow_up_when=Requirement.When.HALF_YEARLY,
            by=case.officer,
            at=START,
        )
        for title in MORE
    ]
    add_content_item(
        tender=tender, title="Svar på frågorna", max_pages=6, criteria=more, is_price=False, by=case.officer, at=START
    )
    weighing = PriceAddition(Decimal(40), Decimal(60))
    set_evaluation_model(tender=tender, weighing=weighing, gate=Decimal(36), **OWN_PRICES, by=case.officer, at=START)
    publish(tender=tender, by=case.officer, at=PUBLISHED_AT)
    announce(case, tender)
    for number, price in enumerate(PRICES):
        at = tender.deadline_at - timedelta(hours=2, minutes=-number)
        give_bid(tender, supplier=SUPPLIERS[number], price=str(price), at=at)
    opened_at = tender.deadline_at + timedelta(hours=1)
    world = World(case, tender, open_box(case, tender, at=opened_at), opened_at)
    world.tender = world.fresh_tender()
    check_all(world)
    return world


def test_from_the_first_score_to_the_report_that_who_lost_reads(sit, time_machine):
    world = six_criteria_and_four_bids()
    time_machine.move_to(world.opened_at + timedelta(hours=3))
    at = f"/upphandlingar/{world.procurement.pk}"
    officer = sit(world.case.officer)
    officer.goto(f"{at}/bedomning/")
    officer.get_by_role("button", name="Starta bedömningen").click()
    expect(officer.get_by_role("link", name="Till bedömningen")).to_be_visible()
    judged_with_the_keyboard_alone(sit(world.case.evaluators[0]), world)
    the_others_hand_in_and_see_nothing_too_early(sit, world)
    the_group_agrees_on_what_matters_most_first(officer, sit, world)
    locked_opened_and_frozen(officer, [sit(person) for person in world.case.openers])
    the_reports_are_frozen_and_packed(officer, world)
    decided_by_two_and_told_to_all(officer, sit(world.case.decider, width=390), at)
    who_lost_reads_the_report(sit, world)


def judged_with_the_keyboard_alone(page, world):
    """Every bid on six criteria, and handed in, without touching the mouse."""
    page.goto(address(world))
    tab_to(page, "Sätt poäng")
    page.keyboard.press("Enter")
    for bid, scores in enumerate(SCORES, start=1):
        expect(page.get_by_role("heading", level=1)).to_have_text(SUPPLIERS[bid - 1])
        for number, points in enumerate(given_by(0, bid, scores), start=1):
            write(page, f"strengths_{number}", BUILDS if number == 1 else "")
            write(page, f"points_{number}", str(points))
            write(page, f"reason_{number}", f"Svarar på frågan, sidan {number}")
            write(page, f"places_{number}", f"s. {number}")
        tab_to(page, "Spara och gå vidare")
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Lämna in dina poäng")).to_be_visible()
    tab_to(page, "Titta igenom och lämna in")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lämna in dina poäng")
    tab_to(page, "Lämna in mina poäng")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Dina poäng är inlämnade.")
    assert IndividualScore.objects.filter(assessor__person=world.case.evaluators[0]).count() == 24


def the_others_hand_in_and_see_nothing_too_early(sit, world):
    """The two others write elsewhere what they think, and hand in by hand on a tablet and a phone."""
    assessed = round_of(world.fresh_tender())
    for who, (width, scheme) in enumerate(WIDTHS[1:], start=1):
        person = world.case.evaluators[who]
        for item in assessed.items.order_by("number"):
            scores = given_by(who, item.number, SCORES[item.number - 1])
            drafts = {
                criterion: Draft(Decimal(points), "Hela frågan besvaras.", improvements="Mät tilltron")
                for criterion, points in zip(assessed.model.asked, scores, strict=True)
            }
            save_scores(item=item, drafts=drafts, by=person, at=clock.now())
        page = sit(person, width=width, scheme=scheme)
        page.goto(f"{address(world)}poang/{assessed.items.order_by('number')[0].pk}/")
        expect(page.get_by_label("Poäng: Metod")).to_have_value("9")
        expect(page.locator("body")).not_to_contain_text(BUILDS)
        looked_at(page, f"desk-{width}")
        page.goto(f"{address(world)}lamna-in/")
        page.get_by_role("button", name="Lämna in mina poäng").click()
        expect(page.get_by_role("status")).to_contain_text("Dina poäng är inlämnade.")


def the_group_agrees_on_what_matters_most_first(officer, sit, world):
    """The agenda begins with the box on which most hangs; the leader writes one by hand, the rest as it was said."""
    assessed = round_of(world.fresh_tender())
    officer.goto(f"{address(world)}konsensus/")
    expect(officer.get_by_role("heading", name=f"{SUPPLIERS[1]}: Metod")).to_be_visible()
    expect(officer.locator("main")).to_contain_text("Stor spridning")
    expect(officer.locator("body")).not_to_contain_text("1 140")  # a price
    officer.get_by_role("main").get_by_role("link", name="Sätt poäng").first.click()
    expect(officer.get_by_label("Styrkor")).to_have_value(BUILDS)
    officer.get_by_label("Poäng").fill("7")
    officer.get_by_label("Skäl").fill("Gruppen läste sidan 1 tillsammans och enades.")
    looked_at(officer, "agree-1200")
    officer.get_by_role("button", name="Spara konsensus").click()
    expect(officer.get_by_role("heading", level=1)).not_to_have_text(f"{SUPPLIERS[1]}: Metod")
    present = list(assessed.panel.filter(role=PanelMember.Role.ASSESSOR))
    for item, criterion in cells_of(assessed):
        if (item.number, criterion.title) != (2, "Metod"):
            record_consensus(
                item=item,
                criterion=criterion,
                points=Decimal(SCORES[item.number - 1][assessed.model.asked.index(criterion)]),
                reason="Svaret visar hur det görs, och saknar hur det följs upp.",
                strengths=BUILDS,
                improvements="Visa hur det följs upp",
                present=present,
                by=world.case.officer,
                at=clock.now(),
            )
    for width, scheme in WIDTHS:
        page = sit(world.case.evaluators[0], width=width, scheme=scheme)
        page.goto(f"{address(world)}konsensus/")
        looked_at(page, f"consensus-{width}")
        a_bid_is_folded_on_a_small_screen_alone(page, is_small=width < 700)


def a_bid_is_folded_on_a_small_screen_alone(page, *, is_small):
    """All is agreed on, so no bid has what is next: on a phone each is one line until it is opened, with the keyboard too."""
    rows = page.locator("tbody").filter(has_text=SUPPLIERS[1]).get_by_role("rowheader", name="Metod")
    fold = page.locator("summary").filter(has_text=f"6 av 6 poäng satta: {SUPPLIERS[1]}")
    expect(rows).to_be_visible(visible=not is_small)
    expect(fold).to_be_visible(visible=is_small)
    if is_small:
        assert page.evaluate("document.documentElement.scrollHeight < 2500")
        fold.focus()
        page.keyboard.press("Enter")
        expect(rows).to_be_visible()
        assert violations(page) == []


def pressed(page, name):
    page.get_by_role("main").get_by_role("link", name=name).first.click()
    page.get_by_role("button", name=name).click()


def locked_opened_and_frozen(officer, openers):
    officer.reload()
    officer.goto(f"{officer.url.partition('/konsensus/')[0]}/konsensus/")
    pressed(officer, "Lås konsensus")
    officer.get_by_role("main").get_by_role("link", name="Öppna priserna").first.click()
    unlock_both(*openers, officer.url, "Priserna är öppnade.")
    officer.goto(openers[1].url)
    pressed(officer, "Frys resultatet")
    expect(officer.locator("main")).to_contain_text(f"{SUPPLIERS[0]} är först med utvärderingspriset 1 500 kr")
    looked_at(officer, "outcome-1200")


def the_reports_are_frozen_and_packed(officer, world):
    """The leader adds what stands out, freezes, and has all reports made as PDF by the worker."""
    officer.goto(f"{address(world)}aterforing/")
    for name in SUPPLIERS:
        officer.get_by_label(f"Sammanfattning: {name}").fill("Lätt att följa, och ärligt om vad som är svårt.")
    officer.get_by_role("button", name="Spara och gå vidare till att frysa").click()
    officer.get_by_role("button", name="Frys rapporterna").click()
    officer.get_by_role("link", name="Gör alla rapporter till PDF").click()
    officer.get_by_role("button", name="Gör paketet").click()
    expect(officer.locator("main")).to_contain_text("väntar på sin tur")
    assert bundle_next(now=clock.now, is_ending=lambda: False)
    expect(officer.get_by_role("link", name="Ladda ner alla som ZIP")).to_be_visible()  # the page asked again by itself
    looked_at(officer, "package-1200")


def decided_by_two_and_told_to_all(officer, director, at):
    officer.goto(f"{at}/beslut/")
    officer.get_by_role("link", name="Förbered beslutet").click()
    expect(officer.get_by_label("Skäl")).to_have_value(re.compile("51 av 60 poäng"))
    officer.get_by_label("Delegation").fill("Delegationsordningen punkt 4.2")
    officer.get_by_label("Varför inga bevis begärs").fill("Bevisen lämnades i en upphandling förra månaden.")
    officer.get_by_role("button", name="Lämna över för beslut").click()
    director.goto(f"{at}/beslut/besluta/")
    director.get_by_role("button", name="Besluta om tilldelning").click()
    expect(director.locator("main")).to_contain_text(f"Anbudet från {SUPPLIERS[0]} antas.")
    officer.goto(f"{at}/underrattelser/")
    officer.get_by_label("Domstol som prövar en ansökan om överprövning").fill("Förvaltningsrätten i Östersund")
    officer.get_by_role("button", name="Underrätta alla anbudsgivare").click()
    expect(officer.get_by_role("heading", name="Avtal tidigast")).to_be_visible()
    looked_at(officer, "standstill-1200")


def who_lost_reads_the_report(sit, world):
    mine = Notification.objects.get(bid=world.bids[1])
    report = FeedbackReport.objects.get(item__label=SUPPLIERS[1])
    for width, scheme in WIDTHS:
        bidder = sit(world.bids[1].submission.submitted_by, width=width, scheme=scheme)
        bidder.goto(f"/underrattelser/{mine.pk}/")
        bidder.locator(f"a[href='/aterforing/{report.pk}/']").first.click()
        main = bidder.locator("main")
        for said in (BUILDS, "Visa hur det följs upp", "Gruppen läste sidan 1", "45", "Spärren"):
            expect(main).to_contain_text(said)
        for other in (SUPPLIERS[0], *SUPPLIERS[2:], "Evaluator"):
            expect(main).not_to_contain_text(other)
        looked_at(bidder, f"report-{width}")
    other = sit(world.bids[2].submission.submitted_by)
    assert other.goto(f"/aterforing/{report.pk}/").status == 404


def given_by(who, bid, scores):
    """Return what an assessor gives: what is agreed on, but for one box on which the first and the second part ways."""
    first = {(0, 2): 3, (1, 2): 10}.get((who, bid), scores[0])
    return (first, *scores[1:])


def address(world):
    return f"/bedomningar/{round_of(world.fresh_tender()).pk}/"


def looked_at(page, name):
    """A page as it is to be: no complaint of axe, no wider than its window; its picture is kept where one asks for it."""
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    keep_picture(page, f"judging-{name}")


def tab_to(page, name):
    """Press Tab until a link or a button that begins with that name has focus."""
    for _ in range(160):
        page.keyboard.press("Tab")
        text = page.evaluate("document.activeElement.textContent.replaceAll(/\\s+/g, ' ').trim()")
        if text.startswith(name):
            return
    pytest.fail(f"Tab never reaches {name}")


def write(page, field, text):
    """Press Tab until the field has focus, and type."""
    for _ in range(60):
        if page.evaluate("document.activeElement.name") == field:
            page.keyboard.type(text)
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab never reaches {field}")


def test_a_panel_reads_and_judges_an_example_before_the_real_ones(sit):
    case = make_case()
    panel = make_round(case=case, with_example=True)
    home = f"/bedomningar/{panel.id}/"
    leader, first = sit(case.officer), sit(case.evaluators[0])
    the_leader_prepares(leader, home, case)
    the_first_reads_and_judges_the_example(first, home)
    second = sit(case.evaluators[1], width=390, scheme="dark")
    second.goto(f"{home}exempel/")
    expect(second.locator("main")).not_to_contain_text("Planen görs tillsammans")
    say_read(
        assessed=panel.round,
        shown=[each.pk for each in panel.round.readings.all()],
        by=case.evaluators[1],
        at=clock.now(),
    )
    hand_in(Panel(panel.round.calibration.example_id, panel.leader, panel.assessors), case.evaluators[1], 4)
    leader.goto(f"{home}exempel/")
    expect(leader.locator("main")).to_contain_text("Planen görs tillsammans")
    leader.get_by_label("Vad nivåerna betyder").fill("En åtta visar hur det görs, en tia hur det följs upp.")
    looked_at(leader, "example-1200")
    leader.get_by_role("button", name="Öppna det som bedöms på riktigt").click()
    second.reload()
    expect(second.locator("main")).to_contain_text("en tia hur det följs upp")
    looked_at(second, "example-390")
    first.goto(home)
    expect(first.get_by_role("link", name="Sätt poäng Anbud 1").first).to_be_visible()
    observer = sit(case.contract_manager, width=768)
    observer.goto(home)
    expect(observer.locator("main")).to_contain_text("Var och en bedömer själv")
    expect(observer.locator("body")).not_to_contain_text("Anbud 1")
    looked_at(observer, "observer-768")


def the_leader_prepares(leader, home, case):
    leader.goto(home)
    leader.get_by_role("link", name="Lägg upp utbildningsmaterial").click()
    leader.get_by_label("Titel").fill("Så läser vi skalan")
    leader.get_by_label("Text").fill("Läs frågan först, sedan svaret.")
    looked_at(leader, "training-new-1200")
    leader.get_by_role("button", name="Lägg upp det").click()
    expect(leader.get_by_role("heading", name="Så läser vi skalan")).to_be_visible()
    leader.goto(home)
    leader.get_by_role("link", name="Låt någon följa utan att se poäng").click()
    leader.get_by_label("Vem som följer bedömningen").select_option(label=case.contract_manager.name)
    leader.get_by_role("button", name="Låt personen följa").click()
    looked_at(leader, "round-1200")
    leader.get_by_role("link", name="Lägg upp exemplet").click()
    for number in (1, 2):
        leader.get_by_label(f"Svar: Kriterium {number}").fill("Vi skriver en plan med deltagaren varje vecka.")
    looked_at(leader, "example-new-1200")
    leader.get_by_role("button", name="Lägg upp exemplet").click()
    expect(leader.get_by_role("heading", level=1)).to_have_text("Exemplet som kommer först")


def the_first_reads_and_judges_the_example(first, home):
    first.goto(home)
    first.get_by_role("link", name="Till utbildningsmaterialet").click()
    looked_at(first, "training-1200")
    first.get_by_role("button", name="Jag har läst det").click()
    first.get_by_role("link", name="Till exemplet").click()
    first.get_by_role("link", name="Till exemplet").click()
    first.get_by_role("link", name="Sätt poäng Exempel").first.click()
    for number in (1, 2):
        first.get_by_label(f"Poäng: Kriterium {number}").fill("8")
        first.get_by_label(f"Skäl: Kriterium {number}").fill("Planen görs tillsammans")
    first.get_by_role("button", name="Spara och gå vidare").click()
    first.get_by_role("link", name="Titta igenom och lämna in").click()
    first.get_by_role("button", name="Lämna in mina poäng").click()
    expect(first.get_by_role("status")).to_contain_text("Dina poäng är inlämnade.")

"""The evaluation where the documents fix the price: no prices to open, none to ask about, and points alone decide."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from rodatraden.awards.queries import proposed_reasons
from rodatraden.bids.models import BidPrice, Opening
from rodatraden.core.answer import RefusedError
from rodatraden.core.evaluation import QualityOnly
from rodatraden.evaluation.actions import freeze_outcome, lock_quality
from rodatraden.evaluation.models import FrozenOutcome, Inquiry, RobustnessReport
from rodatraden.evaluation.queries import evaluation_bids, frozen_outcome
from rodatraden.evaluation.rules import may_ask_bidders, may_freeze, may_see_outcome
from rodatraden.pages.queries.log import NOTHING_TO_OPEN, case_events, log_lines
from rodatraden.procurements.models import StageFact
from rodatraden.records.models import DiaryDocument, LedgerBody
from rodatraden.records.queries import read_bytes
from tests.bids.test_actions_registering import AT, register, register_opening
from tests.evaluation.test_inquiring import ask
from tests.evaluation.test_views_table import BIDS, address, downloaded, filled, saved, sent
from tests.factories.bids import close_box
from tests.factories.evaluation import World, check_all, judge_all, make_opened, make_outcome, reach_outcome
from tests.factories.procurements import declare
from tests.factories.tenders import make_published
from tests.pdf import flowing

pytestmark = pytest.mark.django_db
Kind, Purpose = StageFact.Kind, Inquiry.Purpose
QUALITY = QualityOnly()
SCORES = ((9, 8), (10, 8), (8, 5), (5, 6))


def judged():
    """A world in which everybody has agreed on the points, and nothing is locked."""
    world = make_opened(weighing=QUALITY)
    check_all(world)
    judge_all(world, SCORES)
    return world, world.opened_at + timedelta(days=3)


def facts(world):
    return {fact.kind: fact for fact in StageFact.objects.filter(procurement=world.procurement)}


def test_locking_the_quality_goes_past_the_opening_of_prices_and_the_log_says_so():
    world, at = judged()
    assert Kind.PRICES_OPENED not in facts(world)
    lock_quality(tender=world.fresh_tender(), by=world.case.officer, at=at)
    found = facts(world)
    assert (found[Kind.PRICES_OPENED].at, found[Kind.PRICES_OPENED].by) == (at, world.case.officer)
    assert (BidPrice.objects.exists(), Opening.objects.get().prices_opened_at) == (False, None)
    assert not DiaryDocument.objects.filter(subject="Anbudens priser, öppnade").exists()
    body = LedgerBody.objects.get(event="procurement_prices_opened")
    assert json.loads(body.what) == {"fixed_price": "950", "unit": "hour"}
    lines = log_lines(case_events(world.case.officer, world.procurement), numbered=True)
    assert [line.what for line in lines if line.event == body.event] == [NOTHING_TO_OPEN]


def test_the_most_points_win_and_the_protocol_tells_the_price_and_no_opening():
    world = make_outcome(scores=SCORES, weighing=QUALITY)
    frozen = FrozenOutcome.objects.get()
    counted = frozen_outcome(world.fresh_tender())
    assert frozen.winner == world.bids[1]
    assert [(each.name, each.place, each.price) for each in counted.outcome.results] == [
        ("Nordväg Coaching AB", 1, None),
        ("Mellanrum Samverkan AB", 2, None),
        ("Bro & Bryggor HB", 3, None),
        ("Lågpris Konsult AB", None, None),
    ]
    told = flowing(read_bytes(frozen.document.file)).replace("\u00a0", " ")
    assert "Fast pris, lika för alla 950 kr per timme, utan moms; moms tillkommer" in told
    assert "innan något pris öppnades" not in told
    assert "Hade varit först med ett pris" not in told
    assert "Hade varit först med poängen" in told


@pytest.mark.parametrize("who", ["officer", "evaluator", "decider", "opener"])
def test_nobody_sees_an_outcome_before_the_quality_is_locked(who):
    world, at = judged()
    people = {
        "officer": world.case.officer,
        "evaluator": world.case.evaluators[0],
        "decider": world.case.decider,
        "opener": world.case.openers[0],
    }
    person = people[who]
    assert not may_see_outcome(person, world.procurement)
    assert not may_freeze(person, world.procurement)
    lock_quality(tender=world.fresh_tender(), by=world.case.officer, at=at)
    assert may_see_outcome(person, world.procurement)
    assert bool(may_freeze(person, world.procurement)) is (who == "officer")


def test_inv_17_no_bid_can_be_too_cheap_so_no_price_is_asked_about(client):
    world, at = judged()
    for _ in range(2):
        refused = may_ask_bidders(world.case.officer, world.procurement, Purpose.LOW_PRICE)
        assert (bool(refused), refused.reason and "fix the price" in refused.reason.text) == (False, True)
        assert may_ask_bidders(world.case.officer, world.procurement, Purpose.CLARIFICATION)
        with pytest.raises(RefusedError, match="too cheap"):
            ask(world, (1,), Purpose.LOW_PRICE, at=at)
        client.force_login(world.case.officer)
        page = client.get(reverse("evaluation:ask", args=[world.procurement.pk])).text
        assert (Purpose.LOW_PRICE.value in page, Purpose.CLARIFICATION.value in page) == (False, True)
        if Kind.CONSENSUS_LOCKED not in facts(world):
            lock_quality(tender=world.fresh_tender(), by=world.case.officer, at=at)
    assert not Inquiry.objects.exists()


def test_a_bid_that_does_not_accept_the_price_is_not_counted_and_is_told_why():
    case, tender = make_published(weighing=QUALITY)
    close_box(tender)
    register_opening(case, tender)
    for person in case.everybody:
        declare(case, person, at=AT)
    bids = [
        register(case, tender, supplier_name=name, price=None, accepts_price=accepts)
        for name, accepts in (("Ja AB", True), ("Nej AB", False))
    ]
    world = World(case, tender, bids, AT)
    world.tender = world.fresh_tender()
    frozen = reach_outcome(world, ((7, 7), (10, 10)))
    assert frozen.winner == bids[0]
    reasons = {bid.name: bid.not_qualified for bid in evaluation_bids(world.fresh_tender())}
    assert reasons == {
        "Ja AB": None,
        "Nej AB": "Anbudet godtar inte det fasta priset i upphandlingsdokumenten, 950\u00a0kr per timme, utan moms; "
        "moms tillkommer med den skattesats som gäller.",
    }


def test_of_equal_points_the_published_order_of_criteria_decides(client):
    world = make_outcome(scores=((8, 9), (9, 8), (8, 5), (5, 6)), weighing=QUALITY)
    assert FrozenOutcome.objects.get().winner == world.bids[1]
    client.force_login(world.case.officer)
    shown = client.get(address("outcome", world.procurement)).text
    assert "kriterierna jämförs i ordning" in shown
    assert "Av lika anbud går det först som har fler poäng på det första av de här kriterierna" in shown
    assert "jämförs kriterierna i ordning" in proposed_reasons(world.fresh_tender())


def test_a_tie_on_every_criterion_stops_and_the_page_says_what_may_be_done(client):
    world = make_outcome(scores=((9, 8), (9, 8), (8, 5), (5, 6)), weighing=QUALITY)
    assert FrozenOutcome.objects.get().winner is None
    client.force_login(world.case.officer)
    assert "delar första plats" in client.get(address("outcome", world.procurement)).text


def page(client, world, name="outcome"):
    client.force_login(world.case.officer)
    return " ".join(client.get(address(name, world.procurement)).text.replace("\u00a0", " ").split())


def test_the_page_tells_at_each_step_that_there_are_no_prices_to_open(client):
    world = make_opened(weighing=QUALITY)
    assert "Priset är fast, så inget öppnas efteråt." in page(client, world)
    check_all(world)
    judge_all(world, SCORES)
    assert "det finns inga priser att öppna" in page(client, world)
    assert "Priset är fast, så resultatet kan räknas ut." in page(client, world, "lock")
    at = world.opened_at + timedelta(days=3)
    lock_quality(tender=world.fresh_tender(), by=world.case.officer, at=at)
    assert client.get(address("open_prices", world.procurement)).status_code == 403
    shown = page(client, world)
    assert "Preliminärt: frys resultatet" in shown
    freeze_outcome(tender=world.fresh_tender(), by=world.case.officer, at=at + timedelta(hours=1))
    shown = page(client, world)
    assert "Nordväg Coaching AB är först med 18 poäng, 1 poäng före tvåan." in shown
    assert ("Hade varit först med poängen" in shown, "Hade varit först med ett pris" in shown) == (True, False)


def test_the_table_in_excel_has_no_price_and_comes_back_as_the_same_outcome(client):
    world = make_outcome(scores=SCORES, weighing=QUALITY)
    client.force_login(world.case.officer)
    book = downloaded(client, world.procurement, "table_bids")
    assert [cell.value for cell in book["Anbud"][4] if cell.value and "pris" in str(cell.value).lower()] == []
    answer = sent(client, world.procurement, saved(book)).text
    assert "samma anbud, poäng och priser som utfallet" in answer
    empty = downloaded(client, world.procurement)
    rows = [(name, reason, method, case) for name, reason, _price, method, case in BIDS]
    told = sent(client, world.procurement, saved(filled(empty, rows)))
    assert (told.status_code, "Norr AB" in told.text) == (200, True)


def test_how_firm_the_outcome_is_is_told_in_points(client):
    world = make_outcome(scores=SCORES, weighing=QUALITY)
    client.force_login(world.case.officer)
    asked = client.post(address("robustness", world.procurement), {"joined": "mean", "idempotency_key": "k"})
    assert (asked.status_code, RobustnessReport.objects.count()) == (302, 1)
    shown = client.get(address("robustness", world.procurement)).text
    assert ("Hade varit först med poängen" in shown, "Hade varit först med ett pris" in shown) == (True, False)


@pytest.mark.parametrize("price", ["1", "999999"])
def test_what_a_draft_once_said_of_a_price_has_no_effect(price):
    """The same bids with other prices in their drafts give the same outcome: none is sealed, read or counted."""
    first = make_outcome(prices=(price, "700"), scores=((9, 8), (7, 7)), weighing=QUALITY)
    counted = frozen_outcome(first.fresh_tender())
    assert [(each.name, each.value, each.price) for each in counted.outcome.results] == [
        ("Mellanrum Samverkan AB", Decimal(17), None),
        ("Nordväg Coaching AB", Decimal(14), None),
    ]

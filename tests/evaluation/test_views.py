"""The pages of the evaluation, walked in order by those who may, and shut to the others."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rodatraden.assessments.actions import Draft, record_consensus, save_scores, submit_scores
from rodatraden.assessments.models import Round
from rodatraden.assessments.queries import cells_of, with_panel
from rodatraden.assessments.rules import assessors_of, may_lead
from rodatraden.bids.models import LeavingOut, Opening, UnlockingFailure
from rodatraden.bids.queries import key_holders
from rodatraden.core.assessment import Scale
from rodatraden.core.evaluation import Bid, Gate, TieRule, evaluate, margins
from rodatraden.evaluation.actions import start_evaluation_round
from rodatraden.evaluation.models import RequirementCheck, RobustnessReport
from rodatraden.evaluation.queries import Counted, check_cells, round_of, telling
from rodatraden.procurements.models import StageFact, TeamMember
from rodatraden.tenders.models import Requirement
from tests.core.evaluation.worked import CASES, read
from tests.factories.awards import award
from tests.factories.bids import open_prices
from tests.factories.evaluation import check_all, judge_all, make_opened, make_outcome
from tests.factories.parties import make_person

pytestmark = pytest.mark.django_db
EIGHT = ((8, 8), (8, 8))
KEY = {"idempotency_key": "k"}


def url(name, world):
    return reverse(f"evaluation:{name}", args=[world.procurement.pk])


def check_url(cell):
    return reverse("evaluation:check", args=[cell.bid.pk, cell.requirement.pk])


def act(client, name, world):
    """Confirm a step on its page, as often as one likes with the same form."""
    return client.post(url(name, world), {"idempotency_key": f"{name} {world.tender.pk}"})


def test_the_officer_walks_from_the_first_check_to_the_frozen_outcome(client):
    world = make_opened(prices=(1000, 900))
    client.force_login(world.case.officer)
    shown = client.get(url("checks", world)).text
    assert "2 kontroller kvar" in shown
    first, second = check_cells(world.tender)
    page = client.get(check_url(first)).text
    for said in ("Minst 24 månader", "Se cv, sidan 1.", "Elin Hagström", "30 hela månader"):
        assert said in page
    sent = {"is_met": "yes", "evidence": "Cv, sidan 1", "reason": "Uppdragen räcker.", **KEY}
    for _ in range(2):  # a double click is one check
        assert client.post(check_url(first), sent)["Location"] == check_url(second)
    assert RequirementCheck.objects.count() == 1
    assert client.post(check_url(second), sent | {"idempotency_key": "l"})["Location"] == url("checks", world)
    assert "Starta bedömningen" in client.get(url("checks", world)).text
    assert "Evaluator 2" in client.get(url("start_round", world)).text
    sent = {"leader": str(world.case.officer.pk), "wide_above": "0.3", "idempotency_key": "s"}
    answer = client.post(url("start_round", world), sent)
    assert answer["Location"] == url("start_round", world)
    assert reverse("assessments:round", args=[round_of(world.tender).pk]) in client.get(url("start_round", world)).text
    assert act(client, "lock", world).status_code == 403
    judge_all_started(world)
    for name, next_words in (("lock", "Öppna priserna"), ("freeze", "Besluta om tilldelning")):
        if name == "freeze":
            prices = reverse("bids:unlock", args=[world.procurement.pk, "price"])
            assert client.get(url("open_prices", world))["Location"] == prices  # by two, each with a key of their own
            open_prices(world.case, world.fresh_tender())
            assert "Frys resultatet" in client.get(url("outcome", world)).text
        assert client.get(url(name, world)).status_code == 200
        for _ in range(2):
            assert act(client, name, world)["Location"] == url("outcome", world)
        assert next_words in client.get(url("outcome", world)).text
    facts = StageFact.objects.filter(procurement=world.procurement).values_list("kind", flat=True)
    assert {"consensus_locked", "prices_opened", "outcome_frozen"} <= set(facts)


def judge_all_started(world):
    """Judge in the round that a page has started."""
    assessed = round_of(world.tender)
    at = world.opened_at + timedelta(days=1)
    for person in world.case.evaluators:
        for item, criterion in cells_of(assessed):
            save_scores(item=item, drafts={criterion: Draft(Decimal(8), "Sidan 2")}, by=person, at=at)
        submit_scores(assessed=assessed, by=person, at=at)
    for item, criterion in cells_of(assessed):
        record_consensus(
            item=item,
            criterion=criterion,
            points=Decimal(8),
            reason="Sidan 2",
            present=assessors_of(assessed),
            by=world.case.officer,
            at=at,
        )


def test_bad_checks_come_back_with_everything_typed(client):
    world = make_opened(prices=(1000,))
    client.force_login(world.case.officer)
    (cell,) = check_cells(world.tender)
    answer = client.post(check_url(cell), {"is_met": "no", "evidence": "", "reason": "Bara 12 månader.", **KEY})
    assert answer.status_code == 422
    for said in ("Fyll i var det syns", "Bara 12 månader."):
        assert said in answer.text
    assert not RequirementCheck.objects.exists()


def test_freezing_too_early_says_what_is_left_and_where(client):
    world = make_opened(prices=(1000, 900))
    judge_all(world, EIGHT)
    client.force_login(world.case.officer)
    act(client, "lock", world)
    open_prices(world.case, world.fresh_tender())
    assert check_url(check_cells(world.tender)[0]) in client.get(url("outcome", world)).text
    answer = act(client, "freeze", world)
    assert answer.status_code == 422
    assert "2 kontroller är kvar innan resultatet kan frysas." in answer.text
    assert url("checks", world) in answer.text


def test_the_outcome_shows_every_sum_and_the_margins(client):
    world = make_outcome()
    client.force_login(world.case.decider)
    text = client.get(url("outcome", world)).text.replace("\xa0", " ")
    for said in (
        "Mellanrum Samverkan AB är först med utvärderingspriset 1 440 kr, 60 kr före tvåan.",
        "Påslag: (20 − 17) × 100 kr",
        "11 poäng är under spärren 12.",
        "lägre än 940 kr",
        "16 av 20",
        "inget pris räcker",
    ):
        assert said in text


def test_nobody_is_told_that_no_points_were_enough_where_more_on_a_criterion_were():
    (lot,) = read("seed-000").lots
    model = replace(lot.model, gates=(Gate(Decimal(6), ("case",)),))
    counted = Counted(model, lot.bids, evaluate(model, lot.bids))
    told = [telling.told_margin(margin, counted) for margin in margins(model, lot.bids, counted.outcome)]
    assert {each.points for each in told} == {"fler poäng hade räckt"}
    assert {each.points_note for each in told} == {
        "hur många är ingen summa: det beror på kriterierna vart för sig",
    }


def told_of(scales, *, rule, scores, prices):
    """What is told of the second of two bids, and its note."""
    (lot,) = read("seed-000").lots
    criteria = tuple(
        replace(each, scale=Scale(Decimal(0), Decimal(10), Decimal(step)))
        for each, step in zip(lot.model.criteria, scales, strict=True)
    )
    model = replace(lot.model, criteria=criteria, tie_rule=rule)
    bids = [
        Bid(str(n), str(n), Decimal(price), {each.key: Decimal(score) for each in criteria})
        for n, (price, score) in enumerate(zip(prices, scores, strict=True))
    ]
    counted = Counted(model, bids, evaluate(model, bids))
    (margin,) = margins(model, bids, counted.outcome)
    told = telling.told_margin(margin, counted)
    return told.points.replace("\xa0", " "), told.points_note.replace("\xa0", " ")


def test_how_many_points_is_told_as_it_was_found():
    """Not counted is not that it depends on the criteria; and what is always enough is not called the least."""
    two = {"scores": (9, 7), "prices": (1000, 1000)}
    fine = told_of(("0.000001", "1"), rule=TieRule.NONE, **two)
    assert fine == ("fler poäng hade räckt", "hur många har inte räknats ut")
    assert told_of(("1", "1"), rule=TieRule.NONE, **two) == ("19 av 20", "5 poäng till")
    assert told_of(("1", "1"), rule=TieRule.CRITERIA_IN_ORDER, **two) == (
        "19 av 20",
        "5 poäng till räcker alltid; vid lika avgör kriterierna i ordning",
    )


@pytest.mark.parametrize(
    ("failing", "said"),
    [((), "Två eller flera anbud delar första plats"), ((1, 2), "Inget anbud kan rangordnas")],
)
def test_without_a_single_first_the_page_says_what_may_be_done(client, failing, said):
    world = make_outcome((1000, 1000), EIGHT, failing=failing)
    client.force_login(world.case.officer)
    text = client.get(url("outcome", world)).text
    assert said in text
    assert "avbryta upphandlingen" in text


PAGES = ("checks", "start_round", "outcome")
# Ids and tokens are drawn anew each time, so now and then one holds the figures of a price.
RANDOM = re.compile(r"\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\w{32,})\b")
#             checks start outcome check
BEFORE = {"officer": "200 200 200 200", "evaluator": "200 200 200 200", "opener": "403 403 200 403",
          "decider": "403 403 200 403", "need_owner": "403 403 403 403", "bidder": "404 404 404 404",
          "colleague": "404 404 404 404", "nobody": "302 302 302 302"}  # fmt: skip
DECIDED = BEFORE | dict.fromkeys(("opener", "decider", "need_owner"), "200 200 200 200")


def test_inv_02_who_comes_to_which_page_and_nothing_is_told_before_its_time(client):
    world = make_opened()
    case = world.case
    people = {
        "officer": case.officer,
        "evaluator": case.evaluators[0],
        "opener": case.openers[0],
        "decider": case.decider,
        "need_owner": case.need_owner,
        "bidder": world.bids[0].submission.submitted_by,
        "colleague": make_person(organisation=case.buyer),
        "nobody": None,
    }
    urls = [*(url(name, world) for name in PAGES), check_url(check_cells(world.tender)[0])]

    def visit(secrets):
        """Return the status of every page for everybody; secrets are told on none of them."""
        found = {}
        for who, person in people.items():
            client.logout()
            if person:
                client.force_login(person)
            answers = [client.get(each) for each in urls]
            found[who] = " ".join(str(answer.status_code) for answer in answers)
            for answer in answers:
                told = RANDOM.sub("", answer.text.replace("\xa0", " "))
                others = [bid for bid in world.bids if bid.submission.submitted_by != person]
                names = [] if answer.status_code == 200 else [bid.supplier.name for bid in others]
                assert [secret for secret in (*secrets, *names) if secret in told] == [], (who, answer.request)
        return found

    prices = ("1 140", "1140", "790", "1 440", "Påslag")
    check_all(world, failing=[4])
    assert visit(prices) == BEFORE
    judge_all(world)
    assert visit(prices) == BEFORE
    client.force_login(case.officer)
    act(client, "lock", world)
    assert visit(prices) == BEFORE
    client.force_login(case.officer)
    open_prices(world.case, world.fresh_tender())
    assert visit(()) == BEFORE
    client.force_login(case.officer)
    act(client, "freeze", world)
    assert visit(()) == BEFORE
    award(world)
    assert visit(()) == DECIDED


def test_pages_take_as_many_queries_for_many_bids_as_for_one(client):
    counts = []
    for n in (1, 6):
        world = make_opened(prices=(1000,) * n)
        client.force_login(world.case.officer)
        client.get(url("checks", world))  # the session is read once more the first time
        early = [n_queries(client, url(name, world)) for name in ("checks", "start_round")]
        early.append(n_queries(client, check_url(check_cells(world.tender)[0])))
        check_all(world)
        judge_all(world, ((8, 8),) * n)
        act(client, "lock", world)
        open_prices(world.case, world.fresh_tender())
        early.append(n_queries(client, url("outcome", world)))
        act(client, "freeze", world)
        counts.append([*early, n_queries(client, url("outcome", world))])
    assert counts[0] == counts[1]


def n_queries(client, address) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_another_requirements_check_is_not_found(client):
    world = make_opened(prices=(1000,))
    client.force_login(world.case.officer)
    criterion = Requirement.objects.filter(tender=world.tender, kind="criterion")[0]
    assert client.get(reverse("evaluation:check", args=[world.bids[0].pk, criterion.pk])).status_code == 404


FAMILIES = {
    "01-lowest-price": ("med utvärderingspriset", "price"),
    "05-quality-only": ("poäng", "price"),
    "06-absolute-linear": ("poäng", "addition"),
    "13-ratio": ("före tvåan.", "price"),
    "09-min-max": ("poäng", "addition"),
    "seed-000": ("med utvärderingspriset 1\u00a0440\u00a0kr, 60\u00a0kr före tvåan.", "addition"),
}


@pytest.mark.parametrize(
    "name", sorted(path.stem for path in CASES.glob("*.json") if path.stem != "seed-000-as-written")
)
def test_an_outcome_of_any_published_family_is_told(name):
    (lot, *_others) = read(name).lots
    counted = Counted(lot.model, lot.bids, evaluate(lot.model, lot.bids))
    headline, bars, legend = telling.headline(counted), telling.ranking(counted), telling.legend(lot.model)
    assert headline
    assert [bar.name.rpartition(". ")[2] for bar in bars] == [result.name for result in counted.outcome.results]
    assert all(0 <= share <= 100 for bar in bars for _text, share, _kind in bar.parts)
    assert all(bool(bar.sum) != bool(bar.out) for bar in bars)
    told = [telling.told(result) for result in counted.outcome.results]
    assert all(each.title and each.aside for each in told)
    for margin in margins(lot.model, lot.bids, counted.outcome):
        assert telling.told_margin(margin, counted).behind
    if name in FAMILIES:
        ending, kind = FAMILIES[name]
        assert ending in headline
        assert {part for bar in bars for _text, _share, part in bar.parts} <= {"price", kind}
        assert bool(legend) == (kind == "addition")


def ask(client, world, key="k"):
    return client.post(url("robustness", world), {"joined": "mean", "idempotency_key": key})


def test_how_firm_the_outcome_is_is_asked_by_name_and_told(client):
    world = make_outcome()
    client.force_login(world.case.officer)
    shown = client.get(url("robustness", world)).text
    assert "Frågan ställs i ditt namn" in shown
    assert "Ett poäng, ett steg" not in shown, "nothing is computed before somebody has asked"
    for _ in range(2):
        assert ask(client, world)["Location"] == url("robustness", world)
    assert RobustnessReport.objects.get().asked_by == world.case.officer
    shown = client.get(url("robustness", world)).text
    for said in (
        "Hur långt det var till förstaplatsen",
        "En bedömare utanför",
        "kan bli allmän handling",
        "lägre än",
    ):
        assert said in shown
    assert "ett annat fingeravtryck" not in shown
    client.force_login(world.case.decider)
    assert ask(client, world, key="another")["Location"] == url("robustness", world)
    assert RobustnessReport.objects.get().asked_by == world.case.officer, "who asked first stands"


def test_how_firm_the_outcome_is_is_not_asked_before_it_is_frozen(client):
    world = make_opened(prices=(1000, 900))
    check_all(world)
    judge_all(world, EIGHT)
    client.force_login(world.case.officer)
    assert client.get(url("robustness", world)).status_code == 403
    assert ask(client, world).status_code == 403
    assert not RobustnessReport.objects.exists()


def test_an_evaluator_reads_the_answer_and_does_not_ask(client):
    world = make_outcome()
    client.force_login(world.case.evaluators[0])
    assert "Upphandlaren eller den som beslutar" in client.get(url("robustness", world)).text
    assert "Upphandlaren eller den som beslutar" in ask(client, world).text
    assert not RobustnessReport.objects.exists()
    client.force_login(make_person())
    assert client.get(url("robustness", world)).status_code == 404


def test_the_desk_is_a_part_of_the_round_also_before_anything_else_of_the_evaluation_has_happened(client, time_machine):
    world = make_opened()
    time_machine.move_to(world.opened_at)
    assessed = start_evaluation_round(tender=world.fresh_tender(), by=world.case.officer, at=world.opened_at)
    client.force_login(world.case.evaluators[0])
    home, desk = (
        reverse("assessments:round", args=[assessed.pk]),
        reverse("assessments:score", args=[assessed.pk, assessed.items.order_by("number")[0].pk]),
    )
    for page, said in ((home, "page"), (desk, "true")):
        shown = " ".join(client.get(page).text.split())
        assert re.search(rf'<a href="{home}" aria-current="{said}"', shown), page
        assert 'aria-label="Sidor i fasen Utvärdering"' in shown


def test_an_officer_who_is_not_in_the_panel_takes_over_a_judging_whose_leader_has_gone(client, time_machine):
    world = make_opened()
    time_machine.move_to(world.opened_at)
    first, other = world.case.evaluators[:2]
    assessed = start_evaluation_round(
        tender=world.fresh_tender(), leader=first, by=world.case.officer, at=world.opened_at
    )
    take_over = reverse("assessments:take_over", args=[assessed.pk])
    outcome = reverse("evaluation:outcome", args=[world.procurement.pk])
    client.force_login(world.case.officer)
    assert take_over not in client.get(outcome).text
    TeamMember.objects.filter(procurement=world.procurement, person=first).update(removed_at=world.opened_at)
    assert take_over in client.get(outcome).text
    assert client.post(take_over, {"reason": "Har slutat.", "idempotency_key": "a"}).status_code == 302
    assert take_over not in client.get(outcome).text
    assert may_lead(world.case.officer, with_panel(Round.objects.filter(pk=assessed.pk)).get())
    assert not may_lead(other, with_panel(Round.objects.filter(pk=assessed.pk)).get())


def test_whose_price_was_left_unread_and_who_decided_it_stands_on_the_page_of_the_result(client):
    """That two holders and a bid of junk lead to it is tested where it is opened (bids)."""
    world = make_outcome()
    bid, opening = world.bids[0], Opening.objects.get(tender=world.tender)
    assert opening.prices_opened_at is not None
    client.force_login(world.case.officer)
    assert "Olästa priser" not in client.get(url("outcome", world)).text
    at, (one, other) = opening.prices_opened_at, world.case.openers[:2]
    keys = [each.key for each in key_holders(world.tender).holders]
    UnlockingFailure.objects.create(
        tender=world.tender, holds="price", bid=bid.submission_id, first=keys[0], last=keys[1], at=at
    )
    told = client.get(url("outcome", world)).text
    assert "Olästa priser" in told
    assert "inte har någon gemensam" in told
    LeavingOut.objects.create(
        tender=world.tender,
        holds="price",
        bids=[str(bid.submission_id)],
        failed=[],
        unreachable=[str(keys[2])],
        reason="Sjuk, svarar inte",
        proposed_by=one,
        proposed_at=at - timedelta(days=2),
        decided_by=other,
        decided_at=at - timedelta(days=1),
    )
    told = client.get(url("outcome", world)).text
    for words in (one.name, other.name, "Sjuk, svarar inte", "Två förrättare beslutade"):
        assert words in told

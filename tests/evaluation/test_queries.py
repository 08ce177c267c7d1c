"""Reads of the evaluation: in a constant number of queries, and tasks that follow the facts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rodatraden.assessments.queries import material_of
from rodatraden.bids.models import Bid
from rodatraden.core.evaluation import Status
from rodatraden.core.offer import CvEntry, CvPerson
from rodatraden.evaluation import queries
from rodatraden.evaluation.actions import freeze_outcome, lock_quality, start_evaluation_round
from rodatraden.procurements.queries import visible_to as cases_of
from tests.factories.bids import open_prices
from tests.factories.evaluation import check_all, judge_all, make_opened, make_outcome

pytestmark = pytest.mark.django_db


def plain(line) -> str:
    """The line with ordinary spaces."""
    return str(line).replace("\xa0", " ")


def n_queries(read) -> int:
    with CaptureQueriesContext(connection) as captured:
        read()
    return len(captured)


def test_tasks_follow_the_facts():
    world = make_opened(prices=(1000, 900))
    officer, opener, at = world.case.officer, world.case.openers[0], world.opened_at

    def waiting(person=officer):
        return [task.kind for task in queries.open_tasks(person, at, cases_of(person))]

    assert waiting() == ["evaluation.check", "evaluation.start_round"]
    check_all(world)
    assert waiting() == ["evaluation.start_round"]
    judge_all(world, ((8, 8), (8, 8)))
    assert waiting() == []
    lock_quality(tender=world.fresh_tender(), by=officer, at=at)
    assert (waiting(), waiting(opener)) == (["evaluation.open_prices"], ["evaluation.open_prices"])
    open_prices(world.case, world.fresh_tender(), at=at)
    assert (waiting(), waiting(opener)) == (["evaluation.freeze"], [])
    freeze_outcome(tender=world.fresh_tender(), by=officer, at=at)
    assert waiting() == ["evaluation.ask_proof"]
    assert waiting(world.case.evaluators[0]) == []


def test_reads_take_as_many_queries_for_many_bids_as_for_one():
    counts = []
    for n in (1, 6):
        world = make_opened(prices=(1000,) * n)
        tasks = n_queries(lambda: queries.open_tasks(world.case.officer, world.opened_at, cases_of(world.case.officer)))  # noqa: B023 -- read at once
        check_all(world)
        judge_all(world, ((8, 8),) * n)
        act = {"tender": world.fresh_tender(), "by": world.case.officer, "at": world.opened_at}
        lock_quality(**act)
        open_prices(world.case, world.fresh_tender(), at=world.opened_at)
        reads = (queries.check_cells, queries.preliminary_outcome, queries.judged)
        counts.append([tasks, *(n_queries(lambda: read(world.tender)) for read in reads)])  # noqa: B023 -- as above
    assert counts[0] == counts[1]


def test_material_is_what_answers_the_criterion_within_what_the_person_sees():
    world = make_opened(prices=(1000,))
    judge = world.case.evaluators[0]
    started = start_evaluation_round(tender=world.tender, by=world.case.officer, at=world.opened_at)
    item = started.items.get()
    offered = material_of(item, person=judge, at=world.opened_at)
    assert [(each.name, len(each.criteria)) for each in offered] == [
        ("CV för namngiven konsult: CV för namngiven konsult.pdf", 0),
        ("Metodbeskrivning: Metodbeskrivning.pdf", 1),
        ("Lösning av case: Lösning av case.pdf", 1),
    ]
    assert material_of(item, person=world.case.need_owner, at=world.opened_at) == []


def test_inv_13_a_file_that_holds_a_price_is_no_material():
    world = make_opened(prices=(1000,))
    started = start_evaluation_round(tender=world.tender, by=world.case.officer, at=world.opened_at)
    file = world.bids[0].files.order_by("content_item__number")[1]
    file.content_item = world.tender.content_items.get(is_price=True)
    file.save()
    offered = material_of(started.items.get(), person=world.case.evaluators[0], at=world.opened_at)
    assert [each.name for each in offered] == [
        "CV för namngiven konsult: CV för namngiven konsult.pdf",
        "Lösning av case: Lösning av case.pdf",
    ]


def test_months_of_a_named_person_are_completed_months_with_overlaps_once():
    person = CvPerson(
        "Elin Hagström",
        (
            CvEntry("A", date(2024, 1, 1), date(2024, 12, 31), "x"),
            CvEntry("B", date(2024, 7, 1), date(2025, 6, 30), "y"),
        ),
    )
    world = make_opened(prices=(1000,))
    bid = world.bids[0]
    bid.named_people.get().assignments.all().delete()
    for entry in person.entries:
        bid.named_people.get().assignments.create(client=entry.client, starts_on=entry.starts_on, ends_on=entry.ends_on)
    bid = Bid.objects.select_related("tender__procurement").get(pk=bid.pk)
    assert [(each.name, each.months) for each in queries.counted_people(bid)] == [("Elin Hagström", 18)]


def test_a_bids_way_through_the_model_is_told_in_words():
    world = make_outcome()
    outcome = queries.frozen_outcome(world.tender).outcome
    told = {each.name: [plain(line) for line in queries.told(each)] for each in outcome.results}
    assert told["Nordväg Coaching AB"] == [
        "Metod: 7 av 10",
        "Case: 8 av 10",
        "Poäng: 7 + 8 = 15 poäng",
        "Spärren: 15 är minst 12: går vidare",
        "Timpris i anbudet: 1 000 kr",
        "Påslag: (20 − 15) × 100 kr = 500 kr",
        "Utvärderingspris: 1 000 + 500 = 1 500 kr",
        "Plats 2",
    ]
    below = next(each for each in outcome.results if each.status is Status.BELOW_GATE)
    assert [plain(line) for line in queries.told(below)][-1] == "Spärren: 11 är mindre än 12: går inte vidare"
    judged = queries.judged(world.tender)[world.bids[1].pk]
    assert [(each.criterion, each.points, each.highest) for each in judged] == [
        ("Metod", Decimal(7), Decimal(10)),
        ("Case", Decimal(8), Decimal(10)),
    ]

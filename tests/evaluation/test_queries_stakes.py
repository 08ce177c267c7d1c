"""What hangs on the scores of bids: told by the published model, never by a price that the panel has not seen."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rodatraden.assessments.actions import Draft, save_scores, submit_scores
from rodatraden.assessments.queries import Flag, agenda, matrix, with_panel
from rodatraden.bids.models import BidPrice
from rodatraden.evaluation.actions import check_requirement, start_evaluation_round
from rodatraden.evaluation.queries import check_cells
from tests.factories.evaluation import make_opened

pytestmark = pytest.mark.django_db

APART = (((9, 8), (8, 8)), ((7, 8), (7, 8)), ((8, 3), (8, 9)), ((5, 6), (5, 7)))
"""For each bid what the two evaluators give on method and case."""


def judged_apart(world):
    assessed = start_evaluation_round(tender=world.fresh_tender(), by=world.case.officer, at=world.opened_at)
    criteria = list(assessed.model.criteria.order_by("number"))
    for n, person in enumerate(world.case.evaluators):
        for item in assessed.items.order_by("number"):
            points = APART[item.number - 1][n]
            drafts = {one: Draft(Decimal(each), "Sidan 2.") for one, each in zip(criteria, points, strict=True)}
            save_scores(item=item, drafts=drafts, by=person, at=world.opened_at)
        submit_scores(assessed=assessed, by=person, at=world.opened_at)
    return with_panel(type(assessed).objects.filter(pk=assessed.pk)).get()


def test_the_agenda_begins_with_what_the_gate_hangs_on_then_what_decides_most():
    world = make_opened()
    assessed = judged_apart(world)
    cells = matrix(world.case.officer, assessed)
    first, second, *others = agenda(cells)
    assert {(first.item.number, first.criterion.number), (second.item.number, second.criterion.number)} == {
        (3, 2),
        (4, 2),
    }
    assert all(Flag.GATE in cell.flags for cell in (first, second))
    assert (first.item.number, first.flags) == (3, (Flag.GATE, Flag.FIRST, Flag.WIDE))
    assert others[0].item.number == 1
    assert all(cell.stake is None for cell in cells if cell.item.number == 2)


def test_a_bid_that_fails_a_must_decides_nothing():
    world = make_opened()
    assessed = judged_apart(world)
    cell = next(cell for cell in check_cells(world.fresh_tender()) if cell.bid.number == 3)
    check_requirement(
        bid=cell.bid,
        requirement=cell.requirement,
        is_met=False,
        evidence="Cv",
        reason="Saknas",
        by=world.case.officer,
        at=world.opened_at,
    )
    cells = [cell for cell in matrix(world.case.officer, assessed) if cell.item.number == 3]
    assert [cell.flags for cell in cells] == [(), (Flag.WIDE,)]


def test_inv_13_no_price_of_a_bid_is_read_to_tell_what_hangs_on_a_score():
    world = make_opened()
    assessed = judged_apart(world)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        before = [(cell.flags, cell.stake) for cell in matrix(world.case.officer, assessed)]
    assert not BidPrice.objects.filter(bid__tender=world.tender).exists()
    table = BidPrice._meta.db_table
    assert not [query["sql"] for query in asked if f'"{table}"' in query["sql"]]
    other = make_opened(prices=(9999, 1, 5555, 3333))
    again = [(cell.flags, cell.stake) for cell in matrix(other.case.officer, judged_apart(other))]
    assert before == again

"""Reads of rounds: nobody sees what is not theirs yet, in a constant number of queries."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rodatraden.assessments import queries
from rodatraden.assessments.actions import lock_consensus, save_score
from rodatraden.assessments.models import Round
from rodatraden.assessments.queries import (
    Flag,
    Material,
    agenda,
    agreement_on,
    matrix,
    open_tasks,
    own_scores,
    tasks_elsewhere,
    visible_to,
)
from rodatraden.assessments.rules import may_see
from rodatraden.core.answer import RefusedError
from rodatraden.procurements.queries import visible_to as cases_of
from tests.factories.assessments import agree, agree_all, all_hand_in, hand_in, make_round, score_all
from tests.factories.parties import START, make_person
from tests.factories.procurements import declare, make_case

pytestmark = pytest.mark.django_db


def test_the_rounds_in_a_list_are_those_that_may_be_seen():
    case = make_case(evaluators=3)
    for panel in (make_round(case=case), make_round()):
        del panel
    declare(case, case.evaluators[2], has_conflict=True)
    rounds = list(queries.with_panel(Round.objects.all()))
    for person in [*case.everybody, make_person()]:
        seen = {each.pk for each in rounds if may_see(person, each)}
        assert {each.pk for each in visible_to(person)} == seen


def test_inv_14_individual_scores_stay_unseen_until_everybody_has_handed_in():
    panel = make_round()
    first, second = panel.assessors
    hand_in(panel, first, 9)
    score_all(panel, second, 3)
    for person in (first, second, panel.leader, make_person()):
        with pytest.raises(RefusedError):
            matrix(person, panel.round)
        own = {score.points for score in own_scores(person, panel.round).values()}
        assert own == {first: {9}, second: {3}}.get(person, set())


def test_the_matrix_shows_all_scores_with_their_spread_once_all_are_in():
    panel = make_round()
    first, second = panel.assessors
    hand_in(panel, first, [9, 8, 5, 5])
    hand_in(panel, second, [6, 7, 5, 5])
    cells = matrix(first, panel.round)
    assert [[score.points for score in cell.scores] for cell in cells] == [[9, 6], [8, 7], [5, 5], [5, 5]]
    assert [cell.spread.value for cell in cells] == [3, 1, 0, 0]


def test_the_agenda_begins_with_the_largest_spread_and_ends_empty():
    panel = make_round()
    hand_in(panel, panel.assessors[0], [9, 8, 5, 5])
    hand_in(panel, panel.assessors[1], [8, 3, 5, 7])
    left = agenda(matrix(panel.leader, panel.round))
    assert [cell.spread.value for cell in left] == [5, 2, 1, 0]
    agree(panel, 1)
    assert [cell.spread.value for cell in agenda(matrix(panel.leader, panel.round))] == [2, 1, 0]
    agree_all(panel)
    assert agenda(matrix(panel.leader, panel.round)) == []


@pytest.mark.parametrize(
    ("wide_above", "wide"), [("0.4", [True, False, False, False]), ("0.3", [True, True, False, False])]
)
def test_a_spread_is_wide_above_the_share_that_the_round_says_and_no_longer_once_agreed_on(wide_above, wide):
    panel = make_round(wide_above=Decimal(wide_above))
    hand_in(panel, panel.assessors[0], [9, 9, 8, 5])
    hand_in(panel, panel.assessors[1], [4, 5, 5, 5])
    flags = [cell.flags for cell in matrix(panel.leader, panel.round)]
    assert flags == [(Flag.WIDE,) if each else () for each in wide]
    agree(panel, 0)
    assert matrix(panel.leader, panel.round)[0].flags == ()


def test_originals_stay_and_the_change_to_the_consensus_is_told():
    panel = make_round()
    hand_in(panel, panel.assessors[0], [9, 8, 5, 5])
    hand_in(panel, panel.assessors[1], [6, 7, 5, 5])
    agree(panel, 0, 7)
    cell = matrix(panel.leader, panel.round)[0]
    assert [(score.points, change) for score, change in cell.changes] == [(9, -2), (6, 1)]


def test_how_alike_they_judged_is_told_from_five_assessors_on():
    few, many = make_round(n_assessors=4, n_items=3), make_round(n_assessors=5, n_items=3)
    for panel in (few, many):
        for number, person in enumerate(panel.assessors):
            hand_in(panel, person, [3, 5, 6, 7, 9, 9 - number % 2])
    (_, none), _ = agreement_on(matrix(few.leader, few.round))
    (_, first), (_, second) = agreement_on(matrix(many.leader, many.round))
    assert (none.value, none.n_assessors, none.n_judged) == ((), 4, 3)
    assert [measure.value for measure in first.value] == [1, 1, 1]
    assert second.value[0].value < 1


def test_one_assessor_alone_has_no_spread():
    panel = make_round(n_assessors=1)
    all_hand_in(panel)
    assert {cell.spread for cell in matrix(panel.leader, panel.round)} == {None}


def test_progress_counts_points_with_reasons():
    panel = make_round()
    person = panel.assessors[0]
    (item, first), (_, second) = queries.cells_of(panel.round)[:2]
    save_score(item=item, criterion=first, points=Decimal(0), reason="Svarar inte", by=person, at=START)
    save_score(item=item, criterion=second, points=Decimal(5), reason="", by=person, at=START)
    assert [
        (each.n_scored, each.n_all, each.is_complete)
        for each in queries.progress(panel.round, queries.own_scores(person, panel.round))
    ] == [
        (1, 2, False),
        (0, 2, False),
    ]


def test_material_for_a_criterion_is_what_answers_it_or_all():
    criterion = make_round().round.model.criteria.all()[0]
    both, own, other = (
        Material("CV", "/cv"),
        Material("A", "/a", criteria=frozenset({"k1"})),
        Material("B", "/b", criteria=frozenset({"k2"})),
    )
    assert queries.for_criterion([both, own, other], criterion) == [both, own]


@pytest.mark.parametrize("in_a_case", [False, True])
def test_tasks_follow_the_state_of_the_round(in_a_case):
    case = make_case() if in_a_case else None
    panel = make_round(case=case)
    first, second = panel.assessors

    def waiting():
        return [
            [
                task.kind
                for task in (open_tasks(person, START, cases_of(person)) if case else tasks_elsewhere(person, START))
            ]
            for person in (panel.leader, first, second)
        ]

    assert waiting() == [[], ["assessments.score"], ["assessments.score"]]
    hand_in(panel, first)
    assert waiting() == [[], [], ["assessments.score"]]
    hand_in(panel, second)
    assert waiting() == [["assessments.consensus"], [], []]
    agree_all(panel)
    lock_consensus(assessed=panel.round, by=panel.leader, at=START)
    assert waiting() == [[], [], []]


def n_queries(read) -> int:
    with CaptureQueriesContext(connection) as captured:
        read()
    return len(captured)


def test_reads_take_as_many_queries_for_30_items_as_for_1():
    counts = []
    for n_items, n_criteria in ((1, 1), (30, 3)):
        panel = make_round(n_items=n_items, n_criteria=n_criteria)
        all_hand_in(panel)
        agree(panel)
        counts.append(
            (
                n_queries(lambda: matrix(panel.leader, panel.round)),  # noqa: B023 -- read at once
                n_queries(lambda: queries.left_to_score(panel.assessors[0], panel.round)),  # noqa: B023 -- read at once
            )
        )
    assert counts[0] == counts[1]


def test_tasks_take_as_many_queries_for_30_rounds_as_for_1():
    case = make_case(evaluators=1)
    make_round(case=case, n_items=1, n_criteria=1)
    one = n_queries(lambda: open_tasks(case.evaluators[0], START, cases_of(case.evaluators[0])))
    for _ in range(29):
        make_round(case=case, n_items=1, n_criteria=1)
    assert n_queries(lambda: open_tasks(case.evaluators[0], START, cases_of(case.evaluators[0]))) == one
    assert len(open_tasks(case.evaluators[0], START, cases_of(case.evaluators[0]))) == 30

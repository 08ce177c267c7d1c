"""Who may do what in a round: person × state, and the access rules of the procurement that it belongs to."""

from __future__ import annotations

import pytest

from rodatraden.assessments import rules
from rodatraden.assessments.actions import lock_consensus
from rodatraden.assessments.queries import visible_to
from rodatraden.procurements.actions import appoint, record_fact, remove_member
from rodatraden.procurements.models import StageFact, TeamMember
from tests.factories.assessments import agree_all, hand_in, make_round
from tests.factories.parties import START, make_person
from tests.factories.procurements import declare, make_case

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]  # the list and the rule agree

ASKED = ("may_see", "may_score", "may_see_all_scores", "may_lead", "may_record_consensus")
#                        see score all lead consensus
STARTED = {"leader": "y  n     n   y    n", "first": "y  y  n  n  n", "second": "y y n n n", "outsider": "n n n n n"}
ONE_IN = {"leader": "y n n y n", "first": "y n n n n", "second": "y y n n n", "outsider": "n n n n n"}
ALL_IN = {"leader": "y n y y y", "first": "y n y n n", "second": "y n y n n", "outsider": "n n n n n"}
LOCKED = {"leader": "y n y y n", "first": "y n y n n", "second": "y n y n n", "outsider": "n n n n n"}


def answers(panel, person):
    return " ".join("y" if getattr(rules, name)(person, panel.round) else "n" for name in ASKED)


def test_who_may_do_what_at_each_state():
    panel = make_round()
    first, second = panel.assessors
    people = {"leader": panel.leader, "first": first, "second": second, "outsider": make_person()}

    def table():
        return {name: answers(panel, person) for name, person in people.items()}

    def expected(rows):
        return {name: " ".join(row.split()) for name, row in rows.items()}

    assert table() == expected(STARTED)
    hand_in(panel, first)
    assert table() == expected(ONE_IN)
    hand_in(panel, second)
    assert table() == expected(ALL_IN)
    agree_all(panel)
    lock_consensus(assessed=panel.round, by=panel.leader, at=START)
    assert table() == expected(LOCKED)


def test_inv_15_who_has_an_unresolved_conflict_has_no_access_to_the_round():
    case = make_case()
    panel = make_round(case=case)
    declare(case, case.evaluators[0], has_conflict=True)
    assert answers(panel, case.evaluators[0]) == "n n n n n"
    assert answers(panel, case.evaluators[1]) == "y y n n n"
    reason = rules.may_score(case.evaluators[0], panel.round).reason
    assert str(reason) == "You have declared a conflict of interest that nobody has decided on yet."


def test_nobody_judges_for_a_procurement_that_was_cancelled():
    case = make_case()
    panel = make_round(case=case)
    record_fact(procurement=case.procurement, kind=StageFact.Kind.CANCELLED, by=case.officer, at=START)
    assert answers(panel, case.officer) == "y n n n n"
    assert answers(panel, case.evaluators[0]) == "y n n n n"


def test_who_is_no_longer_an_evaluator_of_the_procurement_judges_no_more():
    case = make_case()
    panel = make_round(case=case)
    person = case.evaluators[0]
    appoint(procurement=case.procurement, person=person, role=TeamMember.Role.OBSERVER, by=case.officer, at=START)
    assert answers(panel, person) == "y y n n n"
    place = case.procurement.team.get(person=person, role=TeamMember.Role.EVALUATOR)
    remove_member(member=place, by=case.officer, at=START)
    panel.round.refresh_from_db()
    assert answers(panel, person) == "n n n n n"
    assert not visible_to(person).exists()

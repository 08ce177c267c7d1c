"""Who may ask for a long test and who may stop it, by role and state."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rodatraden.procurements.actions import cancel_procurement
from rodatraden.tenders.actions import cancel_run
from rodatraden.tenders.forms.stress import MOST
from rodatraden.tenders.models import StressRun, Tender
from rodatraden.tenders.queries import with_case
from rodatraden.tenders.rules.runs import FEWEST_IN_A_RUN, may_ask_for_run, may_cancel_run
from tests.factories.parties import START, make_buyer, make_person, make_supplier
from tests.factories.procurements import declare, make_case
from tests.factories.runs import ask
from tests.factories.tenders import make_tender

pytestmark = pytest.mark.django_db
AT = START + timedelta(hours=1)
TEAM = {"officer", "need owner", "decision maker", "contract manager", "opener", "evaluator"}


def drafted(case, run):
    """Nothing more."""


def ended(case, run):
    cancel_run(run=run, by=case.officer, at=AT)


def cancelled(case, run):
    cancel_procurement(procurement=case.procurement, reason="Behovet är borta.", by=case.officer, at=AT)


def has_a_conflict(case, run):
    declare(case, case.officer, has_conflict=True, at=AT)


ASKS = {drafted: TEAM, ended: TEAM, cancelled: set(), has_a_conflict: TEAM - {"officer"}}
STOPS = {
    drafted: {"officer", "evaluator"},
    ended: set(),
    cancelled: {"officer", "evaluator"},
    has_a_conflict: {"evaluator"},
}
"""The evaluator is who asked."""


def test_a_long_test_begins_where_the_page_ends():
    assert FEWEST_IN_A_RUN == MOST + 1


@pytest.mark.parametrize("state", list(ASKS))
def test_role_by_state(state):
    case = make_case()
    run = ask(make_tender(case), case.evaluators[0])
    people = {
        "officer": case.officer,
        "need owner": case.need_owner,
        "decision maker": case.decider,
        "contract manager": case.contract_manager,
        "opener": case.openers[0],
        "evaluator": case.evaluators[0],
        "colleague": make_person("Kollega", organisation=case.buyer),
        "officer of another case": make_case(buyer=case.buyer).officer,
        "officer of another buyer": make_case(buyer=make_buyer("Annan")).officer,
        "supplier": make_person("Leverantör", organisation=make_supplier()),
    }
    state(case, run)
    tender = with_case(Tender.objects.filter(procurement=case.procurement)).get()
    run = StressRun.objects.get()
    run.tender = tender
    for rule, on, allowed in ((may_ask_for_run, tender, ASKS), (may_cancel_run, run, STOPS)):
        answers = {role: rule(person, on) for role, person in people.items()}
        assert {role for role, answer in answers.items() if answer} == allowed[state]
        assert all(answer.reason for answer in answers.values() if not answer)

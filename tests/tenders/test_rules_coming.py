"""Role × state of the case: who may show a procurement as coming, and when what everybody reads is no longer right."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from rodatraden.awards.actions import cancel_published
from rodatraden.core.answer import RefusedError
from rodatraden.procurements.actions import cancel_procurement
from rodatraden.procurements.models import Procurement
from rodatraden.procurements.queries import with_case
from rodatraden.tenders.queries import coming
from rodatraden.tenders.rules import is_drafted, may_show_plan, may_withdraw_plan, outdated
from tests.factories.coming import show_as_coming
from tests.factories.parties import START, make_buyer, make_person, make_supplier
from tests.factories.procurements import declare, make_case
from tests.factories.tenders import PUBLISHED_AT, make_published_tender, make_tender

pytestmark = pytest.mark.django_db
AT = PUBLISHED_AT + timedelta(days=1)


def drafted(case):
    """Nothing but the case."""


def published(case):
    make_published_tender(case, is_announced=False)


def cancelled(case):
    cancel_procurement(procurement=case.procurement, reason="Behovet är borta.", by=case.officer, at=AT)


def published_and_cancelled(case):
    tender = make_published_tender(case)
    cancel_published(tender=tender, reason="Behovet är borta.", delegation="Delegation 1", by=case.decider, at=AT)


def has_a_conflict(case):
    declare(case, case.officer, has_conflict=True, at=AT)


STATES = (drafted, published, cancelled, published_and_cancelled, has_a_conflict)
ALLOWED = {("officer", "drafted")}
"""Everything else is refused."""


@pytest.mark.parametrize("state", STATES)
def test_role_by_state(state):
    case = make_case()
    plan = show_as_coming(case)
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
    state(case)
    fresh = with_case(Procurement.objects.filter(pk=case.procurement.pk)).get()
    plan.procurement = fresh
    for role, person in people.items():
        is_allowed = (role, state.__name__) in ALLOWED
        answers = may_show_plan(person, fresh), may_withdraw_plan(person, plan)
        assert (role, [bool(answer) for answer in answers]) == (role, [is_allowed] * 2)
        assert [bool(answer.reason) for answer in answers] == [not is_allowed] * 2


@pytest.mark.parametrize("state", STATES)
def test_it_is_read_as_long_as_the_case_is_a_draft_and_no_longer(state):
    case = make_case()
    plan = show_as_coming(case)
    state(case)
    fresh = with_case(Procurement.objects.filter(pk=case.procurement.pk)).get()
    assert (plan in coming()) == is_drafted(fresh) == (state in {drafted, has_a_conflict})


def test_a_draft_that_nobody_has_shown_is_not_read():
    make_case()
    assert list(coming()) == []


@pytest.mark.parametrize(
    ("planned", "at", "said"),
    [
        (None, START, None),
        (datetime(2026, 3, 9, tzinfo=UTC), START, None),
        (datetime(2026, 2, 28, 23, 30, tzinfo=UTC), START, None),  # in Sweden it is March
        (datetime(2026, 4, 9, tzinfo=UTC), START, "The dates of the documents say another month than everybody reads."),
        (None, datetime(2026, 3, 31, 21, 59, tzinfo=UTC), None),
        (None, datetime(2026, 3, 31, 22, 0, tzinfo=UTC), "The month that everybody reads has passed."),
    ],
)
def test_what_everybody_reads_is_held_against_the_dates_and_the_day(planned, at, said):
    plan = show_as_coming(make_case(), expected_on=date(2026, 3, 1))
    found = outdated(plan, planned, at)
    assert (str(found) if found else None) == said


def test_inv_07_it_shortens_no_time_for_bids():
    """A prior information notice as old as this would allow 15 days (LOU 11 kap. 5 §); this is none."""
    case = make_case()
    show_as_coming(case)
    at = START + timedelta(days=40)
    with pytest.raises(RefusedError, match="too short"):
        make_tender(case, at=at, deadline=at + timedelta(days=20))

"""What everybody reads of a coming procurement is shown and taken back by its officer, each wording kept."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest

from rodatraden.core.answer import RefusedError
from rodatraden.core.instants import ZONES
from rodatraden.records.models import LedgerBody
from rodatraden.tenders.actions import show_plan, withdraw_plan
from rodatraden.tenders.models import PublicPlan
from rodatraden.tenders.queries import coming
from tests.factories.coming import EXPECTED_ON, TOLD, show_as_coming
from tests.factories.parties import START
from tests.factories.procurements import make_case

pytestmark = pytest.mark.django_db
LATER = START + timedelta(days=3)


def events(case):
    bodies = LedgerBody.objects.filter(case=case.procurement.pk, event__startswith="plan_").order_by("index")
    return [(body.event, json.loads(body.what)) for body in bodies]


def test_what_is_shown_is_kept_word_for_word_with_who_and_when():
    case = make_case()
    plan = show_as_coming(case, title="  Stöd till samverkan ", expected_on=date(2026, 3, 17))
    assert {name: getattr(plan, name) for name in TOLD} == TOLD
    assert (plan.shown_by, plan.shown_at, plan.withdrawn_at) == (case.officer, START, None)
    assert list(coming()) == [plan]
    assert events(case) == [("plan_shown", TOLD | {"expected_on": "2026-03-01"})]


def test_other_words_take_the_place_of_the_earlier_ones_which_stay_as_they_were():
    case = make_case()
    first = show_as_coming(case)
    second = show_as_coming(case, at=LATER, expected_on=date(2026, 5, 1))
    first.refresh_from_db()
    assert (first.expected_on, first.withdrawn_at, first.withdrawn_by) == (EXPECTED_ON, LATER, case.officer)
    assert (second.follows, list(coming())) == (first, [second])
    assert [(event, what["expected_on"], what.get("follows")) for event, what in events(case)] == [
        ("plan_shown", "2026-03-01", None),
        ("plan_shown", "2026-05-01", str(first.pk)),
    ]


def test_what_everybody_reads_already_is_not_shown_once_more():
    case = make_case()
    show_as_coming(case)
    with pytest.raises(RefusedError, match="already"):
        show_as_coming(case, at=LATER, expected_on=date(2026, 3, 30))
    assert (PublicPlan.objects.count(), len(events(case))) == (1, 1)


def test_what_is_taken_back_is_gone_for_all_but_the_case_and_comes_again_with_its_past():
    case = make_case()
    plan = show_as_coming(case)
    withdraw_plan(plan=plan, by=case.officer, at=LATER)
    assert (list(coming()), events(case)[1:]) == ([], [("plan_withdrawn", {})])
    with pytest.raises(RefusedError, match="no longer shown"):
        withdraw_plan(plan=plan, by=case.officer, at=LATER)
    again = show_as_coming(case, at=LATER + timedelta(days=1))
    assert (again.follows, list(coming())) == (plan, [again])


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"title": " "}, "title"),
        ({"need": ""}, "need"),
        ({"expected_on": date(2025, 12, 31)}, "expected_on"),
        ({"influence": "Ring Eva, 811218-9876."}, "influence"),
        ({"need": "Stöd till 811218-9876"}, "need"),
    ],
)
def test_what_can_not_be_told_is_refused_at_its_field(words, field):
    case = make_case()
    with pytest.raises(RefusedError) as refused:
        show_as_coming(case, **words)
    assert (refused.value.answer.mend, PublicPlan.objects.count()) == (field, 0)


def test_the_month_is_that_of_the_place_and_the_running_one_can_be_told():
    case = make_case()
    last_second_of_january = datetime(2026, 1, 31, 23, 59, 59, tzinfo=ZONES["SE"])
    show_as_coming(case, at=last_second_of_january, expected_on=date(2026, 1, 1))
    with pytest.raises(RefusedError, match="not passed"):
        show_as_coming(case, at=last_second_of_january + timedelta(seconds=1), expected_on=date(2026, 1, 1), need="X")


def test_only_the_officer_shows_and_takes_back():
    case = make_case()
    plan = show_as_coming(case)
    for person in (case.need_owner, case.decider, case.openers[0], case.evaluators[0]):
        with pytest.raises(RefusedError, match="officer"):
            show_plan(procurement=case.procurement, by=person, at=LATER, **TOLD | {"title": "Y"})
        with pytest.raises(RefusedError, match="officer"):
            withdraw_plan(plan=plan, by=person, at=LATER)
    assert list(coming()) == [plan]

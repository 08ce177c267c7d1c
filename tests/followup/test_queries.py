"""Named reads of the follow-up: the plan, the thread, the tasks."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from rodatraden.contracts.queries import terms_of
from rodatraden.core.thread import NodeState, Station
from rodatraden.followup import queries
from rodatraden.followup.actions import link_to_need, record_result
from rodatraden.procurements.queries import visible_to as cases_of

pytestmark = pytest.mark.django_db

AT = datetime(2026, 9, 30, 9, 0, tzinfo=UTC)


def record(world, check, *, verdict="met", at=AT):
    return record_result(
        check=check, verdict=verdict, level_reached="92 %", evidence="Loggen", by=world.case.contract_manager, at=at
    )


@pytest.fixture
def checks(world, contract):
    return list(queries.visible_to(world.case.contract_manager).filter(term__requirement__kind="term"))


def test_the_latest_result_counts_and_earlier_ones_are_kept(world, contract, checks):
    record(world, checks[0], verdict="not_met")
    latest = record(world, checks[0], at=datetime(2026, 10, 1, 9, 0, tzinfo=UTC))
    again = queries.visible_to(world.case.officer).get(pk=checks[0].pk)
    assert queries.latest_result(again) == latest
    assert again.results.count() == 2
    terms = queries.followed_terms(contract, list(terms_of(contract)), AT)
    assert [each.state for each in terms] == ["waiting", "waiting", "waiting", "met"]
    assert queries.counts(terms) == {"met": 1, "partly": 0, "not_met": 0, "waiting": 3}


def test_the_thread_breaks_when_a_day_has_passed_without_a_result(world, contract, checks):
    def broken(at):
        return [each.breaks != () for each in queries.followed_terms(contract, list(terms_of(contract)), at)]

    assert broken(datetime(2026, 7, 1, 9, 0, tzinfo=UTC)) == [False] * 4
    late = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
    assert broken(late) == [True, False, False, True]
    result = record(world, checks[0])
    need = checks[0].term.requirement.needs.get()
    link_to_need(result=result, need=need, text="Fler hinder når rätt nivå.", by=world.case.contract_manager, at=AT)
    assert broken(late) == [True, False, False, False]
    nodes, _ = queries.thread_pieces(world.procurement, late)
    assert [node.text for node in nodes if node.station is Station.RESULT] == ["Fler hinder når rätt nivå."]
    assert {node.state for node in nodes if node.station is Station.CHECK} == {NodeState.STANDING, NodeState.WAITING}


def test_each_day_says_how_it_stands(world, contract, checks):
    record(world, checks[0])
    terms = queries.followed_terms(contract, list(terms_of(contract)), AT)
    states = {each.check.pk: each.state for each in queries.dates(terms, date(2026, 12, 30))}
    assert [states[check.pk] for check in checks] == ["done", "now", "coming", "coming"]


def test_tasks_wait_on_the_named_person_and_then_on_the_contract_manager(world, contract):
    officer, manager = world.case.officer, world.case.contract_manager
    assert [task.kind for task in queries.open_tasks(officer, AT, cases_of(officer))] == ["followup.check"]
    before = len(queries.open_tasks(manager, AT, cases_of(manager)))
    member = world.case.procurement.team.get(person=officer)
    member.removed_at = AT
    member.save()
    assert queries.open_tasks(officer, AT, cases_of(officer)) == []
    assert len(queries.open_tasks(manager, AT, cases_of(manager))) == before + 1

from __future__ import annotations

import pytest

from rodatraden.core.thread import NodeState, Station
from rodatraden.needs.actions import strike_need, write_need
from rodatraden.needs.queries import backlog, open_tasks, thread_pieces, visible_to
from rodatraden.procurements.queries import visible_to as cases_of
from rodatraden.procurements.rules import may_work
from tests.factories.needs import make_need
from tests.factories.parties import START, make_buyer, make_person
from tests.factories.procurements import make_case

pytestmark = pytest.mark.django_db
PARTS = {"title": "Insikter", "for_whom": "Alla", "description": "Något", "evidence": "Intervjuer"}


def test_needs_taken_up_are_seen_by_those_who_may_work_with_them():
    case = make_case()
    need = make_need(case)
    colleague = make_person("Kollega", organisation=case.buyer)
    for person in (*case.everybody, colleague):
        assert (need in visible_to(person, START)) is bool(may_work(person, case.procurement))


def test_needs_that_wait_are_seen_in_their_organisation_alone():
    case = make_case()
    need = write_need(organisation=case.buyer, by=case.need_owner, at=START, **PARTS)
    colleague = make_person("Kollega", organisation=case.buyer)
    stranger = make_person("Annan", organisation=make_buyer("Annan"))
    assert (list(visible_to(colleague, START)), list(visible_to(stranger, START))) == ([need], [])


def test_struck_needs_stand_last_in_the_backlog():
    case = make_case()
    first, second = (write_need(organisation=case.buyer, by=case.need_owner, at=START, **PARTS) for _ in range(2))
    strike_need(need=first, reason="Löst", by=case.need_owner, at=START)
    assert list(backlog([case.buyer])) == [second, first]


def test_needs_are_the_first_station_of_the_thread():
    case = make_case()
    first, second = make_need(case, "a"), make_need(case, "b")
    strike_need(need=second, reason="Löst", by=case.need_owner, at=START)
    nodes, links = thread_pieces(case.procurement)
    assert [(node.station, node.id, node.label, node.state) for node in nodes] == [
        (Station.NEED, first.pk, "B1", NodeState.STANDING),
        (Station.NEED, second.pk, "B2", NodeState.STRUCK),
    ]
    assert ("Löst" in str(nodes[1].note), links) == (True, [])


def test_the_need_owner_is_asked_for_the_first_need():
    case = make_case()
    (task,) = open_tasks(case.need_owner, START, cases_of(case.need_owner))
    assert (task.url_name, dict(task.url_kwargs)) == ("needs:create", {"procurement_id": case.procurement.pk})
    assert open_tasks(case.officer, START, cases_of(case.officer)) == []
    make_need(case)
    assert open_tasks(case.need_owner, START, cases_of(case.need_owner)) == []

from __future__ import annotations

import pytest

from rodatraden.needs.actions import strike_need, write_need
from rodatraden.needs.rules import hint, may_change, may_see_backlog, may_take_up, may_write, may_write_in
from rodatraden.parties.models import Membership
from rodatraden.procurements.actions import record_fact
from rodatraden.procurements.models import StageFact
from tests.factories.needs import make_need
from tests.factories.parties import START, make_buyer, make_person, make_supplier
from tests.factories.procurements import make_case

pytestmark = pytest.mark.django_db
Role = Membership.Role
WRITES = {
    Role.ADMINISTRATOR: False,
    Role.PROCUREMENT_OFFICER: True,
    Role.NEED_OWNER: True,
    Role.DIRECTOR: True,
    Role.EMPLOYEE: False,
}


@pytest.mark.parametrize(("role", "writes"), WRITES.items())
def test_who_writes_needs_of_an_organisation(role, writes):
    buyer = make_buyer()
    person = make_person(organisation=buyer, role=role)
    assert (bool(may_write(person, buyer, START)), bool(may_see_backlog(person, buyer, START))) == (writes, True)
    other = make_buyer("Annan")
    assert (bool(may_write(person, other, START)), bool(may_see_backlog(person, other, START))) == (False, False)


def test_a_supplier_has_no_needs_here():
    supplier = make_supplier()
    person = make_person(organisation=supplier, role=Role.BIDDER)
    assert not may_write(person, supplier, START)
    assert not may_see_backlog(person, supplier, START)


STATES = {
    "drafting": {"officer", "need_owner"},
    StageFact.Kind.PUBLISHED: set(),
    StageFact.Kind.CANCELLED: set(),
}


@pytest.mark.parametrize(("state", "writers"), STATES.items())
def test_who_changes_the_needs_of_a_procurement_and_when(state, writers):
    case = make_case()
    need = make_need(case)
    if state != "drafting":
        record_fact(procurement=case.procurement, kind=state, by=case.officer, at=START)
    people = {
        "officer": case.officer,
        "need_owner": case.need_owner,
        "decider": case.decider,
        "evaluator": case.evaluators[0],
        "opener": case.openers[0],
        "outsider": make_person("Utanför", organisation=case.buyer, role=Role.NEED_OWNER),
    }
    assert {name for name, person in people.items() if may_write_in(person, case.procurement)} == writers
    assert {name for name, person in people.items() if may_change(person, need, START)} == writers


def test_a_struck_need_is_neither_changed_nor_taken_up():
    case = make_case()
    need = write_need(
        organisation=case.buyer,
        title="a",
        for_whom="b",
        description="c",
        evidence="d",
        by=case.need_owner,
        at=START,
    )
    assert may_take_up(case.officer, need, case.procurement)
    strike_need(need=need, reason="e", by=case.need_owner, at=START)
    assert not may_change(case.need_owner, need, START)
    assert not may_take_up(case.officer, need, case.procurement)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("Vi behöver en app", "app"),
        ("Ett nytt it-stöd", "it-stöd"),
        ("Möten i Teams®", "Teams®"),
        ("Köp av Lösningar Norr AB", "Lösningar Norr AB"),
        ("En plattform för dialog", "plattform"),
        ("Medarbetare når dem som beslutar", None),
        ("Systemisk dialog mellan nivåer", None),
        ("Hinder blir åtgärd på rätt nivå", None),
    ],
)
def test_a_hint_asks_when_a_need_names_a_solution(words, named):
    said = hint("Rubrik", words)
    assert (said.values["word"] if said else None) == named

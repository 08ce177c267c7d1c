"""Named reads of procurements: derived, in a constant number of queries."""

from __future__ import annotations

from itertools import product
from uuid import uuid4

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from rodatraden.parties.models import Membership
from rodatraden.procurements.actions import cancel_procurement, create_procurement, remove_member
from rodatraden.procurements.models import ConflictDeclaration, Procurement, StageFact
from rodatraden.procurements.queries import (
    accessible_in,
    accessible_to,
    cpv_name,
    declarations_of,
    fact_at,
    open_tasks,
    procurement_or_404,
    team_members,
    undecided_conflicts,
    visible_to,
    with_teams,
)
from rodatraden.procurements.rules import has_happened, may_work
from tests.factories.parties import START, make_buyer, make_person
from tests.factories.procurements import declare, make_case

pytestmark = pytest.mark.django_db

Moment = ConflictDeclaration.Moment


def test_open_tasks_are_to_declare_and_to_decide():
    case = make_case()
    conflict = declare(case, case.evaluators[0], has_conflict=True)
    newcomer = make_case(declares=False)
    (to_declare,) = open_tasks(newcomer.officer, START, visible_to(newcomer.officer))
    assert (to_declare.url_name, to_declare.url_kwargs) == (
        "procurements:declare",
        {"procurement_id": newcomer.procurement.pk},
    )
    (to_decide,) = open_tasks(case.decider, START, visible_to(case.decider))
    assert (to_decide.url_name, to_decide.url_kwargs) == ("procurements:clear", {"declaration_id": conflict.pk})
    assert (to_decide.for_person, to_decide.case_title) == (case.decider.pk, "Processcoachning")
    assert (
        open_tasks(case.officer, START, visible_to(case.officer))
        == open_tasks(case.evaluators[0], START, visible_to(case.evaluators[0]))
        == []
    )


def test_the_database_reads_access_as_the_rule_does():
    buyer = make_buyer()
    officer = make_person("Officer", organisation=buyer, role=Membership.Role.PROCUREMENT_OFFICER)
    person = make_person("Member", organisation=buyer)
    declared = (None, {}, {"has_conflict": True}, {"has_conflict": True, "cleared_at": START})
    seen = {}
    for place, before, after, is_opened in product(("none", "member", "removed"), declared, declared, (False, True)):
        procurement = create_procurement(buyer=buyer, title="Inköp", by=officer, at=START)
        if place != "none":
            removed_at = START if place == "removed" else None
            procurement.team.create(
                person=person, role="evaluator", appointed_at=START, appointed_by=officer, removed_at=removed_at
            )
        for moment, said in zip(Moment, (before, after), strict=True):
            if said is not None:
                fields = {"has_conflict": False, **said}
                procurement.conflict_declarations.create(person=person, moment=moment, declared_at=START, **fields)
        if is_opened:
            procurement.facts.create(kind=StageFact.Kind.OPENED, at=START)
        seen[procurement.pk] = bool(may_work(person, procurement))
    found = set(accessible_to(person).values_list("pk", flat=True))
    assert found == {pk for pk, sees in seen.items() if sees}
    for many in (0, 1_000):  # asked of each row, or of all cases first
        assert (
            set(Procurement.objects.filter(accessible_in(person, "pk", many=many)).values_list("pk", flat=True))
            == found
        )
    assert len(found) == 2 * (
        2 * 3
    )  # opened or not: the declaration that is due, clean or cleared, and no open conflict


def test_a_cancelled_case_asks_nothing_of_anybody():
    case = make_case()
    declare(case, case.evaluators[0], has_conflict=True)
    cancel_procurement(procurement=case.procurement, reason="Slut", by=case.officer, at=START)
    assert open_tasks(case.decider, START, visible_to(case.decider)) == []


def test_a_conflict_of_somebody_removed_needs_no_decision():
    case = make_case()
    declare(case, case.evaluators[0], has_conflict=True)
    member = case.procurement.team.get(person=case.evaluators[0])
    remove_member(member=member, by=case.officer, at=START)
    assert undecided_conflicts(visible_to(case.officer).get()) == []


def test_the_team_is_in_the_order_of_its_roles_with_what_is_due():
    case = make_case()
    declare(case, case.openers[1], has_conflict=True)
    case.procurement.conflict_declarations.filter(person=case.need_owner).delete()
    places = team_members(visible_to(case.officer).get())
    assert [(p.member.person.name, p.is_due, p.has_undecided) for p in places] == [
        ("Officer", False, False),
        ("Need owner", True, False),
        ("Evaluator 1", False, False),
        ("Evaluator 2", False, False),
        ("Opener 1", False, False),
        ("Opener 2", False, True),
        ("Director", False, False),
        ("Contract manager", False, False),
    ]


def test_the_page_of_a_case_opens_for_those_whose_list_holds_it():
    """The list's condition is the database's, the page asks the rule of what it has read: both say the same."""
    case = make_case(evaluators=1)
    remove_member(member=case.procurement.team.get(person=case.evaluators[0]), by=case.officer, at=START)
    outsider = make_case().officer
    pk = case.procurement.pk
    for person, sees in ((case.officer, True), (case.decider, True), (case.evaluators[0], False), (outsider, False)):
        assert visible_to(person).filter(pk=pk).exists() is sees
        if sees:
            assert procurement_or_404(person, pk).pk == pk
        else:
            with pytest.raises(Http404):
                procurement_or_404(person, pk)
    with pytest.raises(Http404):
        procurement_or_404(case.officer, uuid4())


def test_a_rule_asks_what_has_been_fetched_and_else_the_database(django_assert_num_queries):
    case = make_case()
    bare = Procurement.objects.get(pk=case.procurement.pk)
    with django_assert_num_queries(1):
        assert has_happened(bare, StageFact.Kind.CREATED)
    read = visible_to(case.officer).get()
    with django_assert_num_queries(0):
        assert has_happened(read, StageFact.Kind.CREATED)
        assert may_work(case.officer, read)


def test_of_many_cases_each_person_is_read_once(django_assert_num_queries):
    case = make_case()
    make_case(buyer=case.buyer).procurement.team.filter(role="officer").update(person=case.officer)
    with django_assert_num_queries(5):
        cases = list(with_teams(visible_to(case.officer)))
    with django_assert_num_queries(0):
        seen = [member.person for each in cases for member in each.team.all() if member.person_id == case.officer.pk]
    assert len(seen) == 2
    assert seen[0] is seen[1]


def test_tasks_take_as_many_queries_for_thirty_cases_as_for_one():
    counts = []
    case = make_case(evaluators=1)
    for more in (0, 29):
        for _ in range(more):
            other = make_case(buyer=case.buyer, evaluators=0)
            other.procurement.team.filter(person=other.officer).update(person=case.decider)
        with CaptureQueriesContext(connection) as captured:
            tasks = open_tasks(case.decider, START, visible_to(case.decider))
        counts.append(len(captured))
    assert len(tasks) == 29
    assert counts[0] == counts[1]


def test_reads_of_one_case():
    case = make_case()
    procurement = case.procurement
    assert fact_at(procurement, StageFact.Kind.CREATED) == START
    assert fact_at(procurement, StageFact.Kind.PUBLISHED) is None
    assert [d.has_conflict for d in declarations_of(case.officer, procurement)] == [False]
    assert cpv_name(procurement) == ""
    procurement.cpv = "79410000-1"
    assert cpv_name(procurement) == "Konsulttjänster inom verksamhets- och företagsledning"
    procurement.cpv = "12345678"
    assert cpv_name(procurement) == ""

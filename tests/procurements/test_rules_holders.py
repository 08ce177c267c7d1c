"""Who holds a key to the buyer's bids opens them where they are appointed to it, and is nothing else there."""

from __future__ import annotations

import pytest
from django.urls import reverse

from rodatraden.core.answer import RefusedError
from rodatraden.parties.actions import appoint_key_holder, end_key_holding, end_membership, grant_membership
from rodatraden.parties.models import Membership
from rodatraden.procurements import rules
from rodatraden.procurements.actions import appoint
from rodatraden.procurements.models import Procurement, TeamMember
from rodatraden.procurements.queries import visible_to, with_case
from tests.factories.parties import START, make_buyer, make_person, make_supplier
from tests.factories.procurements import declare, make_case
from tests.procurements.test_rules import LATER, STATES, TABLE, happened, what_may

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]  # the list and the rule agree

Role = TeamMember.Role


def hold(person, buyer):
    return appoint_key_holder(person=person, organisation=buyer, by=None, at=START)


def neighbour(case, *roles):
    """Somebody of another association who holds a key to the buyer's bids."""
    person = make_person("Neighbour", organisation=make_buyer("Grannförbundet"))
    hold(person, case.buyer)
    for role in roles:
        appoint(procurement=case.procurement, person=person, role=role, by=case.officer, at=START)
    return person


def loaded() -> Procurement:
    return with_case(Procurement.objects.all()).get()


@pytest.mark.parametrize("role", list(Role))
def test_who_may_be_appointed_as_what_and_how_the_others_come_there(role):
    case = make_case()
    elsewhere, ended = make_person("Elsewhere"), neighbour(case)
    hold(elsewhere, make_buyer("Annan köpare"))
    end_key_holding(holding=ended.key_holdings.get(), by=ended, at=START)
    hold(case.openers[0], case.buyer)
    there = "parties:key_holders" if role == Role.OPENER else "parties:organisation"
    mend = reverse(there, args=[case.buyer.pk])
    people = {
        make_person(organisation=case.buyer): "",
        case.openers[0]: "",
        neighbour(case): "" if role == Role.OPENER else "role",
        ended: mend,
        elsewhere: mend,
        make_person(): mend,
    }
    may = {person: rules.may_join(person, role, case.procurement, START) for person in people}
    assert {person: answer.mend for person, answer in may.items()} == people
    assert {person for person, answer in may.items() if answer} == {who for who, mend in people.items() if not mend}
    for person, answer in may.items():
        if not answer:
            with pytest.raises(RefusedError) as refused:
                appoint(procurement=case.procurement, person=person, role=role, by=case.officer, at=START)
            assert refused.value.answer.reason == answer.reason


@pytest.mark.parametrize("state", STATES)
def test_they_may_what_an_opening_official_may_and_nothing_before_they_are_appointed_and_have_declared(state):
    case = make_case()
    person = neighbour(case)
    assert what_may(person, case.procurement) == ""
    appoint(procurement=case.procurement, person=person, role=Role.OPENER, by=case.officer, at=START)
    assert what_may(person, case.procurement) == "s"
    declare(case, person)
    happened(case, *STATES[state])
    assert what_may(person, case.procurement) == TABLE[Role.OPENER][state]


@pytest.mark.parametrize("state", STATES)
def test_who_holds_a_key_no_longer_has_no_part_in_it(state):
    case = make_case()
    person = neighbour(case, Role.OPENER)
    declare(case, person)
    happened(case, *STATES[state])
    end_key_holding(holding=person.key_holdings.get(), by=person, at=LATER)
    assert what_may(person, loaded()) == ""
    assert not visible_to(person).exists()


def test_a_key_that_is_ended_elsewhere_changes_nothing():
    case = make_case()
    person = neighbour(case, Role.OPENER)
    end_key_holding(holding=hold(person, make_buyer("Tredje")), by=person, at=LATER)
    assert rules.team_roles(person, loaded()) == {Role.OPENER}


def test_who_belongs_to_the_buyer_stays_in_the_team_without_the_key():
    case = make_case()
    person = case.openers[0]
    end_key_holding(holding=hold(person, case.buyer), by=person, at=LATER)
    assert rules.team_roles(person, loaded()) == {Role.OPENER}


def test_who_leaves_the_buyer_and_keeps_a_key_is_appointed_anew_to_open_alone():
    case = make_case()
    person = case.evaluators[0]
    hold(person, case.buyer)
    end_membership(membership=person.memberships.get(), by=person, at=LATER)
    assert rules.team_roles(person, loaded()) == set()
    with pytest.raises(RefusedError, match="nothing else"):
        appoint(procurement=case.procurement, person=person, role=Role.EVALUATOR, by=case.officer, at=LATER)
    appoint(procurement=case.procurement, person=person, role=Role.OPENER, by=case.officer, at=LATER)
    assert rules.team_roles(person, loaded()) == {Role.OPENER}


@pytest.mark.parametrize("comes", ["before", "after", "ended"])
def test_who_bids_for_a_supplier_opens_no_bids_of_others(comes):
    case = make_case()
    person, supplier = neighbour(case), make_supplier()
    start = {"by": None, "at": START}
    if comes != "after":
        bidder = grant_membership(person=person, organisation=supplier, role=Membership.Role.BIDDER, **start)
    if comes == "ended":
        end_membership(membership=bidder, by=person, at=START)
    if comes == "before":
        with pytest.raises(RefusedError, match=r"Neighbour.*hands in bids for a supplier"):
            appoint(procurement=case.procurement, person=person, role=Role.OPENER, by=case.officer, at=LATER)
        return
    appoint(procurement=case.procurement, person=person, role=Role.OPENER, by=case.officer, at=LATER)
    declare(case, person)
    happened(case, *STATES["opened"])
    declare(case, person)
    assert rules.may_act_as(Role.OPENER, person, loaded())
    assert rules.may_see_secret_documents(person, loaded())
    if comes == "after":
        grant_membership(person=person, organisation=supplier, role=Membership.Role.BIDDER, by=None, at=LATER)
        assert not rules.may_act_as(Role.OPENER, person, loaded())
        assert not rules.may_see_secret_documents(person, loaded())
        assert what_may(person, loaded()) == ""
        assert not visible_to(person).exists()


def test_who_belongs_to_the_buyer_stays_where_they_work_and_other_roles_at_a_supplier_open_nothing_and_close_nothing():
    case = make_case()
    person, supplier = neighbour(case, Role.OPENER), make_supplier()
    grant_membership(person=person, organisation=supplier, role=Membership.Role.EMPLOYEE, by=None, at=LATER)
    bidder = Membership.Role.BIDDER
    grant_membership(person=case.officer, organisation=supplier, role=bidder, by=None, at=LATER)
    assert rules.team_roles(person, loaded()) == {Role.OPENER}
    assert Role.OFFICER in rules.team_roles(case.officer, loaded())

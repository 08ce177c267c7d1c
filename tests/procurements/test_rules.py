"""Who may do what in a procurement: role × state of the person × state of the procurement, with reasons."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from rodatraden.core.answer import RefusedError
from rodatraden.parties.models import KeyHolder, Membership, Organisation
from rodatraden.procurements import rules
from rodatraden.procurements.actions import appoint, clear_conflict, record_fact, remove_member
from rodatraden.procurements.models import ConflictDeclaration, Procurement, StageFact, TeamMember
from rodatraden.procurements.queries import visible_to
from tests.factories.parties import START, make_buyer, make_person, make_supplier
from tests.factories.procurements import declare, make_case
from tests.factories.tenders import make_published

if TYPE_CHECKING:
    from rodatraden.core.answer import Answer

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]  # the list and the rule agree

Role = TeamMember.Role
Kind = StageFact.Kind
Moment = ConflictDeclaration.Moment
DAY = date(2026, 3, 2)
LATER = START + timedelta(days=1)


def person_in(case, role):
    return {
        Role.OFFICER: case.officer,
        Role.NEED_OWNER: case.need_owner,
        Role.DECIDER: case.decider,
        Role.CONTRACT_MANAGER: case.contract_manager,
        Role.OPENER: case.openers[0],
        Role.EVALUATOR: case.evaluators[0],
    }[role]


def happened(case, *kinds):
    for kind in kinds:
        record_fact(procurement=case.procurement, kind=kind, by=case.officer, at=START)


# What each role may, in a procurement that is being written, published, opened and cancelled.
# s = see, w = work, e = edit, a = appoint, x = export the diary
STATES = {
    "written": (),
    "published": (Kind.PUBLISHED,),
    "opened": (Kind.PUBLISHED, Kind.CLOSED, Kind.OPENED),
    "cancelled": (Kind.CANCELLED,),
}
TABLE = {
    Role.OFFICER: {"written": "sweax", "published": "swax", "opened": "s", "cancelled": "swx"},
    Role.NEED_OWNER: {"written": "sw", "published": "sw", "opened": "s", "cancelled": "sw"},
    Role.EVALUATOR: {"written": "sw", "published": "sw", "opened": "s", "cancelled": "sw"},
    Role.OPENER: {"written": "sw", "published": "sw", "opened": "s", "cancelled": "sw"},
    Role.DECIDER: {"written": "sw", "published": "sw", "opened": "s", "cancelled": "sw"},
    Role.CONTRACT_MANAGER: {"written": "sw", "published": "sw", "opened": "s", "cancelled": "sw"},
}


def what_may(person, procurement) -> str:
    answers: dict[str, Answer] = {
        "s": rules.may_see(person, procurement),
        "w": rules.may_work(person, procurement),
        "e": rules.may_edit(person, procurement),
        "a": rules.may_appoint(person, procurement),
        "x": rules.may_export_diary(person, procurement),
    }
    for answer in answers.values():
        assert answer or answer.reason  # a refusal says why
    return "".join(letter for letter, answer in answers.items() if answer)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", TABLE)
def test_what_each_role_may_in_each_state(role, state):
    """After the opening everybody declares anew, so nobody has more than the sight of it before that."""
    case = make_case()
    happened(case, *STATES[state])
    person = person_in(case, role)
    assert what_may(person, case.procurement) == TABLE[role][state]
    if state == "opened":
        declare(case, person)
        assert what_may(person, case.procurement) == TABLE[role]["published"]


KNOWS_BIDDERS = {"written": "", "published": "", "opened": "oev", "decided": "oevd"}


@pytest.mark.parametrize("state", KNOWS_BIDDERS)
def test_who_reads_the_bidders_names_before_declaring_anew(state):
    case = make_case(evaluators=2)
    torn, late = case.evaluators[1], make_person("Late", organisation=case.buyer)
    ConflictDeclaration.objects.create(procurement=case.procurement, person=torn, has_conflict=True, declared_at=START)
    appoint(procurement=case.procurement, person=late, role=Role.EVALUATOR, by=case.officer, at=START)
    happened(case, *{**STATES, "decided": (*STATES["opened"], Kind.DECIDED)}[state])
    people = {"o": case.officer, "e": case.evaluators[0], "v": case.openers[0], "d": case.decider}
    people |= {"t": torn, "l": late}
    procurement = visible_to(torn).get()
    assert (
        "".join(key for key, who in people.items() if rules.may_know_bidders(who, procurement)) == KNOWS_BIDDERS[state]
    )


def test_inv_15_nobody_has_access_without_a_current_declaration_and_no_open_conflict():
    case = make_case(evaluators=4)
    undeclared, conflicted, cleared, fine = case.evaluators
    ConflictDeclaration.objects.filter(person=undeclared).delete()
    declare(case, conflicted, has_conflict=True)
    declared = declare(case, cleared, has_conflict=True)
    clear_conflict(declaration=declared, measure="Deltar inte i punkt 3", by=case.decider, at=START)
    procurement = visible_to(fine).get()
    access = [bool(rules.may_work(person, procurement)) for person in (undeclared, conflicted, cleared, fine)]
    assert access == [False, False, True, True]
    assert [bool(rules.may_see(person, procurement)) for person in case.evaluators] == [True] * 4


def test_a_later_declaration_without_conflict_does_not_undo_one_with():
    case = make_case()
    evaluator = case.evaluators[0]
    declare(case, evaluator, has_conflict=True)
    declare(case, evaluator, has_conflict=False)
    assert not rules.may_work(evaluator, case.procurement)


def test_who_is_appointed_after_the_opening_declares_once_with_the_bidders_known():
    case = make_case()
    happened(case, Kind.PUBLISHED, Kind.CLOSED, Kind.OPENED)
    late = case.evaluators[0]
    ConflictDeclaration.objects.filter(person=late).delete()
    assert rules.declaration_due(late, case.procurement) == Moment.AFTER_OPENING
    declare(case, late)
    assert rules.declaration_due(late, case.procurement) is None


def strangers(case):
    other = make_buyer("Annat förbund")
    removed = case.evaluators[0]
    member = case.procurement.team.get(person=removed)
    remove_member(member=member, by=case.officer, at=START)
    return {
        "a colleague outside the team": make_person(organisation=case.buyer, role=Membership.Role.PROCUREMENT_OFFICER),
        "the administrator of the buyer": make_person(organisation=case.buyer, role=Membership.Role.ADMINISTRATOR),
        "an officer elsewhere": make_person(organisation=other, role=Membership.Role.PROCUREMENT_OFFICER),
        "a bidder": make_person(organisation=make_supplier(), role=Membership.Role.BIDDER),
        "somebody removed": removed,
        "nobody": make_person(),
    }


def test_nobody_outside_the_team_sees_that_it_exists():
    case = make_case()
    for who, person in strangers(case).items():
        assert what_may(person, case.procurement) == "", who
        assert list(visible_to(person)) == [], who


def test_the_list_and_the_rule_agree():
    case, other = make_case(), make_case()
    for person in (*case.everybody, *strangers(case).values()):
        allowed = {p.pk for p in (case.procurement, other.procurement) if rules.may_see(person, p)}
        assert set(visible_to(person).values_list("pk", flat=True)) == allowed


class TestRemove:
    def test_somebody_always_answers_for_the_procurement(self):
        case = make_case()
        officer = case.procurement.team.get(role=Role.OFFICER)
        opener = case.procurement.team.filter(role=Role.OPENER).first()
        assert not rules.may_remove(case.officer, officer)
        assert rules.may_remove(case.officer, opener)
        assert not rules.may_remove(case.decider, opener)
        remove_member(member=opener, by=case.officer, at=START)
        assert not rules.may_remove(case.officer, opener)


DECIDES_ALONE = {Role.OFFICER, Role.EVALUATOR}


class TestRolesTogether:
    @pytest.mark.parametrize("second", list(Role))
    @pytest.mark.parametrize("first", list(Role))
    def test_who_prepares_and_who_decides_are_two_people_and_all_else_goes_together(self, first, second):
        case = make_case()
        person = make_person("Siv", organisation=case.buyer)
        appoint(procurement=case.procurement, person=person, role=first, by=case.officer, at=START)
        pair = {first, second}
        apart = Role.DECIDER in pair and bool(pair & DECIDES_ALONE)
        answer = rules.may_hold(second, person, case.procurement)
        assert (bool(answer), answer.mend) == ((False, "person") if apart else (True, ""))
        if apart:
            with pytest.raises(RefusedError, match="decide"):
                appoint(procurement=case.procurement, person=person, role=second, by=case.officer, at=START)

    def test_two_people_are_enough_for_every_role(self):
        case = make_case(declares=False)
        second = make_person("Siv", organisation=case.buyer)
        declare(case, case.officer)
        roles = {
            case.officer: [Role.NEED_OWNER, Role.EVALUATOR, Role.OPENER],
            second: [Role.DECIDER, Role.OPENER, Role.CONTRACT_MANAGER],
        }
        for person, held in roles.items():
            for role in held:
                appoint(procurement=case.procurement, person=person, role=role, by=case.officer, at=START)
        assert rules.team_roles(second, case.procurement) == set(roles[second])

    @pytest.mark.parametrize(("removed_at", "may"), [(START, True), (LATER, False)])
    def test_who_was_an_evaluator_when_the_bids_were_opened_does_not_decide(self, removed_at, may):
        case = make_case()
        person = case.evaluators[0]
        at = START + (LATER - START) / 2
        record_fact(procurement=case.procurement, kind=Kind.OPENED, by=case.officer, at=at)
        declare(case, case.officer, at=at)
        remove_member(member=case.procurement.team.get(person=person), by=case.officer, at=removed_at)
        assert bool(rules.may_hold(Role.DECIDER, person, case.procurement)) == may

    def test_two_openers_are_left_while_the_bids_wait(self):
        case = make_case()
        record_fact(procurement=case.procurement, kind=Kind.PUBLISHED, by=case.officer, at=START)
        opener = case.procurement.team.filter(role=Role.OPENER).first()
        answer = rules.may_remove(case.officer, opener)
        assert (answer.allowed, answer.source) == (False, "LOU 12 kap. 10 §")
        third = make_person(organisation=case.buyer)
        appoint(procurement=case.procurement, person=third, role=Role.OPENER, by=case.officer, at=START)
        assert rules.may_remove(case.officer, opener)

    def test_until_the_prices_are_open_two_are_left_whose_keys_the_bids_are_sealed_to(self):
        case, _ = make_published()
        first, last = (case.procurement.team.get(role=Role.OPENER, person=person) for person in case.openers)
        answer = rules.may_remove(case.officer, first)
        assert str(answer.reason).endswith("These have such keys: Neighbour.")
        new = make_person("New", organisation=case.buyer)  # whose key, made too late, opens nothing of this
        appoint(procurement=case.procurement, person=new, role=Role.OPENER, by=case.officer, at=LATER)
        assert not rules.may_remove(case.officer, first)
        assert rules.may_remove(case.officer, case.procurement.team.get(role=Role.OPENER, person=new))
        third = KeyHolder.objects.get(person__name="Neighbour").person
        appoint(procurement=case.procurement, person=third, role=Role.OPENER, by=case.officer, at=LATER)
        assert rules.may_remove(case.officer, first)
        remove_member(member=first, by=case.officer, at=LATER)
        assert not rules.may_remove(case.officer, last)
        record_fact(procurement=case.procurement, kind=Kind.PRICES_OPENED, by=case.officer, at=LATER)
        assert rules.may_remove(case.officer, last)


class TestClear:
    def test_the_decider_decides_never_about_themselves_and_once(self):
        case = make_case()
        conflict = declare(case, case.evaluators[0], has_conflict=True)
        own = declare(case, case.decider, has_conflict=True)
        assert not rules.may_clear(case.decider, own)
        assert not rules.may_clear(case.decider, conflict)  # who has an open conflict decides nothing
        ConflictDeclaration.objects.filter(pk=own.pk).delete()
        conflict = ConflictDeclaration.objects.get(pk=conflict.pk)
        assert rules.may_clear(case.decider, conflict)
        assert not rules.may_clear(case.officer, conflict)
        assert not rules.may_clear(case.evaluators[0], conflict)
        nothing = case.procurement.conflict_declarations.filter(person=case.need_owner).get()
        assert not rules.may_clear(case.decider, nothing)


def purchase(**stated) -> Procurement:
    kind = stated.pop("kind", Organisation.Kind.COORDINATION_ASSOCIATION)
    buyer = Organisation(name="B", kind=kind, country=stated.get("country", "SE"))
    return Procurement(
        **{
            "buyer": buyer,
            "country": "SE",
            "cpv": "79410000-1",
            "cpv_reason": "skäl",
            "estimated_value": Decimal(500_000),
            "value_method": "skäl",
            "similar_purchases": Decimal(0),
            "procedure": "se-direct",
            "procedure_reason": "skäl",
        }
        | stated
    )


class TestProcedure:
    """Which procedure value and CPV leave; the amounts are those of the rule rows, here only on either side of them."""

    def test_inv_23_no_direct_procurement_at_or_above_its_limit_without_a_listed_ground(self):
        assert rules.may_choose_procedure(purchase(), DAY)
        above = rules.may_choose_procedure(purchase(estimated_value=Decimal(1_000_000)), DAY)
        assert (above.allowed, above.mend) == (False, "procedure")

    def test_inv_23_similar_purchases_of_the_year_are_summed(self):
        assert not rules.may_choose_procedure(purchase(similar_purchases=Decimal(400_000)), DAY)
        assert rules.total_value(purchase(similar_purchases=Decimal(400_000))) == 900_000

    def test_inv_23_similar_purchases_are_asked_for_and_never_taken_as_none(self):
        answer = rules.may_choose_procedure(purchase(similar_purchases=None), DAY)
        assert (answer.allowed, answer.mend) == (False, "similar_purchases")

    def test_a_ground_helps_below_the_eu_threshold_and_only_there(self):
        value = {"estimated_value": Decimal(1_000_000), "direct_ground": "extreme_urgency"}
        assert not rules.may_choose_procedure(purchase(**value), DAY)  # nobody has stated whether it reaches it
        assert rules.may_choose_procedure(purchase(**value, stated_above=False), DAY)
        assert not rules.may_choose_procedure(purchase(**value, stated_above=True), DAY)

    def test_inv_34_where_a_row_is_missing_the_choice_is_a_persons_with_a_reason(self):
        """The threshold in kronor for 2026 is in no source that was read, so the program does not guess."""
        value = {"estimated_value": Decimal(3_000_000)}
        possible = rules.possible_procedures(purchase(**value), DAY)
        assert possible is not None
        assert possible.unknown
        assert {procedure.id for procedure in possible.value} == {"se-open", "se-below"}
        for procedure in ("se-open", "se-below"):
            assert rules.may_choose_procedure(purchase(**value, procedure=procedure), DAY)
            assert not rules.may_choose_procedure(purchase(**value, procedure=procedure, procedure_reason=" "), DAY)
        assert rules.may_choose_procedure(purchase(**value, procedure="se-open", stated_above=True), DAY)
        assert not rules.may_choose_procedure(purchase(**value, procedure="se-below", stated_above=True), DAY)

    def test_nothing_is_possible_before_value_and_cpv_are_stated(self):
        for missing in ({"cpv": ""}, {"estimated_value": None}, {"cpv": "12"}):
            assert rules.possible_procedures(purchase(**missing), DAY) is None
            assert not rules.may_choose_procedure(purchase(**missing), DAY)

    def test_a_procedure_of_another_country_or_none_is_refused(self):
        assert not rules.may_choose_procedure(purchase(procedure="no-part-1"), DAY)
        assert not rules.may_choose_procedure(purchase(procedure=""), DAY)
        assert not rules.may_choose_procedure(purchase(procedure="made-up"), DAY)

    def test_a_state_authority_has_the_threshold_of_the_state(self):
        assert rules.buyer_kind(purchase(kind=Organisation.Kind.STATE_AUTHORITY)) == "central"
        assert rules.buyer_kind(purchase(kind=Organisation.Kind.REGION)) == "subcentral"


class TestSound:
    @pytest.mark.parametrize(
        ("stated", "mend"),
        [
            ({"estimated_value": Decimal(0)}, "estimated_value"),
            ({"estimated_value": Decimal(-1)}, "estimated_value"),
            ({"cpv_reason": " "}, "cpv_reason"),
            ({"value_method": ""}, "value_method"),
            ({"procedure_reason": ""}, "procedure_reason"),
            ({"stated_above": False}, "stated_reason"),
            ({"procedure": "no-part-1"}, "procedure"),
        ],
    )
    def test_a_statement_has_its_reason_and_is_right(self, stated, mend):
        answer = rules.is_sound(purchase(**stated), DAY)
        assert (answer.allowed, answer.mend) == (False, mend)

    def test_what_is_not_known_yet_may_be_left_out(self):
        empty = {"cpv": "", "cpv_reason": "", "estimated_value": None, "value_method": "", "procedure": ""}
        assert rules.is_sound(purchase(**empty), DAY)

"""The verbs of a procurement: what they write, whom they refuse, and that nothing is written when they do."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rodatraden.core.answer import RefusedError
from rodatraden.parties.actions import end_membership, grant_membership
from rodatraden.parties.models import Membership
from rodatraden.procurements.actions import (
    appoint,
    cancel_procurement,
    clear_conflict,
    create_procurement,
    declare_interests,
    describe_procurement,
    record_fact,
    remove_member,
)
from rodatraden.procurements.models import ConflictDeclaration, Procurement, StageFact, TeamMember
from rodatraden.procurements.queries import declarations_visible_to, members_visible_to, team_members, visible_to
from rodatraden.procurements.rules import has_happened, may_act_as, may_see, may_work, team_roles
from rodatraden.records.models import LedgerBody, LedgerEntry
from rodatraden.records.queries import case_log, diary_documents
from tests.factories.diary import filed
from tests.factories.parties import START, make_buyer, make_person
from tests.factories.procurements import declare, make_case

pytestmark = pytest.mark.django_db

Role = TeamMember.Role
Kind = StageFact.Kind
LATER = START + timedelta(days=3)


def events(procurement: Procurement) -> list[str]:
    return [body.event for body in case_log(procurement.pk, with_sealed=True)]


class TestCreate:
    def test_it_opens_a_case_in_the_diary_and_makes_its_maker_the_officer(self):
        buyer = make_buyer()
        officer = make_person(organisation=buyer, role=Membership.Role.PROCUREMENT_OFFICER)
        procurement = create_procurement(buyer=buyer, title="Utbildning", summary="Två dagar", by=officer, at=START)
        assert (procurement.diary_case.number, procurement.diary_case.subject) == ("2026/001", "Utbildning")
        assert [(m.person, m.role) for m in procurement.team.all()] == [(officer, Role.OFFICER)]
        assert [fact.kind for fact in procurement.facts.all()] == [Kind.CREATED]
        assert events(procurement) == ["procurement_created"]

    @pytest.mark.parametrize("role", [r for r in Membership.Role if r != Membership.Role.PROCUREMENT_OFFICER])
    def test_only_a_procurement_officer_of_the_buyer_does_it(self, role):
        buyer = make_buyer()
        person = make_person() if role == Membership.Role.BIDDER else make_person(organisation=buyer, role=role)
        with pytest.raises(RefusedError):
            create_procurement(buyer=buyer, title="X", by=person, at=START)
        assert Procurement.objects.count() == 0


STATED = {
    "title": "Processcoachning 2026",
    "summary": "Stöd till parterna",
    "cpv": "79410000",
    "cpv_reason": "Arbetssätt i organisationer",
    "estimated_value": Decimal(3_000_000),
    "value_method": "4 × 750 000",
    "similar_purchases": Decimal(0),
    "procedure": "se-open",
    "procedure_reason": "Når tröskelvärdet",
    "no_lots_reason": "En person",
}


class TestDescribe:
    def test_it_states_and_records_what_rules_hold(self):
        case = make_case()
        describe_procurement(procurement=case.procurement, by=case.officer, at=LATER, **STATED)
        stored = Procurement.objects.get()
        assert (stored.title, stored.cpv, stored.estimated_value) == ("Processcoachning 2026", "79410000-1", 3_000_000)
        told = json.loads(LedgerBody.objects.get(event="procurement_described").what)
        assert (told["cpv"], told["estimated_value"], told["procedure"]) == ("79410000-1", "3000000", "se-open")

    @pytest.mark.parametrize(
        ("change", "mend"),
        [
            ({"cpv": "7941"}, "cpv"),
            ({"cpv": "79410000-2"}, "cpv"),
            ({"estimated_value": Decimal(-1)}, "estimated_value"),
            ({"procedure": "se-direct"}, "procedure"),
            ({"cpv_reason": ""}, "cpv_reason"),
        ],
    )
    def test_what_is_wrong_is_refused_where_it_can_be_mended_and_nothing_is_kept(self, change, mend):
        case = make_case()
        with pytest.raises(RefusedError) as refused:
            describe_procurement(procurement=case.procurement, by=case.officer, at=LATER, **STATED | change)
        assert refused.value.answer.mend == mend
        assert Procurement.objects.get().cpv == case.procurement.cpv == ""
        assert "procurement_described" not in events(case.procurement)

    def test_what_two_state_at_once_is_both_kept(self):
        case = make_case()
        describe_procurement(procurement=case.procurement, by=case.officer, at=LATER, **STATED)
        one, two = Procurement.objects.get(), Procurement.objects.get()
        describe_procurement(procurement=one, by=case.officer, at=LATER, **STATED | {"summary": "Ett ord"})
        describe_procurement(procurement=two, by=case.officer, at=LATER, **STATED | {"cpv_reason": "En grund"})
        kept = Procurement.objects.get()
        assert (kept.summary, kept.cpv_reason) == ("Ett ord", "En grund")

    def test_after_publication_nothing_is_described_anew(self):
        case = make_case()
        record_fact(procurement=case.procurement, kind=Kind.PUBLISHED, by=case.officer, at=START)
        with pytest.raises(RefusedError):
            describe_procurement(procurement=case.procurement, by=case.officer, at=LATER, **STATED)


class TestTeam:
    def test_only_people_of_the_buyer_are_appointed_and_to_a_role_once(self):
        case = make_case()
        outsider = make_person("Konsult", organisation=make_buyer("Annat"))
        for person in (outsider, case.evaluators[0]):
            with pytest.raises(RefusedError):
                appoint(procurement=case.procurement, person=person, role=Role.EVALUATOR, by=case.officer, at=START)
        both = appoint(
            procurement=case.procurement, person=case.evaluators[0], role=Role.OPENER, by=case.officer, at=START
        )
        assert both.role == Role.OPENER

    def test_only_the_officer_changes_the_team(self):
        case = make_case()
        newcomer = make_person(organisation=case.buyer)
        member = case.procurement.team.filter(role=Role.EVALUATOR).first()
        for person in set(case.everybody) - {case.officer}:
            with pytest.raises(RefusedError):
                appoint(procurement=case.procurement, person=newcomer, role=Role.OBSERVER, by=person, at=START)
            with pytest.raises(RefusedError):
                remove_member(member=member, by=person, at=START)

    def test_who_is_removed_can_be_appointed_again(self):
        case = make_case()
        person = case.evaluators[0]
        member = case.procurement.team.get(person=person)
        remove_member(member=member, by=case.officer, at=LATER)
        assert TeamMember.objects.get(pk=member.pk).removed_at == LATER
        appoint(procurement=case.procurement, person=person, role=Role.EVALUATOR, by=case.officer, at=LATER)
        assert events(case.procurement)[-2:] == ["team_member_removed", "team_member_appointed"]


class TestDeclare:
    def test_a_conflict_needs_its_description(self):
        case = make_case(declares=False)
        with pytest.raises(RefusedError) as refused:
            declare_interests(
                procurement=case.procurement,
                has_conflict=True,
                description=" ",
                by=case.officer,
                at=START,
            )
        assert refused.value.answer.mend == "description"
        assert ConflictDeclaration.objects.count() == 0

    def test_which_declaration_it_is_follows_from_what_has_happened(self):
        case = make_case(declares=False)
        stale = visible_to(case.officer).get()
        assert not has_happened(stale, Kind.OPENED)
        first = declare(case, case.officer)
        record_fact(procurement=case.procurement, kind=Kind.OPENED, by=case.officer, at=LATER)
        renewed = declare_interests(procurement=stale, has_conflict=False, description="", by=case.officer, at=LATER)
        assert [first.moment, renewed.moment] == ["before_access", "after_opening"]

    def test_the_log_tells_that_there_is_a_conflict_never_which(self):
        case = make_case()
        declare(case, case.officer, has_conflict=True)
        told = LedgerBody.objects.filter(event="interests_declared").latest("index").what
        assert json.loads(told) == {"moment": "before_access", "has_conflict": True}

    def test_somebody_outside_the_team_declares_nothing(self):
        case = make_case()
        with pytest.raises(RefusedError):
            declare(case, make_person(organisation=case.buyer))


class TestClear:
    def test_a_measure_opens_the_door_and_stands_with_who_decided(self):
        case = make_case()
        conflict = declare(case, case.evaluators[0], has_conflict=True)
        clear_conflict(declaration=conflict, measure="Deltar inte i punkt 3", by=case.decider, at=LATER)
        stored = ConflictDeclaration.objects.get(pk=conflict.pk)
        assert (stored.cleared_at, stored.cleared_by, stored.measure) == (LATER, case.decider, "Deltar inte i punkt 3")
        assert events(case.procurement)[-1] == "conflict_cleared"

    def test_the_diary_has_the_declaration_and_the_decision_and_no_row_tells_which_conflict(self):
        case = make_case()
        person = case.evaluators[0]
        conflict = declare(case, person, has_conflict=True)
        direction, sender, text = filed(case.procurement, "Jävsförklaring")
        assert (direction, sender) == ("received", person.name)
        assert conflict.description in text
        clear_conflict(declaration=conflict, measure="Deltar inte i punkt 3", by=case.decider, at=LATER)
        direction, about, text = filed(case.procurement, "Beslut om intressekonflikt")
        assert (direction, about) == ("drawn_up", person.name)
        assert ("Deltar inte i punkt 3" in text, case.decider.name in text) == (True, True)
        rows = [f"{each.subject} {each.counterparty}" for each in diary_documents(case.procurement.diary_case)]
        assert [row for row in rows if conflict.description in row] == []

    def test_without_a_measure_or_twice_it_is_refused(self):
        case = make_case()
        conflict = declare(case, case.evaluators[0], has_conflict=True)
        with pytest.raises(RefusedError):
            clear_conflict(declaration=conflict, measure="  ", by=case.decider, at=LATER)
        clear_conflict(declaration=conflict, measure="Ja", by=case.decider, at=LATER)
        with pytest.raises(RefusedError):
            clear_conflict(declaration=conflict, measure="Igen", by=case.decider, at=LATER)

    def test_what_another_has_decided_meanwhile_is_not_decided_anew(self):
        case = make_case()
        conflict = declare(case, case.evaluators[0], has_conflict=True)
        one, other = (ConflictDeclaration.objects.get(pk=conflict.pk) for _ in range(2))
        clear_conflict(declaration=one, measure="Deltar inte i punkt 3", by=case.decider, at=LATER)
        with pytest.raises(RefusedError, match="nothing left to decide"):
            clear_conflict(declaration=other, measure="Inget hinder", by=case.decider, at=LATER)
        assert ConflictDeclaration.objects.get(pk=conflict.pk).measure == "Deltar inte i punkt 3"
        assert events(case.procurement).count("conflict_cleared") == 1

    def test_a_declaration_that_is_sent_twice_is_one_and_another_or_one_after_a_decision_is_new(self):
        case = make_case()
        person = case.evaluators[0]
        one, again = (declare(case, person, has_conflict=True, at=LATER) for _ in range(2))
        assert one.pk == again.pk
        clear_conflict(declaration=again, measure="Deltar inte i punkt 3", by=case.decider, at=LATER)
        later = [declare(case, person, has_conflict=has_conflict, at=LATER) for has_conflict in (True, False)]
        mine = ConflictDeclaration.objects.filter(person=person)
        assert mine.count() == 4, "the first without a conflict, and the three"
        assert {one.pk, *(each.pk for each in later)} < set(mine.values_list("pk", flat=True))
        rows = [
            each.subject for each in diary_documents(case.procurement.diary_case) if each.counterparty == person.name
        ]
        assert rows.count("Jävsförklaring") == 4


class TestFacts:
    def test_a_fact_happens_once_and_stands(self):
        case = make_case()
        record_fact(procurement=case.procurement, kind=Kind.PUBLISHED, by=case.officer, at=START)
        with pytest.raises(RefusedError):
            record_fact(procurement=case.procurement, kind=Kind.PUBLISHED, by=case.officer, at=LATER)
        assert case.procurement.facts.get(kind=Kind.PUBLISHED).at == START
        assert events(case.procurement).count("procurement_published") == 1


class TestCancel:
    def test_it_ends_with_its_reason_in_the_log(self):
        case = make_case()
        cancel_procurement(procurement=case.procurement, reason="Pengarna tog slut", by=case.officer, at=LATER)
        told = LedgerBody.objects.get(event="procurement_cancelled").what
        assert json.loads(told) == {"reason": "Pengarna tog slut"}
        with pytest.raises(RefusedError):
            cancel_procurement(procurement=case.procurement, reason="Igen", by=case.officer, at=LATER)

    @pytest.mark.parametrize("reason", ["", "   "])
    def test_without_a_reason_it_is_refused(self, reason):
        case = make_case()
        with pytest.raises(RefusedError):
            cancel_procurement(procurement=case.procurement, reason=reason, by=case.officer, at=LATER)
        assert not case.procurement.facts.filter(kind=Kind.CANCELLED).exists()

    def test_after_publication_it_is_the_awards_matter(self):
        case = make_case()
        record_fact(procurement=case.procurement, kind=Kind.PUBLISHED, by=case.officer, at=START)
        with pytest.raises(RefusedError):
            cancel_procurement(procurement=case.procurement, reason="Skäl", by=case.officer, at=LATER)


def test_every_verb_leaves_one_entry():
    case = make_case()
    before = LedgerEntry.objects.count()
    describe_procurement(procurement=case.procurement, by=case.officer, at=LATER, **STATED)
    member = appoint(
        procurement=case.procurement, person=case.need_owner, role=Role.OBSERVER, by=case.officer, at=LATER
    )
    remove_member(member=member, by=case.officer, at=LATER)
    conflict = declare(case, case.evaluators[0], has_conflict=True)
    clear_conflict(declaration=conflict, measure="Ja", by=case.decider, at=LATER)
    cancel_procurement(procurement=case.procurement, reason="Slut", by=case.officer, at=LATER)
    assert LedgerEntry.objects.count() == before + 6


class TestWhatWasReadBefore:
    """A page loads a case with its team, declarations and facts; a rule asked after a verb sees what the verb did."""

    def test_no_rule_asks_the_database_about_a_case_that_was_loaded(self):
        case = make_case()
        loaded = visible_to(case.officer).get()
        with CaptureQueriesContext(connection) as captured:
            assert may_act_as(Role.OFFICER, case.officer, loaded)
            assert not has_happened(loaded, Kind.PUBLISHED)
            assert team_members(loaded)
        assert len(captured) == 0

    def test_a_declaration_opens_the_door_at_once(self):
        case = make_case(declares=False)
        loaded = visible_to(case.officer).get()
        assert not may_work(case.officer, loaded)
        declare_interests(
            procurement=loaded,
            has_conflict=False,
            description="",
            by=case.officer,
            at=START,
        )
        assert may_work(case.officer, loaded)

    def test_a_decision_on_a_conflict_opens_it_too(self):
        case = make_case()
        declare(case, case.evaluators[0], has_conflict=True)
        declaration = declarations_visible_to(case.decider).get(has_conflict=True)
        assert not may_work(case.evaluators[0], declaration.procurement)
        clear_conflict(declaration=declaration, measure="Jävig avstår", by=case.decider, at=LATER)
        assert may_work(case.evaluators[0], declaration.procurement)

    def test_who_is_appointed_or_removed_is_in_or_out_at_once(self):
        case = make_case()
        newcomer = make_person(organisation=case.buyer)
        loaded = visible_to(case.officer).get()
        assert not may_see(newcomer, loaded)
        member = appoint(procurement=loaded, person=newcomer, role=Role.OBSERVER, by=case.officer, at=LATER)
        assert may_see(newcomer, loaded)
        member = members_visible_to(case.officer).get(pk=member.pk)
        assert may_see(newcomer, member.procurement)
        remove_member(member=member, by=case.officer, at=LATER)
        assert not may_see(newcomer, member.procurement)

    def test_a_fact_has_happened_at_once(self):
        case = make_case()
        loaded = visible_to(case.officer).get()
        assert not has_happened(loaded, Kind.CANCELLED)
        cancel_procurement(procurement=loaded, reason="Slut", by=case.officer, at=LATER)
        assert has_happened(loaded, Kind.CANCELLED)
        assert not may_act_as(Role.OFFICER, case.officer, loaded)


def fresh(case) -> Procurement:
    return Procurement.objects.get(pk=case.procurement.pk)


class TestLeaving:
    """Who belongs to the buyer no longer is on none of its teams, and somebody always answers for a procurement."""

    LATER = START + timedelta(days=40)

    @staticmethod
    def leave(person, by, at=LATER):
        for membership in person.memberships.filter(until_on=None):
            end_membership(membership=membership, by=by, at=at)

    def test_who_has_left_reads_nothing_more(self):
        case = make_case()
        evaluator = case.evaluators[0]
        assert may_work(evaluator, fresh(case))
        self.leave(evaluator, evaluator)
        assert not may_work(evaluator, fresh(case))
        assert not visible_to(evaluator).exists()
        told = LedgerBody.objects.get(event="team_member_removed")
        assert (told.case, told.by) == (case.procurement.pk, evaluator.pk)

    def test_who_keeps_another_role_there_stays(self):
        case = make_case()
        person = case.evaluators[0]
        admin = make_person("Admin", organisation=case.buyer, role=Membership.Role.ADMINISTRATOR)
        grant_membership(person=person, organisation=case.buyer, role=Membership.Role.NEED_OWNER, by=admin, at=START)
        end_membership(
            membership=person.memberships.exclude(role=Membership.Role.NEED_OWNER).get(), by=admin, at=self.LATER
        )
        assert may_work(person, fresh(case))

    def test_an_administrator_steps_in_for_the_last_officer(self):
        case = make_case()
        admin = make_person("Admin", organisation=case.buyer, role=Membership.Role.ADMINISTRATOR)
        self.leave(case.officer, admin)
        assert team_roles(admin, fresh(case)) == {Role.OFFICER}
        assert team_roles(case.officer, fresh(case)) == frozenset()

    def test_who_decides_does_not_step_in(self):
        case = make_case()
        for person in (case.decider, make_person("Zara", organisation=case.buyer)):
            membership = person.memberships.get()
            Membership.objects.filter(pk=membership.pk).update(role=Membership.Role.ADMINISTRATOR)
        self.leave(case.officer, case.decider)
        assert team_roles(case.decider, fresh(case)) == {Role.DECIDER}
        officers = fresh(case).team.filter(role=Role.OFFICER, removed_at=None)
        assert [each.person.name for each in officers] == ["Zara"]

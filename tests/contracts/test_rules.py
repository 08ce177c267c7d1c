"""Who may do what with a contract, how long it runs, and what its ceiling still holds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from rodatraden.contracts import rules
from rodatraden.contracts.actions import cancel_call_off, extend, report_delivered_hours
from rodatraden.contracts.models import Contract
from rodatraden.contracts.queries import visible_to
from rodatraden.core.calendars import Kind as RuleKind
from rodatraden.parties.models import Membership
from rodatraden.procurements.actions import appoint, clear_conflict, remove_member
from rodatraden.procurements.models import ConflictDeclaration, TeamMember
from rodatraden.tenders.models import Requirement
from tests.contracts.conftest import SENT, SIGNED_ON
from tests.factories.awards import make_awarded
from tests.factories.bids import make_bidder
from tests.factories.contracts import draw_up, fresh, noon, order, supplier_person
from tests.factories.parties import make_buyer, make_person
from tests.factories.procurements import declare

pytestmark = pytest.mark.django_db

Role = TeamMember.Role
When = Requirement.When
AT = noon(SIGNED_ON)
PEOPLE = (
    "officer",
    "need_owner",
    "decider",
    "contract_manager",
    "opener",
    "evaluator",
    "supplier",
    "loser",
    "outsider",
)

LATECOMERS = ("observer", "need_owner", "contract_manager", "opener")
SEEN = {"appointed": False, "declared": True, "conflicted": False, "cleared": True, "removed": False}


@pytest.fixture(scope="module")
def awarded(shared_rows):
    return make_awarded(notified_at=SENT)


def person(world, name):
    """Return the person by role: of the team, of the supplier that won or of one that lost, or of neither."""
    case = world.case
    match name:
        case "opener":
            return case.openers[0]
        case "evaluator":
            return case.evaluators[0]
        case "supplier":
            return world.bids[0].submission.submitted_by
        case "loser":
            return world.bids[3].submission.submitted_by
        case "outsider":
            return make_person("Outsider", organisation=make_buyer("Annat förbund"))
        case _:
            return getattr(case, name)


def order_of(contract, **changed):
    wanted = {
        "description": "Stöd",
        "place": "digital",
        "platform": "Teams",
        "starts_on": SIGNED_ON,
        "ends_on": SIGNED_ON,
        "hours": Decimal(1),
    }
    return rules.may_order(contract, SIGNED_ON, **wanted | changed)


class TestPermissions:
    """Verb × role × state: who is let through is listed, everybody else is refused with a reason."""

    @pytest.mark.parametrize("name", PEOPLE)
    def test_drawing_up_and_signing(self, awarded, db, name):
        world = awarded
        who = person(world, name)
        assert bool(rules.may_draw_up(who, world.procurement)) is (name == "officer")
        contract = draw_up(world, at=SENT)
        assert not rules.may_draw_up(who, world.procurement)
        assert bool(rules.may_register_signature(who, contract)) is (name == "officer")
        for answer in (
            rules.may_direct(who, contract),
            rules.may_call_off(who, contract, AT),
            rules.may_deliver(who, contract, AT),
            rules.may_extend(who, contract, AT),
        ):
            assert not answer
            assert answer.reason

    @pytest.mark.parametrize(
        ("verb", "allowed"),
        [
            ("see", set(PEOPLE) - {"loser", "outsider"}),
            ("register_signature", set()),
            ("call_off", {"decider"}),
            ("cancel", {"decider"}),
            ("extend", {"decider"}),
            ("deliver", {"decider", "contract_manager", "supplier"}),
            ("report", {"decider", "contract_manager", "supplier"}),
        ],
    )
    @pytest.mark.parametrize("name", PEOPLE)
    def test_while_the_contract_runs(self, world, contract, verb, allowed, name):
        made = order(world, contract)
        contract = fresh(contract)
        made.contract = contract
        who = person(world, name)
        answer = {
            "see": lambda: rules.may_see(who, contract, AT),
            "register_signature": lambda: rules.may_register_signature(who, contract),
            "call_off": lambda: rules.may_call_off(who, contract, AT),
            "cancel": lambda: rules.may_cancel(who, made),
            "extend": lambda: rules.may_extend(who, contract, AT),
            "deliver": lambda: rules.may_deliver(who, contract, AT),
            "report": lambda: rules.may_report(who, made, AT),
        }[verb]()
        assert bool(answer) is (name in allowed)
        assert answer or answer.reason

    def test_after_the_agreed_term(self, world, contract):
        after = noon(date(2027, 7, 1))
        case = world.case
        assert not rules.may_call_off(case.decider, contract, after)
        assert not rules.may_extend(case.decider, contract, after)
        assert rules.may_deliver(supplier_person(contract), contract, after), "what was ordered is still delivered"

    def test_a_cancelled_and_a_delivered_order(self, world, contract):
        made = order(world, contract, hours=10)
        done = report_delivered_hours(
            order=order(world, contract, hours=5), delivered_hours=Decimal(5), by=world.case.decider, at=AT
        )
        assert "nothing to cancel" in str(rules.may_cancel(world.case.decider, done).reason)
        gone = cancel_call_off(order=made, reason="x", by=world.case.decider, at=AT)
        assert "cancelled already" in str(rules.may_cancel(world.case.decider, gone).reason)
        assert "has been cancelled" in str(rules.may_report(supplier_person(contract), gone, AT).reason)

    @pytest.mark.both_engines
    @pytest.mark.parametrize("name", [*PEOPLE, "undeclared", "conflicted", "removed", "left the supplier"])
    def test_who_sees_a_contract_finds_it_in_the_list(self, world, contract, name):
        """One rule, two uses: `may_see` and `visible_to` agree for everybody (INV-15)."""
        case = world.case
        match name:
            case "undeclared":
                who = make_person("New", organisation=case.buyer)
                appoint(procurement=world.procurement, person=who, role=Role.OBSERVER, by=case.officer, at=AT)
            case "conflicted":
                who = case.evaluators[0]
                declare(case, who, at=AT, has_conflict=True)
            case "removed":
                who = case.evaluators[0]
                remove_member(member=case.procurement.team.get(person=who), by=case.officer, at=AT)
            case "left the supplier":
                who = supplier_person(contract)
                Membership.objects.filter(person=who).update(until_on=SIGNED_ON)
            case _:
                who = person(world, name)
        seen = bool(rules.may_see(who, fresh(contract), AT))
        assert list(visible_to(who, AT)) == ([contract] if seen else [])
        assert seen is (name in set(PEOPLE) - {"loser", "outsider"})

    @pytest.mark.both_engines
    @pytest.mark.parametrize("state", SEEN)
    @pytest.mark.parametrize("name", LATECOMERS)
    def test_who_joins_when_the_bids_are_opened_sees_it_by_one_declaration(self, world, contract, state, name):
        """Role × state: `may_work` asks for the declaration that is due now, not for one from before the opening."""
        case, who = world.case, make_person("New", organisation=world.case.buyer)
        appoint(procurement=world.procurement, person=who, role=Role(name), by=case.officer, at=AT)
        if state != "appointed":
            declaration = declare(case, who, at=AT, has_conflict=state in {"conflicted", "cleared"})
            if state == "cleared":
                clear_conflict(declaration=declaration, measure="Deltar inte i uppföljningen", by=case.decider, at=AT)
        if state == "removed":
            remove_member(member=case.procurement.team.get(person=who), by=case.officer, at=AT)
        assert bool(rules.may_see(who, fresh(contract), AT)) is SEEN[state]
        assert visible_to(who, AT).exists() is SEEN[state]
        asked_for = {each.moment for each in who.conflict_declarations.all()}
        assert asked_for == (set() if state == "appointed" else {"after_opening"})

    @pytest.mark.both_engines
    @pytest.mark.parametrize("name", sorted(set(PEOPLE) - {"supplier", "loser", "outsider"}))
    def test_who_declared_only_before_the_opening_does_not_see_it(self, world, contract, name):
        who = person(world, name)
        ConflictDeclaration.objects.filter(person=who, moment="after_opening").delete()
        answer = rules.may_see(who, fresh(contract), AT)
        assert (bool(answer), visible_to(who, AT).exists()) == (False, False)
        assert answer.mend == reverse("procurements:declare", args=[world.procurement.pk])

    @pytest.mark.both_engines
    def test_a_colleague_of_the_supplier_who_does_not_bid_sees_nothing(self, contract):
        who = make_person("Colleague", organisation=contract.supplier, role=Membership.Role.EMPLOYEE)
        assert not visible_to(who, AT).exists()
        assert list(visible_to(make_bidder("Ny", supplier=contract.supplier), AT)) == [contract]


class TestTerm:
    def test_nothing_runs_before_both_have_signed(self, awarded, db):
        contract = draw_up(awarded, at=SENT)
        found = (rules.signed_on(contract), rules.term_of(contract), rules.period_of(contract, 1))
        assert found == (None, None, None)
        assert rules.year_of(contract, SIGNED_ON) is None
        assert rules.year_committed(contract, SIGNED_ON) == 0
        assert not order_of(contract)

    def test_contract_years_are_counted_from_the_signing_whatever_the_periods(self, contract):
        Contract.objects.filter(pk=contract.pk).update(periods=3, period_months=18)
        contract = fresh(contract)
        assert rules.term_of(contract) == (SIGNED_ON, date(2027, 12, 31))
        years = [rules.year_of(contract, date(year, 12, 31)) for year in (2026, 2027, 2030, 2031)]
        assert years == [
            (date(2026, 7, 1), date(2027, 6, 30)),
            (date(2027, 7, 1), date(2028, 6, 30)),
            (date(2030, 7, 1), date(2031, 6, 30)),
            None,
        ]

    @pytest.mark.parametrize(
        ("starts", "ends", "allowed"),
        [(0, 0, True), (0, 364, True), (364, 364, True), (-1, 0, False), (0, 365, False), (2, 1, False)],
    )
    def test_both_ends_of_an_order_lie_within(self, contract, starts, ends, allowed):
        first, last = (SIGNED_ON + timedelta(days=days) for days in (starts, ends))
        assert bool(order_of(contract, starts_on=first, ends_on=last)) is allowed


class TestFollowUpDays:
    @pytest.mark.parametrize(
        ("when", "months", "days"),
        [
            ("", None, ()),
            (When.AT_AWARD, None, (SIGNED_ON,)),
            (When.AFTER_MONTHS, None, ()),
            (When.AFTER_MONTHS, 12, (date(2027, 6, 30),)),
            (When.AFTER_MONTHS, 13, ()),
            (When.HALF_YEARLY, None, (date(2026, 12, 30), date(2027, 6, 30))),
            (When.YEARLY, None, (date(2027, 6, 30),)),
        ],
    )
    def test_within_what_has_been_agreed(self, contract, when, months, days):
        requirement = Requirement(follow_up_when=when, follow_up_months=months)
        assert rules.follow_up_days(contract, requirement) == days

    def test_an_option_adds_days(self, world, contract):
        extend(contract=contract, reason="x", by=world.case.decider, at=noon(date(2027, 3, 16)))
        days = rules.follow_up_days(fresh(contract), Requirement(follow_up_when=When.YEARLY))
        assert days == (date(2027, 6, 30), date(2028, 6, 30))


class TestCeiling:
    @pytest.mark.parametrize(
        ("hours", "level"),
        [
            ("699.99", None),
            ("700", RuleKind.CEILING_NOTICE),
            ("849.99", RuleKind.CEILING_NOTICE),
            ("850", RuleKind.CEILING_WARNING),
            ("949.99", RuleKind.CEILING_WARNING),
            ("950", RuleKind.CEILING_ALARM),
            ("1000", RuleKind.CEILING_ALARM),
        ],
    )
    def test_a_warning_is_reached_at_its_share(self, world, contract, hours, level):
        Contract.objects.filter(pk=contract.pk).update(ceiling=1000 * contract.price)
        order(world, contract, hours=hours)
        ceiling = rules.ceiling_of(fresh(contract), SIGNED_ON)
        assert (ceiling.level, ceiling.share) == (level, Decimal(hours) / 1000)

    def test_inv_24_the_ceiling_refuses_and_the_frame_never_does(self, world, contract):
        assert rules.holds(contract, Decimal(1000), SIGNED_ON), "far over the frame of 750 000 kr"
        order(world, contract, hours=1000)
        assert rules.year_committed(fresh(contract), SIGNED_ON) == 1_140_000
        assert not rules.holds(fresh(contract), Decimal(2000), SIGNED_ON)

    def test_an_order_counts_in_the_contract_year_in_which_it_begins(self, world, contract):
        order(world, contract, hours=10, starts_on=date(2027, 6, 30))
        extend(contract=contract, reason="x", by=world.case.decider, at=noon(date(2027, 3, 16)))
        order(world, contract, hours=7, starts_on=date(2027, 7, 1))
        contract = fresh(contract)
        committed = [rules.year_committed(contract, on) for on in (SIGNED_ON, date(2027, 6, 30), date(2027, 7, 1))]
        assert committed == [11_400, 11_400, 7_980]

    def test_today_is_the_day_of_the_country(self, contract):
        assert rules.today(contract, datetime(2026, 6, 30, 22, 30, tzinfo=UTC)) == date(2026, 7, 1)

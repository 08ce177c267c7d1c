"""Who follows up, records, blames and mends."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from rodatraden.followup import queries, rules
from rodatraden.followup.actions import open_deviation, record_result
from rodatraden.followup.models import Check
from rodatraden.tenders.models import Requirement
from tests.factories.contracts import supplier_person
from tests.factories.parties import make_buyer, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]  # the list and the rule agree

AT = datetime(2026, 9, 30, 9, 0, tzinfo=UTC)
PEOPLE = ("officer", "need_owner", "decider", "contract_manager", "evaluator", "supplier", "loser", "outsider")
TEAM = {"officer", "need_owner", "decider", "contract_manager", "evaluator"}


def person(world, name):
    match name:
        case "evaluator":
            return world.case.evaluators[0]
        case "supplier":
            return world.bids[0].submission.submitted_by
        case "loser":
            return world.bids[3].submission.submitted_by
        case "outsider":
            return make_person("Outsider", organisation=make_buyer("Annat"))
        case _:
            return getattr(world.case, name)


@pytest.fixture
def found(world, contract):
    check = queries.visible_to(world.case.contract_manager).filter(term__requirement__kind="term")[0]
    return record_result(
        check=check,
        verdict="partly",
        level_reached="80 %",
        evidence="Hinderloggen",
        by=world.case.contract_manager,
        at=AT,
    )


def deviation_of(world, found, acts_by="supplier"):
    Requirement.objects.filter(pk=found.check_of.term.requirement_id).update(acts_by=acts_by)
    found.check_of.term.requirement.refresh_from_db()
    return open_deviation(
        result=found,
        description="Två hinder utan mottagare",
        acts_by=acts_by,
        owner=world.case.officer,
        due_on=date(2026, 10, 30),
        by=world.case.contract_manager,
        at=AT,
    )


@pytest.mark.parametrize("name", PEOPLE)
def test_verb_by_role(world, found, name):
    who, deviation = person(world, name), deviation_of(world, found)
    assert bool(rules.may_record(who, found.check_of)) is (name == "contract_manager")
    assert bool(rules.may_open_deviation(who, found)) is (name == "contract_manager")
    assert bool(rules.may_close(who, deviation)) is (name in {"officer", "contract_manager"})
    assert bool(rules.may_see_deviation(who, deviation, AT)) is (name in TEAM | {"supplier"})


@pytest.mark.parametrize("acts_by", ["supplier", "buyer", "both"])
@pytest.mark.parametrize("name", PEOPLE)
def test_the_list_shows_the_deviations_that_the_rule_allows(world, found, name, acts_by):
    who, deviation = person(world, name), deviation_of(world, found, acts_by)
    seen = bool(rules.may_see_deviation(who, deviation, AT))
    assert list(queries.deviations_visible_to(who, AT)) == ([deviation] if seen else [])
    assert seen is (name in TEAM or (name == "supplier" and acts_by != "buyer"))


@pytest.mark.parametrize("name", PEOPLE)
def test_the_suppliers_people_never_see_the_checks(world, contract, name):
    who = person(world, name)
    n_checks = Check.objects.filter(contract=contract).count()
    assert queries.visible_to(who).count() == (n_checks if name in TEAM else 0)
    assert bool(rules.may_follow_up(who, contract)) is (name in TEAM)
    assert n_checks > 0
    assert supplier_person(contract) == person(world, "supplier")


@pytest.mark.parametrize(
    ("asked", "blamed", "allowed"),
    [
        ("buyer", "supplier", False),
        ("buyer", "both", False),
        ("buyer", "buyer", True),
        ("supplier", "supplier", True),
        ("supplier", "buyer", False),
        ("both", "supplier", True),
        ("both", "both", True),
        ("", "supplier", True),
        ("", "buyer", False),
        ("both", "", False),
    ],
)
def test_what_the_buyer_must_do_is_never_the_suppliers_deviation(asked, blamed, allowed):
    assert bool(rules.may_blame(Requirement(acts_by=asked), blamed)) is allowed

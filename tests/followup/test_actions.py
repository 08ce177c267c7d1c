"""From the signed contract to what a promise meant for the need."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from rodatraden.core.answer import RefusedError
from rodatraden.followup.actions import close_deviation, link_to_need, open_deviation, record_result
from rodatraden.followup.models import Check, CheckResult
from rodatraden.tenders.models import Requirement
from tests.factories.contracts import make_contract
from tests.factories.diary import filed

pytestmark = pytest.mark.django_db

SENT = datetime(2026, 6, 9, 8, 0, tzinfo=UTC)


def test_checks_are_planned_within_the_first_period_for_their_named_person():
    world, contract = make_contract(notified_at=SENT, on=date(2026, 7, 1))
    term = contract.terms.get(requirement__kind=Requirement.Kind.TERM)
    planned = Check.objects.filter(term=term).order_by("number")
    assert [(c.due_on, c.responsible) for c in planned] == [
        (date(2026, 9, 30), world.case.contract_manager),
        (date(2026, 12, 30), world.case.contract_manager),
        (date(2027, 3, 31), world.case.contract_manager),
        (date(2027, 6, 30), world.case.contract_manager),
    ]


def test_a_result_reaches_the_need_and_a_deviation_has_owner_and_date():
    world, contract = make_contract(notified_at=SENT, on=date(2026, 7, 1))
    manager = world.case.contract_manager
    at = datetime(2026, 9, 30, 9, 0, tzinfo=UTC)
    term = contract.terms.get(requirement__kind=Requirement.Kind.TERM)
    check = Check.objects.filter(term=term).order_by("number")[0]
    result = record_result(
        check=check,
        verdict=CheckResult.Verdict.PARTLY,
        level_reached="80 % inom 10 arbetsdagar",
        evidence="Hinderloggen, 30 september",
        by=manager,
        at=at,
    )
    deviation = open_deviation(
        result=result,
        description="Två hinder utan mottagare",
        acts_by=Requirement.ActsBy.SUPPLIER,
        owner=manager,
        due_on=date(2026, 10, 30),
        by=manager,
        at=at,
    )
    need = term.requirement.needs.get()
    linked = link_to_need(result=result, need=need, text="Fler hinder når rätt nivå.", by=manager, at=at)
    assert (deviation.owner, deviation.due_on, linked.need) == (manager, date(2026, 10, 30), need)
    close_deviation(deviation=deviation, measure="Mottagare utsedd", by=manager, at=at)
    about = str(term.requirement)
    direction, counterparty, text = filed(world.procurement, f"Uppföljning av {about}")
    assert (direction, counterparty) == ("drawn_up", contract.supplier.name)
    assert all(said in text for said in ("Delvis", "80 % inom 10 arbetsdagar", "Hinderloggen, 30 september"))
    assert "Två hinder utan mottagare" in filed(world.procurement, f"Avvikelse från {about}")[2]
    assert "Mottagare utsedd" in filed(world.procurement, f"Avvikelse åtgärdad, {about}")[2]


def test_what_the_buyer_must_do_is_never_the_suppliers_deviation():
    world, contract = make_contract(notified_at=SENT, on=date(2026, 7, 1))
    manager = world.case.contract_manager
    at = datetime(2026, 9, 30, 9, 0, tzinfo=UTC)
    term = contract.terms.get(requirement__kind=Requirement.Kind.TERM)
    Requirement.objects.filter(pk=term.requirement_id).update(acts_by=Requirement.ActsBy.BUYER)
    check = Check.objects.select_related("term__requirement").filter(term=term).order_by("number")[0]
    result = record_result(
        check=check, verdict="not_met", level_reached="Ingen logg", evidence="Loggen saknas", by=manager, at=at
    )
    with pytest.raises(RefusedError, match="must act for this term"):
        open_deviation(
            result=result,
            description="Loggen saknas",
            acts_by=Requirement.ActsBy.SUPPLIER,
            owner=manager,
            due_on=date(2026, 10, 30),
            by=manager,
            at=at,
        )

"""Decided procurements lend their bids to the stress test of a later one: to whom, which, and without names."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rodatraden.awards.actions import cancel_published
from rodatraden.core.evaluation import Price, PriceUnit
from rodatraden.core.evaluation.stress import Made
from rodatraden.evaluation.models import FrozenOutcome
from rodatraden.procurements.actions import appoint
from rodatraden.procurements.models import Procurement, TeamMember
from rodatraden.records.models import DiaryCase
from rodatraden.tenders.queries import earlier_tenders
from rodatraden.tenders.rules.model import model_of
from tests.factories.awards import award
from tests.factories.evaluation import SUPPLIERS, make_outcome
from tests.factories.procurements import declare, make_case
from tests.factories.tenders import make_tender
from tests.tenders.pages import url

pytestmark = pytest.mark.django_db
ASKED = {"market": "earlier", "tenders": "400", "seed": "7", "price_level": "110"}


def make_next(world, *, buyer=None):
    """A later procurement with its documents, where the officer of the decided one works too."""
    case = make_case(buyer=buyer or world.case.buyer)
    tender = make_tender(case)
    if buyer is None:
        appoint(
            procurement=case.procurement,
            person=world.case.officer,
            role=TeamMember.Role.OFFICER,
            by=case.officer,
            at=case.procurement.created_at,
        )
        declare(case, world.case.officer)
    return case, tender


def offered(tender, person):
    return earlier_tenders(tender, model_of(tender), person)


def test_bids_of_a_decided_procurement_are_lent_without_names():
    world = make_outcome(failing=(4,))
    case, tender = make_next(world)
    assert offered(tender, world.case.officer) == []
    award(world)
    (market,) = offered(tender, world.case.officer)
    assert (market.procurement, market.title) == (world.case.procurement.pk, "Processcoachning")
    assert market.decided_at == world.opened_at + timedelta(days=4)
    assert market.bids == tuple(
        Made(Decimal(price), tuple(Decimal(points * 10) for points in scores))
        for price, scores in ((960, (8, 6)), (1000, (7, 8)), (1140, (9, 8)))
    )
    assert not any(name in repr(market) for name in SUPPLIERS)
    assert offered(tender, case.officer) == [], "is not in the team of the decided one"
    assert offered(world.fresh_tender(), world.case.officer) == [], "its own bids are no market"


def test_bids_below_the_gate_are_part_of_the_market():
    world = make_outcome()
    award(world)
    _case, tender = make_next(world)
    assert [bid.price for bid in offered(tender, world.case.officer)[0].bids] == [790, 960, 1000, 1140]


def test_another_buyer_lends_nothing():
    world = make_outcome()
    award(world)
    other = make_case()
    assert other.buyer != world.case.buyer
    tender = make_tender(other)
    assert offered(tender, world.case.officer) == []


def test_what_was_cancelled_after_the_decision_lends_nothing():
    world = make_outcome()
    award(world)
    cancel_published(
        tender=world.fresh_tender(),
        reason="Medlen räcker inte.",
        delegation="Delegationsordningen punkt 4.2",
        by=world.case.decider,
        at=world.opened_at + timedelta(days=5),
    )
    _case, tender = make_next(world)
    assert offered(tender, world.case.officer) == []


def test_a_price_for_something_else_is_no_market():
    world = make_outcome()
    award(world)
    _case, tender = make_next(world)
    model = model_of(tender)
    for price in (Price(unit=PriceUnit.TOTAL), Price(unit=PriceUnit.HOUR, currency="EUR")):
        assert earlier_tenders(tender, replace(model, price=price), world.case.officer) == []


def again(world):
    """Copy the decided procurement with all that its outcome is offered by."""

    def anew(row, **changes):
        made = copy(row)
        made._state = copy(row._state)
        made._state.adding = True
        made.pk = uuid4()
        for name, value in changes.items():
            setattr(made, name, value)
        made.save(force_insert=True)
        return made

    first = Procurement.objects.get(pk=world.case.procurement.pk)
    diary = anew(first.diary_case, serial=DiaryCase.objects.count() + 100)
    procurement = anew(first, diary_case=diary)
    for rows in (first.facts, first.team, first.conflict_declarations):
        for row in rows.all():
            anew(row, procurement=procurement)
    anew(FrozenOutcome.objects.get(tender=world.tender), tender=anew(world.fresh_tender(), procurement=procurement))


def test_thirty_earlier_procurements_take_as_many_queries_as_one(client):
    world = make_outcome()
    award(world)
    case, tender = make_next(world)
    client.force_login(world.case.officer)
    page = url("stress", case.procurement.pk)
    counted = []
    for copies in (0, 29):
        for _ in range(copies):
            again(world)
        client.get(page)
        with CaptureQueriesContext(connection) as queries:
            client.get(page)
        counted.append((len(offered(tender, world.case.officer)), len(queries)))
    assert ([n for n, _ in counted], counted[0][1]) == ([1, 30], counted[1][1])


def test_the_page_runs_the_test_on_what_is_ticked_and_says_so(client):
    world = make_outcome()
    award(world)
    case, _tender = make_next(world)
    page = url("stress", case.procurement.pk)
    ticked = ASKED | {"earlier": str(world.case.procurement.pk)}
    client.force_login(world.case.officer)
    shown = client.get(page, ticked).content.decode()
    for told in ("en tidigare upphandling", "110 % av vad de var", "Processcoachning", "4 anbud", "vinstkarta-titel"):
        assert told in shown
    assert not any(name in shown for name in SUPPLIERS)
    client.force_login(case.officer)
    refused = client.get(page, ticked)
    assert (refused.status_code, "vinstkarta-titel" in refused.content.decode()) == (422, False)

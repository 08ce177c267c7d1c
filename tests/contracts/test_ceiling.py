"""INV-24 as a property: whatever is done in whatever order, the ceiling and the agreed term hold."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from rodatraden.contracts.actions import call_off, cancel_call_off, extend, report_delivered_hours
from rodatraden.contracts.models import CallOff, Contract
from rodatraden.contracts.rules import ceiling_of, term_of
from rodatraden.core.answer import RefusedError
from tests.contracts.conftest import SIGNED_ON
from tests.factories.contracts import Place, fresh, noon

CEILING_HOURS = 20
HOURS = st.sampled_from([Decimal(text) for text in ("13.37", "10", "0.01", "0", "-1", "20.01", "1000")])
PARTS = st.sampled_from([Decimal(text) for text in ("1", "0.5", "0", "-0.1", "1.1")])
"""How much of an order: all, half, nothing, and what can't be."""


class Orders(RuleBasedStateMachine):
    """The director orders, cancels and extends, the contract manager reports, and time goes on."""

    case: ClassVar
    contract: ClassVar
    made = Bundle("made")

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        Contract.objects.filter(pk=self.contract.pk).update(ceiling=CEILING_HOURS * self.contract.price)
        self.today = SIGNED_ON

    def teardown(self):
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @rule(target=made, hours=HOURS, first=st.sampled_from([0, -1, 364, 400]), days=st.sampled_from([0, 30, -1]))
    def order(self, hours, first, days):
        return self._order(hours, first, days)

    @rule(target=made)
    def order_all_that_is_left(self):
        return self._order(ceiling_of(fresh(self.contract), SIGNED_ON).left / self.contract.price, 0, 0)

    @rule(order=made, part=PARTS)
    def report(self, order, part):
        with suppress(RefusedError):
            report_delivered_hours(
                order=order, delivered_hours=part * order.hours, by=self.case.contract_manager, at=noon(self.today)
            )

    @rule(order=made, part=st.none() | PARTS)
    def cancel(self, order, part):
        hours = None if part is None else part * order.hours
        with suppress(RefusedError):
            cancel_call_off(order=order, reason="x", delivered_hours=hours, by=self.case.decider, at=noon(self.today))

    @rule(days=st.sampled_from([1, 200]))
    def wait_and_extend(self, days):
        self.today += timedelta(days=days)
        with suppress(RefusedError):
            extend(contract=self.contract, reason="x", by=self.case.decider, at=noon(self.today))

    def _order(self, hours, first, days):
        starts_on = SIGNED_ON + timedelta(days=first)
        with suppress(RefusedError):
            return call_off(
                contract=self.contract,
                description="Stöd",
                place=Place.ON_SITE,
                location="Karlskrona",
                starts_on=starts_on,
                ends_on=starts_on + timedelta(days=days),
                hours=hours,
                by=self.case.decider,
                at=noon(self.today),
            )
        return multiple()

    @invariant()
    def holds(self):
        contract = fresh(self.contract)
        orders = list(CallOff.objects.filter(contract=contract))
        bound = sum((o.hours if o.cancelled_at is None else o.delivered_hours or 0) for o in orders)
        assert ceiling_of(contract, SIGNED_ON).committed == bound * contract.price
        assert bound <= CEILING_HOURS
        first, last = term_of(contract)
        assert all(first <= order.starts_on <= order.ends_on <= last for order in orders)


@pytest.mark.django_db
@pytest.mark.one_engine  # the order of verbs is in question; each of them is asked of both engines in test_actions_*
def test_inv_24_no_sequence_of_verbs_passes_the_ceiling_or_leaves_the_term(world, contract):
    machine = type("OrdersOfThisContract", (Orders,), {"case": world.case, "contract": contract})
    run_state_machine_as_test(machine, settings=settings(max_examples=12, stateful_step_count=15, deadline=None))

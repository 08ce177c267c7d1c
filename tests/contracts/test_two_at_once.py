"""Two people at once, each with a connection of their own: one order comes after the other (INV-24)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from rodatraden.contracts.actions import extend
from rodatraden.contracts.models import CallOff, Contract, Extension
from rodatraden.contracts.rules import ceiling_of
from rodatraden.core.answer import RefusedError
from tests.contracts.conftest import SENT, SIGNED_ON
from tests.factories.contracts import fresh, make_contract, noon, order

pytestmark = pytest.mark.usefixtures("fresh_database")


def both(verb):
    """Let two threads begin `verb` at the same time; return what each got, an error among it."""
    together = Barrier(2)

    def one(_):
        together.wait()
        try:
            return verb()
        except RefusedError as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, range(2)))


def test_inv_24_two_orders_at_once_never_pass_the_ceiling():
    world, contract = make_contract(notified_at=SENT, on=SIGNED_ON)
    Contract.objects.filter(pk=contract.pk).update(ceiling=100 * contract.price)
    for hours in (40, 30, 20):
        both(lambda hours=hours: order(world, contract, hours=hours))
        assert ceiling_of(fresh(contract), SIGNED_ON).left >= 0
    made = CallOff.objects.order_by("number")
    assert [(order.number, order.hours) for order in made] == [(1, 40), (2, 40), (3, 20)]


def test_two_decisions_at_once_take_up_one_option():
    world, contract = make_contract(notified_at=SENT, on=SIGNED_ON)
    at = noon(SIGNED_ON)
    got = both(lambda: extend(contract=contract, reason="Målen nås.", by=world.case.decider, at=at))
    assert sorted(type(each).__name__ for each in got) == ["Extension", "RefusedError"]
    assert Extension.objects.count() == 1

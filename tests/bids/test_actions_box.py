"""The server's own layer of what is sealed lies outside the database; closing is one-way and waits for what came in time."""

from __future__ import annotations

import stat
from datetime import timedelta

import pyrage
import pytest

from rodatraden.bids.actions import close_for_bids
from rodatraden.bids.actions.box import make_layer
from rodatraden.bids.queries import key_holders
from rodatraden.bids.queries.sealed import layer_path, layer_recipient
from rodatraden.bids.rules import SETTLING
from rodatraden.core.answer import RefusedError
from rodatraden.core.sealing.holders import Holds
from rodatraden.procurements.actions import record_fact
from rodatraden.procurements.models import StageFact
from rodatraden.records.models import LedgerBody
from rodatraden.tenders.actions import publish
from tests.factories.sealed import give_bid
from tests.factories.tenders import DEADLINE, PUBLISHED_AT, make_drafted

SECOND = timedelta(seconds=1)


def test_publishing_makes_the_servers_layers_whose_private_halves_are_files_of_their_owner(db):
    case, tender = make_drafted()
    assert key_holders(tender) is None
    publish(tender=tender, by=case.officer, at=PUBLISHED_AT)
    holders = key_holders(tender)
    for holds in Holds:
        path = layer_path(tender.pk, holds)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert layer_recipient(tender.pk, holds) == holders.layers[holds]
    assert holders.layers[Holds.BID] != holders.layers[Holds.PRICE]
    assert not LedgerBody.objects.filter(what__contains="AGE-SECRET-KEY").exists()


def test_a_key_file_that_a_rolled_back_transaction_left_is_taken_into_use(db):
    _case, tender = make_drafted()
    path = layer_path(tender.pk, Holds.PRICE)
    path.parent.mkdir(mode=0o700)
    left = pyrage.x25519.Identity.generate()
    path.write_text(f"{left}\n")
    assert make_layer(tender.pk, Holds.PRICE) == str(left.to_public())


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (DEADLINE - SECOND, "The time for bids runs until"),
        (DEADLINE, "is still being stored"),
        (DEADLINE + SETTLING - SECOND, "is still being stored"),
        (DEADLINE + timedelta(seconds=119), "is still being stored"),  # as long as a request may wait for its turn
    ],
)
def test_the_box_is_never_closed_before_what_came_in_time_is_in(tender, at, reason):
    with pytest.raises(RefusedError, match=reason):
        close_for_bids(tender=tender, by=None, at=at)
    assert not StageFact.objects.filter(kind="closed").exists()


def test_closing_twice_is_closing_once(tender):
    first = close_for_bids(tender=tender, by=None, at=DEADLINE + SETTLING)
    again = close_for_bids(tender=tender, by=None, at=DEADLINE + timedelta(days=1))
    assert (again.pk, again.at) == (first.pk, DEADLINE + SETTLING)


def test_a_cancelled_procurement_is_not_closed(case, tender):
    record_fact(procurement=case.procurement, kind=StageFact.Kind.CANCELLED, by=case.officer, at=DEADLINE)
    with pytest.raises(RefusedError, match="cancelled"):
        close_for_bids(tender=tender, by=None, at=DEADLINE + SETTLING)


def test_inv_05_after_closing_nothing_is_in_time_even_when_the_clock_is_turned_back(tender):
    close_for_bids(tender=tender, by=None, at=DEADLINE + SETTLING)
    submission = give_bid(tender, at=DEADLINE - timedelta(hours=1))
    assert submission.is_late
    assert '"box_was_closed":true' in submission.receipt
    assert '"in_time":false' in submission.receipt

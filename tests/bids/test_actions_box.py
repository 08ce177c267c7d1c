"""The key of the box lies outside the database; closing is one-way and waits for what came in time."""

from __future__ import annotations

import stat
from datetime import timedelta

import pyrage
import pytest

from rodatraden.bids.actions import close_for_bids, make_sealing_key
from rodatraden.bids.models import SealingKey
from rodatraden.bids.queries.boxed import identity_of, key_path
from rodatraden.bids.rules import SETTLING
from rodatraden.core.answer import RefusedError
from rodatraden.procurements.actions import record_fact
from rodatraden.procurements.models import StageFact
from rodatraden.records.models import LedgerBody
from rodatraden.tenders.actions import publish
from tests.factories.bids import give_written_bid
from tests.factories.procurements import make_case
from tests.factories.tenders import DEADLINE, PUBLISHED_AT, make_drafted

SECOND = timedelta(seconds=1)


def test_publishing_makes_a_key_whose_private_half_is_a_file_of_its_owner(db):
    case, tender = make_drafted()
    publish(tender=tender, by=case.officer, at=PUBLISHED_AT)
    key = SealingKey.objects.get(tender=tender)
    path = key_path(tender.pk)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    identity = pyrage.x25519.Identity.from_str(identity_of(tender.pk))
    assert str(identity.to_public()) == key.recipient
    assert path.name in {file.name for file in path.parent.iterdir()}
    event = LedgerBody.objects.get(event="sealing_key_made")
    assert (event.object_id, event.case) == (tender.pk, tender.procurement_id)
    assert "AGE-SECRET-KEY" not in event.what


def test_a_key_file_that_a_rolled_back_publication_left_is_taken_into_use(db):
    _case, tender = make_drafted()
    key_path(tender.pk).parent.mkdir(mode=0o700)
    left = pyrage.x25519.Identity.generate()
    key_path(tender.pk).write_text(f"{left}\n")
    key = make_sealing_key(tender=tender, by=None, at=DEADLINE)
    assert key.recipient == str(left.to_public())


def test_a_procurement_without_documents_has_no_key(db):
    case = make_case()
    record_fact(procurement=case.procurement, kind=StageFact.Kind.PUBLISHED, by=case.officer, at=DEADLINE)
    assert not SealingKey.objects.exists()


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
    submission = give_written_bid(tender, at=DEADLINE - timedelta(hours=1))
    assert submission.is_late
    assert '"box_was_closed":true' in submission.receipt
    assert '"in_time":false' in submission.receipt

"""A bid that was sealed by the command and changed: on its way it is refused, on the server the opening tells it.

The whole walk of an outsider, by processes and a running site alone, is in `tests/faults/test_outsider.py`.
"""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from rodatraden.bids.models import Bid, SealedPart, Submission
from rodatraden.cli import main
from tests.factories.bids import close_box, make_bidder, pdf, supplier_of
from tests.factories.keys import ring_of, unlock
from tests.factories.tenders import DEADLINE
from tests.setup.sealing import answer_all


@pytest.fixture
def bundle(client, tender, tmp_path, time_machine):
    """A sealed bid, made of nothing but what anybody fetches from the tender's pages; the clock stands before the deadline."""
    time_machine.move_to(DEADLINE - timedelta(hours=2), tick=False)
    assert ring_of(tender).keys
    form, folder, sealed = tmp_path / "anbudsmall.json", tmp_path / "anbud", tmp_path / "anbud.rtbid"
    form.write_bytes(client.get(reverse("publication:bid_form", args=[tender.pk])).content)
    assert main(["seal", str(folder), "--start", str(form)]) == 0
    holders = client.get(reverse("bids:holders", args=[tender.pk])).content
    (folder / "nyckelinnehavare.json").write_bytes(holders)
    answer_all(folder, pdf)
    assert main(["seal", str(folder), "--out", str(sealed), "--yes"]) == 0
    return sealed.read_bytes()


def sent(client, tender, data):
    bidder = make_bidder()
    client.force_login(bidder)
    file = BytesIO(data)
    file.name = "anbud.rtbid"
    given = {"bundle": file, "supplier": supplier_of(bidder).pk, "idempotency_key": "k"}
    return client.post(reverse("bids:sealed", args=[tender.pk]), given)


def turned(data: bytes) -> bytes:
    changed = bytearray(data)
    changed[len(changed) // 2] ^= 1
    return bytes(changed)


def test_a_bit_that_was_changed_on_the_way_stops_the_bid(client, tender, bundle):
    assert sent(client, tender, turned(bundle)).status_code == 422
    assert not Submission.objects.exists()


def test_a_bit_that_was_changed_on_the_server_is_told_at_the_opening(client, case, tender, bundle):
    assert sent(client, tender, bundle).status_code == 302
    part = SealedPart.objects.select_related("file").get(name="bid/parts/00000.age")
    path = Path(default_storage.path(part.file.location))
    path.write_bytes(turned(path.read_bytes()))
    close_box(tender)
    unlock(tender, *case.openers[:2], at=DEADLINE + timedelta(hours=1))
    assert Bid.objects.get().index == {"unreadable": "parts"}

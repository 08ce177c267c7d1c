"""What was sent of a bid and never handed in is thrown away, when it can be of no use to anybody."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.core.files.storage import default_storage

from rodatraden.bids import actions
from rodatraden.bids.models import SealedPart, SealedUpload
from rodatraden.bids.rules import SETTLING
from rodatraden.config import clock
from rodatraden.core.canonical import canonical_json, sha256_hex
from rodatraden.records.actions import GRACE, sweep_storage
from rodatraden.records.models import LedgerBody, StoredFile
from tests.factories.bids import close_box, make_bidder
from tests.factories.keys import ring_of, unlock
from tests.factories.sealed import give_bid, seal_bid, upload
from tests.factories.tenders import DEADLINE

BEFORE, CLOSED = DEADLINE - timedelta(hours=1), DEADLINE + SETTLING
KEPT = settings.UPLOADS_KEPT_FOR
OVER = CLOSED + KEPT


@pytest.fixture
def ring(case, tender):
    return ring_of(tender)


@pytest.fixture
def started(tender, ring):
    return upload(tender, seal_bid(tender), bidder=make_bidder("Ångrat AB"), at=BEFORE)


def discard(at) -> int:
    return actions.discard_uploads(by=None, at=at)


def test_it_goes_with_its_files_after_the_time_and_what_was_handed_in_stays(tender, started):
    given, parts = give_bid(tender), list(started.parts.values_list("file", flat=True))
    close_box(tender)
    assert discard(OVER - timedelta(seconds=1)) == 0
    assert discard(OVER) == 1
    assert SealedUpload.objects.get() == given.upload
    assert not StoredFile.objects.filter(pk__in=parts).exists()
    told = LedgerBody.objects.get(event="sealed_upload_discarded")
    assert (told.object_id, told.is_sealed, told.case) == (started.pk, True, None)
    assert discard(OVER) == 0
    assert sweep_storage(by=None, at=clock.machine_time() + 2 * GRACE) == len(parts) == 1
    for stored in StoredFile.objects.all():  # those of what was handed in among them
        assert default_storage.exists(stored.location)


def test_it_stays_while_the_box_is_open(tender, started):
    assert discard(OVER + KEPT) == 0


def test_one_that_is_sent_long_after_the_closing_is_let_alone_while_it_comes(tender, ring):
    close_box(tender)
    upload(tender, seal_bid(tender), bidder=make_bidder("Sent AB"), at=OVER)
    assert discard(OVER + timedelta(hours=1)) == 0
    assert discard(OVER + KEPT) == 1


def test_what_had_come_whole_is_never_thrown_away(case, tender, ring, started):
    """It came in time, and our own crash withheld its receipt."""
    SealedUpload.objects.filter(pk=started.pk).update(arrived_at=BEFORE, arrived_sha256="0" * 64)
    give_bid(tender)
    close_box(tender)
    unlock(tender, *case.openers[:2], at=OVER)
    assert discard(OVER + 12 * KEPT) == 0
    assert started.parts.count() == 1


def test_the_log_tells_when_it_was_begun_and_what_it_was_made_of(tender, started):
    hashes = dict(started.parts.values_list("name", "file__sha256"))
    close_box(tender)
    discard(OVER)
    told = json.loads(LedgerBody.objects.get(event="sealed_upload_discarded").what)
    assert told["parts"] == sha256_hex(canonical_json(hashes))
    assert datetime.fromisoformat(told["started_at"]) == BEFORE


def test_a_part_that_was_sent_anew_leaves_neither_row_nor_file_behind(
    tender, started, django_capture_on_commit_callbacks
):
    part = SealedPart.objects.select_related("file").filter(upload=started).first()
    by = started.started_by
    with django_capture_on_commit_callbacks(execute=True):
        actions.store_part(upload=started, name=part.name, chunks=[b"x"], by=by, at=BEFORE)
    assert not StoredFile.objects.filter(pk=part.file_id).exists()
    assert not default_storage.exists(part.file.location)
    assert SealedPart.objects.get(pk=part.pk).file.size == 1

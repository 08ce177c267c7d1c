"""Throw away what suppliers sent of bids that they never handed in, some time after it can be of any use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from rodatraden.bids.models import SealedPart, SealedUpload
from rodatraden.bids.rules import Kind
from rodatraden.core.canonical import canonical_json, sha256_hex
from rodatraden.procurements.models import StageFact
from rodatraden.records.actions import drop_files, record_event

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.parties.models import Person


def discard_uploads(*, by: Person | None, at: datetime) -> int:
    """Throw away the sealed parts of bids that were never handed in, `UPLOADS_KEPT_FOR` after the closing; return how many bids.

    Nobody could ever open them: the wraps name a bid that no manifest hands in. What had come whole while the box was open
    is never thrown away: it came in time, and our own crash withheld its receipt, so it is for people to say what it is.
    """
    kept_from = at - settings.UPLOADS_KEPT_FOR
    over = StageFact.objects.filter(at__lte=kept_from, kind__in=[Kind.CLOSED, Kind.OPENED, Kind.CANCELLED])
    useless = SealedUpload.objects.filter(
        tender__procurement__in=over.values("procurement"),
        arrived_at=None,
        submission=None,
        started_at__lte=kept_from,  # one that is sent too late now is kept as late when it is handed in
    )
    return sum(discard(upload, by=by, at=at) for upload in useless)


def discard(upload: SealedUpload, *, at_once: bool = False, by: Person | None, at: datetime) -> bool:
    """Throw away what had come of a bid, its files `at_once` or by the next sweep; False where it has been handed in since.

    The log keeps when it was begun and the hash of the list of its parts, each with its own: who says that a bid of theirs
    was thrown away can be answered.
    """
    with transaction.atomic():
        locked = (
            SealedUpload.objects.select_for_update(of=("self",))
            .filter(pk=upload.pk, arrived_at=None, submission=None)
            .first()
        )
        if locked is None:  # handed in since, too late, or come whole
            return False
        parts = SealedPart.objects.filter(upload=locked)
        files = list(parts.values_list("file", flat=True))
        hashes = dict(parts.values_list("name", "file__sha256"))
        parts.delete()
        drop_files(files=files, at_once=at_once, by=by, at=at)
        record_event(
            "sealed_upload_discarded",
            of=locked,
            by=by,
            at=at,
            is_sealed=True,
            is_covered=True,
            what={"started_at": locked.started_at, "parts": sha256_hex(canonical_json(hashes))},
        )
        locked.delete()
    return True

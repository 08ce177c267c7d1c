"""Throw away what suppliers sent of bids that they never handed in, some time after it can be of any use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from rodatraden.bids.models import SealedPart, SealedUpload
from rodatraden.bids.rules import Kind
from rodatraden.procurements.models import StageFact
from rodatraden.records.actions import drop_files, record_event

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.parties.models import Person


def discard_uploads(*, by: Person | None, at: datetime) -> int:
    """Throw away the sealed parts of bids that were never handed in, `UPLOADS_KEPT_FOR` after the closing; return how many bids.

    Nobody could ever open them: the wraps name a bid that no manifest hands in. What had come whole while the box was open
    is kept until the bids have been opened, since its supplier may still get the receipt that our own crash withheld.
    """
    kept_from = at - settings.UPLOADS_KEPT_FOR
    before = Q(at__lte=kept_from)
    over = StageFact.objects.filter(before, kind__in=[Kind.OPENED, Kind.CANCELLED]).values("procurement")
    closed = StageFact.objects.filter(before, kind=Kind.CLOSED).values("procurement")
    useless = SealedUpload.objects.filter(
        Q(tender__procurement__in=over) | Q(tender__procurement__in=closed, arrived_at=None),
        submission=None,
        started_at__lte=kept_from,  # one that is sent too late now is kept as late when it is handed in
    )
    return sum(_discard(upload, by=by, at=at) for upload in useless)


def _discard(upload: SealedUpload, *, by: Person | None, at: datetime) -> bool:
    with transaction.atomic():
        locked = SealedUpload.objects.select_for_update(of=("self",)).filter(pk=upload.pk, submission=None).first()
        if locked is None:  # handed in since, too late
            return False
        parts = SealedPart.objects.filter(upload=locked)
        files = list(parts.values_list("file", flat=True))
        record_event("sealed_upload_discarded", of=locked, by=by, at=at, is_sealed=True)
        parts.delete()
        drop_files(files=files, by=by, at=at)
        locked.delete()
    return True

"""What is known of files by a virus scanner, and what waits for one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q

from rodatraden.records.models import FileScan, LetOut, ScanMark, StoredFile
from rodatraden.records.scanner import Why

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

BETWEEN_SCANS = timedelta(days=1)
"""How often at most; signatures come several times a day. Source: policy."""
TRIED_AGAIN_AFTER = timedelta(hours=1)
"""After how long a file is tried again at which the scanner broke off. Source: policy."""

State, Verdict = ScanMark.State, FileScan.Verdict


def mark_scans(files: Iterable[StoredFile | None]) -> None:
    """Read what a scanner said of each file and write it on the file as `mark`: one query, none where no file has been scanned.

    A second one tells, of files in which something was found, which have been let out.
    """
    marked = [file for file in files if file is not None and file.origin == StoredFile.Origin.OTHERS]
    scans = FileScan.objects.in_bulk({file.scan_id for file in marked if file.scan_id})
    held = [file.pk for file in marked if file.scan_id and scans[file.scan_id].verdict == Verdict.FOUND]
    let_out = set(LetOut.objects.filter(file__in=held).values_list("file", "finding")) if held else set()
    for file in marked:
        file.mark = _mark(file, scans.get(file.scan_id) if file.scan_id else None, let_out)


def _mark(file: StoredFile, scan: FileScan | None, let_out: set[tuple[UUID, str]]) -> ScanMark:
    if scan is None:
        return ScanMark(State.WAITING if settings.SCANNER else State.NOT_SCANNED)
    state = State(scan.verdict)
    if (file.pk, scan.finding) in let_out:
        state = State.LET_OUT
    why = str(FileScan.Why(scan.why).label) if scan.why else ""
    return ScanMark(state, scan.finding, why, scan.scanner, scan.signatures, scan.at)


def waits_for_scan() -> StoredFile | None:
    """Return the file of others that has waited longest for its first scan."""
    return StoredFile.objects.filter(origin=StoredFile.Origin.OTHERS, scan=None).order_by("stored_at", "id").first()


def due_again(signatures: str, at: datetime) -> StoredFile | None:
    """Return a file that is to be scanned again: one that came lately, by new signatures, or one at which the scanner broke off."""
    lately = Q(files__stored_at__gt=at - settings.SCANNED_AGAIN_FOR)
    by_new = Q(at__lt=at - BETWEEN_SCANS) & ~Q(signatures=signatures)
    broken_off = Q(why=Why.BROKEN_OFF, at__lt=at - TRIED_AGAIN_AFTER)
    scan = FileScan.objects.filter(lately & (by_new | broken_off)).order_by("at", "id").first()
    return scan.files.order_by("stored_at", "id").first() if scan else None


def scan_by(file: StoredFile, signatures: str) -> FileScan | None:
    """Return what was said of the same bytes by the same signatures, so that they need not be scanned again."""
    found = FileScan.objects.filter(sha256=file.sha256, signatures=signatures).first()
    return None if found is None or found.why == Why.BROKEN_OFF else found

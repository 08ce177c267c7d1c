"""What a scanner said is written beside the file; who answers for a case lets a file out all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.message import say
from rodatraden.records.actions.ledger import record_event
from rodatraden.records.models import FileScan, LetOut, ScanMark, StoredFile
from rodatraden.records.queries import mark_scans

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from rodatraden.core.answer import Answer
    from rodatraden.parties.models import Person
    from rodatraden.records.scanner import Scanner, Verdict


def record_scan(*, file: StoredFile, verdict: Verdict, scanner: Scanner, by: Person | None, at: datetime) -> FileScan:
    """Write what a scanner said of a file, for every file of others with the same bytes; a new finding is told in the log.

    A scanner that breaks off takes back no finding: what was found stays until the same bytes are looked through again. In a transaction of its own that holds nothing but these rows, and the log for a finding alone: an opening never waits for
    a scan.
    """
    said = _said(verdict)
    with transaction.atomic():
        before = FileScan.objects.filter(sha256=file.sha256).first()
        if before is not None and before.finding and verdict.why:
            before.at = at
            before.save(update_fields=["at"])
            return before
        told = {"verdict": said, "finding": verdict.finding, "why": verdict.why.value if verdict.why else ""}
        by_whom = {"scanner": scanner.name, "signatures": scanner.signatures, "at": at}
        scan, _ = FileScan.objects.update_or_create(sha256=file.sha256, defaults=told | by_whom)
        link_scan(file=file, scan=scan, by=by, at=at)
        if verdict.finding and (before is None or verdict.finding != before.finding):
            what = {"finding": verdict.finding, "scanner": scanner.name, "signatures": scanner.signatures}
            record_event("finding_in_file", of=scan, by=by, at=at, what=what)
    return scan


def link_scan(*, file: StoredFile, scan: FileScan, by: Person | None, at: datetime) -> None:
    """Let what was said of some bytes count for every file of others with the same bytes that waits."""
    del by, at
    waits = StoredFile.objects.filter(origin=StoredFile.Origin.OTHERS, scan=None, sha256=file.sha256)
    waits.update(scan=scan)


def let_file_out(
    *, file: StoredFile, finding: str, reason: str, may: Answer, case: UUID | None, by: Person, at: datetime
) -> LetOut:
    """Let a file out in spite of `finding`, for a reason: a finding can be false, and what came must be kept and read.

    `may` is the answer of the room that owns the file, `case` its case: who answers for that.

    Raises:
        RefusedError: the person may not, or the file is not held back for that finding.
    """
    require(may)
    mark_scans([file])
    if file.mark is None or file.mark.state != ScanMark.State.FOUND or file.mark.finding != finding:
        raise RefusedError(
            no(say("The file is not held back for this any more. Open it again to see what is known of it."))
        )
    with transaction.atomic():
        let_out, is_new = LetOut.objects.get_or_create(
            file=file, finding=finding, defaults={"reason": reason, "at": at, "by": by}
        )
        if not is_new:  # another who answers for it did so in the same moment
            return let_out
        record_event("file_let_out", of=file, by=by, at=at, case=case, what={"finding": finding, "reason": reason})
    return let_out


def _said(verdict: Verdict) -> FileScan.Verdict:
    if verdict.finding:
        return FileScan.Verdict.FOUND
    return FileScan.Verdict.FAILED if verdict.why else FileScan.Verdict.CLEAN

"""The verbs of publication: accept a warning, publish, move a deadline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext

from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.canonical import sha256_hex
from rodatraden.core.message import say
from rodatraden.procurements.actions import record_fact
from rodatraden.procurements.models import StageFact
from rodatraden.procurements.queries import hold_procurement
from rodatraden.records.actions import issue_document, record_event, store_bytes
from rodatraden.records.models import DiaryDocument, StoredFile
from rodatraden.tenders.actions.following import write_to_followers
from rodatraden.tenders.actions.holding import hold_documents, hold_draft
from rodatraden.tenders.actions.notices import open_handover
from rodatraden.tenders.documents import documents_paper
from rodatraden.tenders.models import AcceptedFinding, DeadlineChange, NoticeHandover, Snapshot, Tender
from rodatraden.tenders.queries import (
    canonical_content,
    latest_snapshot,
    publication_findings,
    standing_in_the_way,
)
from rodatraden.tenders.rules.access import may_edit, may_move
from rodatraden.tenders.rules.findings import Severity
from rodatraden.ui.words import moment

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.parties.models import Person

Which = DeadlineChange.Which
FIELD = {Which.BIDS: "deadline_at", Which.QUESTIONS: "question_deadline_at"}


def accept_finding(*, tender: Tender, code: str, reason: str, by: Person, at: datetime) -> AcceptedFinding:
    """Go on in spite of a warning, with a written reason; what stops publication can't be accepted.

    Raises:
        RefusedError: `by` may not edit, the documents are published, there is no such warning, or no reason is given.
    """
    require(may_edit(by, tender.procurement))
    found = next((finding for finding in publication_findings(tender, at) if finding.code == code), None)
    if found is None:
        raise RefusedError(no(say("There is no such warning any longer.")))
    if found.severity is not Severity.WARNS:
        raise RefusedError(no(say("This can't be accepted. It has to be mended."), source=found.source))
    if not reason.strip():
        raise RefusedError(no(say("Write why you go on in spite of the warning.")))
    with transaction.atomic():
        hold_draft(tender.pk, by)
        row, _ = AcceptedFinding.objects.update_or_create(
            tender=tender, code=code, defaults={"reason": reason.strip(), "accepted_at": at, "accepted_by": by}
        )
        record_event(
            "finding_accepted",
            of=row.tender,
            by=by,
            at=at,
            case=tender.procurement_id,
            what={"code": code, "reason": row.reason},
        )
    return row


def publish(*, tender: Tender, by: Person, at: datetime) -> Snapshot:
    """Freeze the documents as a numbered, hashed snapshot and hand the notice over to the notice database.

    From now on anybody reads them without an account (LOU 10 kap. 7 §). They are announced only once the database has
    confirmed it (`confirm_notice`).

    Raises:
        RefusedError: `by` may not, the documents are published already, or something stands in the way.
    """
    with transaction.atomic():
        procurement, tender = tender.procurement, hold_documents(tender.pk)
        require(may_edit(by, hold_procurement(procurement)))
        ways = standing_in_the_way(tender, at)
        if ways:
            raise RefusedError(
                no(
                    say("{n} things are missing before the documents can be published.", n=len(ways))
                    if len(ways) > 1
                    else ways[0].sentence,
                    mend=ways[0].url,
                    source=ways[0].source,
                )
            )
        tender.procurement = procurement
        record_fact(procurement=tender.procurement, kind=StageFact.Kind.PUBLISHED, by=by, at=at)
        snapshot = freeze(tender, by=by, at=at)
        open_handover(tender=tender, kind=NoticeHandover.Kind.CONTRACT, by=by, at=at)
    return snapshot


def move_deadline(
    *, tender: Tender, which: Which, new_at: datetime, reason: str, by: Person, at: datetime
) -> DeadlineChange:
    """Move a published deadline to a later instant, with the reason; those who follow the answers are told.

    A deadline never moves earlier after publication, and never after it has passed (INV-06).

    Raises:
        RefusedError: `by` may not, the deadline has passed, `new_at` is not later, or no reason is given.
    """
    if not reason.strip():
        raise RefusedError(no(say("Say why the deadline moves. Everybody reads it.")))
    with transaction.atomic():
        # What the caller has read may be a colleague's moment old, and the box be closed since.
        tender = hold_documents(tender.pk)
        require(may_move(by, tender, at))
        old_at = _movable(tender, which, new_at, at)
        change = DeadlineChange.objects.create(
            tender=tender,
            which=which,
            old_at=old_at,
            new_at=new_at,
            reason=reason.strip(),
            changed_at=at,
            changed_by=by,
        )
        setattr(tender, FIELD[which], new_at)
        tender.save(update_fields=[FIELD[which]])
        freeze(tender, by=by, at=at)
        open_handover(tender=tender, kind=NoticeHandover.Kind.CHANGE, by=by, at=at)
        _tell_followers(tender, change, at=at)
        record_event(
            "deadline_moved",
            of=tender,
            by=by,
            at=at,
            case=tender.procurement_id,
            what={"which": which, "old": old_at, "new": new_at, "reason": change.reason},
        )
    return change


def _movable(tender: Tender, which: Which, new_at: datetime, at: datetime) -> datetime:
    """Return the deadline that is to move to `new_at`, when it has not passed and that is later (INV-06)."""
    old_at: datetime | None = getattr(tender, FIELD[which])
    if old_at is None or old_at <= at:
        raise RefusedError(
            no(say("The deadline has passed. A deadline that has passed is never moved."), source="LOU 4 kap. 1 §")
        )
    if new_at <= old_at:
        raise RefusedError(
            no(
                say("A published deadline only moves to a later time, after {old}.", old=old_at),
                source="LOU 4 kap. 1 §",
            )
        )
    if which is Which.QUESTIONS and tender.deadline_at and new_at >= tender.deadline_at:
        raise RefusedError(no(say("Questions must end before the bids do.")))
    return old_at


def _tell_followers(tender: Tender, change: DeadlineChange, *, at: datetime) -> None:
    """Write to everybody who follows the answers that a deadline has moved, all in the same transaction."""
    write_to_followers(
        tender=tender,
        subject=gettext("New time in %(title)s") % {"title": tender.procurement.title},
        text=gettext("%(which)s: %(new)s (before: %(old)s).\n\nWhy: %(reason)s")
        % {
            "which": change.get_which_display(),
            "new": moment(change.new_at),
            "old": moment(change.old_at) if change.old_at else "–",
            "reason": change.reason,
        },
        by=None,
        at=at,
    )


def freeze(tender: Tender, *, by: Person, at: datetime, asks_anew: bool = False) -> Snapshot:
    """Freeze what the documents say now under the next number, and enter it in the diary.

    `asks_anew`: more than a deadline has changed, so that a new edition begins.
    """
    canonical = canonical_content(tender)
    before = latest_snapshot(tender)
    snapshot = Snapshot(
        tender=tender,
        number=before.number + 1 if before else 1,
        edition=before.edition + asks_anew if before else 1,
        canonical=canonical,
        sha256=sha256_hex(canonical.encode()),
        frozen_at=at,
        frozen_by=by,
    )
    file = store_bytes(
        canonical.encode(),
        name=f"upphandlingsdokument-{snapshot.number}.json",
        media_type="application/json",
        origin=StoredFile.Origin.OURS,
        by=by,
        at=at,
    )
    procurement = tender.procurement
    snapshot.document = issue_document(
        paper=documents_paper(snapshot),
        version=snapshot.number,
        case=procurement.diary_case,
        of=procurement.pk,
        direction=DiaryDocument.Direction.DRAWN_UP,
        subject=gettext("Procurement documents, version %(number)s") % {"number": snapshot.number},
        attachments=[(gettext("The documents as canonical text"), file)],
        by=by,
        at=at,
    )
    snapshot.save(force_insert=True)
    record_event(
        "documents_frozen",
        of=snapshot,
        by=by,
        at=at,
        case=tender.procurement_id,
        what={"number": snapshot.number, "sha256": snapshot.sha256},
    )
    return snapshot

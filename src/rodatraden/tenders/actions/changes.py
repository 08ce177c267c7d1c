"""The verbs of a published change: begin, edit, take back, drop, publish (INV-08, LOU 11 kap. 8 §)."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext

from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.calendars import Unknown
from rodatraden.core.canonical import canonical_json
from rodatraden.core.evaluation import Combination
from rodatraden.core.message import say
from rodatraden.records.actions import record_event
from rodatraden.tenders.actions.following import write_to_followers
from rodatraden.tenders.actions.holding import hold_change, hold_documents
from rodatraden.tenders.actions.notices import open_handover
from rodatraden.tenders.actions.publication import freeze
from rodatraden.tenders.actions.writing import (
    new_item,
    new_requirement,
    strike_row,
    write_item,
    write_model,
    write_requirement,
    write_tender,
)
from rodatraden.tenders.models import (
    AcceptedFinding,
    ContentItem,
    DeadlineChange,
    DocumentChange,
    DocumentEdit,
    NoticeHandover,
    Requirement,
    Tender,
)
from rodatraden.tenders.queries import (
    changed_findings,
    content_now,
    differences,
    edited_values,
    edits_of,
    latest_snapshot,
    read_snapshot,
    told_of,
    versions_page,
    with_case,
)
from rodatraden.tenders.rules.changes import (
    extension,
    fingerprint,
    may_call_it,
    may_change,
    may_set_deadline,
    may_work_on,
)
from rodatraden.tenders.rules.dates import may_set_dates, procedure_of
from rodatraden.tenders.rules.findings import Severity, stops
from rodatraden.ui.words import moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Snapshot
    from rodatraden.tenders.rules import Difference, Finding

About = DocumentEdit.About
How = DocumentEdit.How
ORDER = (About.TERMS, About.REQUIREMENT, About.ITEM, About.MODEL)
"""Parts of a bid name criteria, and the model counts their points: so they come after the requirements."""


def begin_change(*, tender: Tender, by: Person, at: datetime) -> DocumentChange:
    """Begin a change of the published documents beside what is frozen; nothing published is touched.

    Raises:
        RefusedError: `by` may not change the documents now, or a change is in the making already.
    """
    with transaction.atomic():
        tender = hold_documents(tender.pk)
        require(may_change(by, tender, at))
        if DocumentChange.objects.filter(tender=tender, closed_at=None).exists():
            raise RefusedError(no(say("A change is in the making already. Go on with that one.")))
        change = DocumentChange.objects.create(tender=tender, opened_at=at, opened_by=by)
        record_event("change_begun", of=change, by=by, at=at, case=tender.procurement_id)
    return change


def edit_documents(
    *,
    change: DocumentChange,
    about: DocumentEdit.About,
    how: DocumentEdit.How,
    target: UUID,
    values: Mapping[str, Any],
    by: Person,
    at: datetime,
) -> DocumentEdit:
    """Write one edit into a change; a later edit of the same row takes the place of the earlier one.

    `target` is the UUID of the requirement or the part of the bid; that of the tender for terms and model. What can't
    be written is refused here already, by writing it and putting it back.

    Raises:
        RefusedError: `by` may not, the change is closed, or the edit is impossible.
    """
    with transaction.atomic():
        change = hold_change(change)
        require(may_work_on(by, change, at))
        edit = DocumentEdit.objects.filter(change=change, about=about, target=target).first()
        if edit is None:
            edit = DocumentEdit(change=change, about=about, target=target, how=how)
        elif how == How.REMOVE and edit.how == How.ADD:
            raise RefusedError(no(say("This is new in the change and not published. Take the edit back instead.")))
        elif edit.how != How.ADD:
            edit.how = how
        edit.values = {name: _plain(value) for name, value in values.items()}
        edit.edited_at, edit.edited_by = at, by
        edit.save()
        with as_changed(change=change, by=by, at=at):
            pass
        record_event(
            "change_edited",
            of=change,
            by=by,
            at=at,
            case=change.tender.procurement_id,
            what={"about": about, "how": edit.how, "target": target},
        )
    return edit


def take_back(*, edit: DocumentEdit, by: Person, at: datetime) -> DocumentChange:
    """Take an edit out of a change: there the documents stay as they are published.

    Raises:
        RefusedError: `by` may not, the change is closed, or other edits rest on this one.
    """
    with transaction.atomic():
        change = hold_change(edit.change)
        require(may_work_on(by, change, at))
        what = {"about": edit.about, "how": edit.how, "target": edit.target}
        edit.delete()
        with as_changed(change=change, by=by, at=at):
            pass
        record_event("change_edit_taken_back", of=change, by=by, at=at, case=change.tender.procurement_id, what=what)
    return change


def drop_change(*, change: DocumentChange, by: Person, at: datetime) -> DocumentChange:
    """Drop a change that has not been published; what was written in it stays in the case.

    Raises:
        RefusedError: `by` may not, or the change is closed.
    """
    with transaction.atomic():
        change = hold_change(change)
        require(may_work_on(by, change, at))
        change.closed_at = at
        change.save(update_fields=["closed_at"])
        record_event("change_dropped", of=change, by=by, at=at, case=change.tender.procurement_id)
    return change


@contextmanager
def as_changed(*, change: DocumentChange, by: Person, at: datetime) -> Iterator[Tender]:
    """Give the documents as they would be if the change were published at `at`, for as long as the block lasts.

    The edits are written and, when the block ends, put back: what a person looks at, what is checked and what is
    published come about in one and the same way. Whatever is written within the block is put back too.

    Raises:
        RefusedError: an edit can't be written.
    """
    del by
    with transaction.atomic():
        yield _write(change, at=at)
        transaction.set_rollback(True)


def publish_change(
    *,
    change: DocumentChange,
    reason: str,
    is_substantial: bool,
    by: Person,
    at: datetime,
    deadline_at: datetime | None = None,
    question_deadline_at: datetime | None = None,
    bids_valid_until_on: date | None = None,
    read: str = "",
) -> Snapshot:
    """Publish a change: write its edits, freeze the next version, hand a change notice over and tell all who follow.

    A substantial change moves the deadline, and so does one that comes too late for it. Dates that are not given stay.
    `read` is the `fingerprint` of the differences that `by` has read: when a colleague has edited the change since, it
    is read again first.

    Raises:
        RefusedError: `by` may not, nothing differs, no reason is given, something in the change needs a new procurement
            or is incomplete, the deadline is wrong, or the change is not the one that was read.
    """
    if not reason.strip():
        raise RefusedError(no(say("Say why the documents change. Everybody reads it."), mend="reason"))
    with transaction.atomic():
        change = hold_change(change)
        require(may_work_on(by, change, at))
        before = latest_snapshot(change.tender)
        assert before is not None
        tender = _write(change, at=at)
        found = differences(read_snapshot(before), content_now(tender))
        if not found:
            raise RefusedError(no(say("Nothing differs from what is published.")))
        if read and read != fingerprint(found):
            raise RefusedError(
                no(
                    say("The change has been edited since you read it. Read the differences again, then publish."),
                    mend="sure",
                )
            )
        require(may_call_it(found, is_substantial=is_substantial, procedure=procedure_of(tender.procurement)))
        _move(
            tender,
            {
                "deadline_at": deadline_at,
                "question_deadline_at": question_deadline_at,
                "bids_valid_until_on": bids_valid_until_on,
            },
            reason.strip(),
            is_substantial=is_substantial,
            by=by,
            at=at,
        )
        _take_responsibility(tender, reason.strip(), by=by, at=at)
        snapshot = freeze(tender, by=by, at=at, asks_anew=True)
        change.reason, change.is_substantial = reason.strip(), is_substantial
        change.closed_at, change.snapshot = at, snapshot
        change.save()
        open_handover(tender=tender, kind=NoticeHandover.Kind.CHANGE, change=change, by=by, at=at)
        _tell_followers(tender, change, found, at=at)
        record_event(
            "documents_changed",
            of=tender,
            by=by,
            at=at,
            case=tender.procurement_id,
            what={
                "number": snapshot.number,
                "reason": change.reason,
                "is_substantial": is_substantial,
                "deadline_at": tender.deadline_at,
            },
        )
    return snapshot


def _plain(value: Any) -> Any:
    """Write a value of a form as JSON: rows by their UUID, exact numbers and dates as text, a way to weigh as in a model."""
    match value:
        case models.Model():
            return str(value.pk)
        case list() | tuple():
            return [_plain(each) for each in value]
        case _ if isinstance(value, Combination):
            return json.loads(canonical_json(value.to_json()))
        case Decimal() | UUID():
            return str(value)
        case date():
            return value.isoformat()
        case _:
            return value


def _write(change: DocumentChange, *, at: datetime) -> Tender:
    """Write the edits of a change into the rows, and return the documents read afresh with them."""
    tender = with_case(Tender.objects.filter(pk=change.tender_id)).get()
    edits = sorted(edits_of(change), key=lambda edit: (ORDER.index(About(edit.about)), edit.pk))
    for edit in edits:
        WRITERS[About(edit.about)](tender, edit, at)
    return tender


def _write_terms(tender: Tender, edit: DocumentEdit, at: datetime) -> None:
    del at
    write_tender(tender, edited_values(edit))


def _write_model(tender: Tender, edit: DocumentEdit, at: datetime) -> None:
    del at
    write_model(tender, **edited_values(edit))


def _write_requirement(tender: Tender, edit: DocumentEdit, at: datetime) -> None:
    values = edited_values(edit)
    if edit.how == How.ADD:
        row = new_requirement(tender)
        row.pk = edit.target
    else:
        row = Requirement.objects.get(pk=edit.target, tender=tender)
        row.tender = tender
    if edit.how == How.REMOVE:
        strike_row(row, values["reason"], at=at)
    else:
        write_requirement(row, values.pop("title", None), values)  # type: ignore[arg-type]  # its names are checked where it is stored


def _write_item(tender: Tender, edit: DocumentEdit, at: datetime) -> None:
    if edit.how == How.ADD:
        item = new_item(tender)
        item.pk = edit.target
    else:
        item = ContentItem.objects.get(pk=edit.target, tender=tender)
        item.tender = tender
    if edit.how == How.REMOVE:
        item.removed_at = at
        item.save(update_fields=["removed_at"])
    else:
        write_item(item, **edited_values(edit))


WRITERS = {
    About.TERMS: _write_terms,
    About.REQUIREMENT: _write_requirement,
    About.ITEM: _write_item,
    About.MODEL: _write_model,
}
FIELD = {"deadline_at": DeadlineChange.Which.BIDS, "question_deadline_at": DeadlineChange.Which.QUESTIONS}


def _move(
    tender: Tender,
    wanted: Mapping[str, datetime | date | None],
    reason: str,
    *,
    is_substantial: bool,
    by: Person,
    at: datetime,
) -> None:
    """Move the dates that are given and differ, as far as the change demands and no earlier (INV-06)."""
    needed = extension(tender, at, is_substantial=is_substantial)
    if isinstance(needed, Unknown):
        raise RefusedError(no(needed.reason, source=needed.source))
    new_at = wanted["deadline_at"]
    assert new_at is None or isinstance(new_at, datetime)
    require(may_set_deadline(tender, new_at, needed))
    moved = {name: value for name, value in wanted.items() if value is not None and value != getattr(tender, name)}
    for name, value in moved.items():
        old = getattr(tender, name)
        if old is not None and value < old:
            raise RefusedError(
                no(
                    say("A published deadline only moves to a later time, after {old}.", old=old),
                    mend=name,
                    source="LOU 4 kap. 1 §",
                )
            )
    questions = tender.question_deadline_at
    if "question_deadline_at" in moved and questions is not None and questions <= at:
        raise RefusedError(
            no(
                say("The deadline has passed. A deadline that has passed is never moved."),
                mend="question_deadline_at",
                source="LOU 4 kap. 1 §",
            )
        )
    before = {name: getattr(tender, name) for name in moved}
    write_tender(tender, moved)
    require(
        may_set_dates(
            tender.procurement,
            at=at,
            # The time for bids runs from the first notice; it only grows here.
            planned_notice_at=tender.snapshots.order_by("number")[0].frozen_at,
            question_deadline_at=tender.question_deadline_at,
            deadline_at=tender.deadline_at,
            bids_valid_until_on=tender.bids_valid_until_on,
            starts_on=tender.starts_on,
        )
    )
    DeadlineChange.objects.bulk_create(
        DeadlineChange(
            tender=tender,
            which=which,
            old_at=before[name],
            new_at=moved[name],
            reason=reason,
            changed_at=at,
            changed_by=by,
        )
        for name, which in FIELD.items()
        if name in moved
    )


def _take_responsibility(tender: Tender, reason: str, *, by: Person, at: datetime) -> None:
    """Refuse what stops; a warning that nobody has accepted before is accepted with the reason of the change."""
    findings: list[Finding] = changed_findings(tender, at)
    stopping = stops(findings)
    if stopping:
        raise RefusedError(no(stopping[0].sentence, source=stopping[0].source))
    taken = set(AcceptedFinding.objects.filter(tender=tender).values_list("code", flat=True))
    AcceptedFinding.objects.bulk_create(
        AcceptedFinding(tender=tender, code=finding.code, reason=reason, accepted_at=at, accepted_by=by)
        for finding in findings
        if finding.severity is Severity.WARNS and finding.code not in taken
    )


def _tell_followers(tender: Tender, change: DocumentChange, found: list[Difference], *, at: datetime) -> None:
    """Write to everybody who follows the answers what has changed, all in the same transaction."""
    write_to_followers(
        tender=tender,
        subject=gettext("Changed documents: %(title)s") % {"title": tender.procurement.title},
        text=change_letter(tender, change, found),
        by=None,
        at=at,
    )


def change_letter(tender: Tender, change: DocumentChange, found: list[Difference]) -> str:
    """Return what everybody is told of a published change: why, what, until when, and where all versions are."""
    assert change.snapshot is not None
    lines = [told_of(each) for each in found]
    return gettext(
        "The documents of %(title)s have changed. Version %(number)d holds from now on.\n\n"
        "Why: %(reason)s\n\nWhat has changed:\n%(lines)s\n\nLast time for bids: %(deadline)s\n\n"
        "Read each change, before and after: %(link)s"
    ) % {
        "title": tender.procurement.title,
        "number": change.snapshot.number,
        "reason": change.reason,
        "lines": "\n".join(f"- {line}" for line in dict.fromkeys(lines)),
        "deadline": moment(tender.deadline_at, seconds=True) if tender.deadline_at else "–",
        "link": versions_page(change.snapshot),
    }

"""The verb that writes what a document told, after a person has looked at each row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.message import say
from rodatraden.needs.actions import write_need
from rodatraden.needs.models import Need
from rodatraden.records.actions import record_event
from rodatraden.tenders.actions.holding import hold_draft
from rodatraden.tenders.actions.requirements import add_requirement
from rodatraden.tenders.documents.columns import RowKind
from rodatraden.tenders.documents.understanding import read_fields
from rodatraden.tenders.rules.access import may_edit
from rodatraden.tenders.rules.checks import UNSAID

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rodatraden.parties.models import Person
    from rodatraden.tenders.documents.columns import Row
    from rodatraden.tenders.models import Tender


def import_rows(*, tender: Tender, rows: Sequence[Row], by: Person, at: datetime) -> int:
    """Write the chosen rows as needs and requirements, all or none, and return how many.

    Needs come first, so that requirements in the same document can answer to them by their labels. What a document
    does not say stays empty and is listed as missing; a need without evidence gets a dash to be replaced. What in a row
    can't be read stands last in its text.

    Raises:
        RefusedError: `by` may not edit, the documents are published, or no row is chosen.
    """
    require(may_edit(by, tender.procurement))
    if not rows:
        raise RefusedError(no(say("Choose at least one row to import.")))
    with transaction.atomic():
        hold_draft(tender.pk, by)
        labels = {need.label: need for need in Need.objects.filter(procurement=tender.procurement, struck_at=None)}
        for row in rows:
            if row.kind is RowKind.NEED:
                need = _need(row, tender, by=by, at=at)
                labels[row.more.get("label") or need.label] = need
        people = {
            member.person.name: member.person for member in tender.procurement.team.all() if not member.removed_at
        }
        for row in rows:
            if row.kind is not RowKind.NEED:
                read = read_fields(row, labels, people)
                kind = "" if row.kind is RowKind.UNDECIDED else row.kind.value
                text = read.with_rest(row.text)
                add_requirement(tender=tender, title=row.title, kind=kind, text=text, by=by, at=at, **read.fields)
        record_event("rows_imported", of=tender, by=by, at=at, case=tender.procurement_id, what={"n": len(rows)})
    return len(rows)


def _need(row: Row, tender: Tender, *, by: Person, at: datetime) -> Need:
    read = read_fields(row, {}, {})
    return write_need(
        organisation=tender.procurement.buyer,
        procurement=tender.procurement,
        title=row.title,
        for_whom=read.fields.get("for_whom", UNSAID),
        description=read.with_rest(row.text or row.title),
        evidence=read.fields.get("evidence", UNSAID),
        source=read.fields.get("source", ""),
        by=by,
        at=at,
    )

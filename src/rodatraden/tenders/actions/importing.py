"""The verb that writes what a document told, after a person has looked at each row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.db import transaction

from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.message import say
from rodatraden.core.numbers import NumberProblem, parse_points
from rodatraden.needs.actions import write_need
from rodatraden.needs.models import Need
from rodatraden.records.actions import record_event
from rodatraden.tenders.actions.requirements import add_requirement
from rodatraden.tenders.documents.columns import RowKind, choice_of, scale_of
from rodatraden.tenders.rules.access import may_edit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal

    from rodatraden.parties.models import Person
    from rodatraden.tenders.actions.writing import RequirementFields
    from rodatraden.tenders.documents.columns import Row
    from rodatraden.tenders.models import Tender

UNSAID = "–"
"""Stands where a document says nothing about a need, to be written by a person."""
MONTHS = re.compile("[1-9][0-9]{0,2}")
"""A number of months; no term is a thousand."""


def import_rows(*, tender: Tender, rows: Sequence[Row], by: Person, at: datetime) -> int:
    """Write the chosen rows as needs and requirements, all or none, and return how many.

    Needs come first, so that requirements in the same document can answer to them by their labels. What a document
    does not say stays empty and is listed as missing; a need without evidence gets a dash to be replaced.

    Raises:
        RefusedError: `by` may not edit, the documents are published, or no row is chosen.
    """
    require(may_edit(by, tender.procurement))
    if not rows:
        raise RefusedError(no(say("Choose at least one row to import.")))
    with transaction.atomic():
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
                fields = _fields(row, labels, people)
                add_requirement(tender=tender, title=row.title, by=by, at=at, **fields)
        record_event("rows_imported", of=tender, by=by, at=at, case=tender.procurement_id, what={"n": len(rows)})
    return len(rows)


def _need(row: Row, tender: Tender, *, by: Person, at: datetime) -> Need:
    return write_need(
        organisation=tender.procurement.buyer,
        procurement=tender.procurement,
        title=row.title,
        for_whom=row.more.get("for_whom") or UNSAID,
        description=row.text or row.title,
        evidence=row.more.get("evidence") or UNSAID,
        source=row.more.get("source", ""),
        by=by,
        at=at,
    )


def _fields(row: Row, labels: Mapping[str, Need], people: Mapping[str, Person]) -> RequirementFields:
    """Return what a document says about a requirement, as far as it can be read."""
    more = row.more
    steps, _strange = scale_of(more.get("steps", ""))
    months = more.get("follow_up_months", "")
    return {
        "kind": "" if row.kind is RowKind.UNDECIDED else row.kind.value,
        "text": row.text,
        "needs": [labels[label] for label in map(str.strip, more.get("needs", "").split(",")) if label in labels],
        "level": more.get("level", ""),
        "level_reason": more.get("level_reason", ""),
        "evidence": more.get("evidence", ""),
        "checked_when": choice_of("checked_when", more.get("checked_when", "")),
        "question": more.get("question", ""),
        "max_points": _points(more.get("max_points", "")),
        "steps": list({points: (points, text) for points, text in steps}.values()),
        "acts_by": choice_of("acts_by", more.get("acts_by", "")),
        "consequence": more.get("consequence", ""),
        "follow_up_by": people.get(more.get("follow_up_by", "")),
        "follow_up_how": more.get("follow_up_how", ""),
        "follow_up_when": choice_of("follow_up_when", more.get("follow_up_when", "")),
        "follow_up_months": int(months) if MONTHS.fullmatch(months) else None,
    }


def _points(text: str) -> Decimal | None:
    points = parse_points(text) if text else None
    return None if points is None or isinstance(points, NumberProblem) else points

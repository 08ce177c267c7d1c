"""The verbs of a requirement: add, revise, strike, put in order, accept what was proposed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.message import say
from rodatraden.records.actions import record_event
from rodatraden.tenders.actions.holding import hold_draft
from rodatraden.tenders.actions.writing import hold, keep_model, new_requirement, own, strike_row, write_requirement
from rodatraden.tenders.models import Requirement, Tender
from rodatraden.tenders.rules.access import may_edit, may_edit_requirement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from typing import Unpack
    from uuid import UUID

    from rodatraden.parties.models import Person
    from rodatraden.tenders.actions.writing import RequirementFields


def add_requirement(
    *,
    tender: Tender,
    title: str,
    by: Person,
    at: datetime,
    proposed: Iterable[str] = (),
    **fields: Unpack[RequirementFields],
) -> Requirement:
    """Write a requirement under the next label; what it lacks to be published can be filled in later.

    `proposed` names the fields that no person has written or accepted.

    Raises:
        RefusedError: `by` may not edit, the documents are published, or the title is empty.
    """
    require(may_edit(by, tender.procurement))
    with transaction.atomic():
        hold_draft(tender.pk, by)
        requirement = new_requirement(tender)
        write_requirement(requirement, title, fields)
        requirement.proposed = sorted(proposed)
        requirement.save(update_fields=["proposed"])
        record_event(
            "requirement_added",
            of=requirement,
            by=by,
            at=at,
            case=tender.procurement_id,
            what={"label": requirement.label, "kind": requirement.kind},
        )
    return requirement


def revise_requirement(
    *,
    requirement: Requirement,
    by: Person,
    at: datetime,
    title: str | None = None,
    **fields: Unpack[RequirementFields],
) -> Requirement:
    """Change the fields that are given; a field whose value changes is no longer a proposal.

    Raises:
        RefusedError: `by` may not edit, the documents are published, it is struck, or the title is empty.
    """
    require(may_edit_requirement(by, requirement))
    with transaction.atomic():
        _still(requirement, by)
        changed = write_requirement(requirement, title, fields)
        record_event(
            "requirement_revised",
            of=requirement,
            by=by,
            at=at,
            case=requirement.tender.procurement_id,
            what={"label": requirement.label, "changed": changed},
        )
    return requirement


def strike_requirement(*, requirement: Requirement, reason: str, by: Person, at: datetime) -> Requirement:
    """Strike a requirement; its row and label stay, with the reason.

    Raises:
        RefusedError: `by` may not edit, the documents are published, it is struck, or no reason is given.
    """
    require(may_edit_requirement(by, requirement))
    with transaction.atomic():
        _still(requirement, by)
        strike_row(requirement, reason, at=at)
        record_event(
            "requirement_struck",
            of=requirement,
            by=by,
            at=at,
            case=requirement.tender.procurement_id,
            what={"label": requirement.label, "reason": requirement.struck_reason},
        )
    return requirement


def accept_proposals(
    *, requirement: Requirement, by: Person, at: datetime, fields: Iterable[str] | None = None
) -> Requirement:
    """Accept what was proposed for a requirement as one's own: the named fields, or all.

    Raises:
        RefusedError: `by` may not edit, or the documents are published.
    """
    require(may_edit_requirement(by, requirement))
    accepted = set(requirement.proposed) if fields is None else set(fields) & set(requirement.proposed)
    with transaction.atomic():
        _still(requirement, by)
        own(requirement, accepted)
        requirement.save(update_fields=["proposed"])
        record_event(
            "proposals_accepted",
            of=requirement,
            by=by,
            at=at,
            case=requirement.tender.procurement_id,
            what={"label": requirement.label, "fields": sorted(accepted)},
        )
    return requirement


def _still(requirement: Requirement, by: Person) -> None:
    """Ask once more, with the row held: another may have struck it since it was read, which is never undone."""
    hold_draft(requirement.tender_id, by)
    hold(requirement, "struck_at", "struck_reason")
    require(may_edit_requirement(by, requirement))


def reorder_requirements(*, tender: Tender, order: Sequence[UUID], by: Person, at: datetime) -> Tender:
    """Put the requirements that count in the order given: they share their labels out anew, struck ones keep theirs.

    Raises:
        RefusedError: `by` may not edit, the documents are published, or `order` is not exactly those that count.
    """
    require(may_edit(by, tender.procurement))
    standing = {row.pk: row for row in Requirement.objects.filter(tender=tender, struck_at=None)}
    if len(order) != len(standing) or set(order) != set(standing):
        raise RefusedError(no(say("The requirements have changed since you opened the page. Look at them again.")))
    numbers = sorted(row.number for row in standing.values())
    with transaction.atomic():
        hold_draft(tender.pk, by)
        beyond = Requirement.objects.filter(tender=tender).aggregate(last=Max("number"))["last"] or 0
        for offset in (beyond, 0):  # past all numbers in use first, since each may be used only once
            for key, number in zip(order, numbers, strict=True):
                standing[key].number = number + offset
            Requirement.objects.bulk_update(standing.values(), ["number"])
        keep_model(tender)
        record_event("requirements_reordered", of=tender, by=by, at=at, case=tender.procurement_id)
    return tender

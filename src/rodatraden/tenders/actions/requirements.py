"""The verbs of a requirement: add, revise, strike, put in order, accept what was proposed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from django.db import transaction
from django.db.models import Max

from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.message import say
from rodatraden.records.actions import record_event
from rodatraden.tenders.models import Requirement, ScaleStep, Tender
from rodatraden.tenders.queries import standing
from rodatraden.tenders.rules.access import may_edit, may_edit_requirement
from rodatraden.tenders.rules.model import model_json, model_of, with_criteria

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from decimal import Decimal
    from typing import Unpack
    from uuid import UUID

    from rodatraden.needs.models import Need
    from rodatraden.parties.models import Person


class RequirementFields(TypedDict, total=False):
    """What can be said about a requirement besides its title; which of it must be said follows from the kind."""

    kind: str
    text: str
    needs: Sequence[Need]
    level: str
    level_reason: str
    evidence: str
    checked_when: str
    question: str
    max_points: Decimal | None
    steps: Sequence[tuple[Decimal, str]]
    acts_by: str
    consequence: str
    follow_up_by: Person | None
    follow_up_how: str
    follow_up_when: str
    follow_up_months: int | None
    is_fictional: bool


APART = ("needs", "steps")
"""The fields that are rows of their own."""


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
        Tender.objects.select_for_update().get(pk=tender.pk)  # one number at a time
        last = Requirement.objects.filter(tender=tender).aggregate(last=Max("number"))
        requirement = Requirement(
            tender=tender,
            number=(last["last"] or 0) + 1,
            title=_titled(title),
            proposed=sorted(proposed),
            **{name: value for name, value in fields.items() if name not in APART},
        )
        requirement.save()
        _set_needs(requirement, fields.get("needs", ()))
        _set_steps(requirement, fields.get("steps", ()))
        _keep_model(tender)
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
        changed = [] if title is None else _change(requirement, {"title": _titled(title)})
        changed += _change(requirement, {name: value for name, value in fields.items() if name not in APART})
        if "needs" in fields and _set_needs(requirement, fields["needs"]):
            changed.append("needs")
        if "steps" in fields and _set_steps(requirement, fields["steps"]):
            changed.append("steps")
        requirement.proposed = [name for name in requirement.proposed if name not in changed]
        requirement.save()
        _keep_model(requirement.tender)
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
    if not reason.strip():
        raise RefusedError(no(say("Say why the requirement is struck.")))
    with transaction.atomic():
        requirement.struck_at = at
        requirement.struck_reason = reason.strip()
        requirement.save(update_fields=["struck_at", "struck_reason"])
        _keep_model(requirement.tender)
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
        requirement.proposed = [name for name in requirement.proposed if name not in accepted]
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
        beyond = Requirement.objects.filter(tender=tender).aggregate(last=Max("number"))["last"] or 0
        for offset in (beyond, 0):  # past all numbers in use first, since each may be used only once
            for key, number in zip(order, numbers, strict=True):
                standing[key].number = number + offset
            Requirement.objects.bulk_update(standing.values(), ["number"])
        _keep_model(tender)
        record_event("requirements_reordered", of=tender, by=by, at=at, case=tender.procurement_id)
    return tender


def _keep_model(tender: Tender) -> None:
    """Let the evaluation model follow the award criteria: they are one list, written once."""
    model = model_of(tender)
    if model is not None:
        tender.evaluation_model = model_json(with_criteria(model, standing(tender)))
        tender.save(update_fields=["evaluation_model"])


def _titled(title: str) -> str:
    if not title.strip():
        raise RefusedError(no(say("Name the requirement.")))
    return title.strip()


def _change(requirement: Requirement, values: dict[str, object]) -> list[str]:
    changed = [name for name, value in values.items() if getattr(requirement, name) != value]
    for name in changed:
        setattr(requirement, name, values[name])
    return changed


def _set_needs(requirement: Requirement, needs: Iterable[Need]) -> bool:
    chosen = list(needs)
    if any(need.procurement_id != requirement.tender.procurement_id for need in chosen):
        raise RefusedError(no(say("The need does not belong to this procurement.")))
    before = set(requirement.needs.values_list("pk", flat=True))
    requirement.needs.set(chosen)
    return before != {need.pk for need in chosen}


def _set_steps(requirement: Requirement, steps: Iterable[tuple[Decimal, str]]) -> bool:
    scale = sorted((points, text.strip()) for points, text in steps)
    if len({points for points, _ in scale}) != len(scale):
        raise RefusedError(no(say("Two steps of the scale give the same points. Join them, or change one.")))
    before = [(step.points, step.text) for step in requirement.steps.order_by("points")]
    if before == scale:
        return False
    requirement.steps.all().delete()
    ScaleStep.objects.bulk_create(
        ScaleStep(requirement=requirement, points=points, text=text) for points, text in scale
    )
    return True

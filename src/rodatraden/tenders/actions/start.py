"""The verb that starts the documents: from a template, as a copy of earlier ones, or empty."""

from __future__ import annotations

from contextlib import nullcontext
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse

from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.evaluation import PriceAddition, PriceUnit, TieRule
from rodatraden.core.message import say
from rodatraden.needs.actions import write_need
from rodatraden.procurements.queries import hold_procurement
from rodatraden.records.actions import record_event
from rodatraden.tenders.actions.copying import Copied, copied_files, copy_documents
from rodatraden.tenders.actions.documents import add_content_item, propose_dates, set_evaluation_model, set_terms
from rodatraden.tenders.actions.requirements import add_requirement
from rodatraden.tenders.models import Tender
from rodatraden.tenders.queries import may_copy
from rodatraden.tenders.queries import template as find_template
from rodatraden.tenders.rules.access import may_edit
from rodatraden.tenders.rules.dates import procedure_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from rodatraden.needs.models import Need
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement
    from rodatraden.tenders.models import Requirement
    from rodatraden.tenders.queries import Template


def start_tender(
    *,
    procurement: Procurement,
    by: Person,
    at: datetime,
    template: str = "",
    copied_from: Tender | None = None,
) -> Tender:
    """Start the documents of a procurement, once: from a template, as a copy of earlier ones, or empty.

    What a template or copy proposes is marked until a person accepts it. Dates are proposed when the procedure is known.

    Raises:
        RefusedError: `by` may not edit, the documents are started already, or there is no such template or copy.
    """
    require(may_edit(by, procurement))
    _require_not_started(procurement)
    chosen = find_template(template)
    if template and chosen is None:
        raise RefusedError(no(say("There is no such template.")))
    if copied_from is not None:
        require(may_copy(by, copied_from))
    with (
        copied_files(copied_from, by=by, at=at) if copied_from and not chosen else nullcontext(Copied()) as copied,
        transaction.atomic(),
    ):
        hold_procurement(procurement)
        _require_not_started(procurement)  # another may have started them while the files were copied
        tender = Tender.objects.create(procurement=procurement, template=template, copied_from=copied_from)
        record_event(
            "documents_started",
            of=tender,
            by=by,
            at=at,
            case=procurement.pk,
            what={"template": template, "copied_from": copied_from.pk if copied_from else None},
        )
        if chosen:
            _fill(tender, chosen, by=by, at=at)
        elif copied_from:
            copy_documents(copied_from, tender, copied, by=by, at=at)
        if procedure_of(procurement):
            propose_dates(tender=tender, by=by, at=at)
    return tender


def _require_not_started(procurement: Procurement) -> None:
    if Tender.objects.filter(procurement=procurement).exists():
        raise RefusedError(
            no(
                say("The documents have been started already."),
                mend=reverse("tenders:requirements", args=[procurement.pk]),
            )
        )


def _fill(tender: Tender, template: Template, *, by: Person, at: datetime) -> None:
    """Write what the template holds; people are those who hold the named role in the team now, if any."""
    procurement = tender.procurement
    people = {member.role: member.person for member in procurement.team.all() if member.removed_at is None}
    needs = [
        write_need(organisation=procurement.buyer, procurement=procurement, by=by, at=at, **need)
        for need in template.needs
    ]
    set_terms(tender=tender, by=by, at=at, **template.terms)
    tender.proposed = sorted(template.proposed_terms)
    tender.save(update_fields=["proposed"])
    model = template.model
    set_evaluation_model(
        tender=tender,
        weighing=PriceAddition(Decimal(model["per_point"]), Decimal(model["target"])),
        gate=Decimal(model["gate"]),
        tie_rule=TieRule(model["tie_rule"]),
        unit=PriceUnit(model["unit"]),
        tie_rule_reason=model["tie_rule_reason"],
        by=by,
        at=at,
    )
    rows = [_written(tender, wanted, needs, people, by=by, at=at) for wanted in template.requirements]
    for item in template.content_items:
        criteria = [rows[number - 1] for number in item.get("criteria", ())]
        add_content_item(tender=tender, by=by, at=at, **{**item, "criteria": criteria})


def _written(
    tender: Tender,
    wanted: Mapping[str, Any],
    needs: Sequence[Need],
    people: Mapping[str, Person],
    *,
    by: Person,
    at: datetime,
) -> Requirement:
    follower = people.get(wanted.get("follow_up_by", ""))
    points = wanted.get("max_points")
    fields = {
        **wanted,
        "needs": [needs[number - 1] for number in wanted.get("needs", ())],
        "max_points": Decimal(points) if points else None,
        "steps": [(Decimal(points), text) for points, text in wanted.get("steps", ())],
        "follow_up_by": follower,
        # Nobody is proposed where the role is not held: then it is missing, not proposed.
        "proposed": [name for name in wanted.get("proposed", ()) if name != "follow_up_by" or follower],
    }
    return add_requirement(tender=tender, by=by, at=at, **fields)

"""The documents as one value: what is frozen, hashed and published."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from rodatraden.core.canonical import canonical_json, read_canonical
from rodatraden.needs.queries import standing as standing_needs
from rodatraden.tenders.models import ContentItem, Requirement
from rodatraden.tenders.queries.reads import content_items, files, standing

if TYPE_CHECKING:
    from rodatraden.needs.models import Need
    from rodatraden.procurements.models import Procurement
    from rodatraden.tenders.models import Snapshot, Tender

FORMAT = "rodatraden-tender-1"
TENDER_FIELDS = (
    "introduction",
    "question_deadline_at",
    "deadline_at",
    "bids_valid_until_on",
    "currency",
    "ceiling",
    "yearly_frame",
    "periods",
    "period_months",
    "starts_on",
    "bids_address",
    "price_unit",
    "rights_clause",
    "travel_clause",
    "platform_clause",
    "replacement_clause",
    "price_clause",
    "volume_clause",
    "termination_clause",
    "rejection_clause",
    "standstill_clause",
    "longer_term_reason",
    "tie_rule_reason",
    "fixed_price",
    "fixed_price_vat",
    "fixed_price_basis",
)
PROCUREMENT_FIELDS = (
    "title",
    "summary",
    "country",
    "cpv",
    "cpv_reason",
    "procedure",
    "procedure_reason",
    "no_lots_reason",
    "language",
)
NEED_FIELDS = ("label", "title", "for_whom", "description", "evidence", "source", "is_fictional")


def content_of(tender: Tender) -> dict[str, Any]:
    """Return what the documents say, as plain values: the same content gives the same bytes and the same hash.

    Struck requirements and people's names stay outside; who follows a requirement up is named by role.
    """
    procurement = tender.procurement
    roles = _roles(procurement)
    return {
        "format": FORMAT,
        "tender": tender.pk,
        "buyer": {"name": procurement.buyer.name, "registration_number": procurement.buyer.registration_number},
        "diary_number": procurement.diary_case.number,
        "procurement": _values(procurement, PROCUREMENT_FIELDS),
        "documents": {
            **_values(tender, TENDER_FIELDS),
            "evaluation_model": json.loads(tender.evaluation_model) if tender.evaluation_model else None,
        },
        "needs": [_need(need) for need in standing_needs(procurement)],
        "requirements": [_requirement(requirement, roles) for requirement in standing(tender)],
        "content_items": [_item(item) for item in content_items(tender)],
        "files": [
            {"title": document.title, "name": document.file.name, "sha256": document.file.sha256}
            for document in files(tender)
        ],
    }


def canonical_content(tender: Tender) -> str:
    """Return the canonical JSON of the documents."""
    return canonical_json(content_of(tender)).decode()


def read_snapshot(snapshot: Snapshot) -> dict[str, Any]:
    """Return what was published: amounts, instants and UUIDs are text there, as in the canonical form."""
    content = read_canonical(snapshot.canonical.encode())
    assert isinstance(content, dict)
    return content


def _values(row: object, fields: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in fields}


def _need(need: Need) -> dict[str, Any]:
    return {"id": need.pk, **_values(need, NEED_FIELDS)}


def _requirement(requirement: Requirement, roles: dict[Any, str]) -> dict[str, Any]:
    return {
        "id": requirement.pk,
        **_values(requirement, ("label", *Requirement.WRITTEN)),
        "needs": [need.pk for need in requirement.needs.all() if need.struck_at is None],
        "scale": [{"points": step.points, "text": step.text} for step in requirement.steps.all()],
        "follow_up_by": roles.get(requirement.follow_up_by_id, ""),
    }


def _item(item: ContentItem) -> dict[str, Any]:
    return {
        "id": item.pk,
        **_values(item, ("number", *ContentItem.WRITTEN)),
        "criteria": sorted(str(criterion.pk) for criterion in item.criteria.all()),
    }


def _roles(procurement: Procurement) -> dict[Any, str]:
    """Return the role by which each member of the team is named in the documents: the first they hold, by its code."""
    roles: dict[Any, str] = {}
    for member in sorted(procurement.team.all(), key=lambda member: (member.removed_at is not None, member.role)):
        roles.setdefault(member.person_id, member.role)
    return roles

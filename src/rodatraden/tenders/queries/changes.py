"""Named reads of published changes, and the stored edits of one in the making."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rodatraden.core.evaluation import PriceUnit, TieRule
from rodatraden.core.evaluation.combination import read_combination
from rodatraden.needs.models import Need
from rodatraden.parties.models import Person
from rodatraden.tenders.models import DocumentChange, DocumentEdit, NoticeHandover, Requirement, Snapshot, Tender

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

About = DocumentEdit.About


def open_change(tender: Tender) -> DocumentChange | None:
    """Return the change of the documents that is in the making, or None."""
    change = DocumentChange.objects.filter(tender=tender, closed_at=None).select_related("opened_by").first()
    if change is not None:
        change.tender = tender  # with what has been fetched with it
    return change


def published_changes(tender: Tender) -> QuerySet[DocumentChange]:
    """Return the changes that have been published, latest first."""
    return (
        DocumentChange.objects.filter(tender=tender, snapshot__isnull=False)
        .select_related("snapshot")
        .order_by("-snapshot__number")
    )


def edits_of(change: DocumentChange) -> QuerySet[DocumentEdit]:
    """Return the edits of a change in the order in which they were first made."""
    return DocumentEdit.objects.filter(change=change).select_related("edited_by").order_by("id")


def version_before(snapshot: Snapshot) -> Snapshot | None:
    """Return the version that a snapshot took the place of, or None for the first."""
    return Snapshot.objects.filter(tender=snapshot.tender_id, number=snapshot.number - 1).first()


def last_of_edition(tender: Tender, edition: int) -> Snapshot:
    """Return the last version of an edition: what a bid that was made for it answers, deadlines apart."""
    return Snapshot.objects.filter(tender=tender, edition=edition).order_by("-number")[0]


def change_of(notice: NoticeHandover) -> DocumentChange | None:
    """Return the published change that a notice tells of, with its version, or None."""
    return DocumentChange.objects.filter(notices=notice).select_related("snapshot").first()


def edited_values(edit: DocumentEdit) -> dict[str, Any]:
    """Return what a stored edit tells the verb, as rows and exact values again; rows that are gone are left out."""
    return READERS[About(edit.about)](edit.values)


def _terms(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {name: Tender._meta.get_field(name).to_python(value) for name, value in stored.items()}  # type: ignore[union-attr]  # noqa: SLF001 -- Django's public name


def _model(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "weighing": read_combination(stored["weighing"], "weighing"),
        "gate": None if stored["gate"] is None else Decimal(stored["gate"]),
        "tie_rule": TieRule(stored["tie_rule"]),
        "unit": PriceUnit(stored["unit"]),
        "tie_rule_reason": stored["tie_rule_reason"],
        "fixed_price": Decimal(stored["fixed_price"]) if stored.get("fixed_price") else None,
        "fixed_price_vat": stored.get("fixed_price_vat", ""),
        "fixed_price_basis": stored.get("fixed_price_basis", ""),
    }


def _requirement(stored: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in stored.items():
        match name:
            case "needs":
                values[name] = list(Need.objects.filter(pk__in=value).order_by("number"))
            case "steps":
                values[name] = [(Decimal(points), text) for points, text in value]
            case "follow_up_by":
                values[name] = Person.objects.filter(pk=value).first() if value else None
            case "reason":
                values[name] = value
            case _:
                values[name] = Requirement._meta.get_field(name).to_python(value)  # type: ignore[union-attr]  # noqa: SLF001 -- Django's public name
    return values


def _item(stored: Mapping[str, Any]) -> dict[str, Any]:
    if "criteria" not in stored:
        return dict(stored)
    return {**stored, "criteria": list(Requirement.objects.filter(pk__in=stored["criteria"]).order_by("number"))}


READERS = {About.TERMS: _terms, About.MODEL: _model, About.REQUIREMENT: _requirement, About.ITEM: _item}

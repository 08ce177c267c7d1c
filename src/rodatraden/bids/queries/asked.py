"""What a tender asks of a bid, read once and in a constant number of queries, as rows and as the form that is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Prefetch

from rodatraden.core.bid_form import AskedItem, AskedRequirement, AskKind, Asks, BidForm
from rodatraden.core.paging import FileKind
from rodatraden.core.sealing.parts import most_of_files
from rodatraden.tenders.models import ContentItem, Requirement, ScaleStep

if TYPE_CHECKING:
    from rodatraden.tenders.models import Snapshot, Tender


@dataclass(frozen=True, slots=True)
class Asked:
    """The items that a bid must contain and the requirements that it answers, as published.

    `items` are those answered by a file; the price is asked for in its own form. `names_people` tells whether the
    assignment is tied to named people: the documents then say how one may be replaced.
    """

    tender: Tender
    items: tuple[ContentItem, ...]
    requirements: tuple[Requirement, ...]

    @property
    def musts(self) -> tuple[Requirement, ...]:
        """The requirements that every bid must meet."""
        return tuple(each for each in self.requirements if each.kind == Requirement.Kind.MUST)

    @property
    def terms(self) -> tuple[Requirement, ...]:
        """The special contract terms, which a bid accepts as they are."""
        return tuple(each for each in self.requirements if each.kind == Requirement.Kind.TERM)

    @property
    def names_people(self) -> bool:
        """Whether a bid must name who does the work."""
        return bool(self.tender.replacement_clause.strip())

    @property
    def asks(self) -> Asks:
        """The same as plain values, for the checklist and for the form."""
        return Asks(
            items=tuple(_item(row) for row in self.items),
            requirements=tuple(_requirement(row) for row in self.requirements),
            fixed_price=self.tender.fixed_price,
            names_people=self.names_people,
        )


def asked(tender: Tender) -> Asked:
    """Return what `tender` asks of a bid; after publication rows and snapshot agree."""
    return Asked(
        tender=tender,
        items=tuple(
            ContentItem.objects.filter(tender=tender, is_price=False, removed_at=None)
            .prefetch_related("criteria")
            .order_by("number")
        ),
        requirements=tuple(
            Requirement.objects.filter(tender=tender, struck_at=None)
            .prefetch_related(Prefetch("steps", ScaleStep.objects.order_by("-points")))
            .order_by("number")
        ),
    )


def bid_form(snapshot: Snapshot) -> BidForm:
    """Return the form that a bid for the latest version of the documents fills in; `snapshot` is that version."""
    tender = snapshot.tender
    assert tender.deadline_at is not None, "what is published has its deadline"
    return BidForm(
        tender=tender.pk,
        title=tender.procurement.title,
        deadline_at=tender.deadline_at,
        snapshot=snapshot.number,
        snapshot_sha256=snapshot.sha256,
        currency=tender.currency,
        price_unit=tender.price_unit,
        most_bytes=most_of_files(settings.BID_SEALED_MAX_BYTES),
        asks=asked(tender).asks,
    )


def _item(row: ContentItem) -> AskedItem:
    return AskedItem(
        id=row.pk,
        number=row.number,
        title=row.title,
        description=row.description,
        is_required=row.is_required,
        max_pages=row.max_pages,
        rejects_over_limit=row.rejects_over_limit,
        is_annex=row.is_annex,
        kinds=tuple(FileKind),
    )


def _requirement(row: Requirement) -> AskedRequirement:
    return AskedRequirement(
        id=row.pk,
        label=row.label,
        kind=AskKind(row.kind),
        title=row.title,
        text=row.text,
        question=row.question,
        level=row.level,
        evidence=row.evidence,
    )

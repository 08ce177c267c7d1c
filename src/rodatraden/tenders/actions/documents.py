"""The verbs of the documents around the requirements: what a bid holds, files, terms, dates, the evaluation model."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypedDict

from django.db import transaction

from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.evaluation import PriceUnit, TieRule
from rodatraden.core.message import say
from rodatraden.core.paging import MEDIA_TYPES, count_pages
from rodatraden.records.actions import record_event, written
from rodatraden.records.models import StoredFile
from rodatraden.tenders.actions.holding import hold_draft
from rodatraden.tenders.actions.writing import hold, new_item, own, write_item, write_model, write_tender
from rodatraden.tenders.models import ContentItem, DeadlineChange, Tender, TenderDocument
from rodatraden.tenders.rules.access import may_edit
from rodatraden.tenders.rules.dates import describe_page, may_set_dates, procedure_of
from rodatraden.tenders.rules.planning import Dates, proposed_dates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from decimal import Decimal
    from typing import Unpack

    from rodatraden.core.evaluation import Combination
    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Requirement


class Terms(TypedDict, total=False):
    """The terms of the contract that the documents ask bids for; amounts in the currency of the tender without VAT."""

    introduction: str
    ceiling: Decimal | None
    yearly_frame: Decimal | None
    periods: int
    period_months: int
    price_unit: str
    rights_clause: str
    travel_clause: str
    platform_clause: str
    replacement_clause: str
    price_clause: str
    volume_clause: str
    termination_clause: str
    rejection_clause: str
    standstill_clause: str
    longer_term_reason: str


WHICH = {"deadline_at": DeadlineChange.Which.BIDS, "question_deadline_at": DeadlineChange.Which.QUESTIONS}


def set_terms(*, tender: Tender, by: Person, at: datetime, **terms: Unpack[Terms]) -> Tender:
    """Write the terms that are given; a term whose value changes is no longer a proposal.

    Raises:
        RefusedError: `by` may not edit, or the documents are published.
    """
    require(may_edit(by, tender.procurement))
    with transaction.atomic():
        hold_draft(tender.pk, by)
        changed = write_tender(tender, dict(terms))
        record_event("terms_set", of=tender, by=by, at=at, case=tender.procurement_id, what={"changed": changed})
    return tender


def set_dates(*, tender: Tender, by: Person, at: datetime, **dates: Unpack[Dates]) -> Tender:
    """Plan the dates that are given; too short a time for bids is refused (INV-07).

    Raises:
        RefusedError: `by` may not edit, the documents are published, the time is too short or the order impossible.
    """
    require(may_edit(by, tender.procurement))
    wanted = {**{name: getattr(tender, name) for name in Dates.__annotations__}, **dates}
    require(may_set_dates(tender.procurement, at=at, **wanted))
    with transaction.atomic():
        hold_draft(tender.pk, by)
        before = {name: getattr(tender, name) for name in WHICH}
        changed = write_tender(tender, dict(dates))
        DeadlineChange.objects.bulk_create(
            DeadlineChange(
                tender=tender, which=which, old_at=before[name], new_at=wanted[name], changed_at=at, changed_by=by
            )
            for name, which in WHICH.items()
            if name in changed and wanted[name]
        )
        record_event("dates_set", of=tender, by=by, at=at, case=tender.procurement_id, what={"changed": changed})
    return tender


def propose_dates(*, tender: Tender, by: Person, at: datetime) -> Tender:
    """Plan the dates that are still empty, as proposals for a person to accept or change before publication.

    Raises:
        RefusedError: `by` may not edit, the documents are published, or no procedure has been chosen.
    """
    require(may_edit(by, tender.procurement))
    procedure = procedure_of(tender.procurement)
    if procedure is None:
        raise RefusedError(
            no(
                say("Choose the procedure first: the time for bids follows from it."),
                mend=describe_page(tender.procurement),
            )
        )
    planned = proposed_dates(procedure, at)
    with transaction.atomic():
        hold_draft(tender.pk, by)
        hold(tender, "proposed", *planned)
        empty = {name: value for name, value in planned.items() if getattr(tender, name) is None}
        for name, value in empty.items():
            setattr(tender, name, value)
        tender.proposed = sorted({*tender.proposed, *empty})
        tender.save(update_fields=[*empty, "proposed"])
        record_event(
            "dates_proposed", of=tender, by=by, at=at, case=tender.procurement_id, what={"fields": sorted(empty)}
        )
    return tender


def accept_tender_proposals(*, tender: Tender, by: Person, at: datetime, fields: Iterable[str] | None = None) -> Tender:
    """Accept proposed terms and dates as one's own: the named fields, or all.

    Raises:
        RefusedError: `by` may not edit, or the documents are published.
    """
    require(may_edit(by, tender.procurement))
    accepted = set(tender.proposed) if fields is None else set(fields) & set(tender.proposed)
    with transaction.atomic():
        hold_draft(tender.pk, by)
        own(tender, accepted)
        tender.save(update_fields=["proposed"])
        record_event(
            "proposals_accepted",
            of=tender,
            by=by,
            at=at,
            case=tender.procurement_id,
            what={"fields": sorted(accepted)},
        )
    return tender


def set_evaluation_model(
    *,
    tender: Tender,
    weighing: Combination,
    by: Person,
    at: datetime,
    gate: Decimal | None = None,
    tie_rule: TieRule = TieRule.NONE,
    unit: PriceUnit = PriceUnit.HOUR,
    tie_rule_reason: str = "",
    fixed_price: Decimal | None = None,
    fixed_price_vat: str = "",
    fixed_price_basis: str = "",
) -> Tender:
    """Choose how bids are evaluated: `weighing` is one of the models that are offered (`rules.variants.OFFERED`).

    Where quality alone decides, `fixed_price` is what everybody is paid, with `fixed_price_vat` (`Tender.Vat`) and what
    it rests on. The criteria are those of the documents. What is wrong with the model is told by `publication_findings`, so that a
    model can be worked on before it is right.

    Raises:
        RefusedError: `by` may not edit, the documents are published, or they can't be given this way to weigh.
    """
    require(may_edit(by, tender.procurement))
    with transaction.atomic():
        hold_draft(tender.pk, by)
        changed, model = write_model(
            tender,
            weighing=weighing,
            gate=gate,
            tie_rule=tie_rule,
            unit=unit,
            tie_rule_reason=tie_rule_reason,
            fixed_price=fixed_price,
            fixed_price_vat=fixed_price_vat,
            fixed_price_basis=fixed_price_basis,
        )
        record_event(
            "evaluation_model_set",
            of=tender,
            by=by,
            at=at,
            case=tender.procurement_id,
            what={"changed": changed, "model": model.hash}
            | ({} if fixed_price is None else {"fixed_price": fixed_price}),
        )
    return tender


def add_content_item(
    *,
    tender: Tender,
    title: str,
    by: Person,
    at: datetime,
    description: str = "",
    max_pages: int | None = None,
    rejects_over_limit: bool = False,
    is_price: bool = False,
    is_annex: bool = False,
    is_required: bool = True,
    criteria: Iterable[Requirement] = (),
) -> ContentItem:
    """Ask for one more thing in the bid, last in the list.

    Raises:
        RefusedError: `by` may not edit, the documents are published, or something about it is impossible.
    """
    require(may_edit(by, tender.procurement))
    with transaction.atomic():
        hold_draft(tender.pk, by)
        item = new_item(tender)
        write_item(
            item,
            title=title,
            description=description,
            max_pages=max_pages,
            rejects_over_limit=rejects_over_limit,
            is_price=is_price,
            is_annex=is_annex,
            is_required=is_required,
            criteria=criteria,
        )
        record_event(
            "content_item_added", of=item, by=by, at=at, case=tender.procurement_id, what={"number": item.number}
        )
    return item


def revise_content_item(
    *,
    item: ContentItem,
    title: str,
    by: Person,
    at: datetime,
    description: str = "",
    max_pages: int | None = None,
    rejects_over_limit: bool = False,
    is_price: bool = False,
    is_annex: bool = False,
    is_required: bool = True,
    criteria: Iterable[Requirement] = (),
) -> ContentItem:
    """Change what is asked for in the bid.

    Raises:
        RefusedError: `by` may not edit, the documents are published, or something about it is impossible.
    """
    require(may_edit(by, item.tender.procurement))
    with transaction.atomic():
        hold_draft(item.tender_id, by)
        write_item(
            item,
            title=title,
            description=description,
            max_pages=max_pages,
            rejects_over_limit=rejects_over_limit,
            is_price=is_price,
            is_annex=is_annex,
            is_required=is_required,
            criteria=criteria,
        )
        record_event("content_item_revised", of=item, by=by, at=at, case=item.tender.procurement_id)
    return item


def remove_content_item(*, item: ContentItem, by: Person, at: datetime) -> None:
    """No longer ask for something in the bid.

    Raises:
        RefusedError: `by` may not edit, or the documents are published.
    """
    require(may_edit(by, item.tender.procurement))
    with transaction.atomic():
        hold_draft(item.tender_id, by)
        record_event(
            "content_item_removed",
            of=item,
            by=by,
            at=at,
            case=item.tender.procurement_id,
            what={"title": item.title},
        )
        item.delete()


def add_document(*, tender: Tender, title: str, data: bytes, name: str, by: Person, at: datetime) -> TenderDocument:
    """Add a file to the procurement documents, which everybody can read: one that can be opened, of a kind that is told by its content.

    Raises:
        RefusedError: `by` may not edit, the documents are published, or the file is empty, damaged, locked or of another kind.
    """
    require(may_edit(by, tender.procurement))
    with document_file(data=data, name=name, by=by, at=at) as file, transaction.atomic():
        hold_draft(tender.pk, by)
        return place_document(tender=tender, title=title, file=file, by=by, at=at)


@contextmanager
def document_file(*, data: bytes, name: str, by: Person, at: datetime) -> Iterator[StoredFile]:
    """Write a file of the documents to storage, before the log is written: on PostgreSQL nobody who needs it waits for the disk.

    Raises:
        RefusedError: the file is empty, damaged, locked or of a kind that cannot be read.
    """
    counted = count_pages(data, name)
    if counted.fault is not None or counted.kind is None:
        raise RefusedError(no(counted.reason, mend="file"))
    with written(chunks=[data], origin=StoredFile.Origin.OTHERS, by=by, at=at) as file:
        del data  # many may be written before the verb ends
        file.name, file.media_type = name, MEDIA_TYPES[counted.kind]
        yield file


def place_document(*, tender: Tender, title: str, file: StoredFile, by: Person, at: datetime) -> TenderDocument:
    """Name a file that is written as one of the documents; part of a verb that holds them."""
    with transaction.atomic():
        file.save(force_insert=True)
        document = TenderDocument.objects.create(
            tender=tender, title=title.strip() or file.name, file=file, added_at=at
        )
        record_event(
            "tender_document_added",
            of=document,
            by=by,
            at=at,
            case=tender.procurement_id,
            what={"sha256": file.sha256, "title": document.title},
        )
    return document


def remove_document(*, document: TenderDocument, by: Person, at: datetime) -> TenderDocument:
    """Take a file out of the procurement documents; its bytes are kept.

    Raises:
        RefusedError: `by` may not edit, or the documents are published.
    """
    require(may_edit(by, document.tender.procurement))
    with transaction.atomic():
        hold_draft(document.tender_id, by)
        document.removed_at = at
        document.save(update_fields=["removed_at"])
        record_event("tender_document_removed", of=document, by=by, at=at, case=document.tender.procurement_id)
    return document

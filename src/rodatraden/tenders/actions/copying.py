"""What a copy of earlier documents takes over, what of it waits for a person to accept it, and what it leaves out."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.needs.actions import write_need
from rodatraden.needs.queries import standing as standing_needs
from rodatraden.records.models import ScanMark
from rodatraden.records.queries import mark_scans, read_bytes
from rodatraden.tenders.actions.documents import (
    add_content_item,
    document_file,
    place_document,
    set_evaluation_model,
    set_terms,
)
from rodatraden.tenders.actions.requirements import add_requirement
from rodatraden.tenders.models import ContentItem, Requirement
from rodatraden.tenders.queries import content_items, files, left_out_of_copy, standing
from rodatraden.tenders.rules.copying import LeftOut
from rodatraden.tenders.rules.model import model_of
from rodatraden.tenders.rules.variants import may_choose

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from rodatraden.needs.models import Need
    from rodatraden.parties.models import Person
    from rodatraden.records.models import StoredFile
    from rodatraden.tenders.models import Tender

TERMS_TO_COPY = (
    "introduction",
    "ceiling",
    "yearly_frame",
    "periods",
    "period_months",
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
)
PROPOSED_IN_COPY = (
    "level",
    "level_reason",
    "evidence",
    "checked_when",
    "acts_by",
    "follow_up_how",
    "follow_up_when",
)
"""What fitted an earlier procurement may not fit this one: a person reads it again."""
PROPOSED_TERMS_IN_COPY = ("longer_term_reason",)
"""A reason was given for the procurement that it was written in, and is no one else's before somebody has taken it."""


def copy_documents(earlier: Tender, tender: Tender, copied: Copied, *, by: Person, at: datetime) -> None:
    """Write into `tender` what earlier documents hold and may be copied, and keep with it what was left out and why.

    Part of the verb that starts the documents, which has asked who may and has `copied` the files.
    """
    needs = {
        need.pk: write_need(
            organisation=tender.procurement.buyer,
            procurement=tender.procurement,
            title=need.title,
            for_whom=need.for_whom,
            description=need.description,
            evidence=need.evidence,
            source=need.source,
            is_fictional=need.is_fictional,
            by=by,
            at=at,
        )
        for need in standing_needs(earlier.procurement)
    }
    set_terms(tender=tender, by=by, at=at, **{name: getattr(earlier, name) for name in TERMS_TO_COPY})
    model = model_of(earlier)
    if model is not None and may_choose(model.combination):  # another way to weigh is chosen anew
        set_evaluation_model(
            tender=tender,
            weighing=model.combination,
            gate=model.gate.minimum if model.gate else None,
            tie_rule=model.tie_rule,
            unit=model.price.unit,
            tie_rule_reason=earlier.tie_rule_reason,
            fixed_price=earlier.fixed_price,
            fixed_price_vat=earlier.fixed_price_vat,
            fixed_price_basis=earlier.fixed_price_basis,
            by=by,
            at=at,
        )
    rows = {row.pk: _copy_requirement(row, tender, needs, by=by, at=at) for row in standing(earlier)}
    for item in content_items(earlier):
        add_content_item(
            tender=tender,
            criteria=[rows[criterion.pk] for criterion in item.criteria.all() if criterion.pk in rows],
            by=by,
            at=at,
            **{name: getattr(item, name) for name in ContentItem.WRITTEN},
        )
    tender.proposed = [name for name in PROPOSED_TERMS_IN_COPY if getattr(earlier, name)]
    tender.left_out = [
        *left_out_of_copy(earlier, followed=[rows[row.pk].label for row in standing(earlier) if row.follow_up_by_id]),
        *copied.left_out,
    ]
    for title, file in copied.files:
        place_document(tender=tender, title=title, file=file, by=by, at=at)
    tender.save(update_fields=["proposed", "left_out"])


@dataclass(frozen=True, slots=True)
class Copied:
    """The files of earlier documents, each with its title, written but named by no row yet, and which were left out and why."""

    files: tuple[tuple[str, StoredFile], ...] = ()
    left_out: tuple[dict[str, str | int], ...] = ()


@contextmanager
def copied_files(earlier: Tender, *, by: Person, at: datetime) -> Iterator[Copied]:
    """Copy the files byte by byte, before the log is written: large ones take long, and whoever hands in a bid waits for the log.

    Left out is one that something was found in, or that is gone. Each is a file of its own, so that whoever lets one out
    answers for their case alone; what a scanner has said of the same bytes holds of it too.
    """
    left: list[dict[str, str | int]] = []
    copied: list[tuple[str, StoredFile]] = []
    documents = list(files(earlier))
    mark_scans(document.file for document in documents)
    with ExitStack() as stack:
        for document in documents:
            mark = document.file.mark
            if mark is not None and mark.state in {ScanMark.State.FOUND, ScanMark.State.LET_OUT}:
                left.append({"kind": LeftOut.FILE_FOUND, "name": document.title, "finding": mark.finding})
                continue
            try:
                data = read_bytes(document.file)
            except FileNotFoundError:
                left.append({"kind": LeftOut.FILE_GONE, "name": document.title})
                continue
            file = stack.enter_context(document_file(data=data, name=document.file.name, by=by, at=at))
            copied.append((document.title, file))
        yield Copied(tuple(copied), tuple(left))


def _copy_requirement(
    row: Requirement, tender: Tender, needs: dict[UUID, Need], *, by: Person, at: datetime
) -> Requirement:
    return add_requirement(
        tender=tender,
        proposed=[name for name in PROPOSED_IN_COPY if getattr(row, name)],
        needs=[needs[need.pk] for need in row.needs.all() if need.pk in needs],
        steps=[(step.points, step.text) for step in row.steps.all()],
        by=by,
        at=at,
        **{name: getattr(row, name) for name in Requirement.WRITTEN},
    )

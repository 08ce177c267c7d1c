"""The verbs of a price that somebody met while judging the quality: report it, handle it (INV-13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from rodatraden.assessments.actions.holding import alone
from rodatraden.assessments.models import PriceSighting
from rodatraden.assessments.queries import sightings
from rodatraden.assessments.rules import may_handle_price, may_report_price, names_no_amount
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.canonical import canonical_hash
from rodatraden.core.masking import masked_pdf
from rodatraden.core.message import say
from rodatraden.records.actions import record_event, store_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from rodatraden.assessments.models import Item
    from rodatraden.parties.models import Person

Measure = PriceSighting.Measure
PDF = b"%PDF-"


def report_price(*, item: Item, where: str, material: UUID | None, by: Person, at: datetime) -> PriceSighting:
    """Report that a price stands where none should be read: in which document and where in it, never how high it is.

    The ledger keeps that it was reported, and the hash of where. Other assessors are not told: it would show the way.

    Raises:
        RefusedError: `by` does not judge here, nothing is said of where, or an amount is named.
    """
    with transaction.atomic():
        assessed = alone(item.round_id)
        require(may_report_price(by, assessed))
        if not where.strip():
            raise RefusedError(no(say("Write where the price stands."), mend="where"))
        require(names_no_amount(where))
        sighting = PriceSighting.objects.create(
            item=item,
            seen_by=next(m for m in assessed.panel.all() if m.person_id == by.pk and m.removed_at is None),
            material=material,
            where=where.strip(),
            reported_at=at,
        )
        record_event(
            "price_sighting_reported",
            of=sighting,
            by=by,
            at=at,
            case=assessed.case_id,
            what={"where_sha256": canonical_hash(sighting.where)},
        )
    return sighting


def handle_price(
    *,
    sighting: PriceSighting,
    measure: PriceSighting.Measure,
    explanation: str,
    by: Person,
    at: datetime,
    masked: bytes | None = None,
    hidden: Sequence[str] = (),
) -> PriceSighting:
    """Write down what was done about a reported price; with a masked copy the assessors read that from now on.

    `hidden` are the words that must be gone from the copy, the amount among them: they are looked for and kept nowhere.

    Raises:
        RefusedError: `by` does not handle it, it has been handled, no explanation is given, an amount is named, or the
            copy is missing, is no PDF, belongs to no document that was named, or something hidden can still be read in it.
    """
    with transaction.atomic():
        alone(sighting.item.round_id)
        sighting = sightings().get(pk=sighting.pk)
        require(may_handle_price(by, sighting))
        if not explanation.strip():
            raise RefusedError(no(say("Write what was done and why it is enough."), mend="explanation"))
        require(names_no_amount(explanation))
        if measure == Measure.MASKED:
            sighting.masked = store_bytes(
                _copy(sighting, masked, hidden), name="maskad-kopia.pdf", media_type="application/pdf", by=by, at=at
            )
        sighting.measure = measure
        sighting.explanation = explanation.strip()
        sighting.handled_at, sighting.handled_by = at, by
        sighting.save(update_fields=["measure", "explanation", "masked", "handled_at", "handled_by"])
        record_event(
            "price_sighting_handled",
            of=sighting,
            by=by,
            at=at,
            case=sighting.item.round.case_id,
            what={"measure": measure.value, "explanation_sha256": canonical_hash(sighting.explanation)},
        )
    return sighting


def _copy(sighting: PriceSighting, masked: bytes | None, hidden: Sequence[str]) -> bytes:
    if sighting.material is None:
        raise RefusedError(no(say("The report names no document that a copy could stand for."), mend="measure"))
    if masked is None or not masked.startswith(PDF):
        raise RefusedError(no(say("Choose the masked copy as a PDF."), mend="file"))
    return masked_pdf(masked, hidden=hidden)

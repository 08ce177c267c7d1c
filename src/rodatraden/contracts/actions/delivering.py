"""What a call-off gives: hours that are done, and material that belongs to the buyer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from rodatraden.contracts.models import CallOff, Deliverable
from rodatraden.contracts.queries import locked
from rodatraden.contracts.rules import may_deliver, may_report
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.message import say
from rodatraden.core.paging import MEDIA_TYPES, count_pages
from rodatraden.records.actions import record_event, register_document, store_bytes
from rodatraden.records.models import DiaryDocument

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from rodatraden.parties.models import Person


def report_delivered_hours(*, order: CallOff, delivered_hours: Decimal, by: Person, at: datetime) -> CallOff:
    """Write down how many hours of a call-off have been delivered in all; never more than were ordered.

    Raises:
        RefusedError: `by` may not, the call-off is cancelled, or the hours are negative or too many.
    """
    with transaction.atomic():
        contract = locked(order.contract)
        order = contract.call_offs.select_for_update(no_key=True).get(pk=order.pk)
        order.contract = contract
        require(may_report(by, order, at))
        if not 0 <= delivered_hours <= order.hours:
            raise RefusedError(
                no(
                    say("Between 0 and {hours} hours can have been delivered.", hours=order.hours),
                    mend="delivered_hours",
                )
            )
        order.delivered_hours = delivered_hours
        order.save(update_fields=["delivered_hours"])
        record_event(
            "hours_reported",
            of=order,
            by=by,
            at=at,
            case=contract.tender.procurement_id,
            what={"hours": delivered_hours},
        )
    return order


def deliver(*, order: CallOff, title: str, data: bytes, file_name: str, by: Person, at: datetime) -> Deliverable:
    """Receive what a call-off produced; the right to it is what the published clause says: it belongs to the buyer.

    What kind of file it is is read from its bytes.

    Raises:
        RefusedError: `by` may not, the title is missing, or the file can't be taken as it is.
    """
    contract = order.contract
    require(may_deliver(by, contract, at))
    if not title.strip():
        raise RefusedError(no(say("Name what is delivered."), mend="title"))
    counted = count_pages(data, file_name)
    if counted.fault is not None or counted.kind is None:
        raise RefusedError(no(counted.reason, mend="file"))
    with transaction.atomic():
        stored = store_bytes(data, name=file_name, media_type=MEDIA_TYPES[counted.kind], by=by, at=at)
        deliverable = Deliverable.objects.create(
            call_off=order,
            title=title.strip(),
            file=stored,
            right=contract.tender.rights_clause,
            delivered_at=at,
            delivered_by=by,
        )
        register_document(
            case=contract.tender.procurement.diary_case,
            direction=DiaryDocument.Direction.RECEIVED,
            counterparty=contract.supplier.name,
            subject=deliverable.title,
            by=by,
            at=at,
            file=stored,
        )
        record_event(
            "deliverable_received",
            of=deliverable,
            by=by,
            at=at,
            case=contract.tender.procurement_id,
            what={"sha256": stored.sha256},
        )
    return deliverable

"""Call-offs under the ceiling: ordered, and cancelled as far as they have not been delivered.

Every verb that moves what is committed locks the contract first, so that two at once are one after the other (INV-24).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext

from rodatraden.contracts.actions.telling import tell_supplier
from rodatraden.contracts.models import CallOff
from rodatraden.contracts.queries import locked
from rodatraden.contracts.rules import may_call_off, may_cancel, may_order, today
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.message import say
from rodatraden.core.numbers import swedish_amount, swedish_number
from rodatraden.records.actions import record_event
from rodatraden.ui.words import weekday_date

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from rodatraden.contracts.models import Contract
    from rodatraden.parties.models import Person


def call_off(
    *,
    contract: Contract,
    description: str,
    place: CallOff.Place,
    starts_on: date,
    ends_on: date,
    hours: Decimal,
    by: Person,
    at: datetime,
    location: str = "",
    platform: str = "",
) -> CallOff:
    """Order hours at the contract's price; the sum of all orders never passes the ceiling (INV-24). No travel cost.

    Raises:
        RefusedError: `by` may not order, the ceiling would be passed, the days lie outside the agreed term, or what
            the place asks for is missing: where on site, or the designated platform.
    """
    with transaction.atomic():
        contract = locked(contract)
        require(may_call_off(by, contract, at))
        on_site = place == CallOff.Place.ON_SITE
        where = {"location": location.strip()} if on_site else {"platform": platform.strip()}
        wanted: dict[str, Any] = {
            "description": description.strip(),
            "place": place,
            **where,
            "starts_on": starts_on,
            "ends_on": ends_on,
            "hours": hours,
        }
        require(may_order(contract, today(contract, at), **wanted))
        order = CallOff.objects.create(
            contract=contract,
            number=max((each.number for each in contract.call_offs.all()), default=0) + 1,
            **wanted,
            price=contract.price,
            ordered_at=at,
            ordered_by=by,
        )
        record_event(
            "call_off_made",
            of=order,
            by=by,
            at=at,
            case=contract.tender.procurement_id,
            what={"hours": hours, "amount": order.amount},
        )
        tell_supplier(contract, gettext("Call-off %(number)s") % {"number": order.number}, _told(order), by=by, at=at)
    return order


def cancel_call_off(
    *, order: CallOff, reason: str, by: Person, at: datetime, delivered_hours: Decimal | None = None
) -> CallOff:
    """Cancel what has not been delivered of a call-off; that part of the ceiling is free again.

    `delivered_hours` is what had been delivered and accepted by then, when it is not what was reported last; it stays
    committed.

    Raises:
        RefusedError: `by` may not, it is cancelled or delivered already, no reason is given, or the hours can't be.
    """
    with transaction.atomic():
        contract = locked(order.contract)
        order = contract.call_offs.select_for_update(no_key=True).get(pk=order.pk)
        order.contract = contract
        require(may_cancel(by, order))
        if not reason.strip():
            raise RefusedError(no(say("Say why the call-off is cancelled."), mend="reason"))
        if delivered_hours is not None:
            if not 0 <= delivered_hours < order.hours:
                raise RefusedError(
                    no(
                        say("Less than the {hours} hours ordered can have been delivered.", hours=order.hours),
                        mend="delivered_hours",
                    )
                )
            order.delivered_hours = delivered_hours
        order.cancelled_at, order.cancelled_by, order.cancel_reason = at, by, reason.strip()
        order.save(update_fields=["delivered_hours", "cancelled_at", "cancelled_by", "cancel_reason"])
        record_event(
            "call_off_cancelled",
            of=order,
            by=by,
            at=at,
            case=contract.tender.procurement_id,
            what={"reason": order.cancel_reason, "bound_hours": order.bound_hours},
        )
        tell_supplier(
            contract,
            gettext("Call-off %(number)s is cancelled") % {"number": order.number},
            order.cancel_reason,
            by=by,
            at=at,
        )
    return order


def _told(order: CallOff) -> str:
    return gettext(
        "%(description)s\n\nFrom %(first)s to %(last)s. %(place)s: %(where)s.\n"
        "%(hours)s hours at %(price)s: %(amount)s without VAT. No travel costs are paid."
    ) % {
        "description": order.description,
        "first": weekday_date(order.starts_on),
        "last": weekday_date(order.ends_on),
        "place": CallOff.Place(order.place).label,
        "where": order.location or order.platform,
        "hours": swedish_number(order.hours),
        "price": swedish_amount(order.price),
        "amount": swedish_amount(order.amount),
    }

"""The verbs of a contract: draw up, sign, call off, cancel, deliver, extend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext

from rodatraden.awards.rules import may_conclude_contract
from rodatraden.bids.models import Promise
from rodatraden.contracts.models import (
    CallOff,
    Contract,
    Deliverable,
    Extension,
    PersonOnContract,
    Signature,
    Term,
)
from rodatraden.contracts.queries import ceiling_of
from rodatraden.contracts.rules import (
    Kind,
    may_call_off,
    may_draw_up,
    may_extend,
    may_register_signature,
    may_see,
    signed_on,
    term_of,
)
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.core.paging import count_pages
from rodatraden.procurements.actions import record_fact
from rodatraden.records.actions import record_event, register_document, store_bytes
from rodatraden.records.models import DiaryDocument
from rodatraden.tenders.actions import record_award_notice_due
from rodatraden.tenders.models import Requirement

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender


def draw_up_contract(*, tender: Tender, by: Person, at: datetime) -> Contract:
    """Draw up the contract with the awarded bidder: price as offered, ceiling and term as published.

    Each requirement that the supplier made a promise for becomes a term in the supplier's own words; a special
    contract term without one becomes a term as published.

    Raises:
        RefusedError: `by` may not, the bidders are not notified, there is a contract, or no ceiling was published.
    """
    require(may_draw_up(by, tender.procurement))
    if Contract.objects.filter(tender=tender).exists():
        raise RefusedError(no(say("The contract has been drawn up already.")))
    if tender.ceiling is None:
        raise RefusedError(no(say("No ceiling was published, so nothing can be called off."), source="HFD 2022 ref. 4"))
    bid = tender.award.winner
    promises = {promise.requirement_id: promise for promise in Promise.objects.filter(bid=bid)}
    standing = Requirement.objects.filter(tender=tender, struck_at=None).order_by("number")
    with transaction.atomic():
        contract = Contract.objects.create(
            tender=tender,
            bid=bid,
            buyer=tender.procurement.buyer,
            supplier=bid.supplier,
            currency=tender.currency,
            ceiling=tender.ceiling,
            yearly_frame=tender.yearly_frame,
            price=bid.price.amount,
            price_unit=tender.price_unit,
            periods=tender.periods,
            period_months=tender.period_months,
            drawn_up_at=at,
            drawn_up_by=by,
        )
        Term.objects.bulk_create(
            Term(contract=contract, requirement=requirement, promise=promises.get(requirement.pk))
            for requirement in standing
            if requirement.pk in promises or requirement.kind == Requirement.Kind.TERM
        )
        record_event("contract_drawn_up", of=contract, by=by, at=at, case=tender.procurement_id)
    return contract


def register_signature(
    *,
    contract: Contract,
    party: Signature.Party,
    signed_on_day: date,
    signer: str,
    by: Person,
    at: datetime,
    pdf: bytes | None = None,
    file_name: str = "",
) -> Signature:
    """Register that a party has signed, and on which day; with the last one the contract is concluded (INV-19).

    The signed contract comes as a PDF with the last signature at the latest. From then on the term runs, the named
    person is on the contract, and the contract award notice has its date.

    Raises:
        RefusedError: `by` may not, the standstill runs on that day, the day has not come, or the PDF is missing or bad.
    """
    require(may_register_signature(by, contract))
    tender = contract.tender
    procurement = tender.procurement
    require(may_conclude_contract(tender, signed_on_day))
    if signed_on_day > local_date(at, procurement.country):
        raise RefusedError(
            no(say("{day} has not come yet. Write the day on which the party signed.", day=signed_on_day))
        )
    if not signer.strip():
        raise RefusedError(no(say("Write who signed.")))
    with transaction.atomic():
        contract = (
            Contract.objects.select_for_update(of=("self",))
            .select_related("tender__procurement", "bid")
            .get(pk=contract.pk)
        )
        if contract.signatures.filter(party=party).exists():
            raise RefusedError(no(say("This party's signature is registered already.")))
        if pdf is not None:
            _keep_signed_file(contract, pdf, file_name, by=by, at=at)
        signature = Signature.objects.create(
            contract=contract, party=party, signed_on=signed_on_day, signer=signer, registered_at=at, registered_by=by
        )
        record_event(
            "contract_signature_registered",
            of=signature,
            by=by,
            at=at,
            case=procurement.pk,
            what={"party": party, "signed_on": signed_on_day},
        )
        concluded_on = signed_on(contract)
        if concluded_on is not None:
            _conclude(contract, concluded_on, by=by, at=at)
    return signature


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
    require(may_call_off(by, contract))
    if hours <= 0:
        raise RefusedError(no(say("Write how many hours are ordered, more than 0."), mend="hours"))
    if ends_on < starts_on:
        raise RefusedError(no(say("The last day lies before the first."), mend="ends_on"))
    if place == CallOff.Place.DIGITAL and not platform.strip():
        raise RefusedError(
            no(say("Write which digital platform the association designates."), mend="platform", source="Bilaga 1, 1.2")
        )
    if place == CallOff.Place.ON_SITE and not location.strip():
        raise RefusedError(no(say("Write where the work is done."), mend="location"))
    with transaction.atomic():
        contract = (
            Contract.objects.select_for_update(of=("self",)).select_related("tender__procurement").get(pk=contract.pk)
        )
        term = term_of(contract)
        if term is None or starts_on < term[0] or ends_on > term[1]:
            first, last = term or (starts_on, ends_on)
            raise RefusedError(
                no(
                    say("The contract runs from {first} to {last}. Order within those days.", first=first, last=last),
                    mend="ends_on",
                    source="LOU 7 kap. 3 §",
                )
            )
        amount = hours * contract.price
        ceiling = ceiling_of(contract, local_date(at))
        if amount > ceiling.left:
            raise RefusedError(
                no(
                    say(
                        "The order is {amount} {currency}, and {left} {currency} is left under the ceiling.",
                        amount=amount,
                        left=ceiling.left,
                        currency=contract.currency,
                    ),
                    mend="hours",
                    source="HFD 2022 ref. 4",
                )
            )
        last_number = contract.call_offs.aggregate(last=Max("number"))["last"] or 0
        order = CallOff.objects.create(
            contract=contract,
            number=last_number + 1,
            description=description,
            place=place,
            location=location,
            platform=platform,
            starts_on=starts_on,
            ends_on=ends_on,
            hours=hours,
            amount=amount,
            ordered_at=at,
            ordered_by=by,
        )
        record_event(
            "call_off_made", of=order, by=by, at=at, case=contract.tender.procurement_id, what={"amount": amount}
        )
    return order


def report_hours(*, order: CallOff, delivered_hours: Decimal, by: Person, at: datetime) -> CallOff:
    """Write down how many hours of a call-off have been delivered; never more than were ordered.

    Raises:
        RefusedError: `by` does not see the contract, or the hours are negative or too many.
    """
    require(may_see(by, order.contract, at))
    if not 0 <= delivered_hours <= order.hours:
        raise RefusedError(
            no(say("Between 0 and {hours} hours can have been delivered.", hours=order.hours), mend="delivered_hours")
        )
    with transaction.atomic():
        order.delivered_hours = delivered_hours
        order.save(update_fields=["delivered_hours"])
        record_event(
            "hours_reported",
            of=order,
            by=by,
            at=at,
            case=order.contract.tender.procurement_id,
            what={"hours": delivered_hours},
        )
    return order


def cancel_call_off(*, order: CallOff, reason: str, by: Person, at: datetime) -> CallOff:
    """Cancel what has not been delivered of a call-off; that part of the ceiling is free again.

    Raises:
        RefusedError: `by` may not order, it is cancelled already, or no reason is given.
    """
    require(may_call_off(by, order.contract))
    if order.cancelled_at is not None:
        raise RefusedError(no(say("The call-off has been cancelled already.")))
    if not reason.strip():
        raise RefusedError(no(say("Say why the call-off is cancelled."), mend="reason"))
    with transaction.atomic():
        order.cancelled_at = at
        order.cancel_reason = reason
        order.save(update_fields=["cancelled_at", "cancel_reason"])
        record_event(
            "call_off_cancelled",
            of=order,
            by=by,
            at=at,
            case=order.contract.tender.procurement_id,
            what={"reason": reason},
        )
    return order


def deliver(
    *, order: CallOff, title: str, data: bytes, file_name: str, media_type: str, by: Person, at: datetime
) -> Deliverable:
    """Receive what a call-off produced; the right to it is what the published clause says: it belongs to the buyer.

    Raises:
        RefusedError: `by` does not see the contract, or the file is empty.
    """
    require(may_see(by, order.contract, at))
    if not data:
        raise RefusedError(no(say("The file is empty. Choose another one."), mend="file"))
    contract = order.contract
    with transaction.atomic():
        stored = store_bytes(data, name=file_name, media_type=media_type, by=by, at=at)
        deliverable = Deliverable.objects.create(
            call_off=order,
            title=title,
            file=stored,
            right=contract.tender.rights_clause,
            delivered_at=at,
            delivered_by=by,
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


def extend(*, contract: Contract, reason: str, by: Person, at: datetime) -> Extension:
    """Take up the next option; a decision by the director before the running period ends (LOU 17 kap. 10 §).

    Raises:
        RefusedError: `by` may not, the period has ended, or there is no option left.
    """
    with transaction.atomic():
        contract = (
            Contract.objects.select_for_update(of=("self",)).select_related("tender__procurement").get(pk=contract.pk)
        )
        require(may_extend(by, contract, at))
        extension = Extension.objects.create(
            contract=contract, number=2 + contract.extensions.count(), reason=reason, decided_at=at, decided_by=by
        )
        record_event(
            "contract_extended",
            of=contract,
            by=by,
            at=at,
            case=contract.tender.procurement_id,
            what={"period": extension.number},
        )
    return extension


def _keep_signed_file(contract: Contract, pdf: bytes, file_name: str, *, by: Person, at: datetime) -> None:
    counted = count_pages(pdf, file_name)
    if not pdf.startswith(b"%PDF") or counted.fault is not None:
        raise RefusedError(
            no(say("The signed contract must be a PDF that can be opened without a password."), mend="file")
        )
    contract.signed_file = store_bytes(pdf, name=file_name, media_type="application/pdf", by=by, at=at)
    contract.save(update_fields=["signed_file"])
    register_document(
        case=contract.tender.procurement.diary_case,
        direction=DiaryDocument.Direction.DRAWN_UP,
        counterparty=contract.supplier.name,
        subject=gettext("Signed contract"),
        by=by,
        at=at,
        file=contract.signed_file,
    )


def _conclude(contract: Contract, concluded_on: date, *, by: Person, at: datetime) -> None:
    if contract.signed_file_id is None:
        raise RefusedError(
            no(say("Choose the signed contract as a PDF: with this signature it is concluded."), mend="file")
        )
    PersonOnContract.objects.bulk_create(
        PersonOnContract(contract=contract, named_person=person, since_on=concluded_on)
        for person in contract.bid.named_people.all()
    )
    record_fact(
        procurement=contract.tender.procurement,
        kind=Kind.CONTRACT_SIGNED,
        by=by,
        at=at,
        what={"concluded_on": concluded_on},
    )
    record_award_notice_due(tender=contract.tender, signed_on=concluded_on, value=contract.ceiling, by=by, at=at)

"""From the award to a concluded contract, and on from one period to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext

from rodatraden.awards.rules import may_conclude_contract
from rodatraden.bids.models import Promise
from rodatraden.bids.queries import price_of_bid, tenders_received
from rodatraden.contracts.actions.telling import tell_supplier
from rodatraden.contracts.documents import contract_paper
from rodatraden.contracts.models import Contract, Extension, PersonOnContract, Signature, Term
from rodatraden.contracts.queries import locked
from rodatraden.contracts.rules import (
    Kind,
    may_draw_up,
    may_extend,
    may_register_signature,
    period_of,
    periods_taken,
    signed_on,
    today,
)
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.core.paging import FileKind, count_pages
from rodatraden.evaluation.queries import held
from rodatraden.procurements.actions import record_fact
from rodatraden.records.actions import issue_document, record_event, register_document, store_bytes
from rodatraden.records.models import DiaryDocument
from rodatraden.tenders.actions import Awarded, record_award_notice_due
from rodatraden.tenders.queries import standing
from rodatraden.ui.words import weekday_date

if TYPE_CHECKING:
    from datetime import date, datetime

    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement
    from rodatraden.tenders.models import Tender


def draw_up_contract(*, tender: Tender, by: Person, at: datetime) -> Contract:
    """Draw up the contract with the awarded bidder: price as offered or fixed, ceiling and term as published.

    One that was drawn up for a bid whose award was revoked is dropped. Every published requirement becomes a term: where the supplier made a promise, in the supplier's own words alone,
    else as it was published.

    Raises:
        RefusedError: `by` may not, the bidders are not notified, there is a contract, or no ceiling was published.
    """
    with transaction.atomic():
        tender = held(tender)  # who revokes the award waits, or it is revoked by now
        procurement = tender.procurement
        require(may_draw_up(by, procurement))
        assert tender.ceiling is not None  # `may_draw_up` asks for it
        _drop_draft(tender, by=by, at=at)
        bid = tender.award.winner
        price = price_of_bid(bid, tender)
        assert price is not None, "only a bid with a price, its own or the fixed one, was counted"
        promises = {promise.requirement_id: promise for promise in Promise.objects.filter(bid=bid)}
        contract = Contract.objects.create(
            tender=tender,
            bid=bid,
            buyer=procurement.buyer,
            supplier=bid.supplier,
            currency=tender.currency,
            ceiling=tender.ceiling,
            yearly_frame=tender.yearly_frame,
            price=price,
            price_unit=tender.price_unit,
            periods=tender.periods,
            period_months=tender.period_months,
            drawn_up_at=at,
            drawn_up_by=by,
        )
        Term.objects.bulk_create(
            Term(contract=contract, requirement=requirement, promise=promises.get(requirement.pk))
            for requirement in standing(tender)
        )
        _issue(contract, procurement, by=by, at=at)
        record_event("contract_drawn_up", of=contract, by=by, at=at, case=tender.procurement_id)
    return contract


def _issue(contract: Contract, procurement: Procurement, *, by: Person, at: datetime) -> None:
    """Issue the contract as the document that the parties sign."""
    contract.tender.procurement = procurement  # with what has been fetched with it
    contract.document = issue_document(
        paper=contract_paper(contract, at),
        case=procurement.diary_case,
        of=procurement.pk,
        direction=DiaryDocument.Direction.DRAWN_UP,
        counterparty=contract.supplier.name,
        subject=gettext("Contract to sign"),
        by=by,
        at=at,
    )
    contract.save(update_fields=["document"])


def _drop_draft(tender: Tender, *, by: Person, at: datetime) -> None:
    """Drop a contract that was drawn up for a bid whose award was revoked; it was never concluded and binds nobody."""
    draft = Contract.objects.filter(tender=tender).first()
    if draft is not None:
        record_event("contract_draft_dropped", of=draft, by=by, at=at, case=tender.procurement_id)
        draft.signatures.all().delete()
        draft.terms.all().delete()
        draft.delete()


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
    with transaction.atomic():
        held(contract.tender)  # a review, an order of the court or a revocation waits, or is seen here
        contract = locked(contract)
        require(may_register_signature(by, contract))
        require(may_conclude_contract(contract.tender, signed_on_day))
        if signed_on_day > today(contract, at):
            raise RefusedError(
                no(
                    say("{day} has not come yet. Write the day on which the party signed.", day=signed_on_day),
                    mend="signed_on_day",
                )
            )
        if not signer.strip():
            raise RefusedError(no(say("Write who signed."), mend="signer"))
        if any(signature.party == party for signature in contract.signatures.all()):
            raise RefusedError(no(say("This party's signature is registered already."), mend="party"))
        if pdf is not None:
            _keep_signed_file(contract, pdf, file_name, by=by, at=at)
        signature = Signature.objects.create(
            contract=contract,
            party=party,
            signed_on=signed_on_day,
            signer=signer.strip(),
            registered_at=at,
            registered_by=by,
        )
        record_event(
            "contract_signature_registered",
            of=contract,
            by=by,
            at=at,
            case=contract.tender.procurement_id,
            what={"party": party, "signed_on": signed_on_day},
        )
        contract = locked(contract)
        concluded_on = signed_on(contract)
        if concluded_on is not None:
            _conclude(contract, concluded_on, by=by, at=at)
    return signature


def extend(*, contract: Contract, reason: str, by: Person, at: datetime) -> Extension:
    """Take up the next option: a decision of the director's, with its reason, while the period before it runs.

    Raises:
        RefusedError: `by` may not, the period has not begun or has ended, there is no option left, or no reason given.
    """
    with transaction.atomic():
        contract = locked(contract)
        require(may_extend(by, contract, at))
        if not reason.strip():
            raise RefusedError(no(say("Write why the option is taken up."), mend="reason", source="LOU 12 kap. 14 §"))
        number = periods_taken(contract) + 1
        period = period_of(contract, number)
        assert period  # `may_extend` asks for both signatures
        extension = Extension.objects.create(
            contract=contract,
            number=number,
            reason=reason.strip(),
            decided_at=at,
            decided_by=by,
        )
        record_event(
            "contract_extended",
            of=contract,
            by=by,
            at=at,
            case=contract.tender.procurement_id,
            what={"period": number},
        )
        tell_supplier(
            contract,
            gettext("The contract is extended"),
            gettext("Period %(number)s is taken up. The contract now runs to %(last)s.")
            % {"number": number, "last": weekday_date(period[1])},
            by=by,
            at=at,
        )
    return extension


def _keep_signed_file(contract: Contract, pdf: bytes, file_name: str, *, by: Person, at: datetime) -> None:
    counted = count_pages(pdf, file_name)
    if counted.fault is not None:
        raise RefusedError(no(counted.reason, mend="pdf"))
    if counted.kind is not FileKind.PDF:
        raise RefusedError(no(say("The signed contract is a PDF. Choose the PDF."), mend="pdf"))
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
            no(say("Choose the signed contract as a PDF: with this signature it is concluded."), mend="pdf")
        )
    PersonOnContract.objects.bulk_create(
        PersonOnContract(contract=contract, named_person=person, since_on=concluded_on)
        for person in contract.bid.named_people.order_by("name", "pk")
    )
    record_award_notice_due(tender=contract.tender, awarded=_awarded(contract, concluded_on), by=by, at=at)
    record_fact(
        procurement=contract.tender.procurement,
        kind=Kind.CONTRACT_SIGNED,
        by=by,
        at=at,
        what={"concluded_on": concluded_on},
    )


def _awarded(contract: Contract, concluded_on: date) -> Awarded:
    """Return what the award notice tells: no price, and a number only where it may be published (open question 12)."""
    tender = contract.tender
    assert contract.document is not None  # it was issued when the contract was drawn up
    return Awarded(
        winner=contract.supplier.name,
        winner_number=contract.supplier.published_number,
        value=contract.ceiling,
        currency=contract.currency,
        decided_on=local_date(tender.award.decided_at, tender.procurement.country),
        signed_on=concluded_on,
        tenders_received=tenders_received(tender),
        contract_number=contract.document.number,
    )

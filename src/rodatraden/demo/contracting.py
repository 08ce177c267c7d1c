"""The walked procurement under contract: signatures, call-offs, follow-up."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from rodatraden.contracts.actions import call_off, deliver, draw_up_contract, register_signature, report_delivered_hours
from rodatraden.contracts.models import Signature
from rodatraden.demo import texts
from rodatraden.demo.case import MINUTE, Case, Story, contract_of_case
from rodatraden.demo.days import after, at, before
from rodatraden.demo.pdf import pdf
from rodatraden.followup.actions import link_to_need, open_deviation, record_result
from rodatraden.followup.models import Check
from rodatraden.tenders.actions import confirm_notice, hand_over_notice
from rodatraden.tenders.models import NoticeHandover, Requirement

if TYPE_CHECKING:
    from datetime import date


def is_contracted(case: Case, signed_on: date) -> Story:
    """The contract is drawn up, and signed by both on the same day."""
    jonas = case.cast["jonas"]
    now = yield at(before(signed_on, 2), "13:00")
    draw_up_contract(tender=case.tender, by=jonas, at=now)
    now = yield at(signed_on, "14:00")
    signed = pdf(f"{texts.TITLE}: ramavtal (påhittat)", [texts.CONTRACT])
    for party, signer in (
        (Signature.Party.BUYER, case.cast["maria"].name),
        (Signature.Party.SUPPLIER, "Elin Hagström"),
    ):
        register_signature(
            contract=contract_of_case(case),
            party=party,
            signed_on_day=signed_on,
            signer=signer,
            pdf=signed if party is Signature.Party.SUPPLIER else None,
            file_name="ramavtal.pdf",
            by=jonas,
            at=now,
        )
        now += MINUTE


def is_announced_as_signed(case: Case, signed_on: date) -> Story:
    """Jonas hands the contract award notice over, and enters what the notice database answered."""
    jonas = case.cast["jonas"]
    now = yield at(after(signed_on, 6), "10:30")
    notice = case.tender.notices.select_related("tender__procurement").get(kind=NoticeHandover.Kind.RESULT)
    hand_over_notice(notice=notice, by=jonas, at=now)
    now = yield at(after(signed_on, 7), "08:40")
    confirm_notice(
        notice=notice,
        database="Annonsdatabasen (påhittad)",
        notice_id=f"{signed_on:%Y}-{case.procurement.diary_case.serial:06}-E",
        published_at=now,
        link="https://annons.example/" + case.procurement.diary_case.number,
        by=jonas,
        at=now,
    )


def is_called_off(case: Case, signed_on: date) -> Story:
    """Maria orders work, and receives what it gave."""
    maria = case.cast["maria"]
    for order in texts.ORDERS:
        now = yield at(after(signed_on, order.days), "09:30")
        placed = call_off(
            contract=contract_of_case(case),
            description=order.description,
            place=order.place,
            location=order.location,
            platform=order.platform,
            starts_on=after(signed_on, order.starts),
            ends_on=after(signed_on, order.ends),
            hours=Decimal(order.hours),
            by=maria,
            at=now,
        )
        if order.delivered:
            now = yield at(after(signed_on, order.ends), "16:00")
            placed.contract = contract_of_case(case)
            report_delivered_hours(order=placed, delivered_hours=Decimal(order.delivered), by=maria, at=now)
            deliver(
                order=placed,
                title=order.deliverable,
                data=pdf(order.deliverable, [texts.DELIVERED]),
                file_name="rapport.pdf",
                by=maria,
                at=now + MINUTE,
            )


def is_followed_up(case: Case, until: date) -> Story:
    """What is due by `until` is followed up and tied back to the needs, but for one requirement: its thread is broken."""
    for check in Check.objects.filter(contract__tender__procurement=case.id, due_on__lt=until).order_by("due_on", "pk"):
        now = yield at(check.due_on, "15:00")
        label = check.term.requirement.label
        found = texts.FINDINGS.get(label)
        if found is None:
            continue
        check.contract = contract_of_case(case)
        result = record_result(
            check=check,
            verdict=found.verdict,
            level_reached=found.level_reached,
            evidence=found.evidence,
            by=check.responsible,
            at=now,
        )
        if found.deviation:
            open_deviation(
                result=result,
                description=found.deviation,
                acts_by=Requirement.ActsBy.SUPPLIER,
                owner=case.cast["maria"],
                due_on=after(until, 20),
                by=check.responsible,
                at=now + MINUTE,
            )
        for need in check.term.requirement.needs.order_by("number"):
            link_to_need(result=result, need=need, text=found.meaning, by=check.responsible, at=now + 2 * MINUTE)

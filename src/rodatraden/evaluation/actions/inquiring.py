"""The verbs of asking bidders: ask, answer, assess. A bid never changes by them (INV-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext

from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.canonical import canonical_hash
from rodatraden.core.message import say
from rodatraden.evaluation.actions.evaluating import SECRECY
from rodatraden.evaluation.models import Inquiry
from rodatraden.evaluation.queries import held, with_proofs
from rodatraden.evaluation.rules import (
    PURPOSE_SOURCES,
    Kind,
    may_answer_inquiry,
    may_ask_bidders,
    may_assess_inquiry,
    may_fall_for_proof,
    next_bid,
)
from rodatraden.procurements.rules import has_happened
from rodatraden.records.actions import record_event, register_text, write_mail
from rodatraden.records.models import DiaryDocument
from rodatraden.ui.words import moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rodatraden.bids.models import Bid
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement
    from rodatraden.tenders.models import Tender

Purpose, Conclusion = Inquiry.Purpose, Inquiry.Conclusion


def ask_bidders(
    *,
    tender: Tender,
    bids: Sequence[Bid],
    purpose: str,
    question: str,
    basis: str,
    answer_by: datetime,
    by: Person,
    at: datetime,
    why_alone: str = "",
) -> list[Inquiry]:
    """Ask some bidders the same question, each about its own bid, with the same time to answer.

    What one may correct or clarify the others may too, or it is said why they are not asked (LOU 4 kap. 9 §, 19 kap. 15 §).

    Raises:
        RefusedError: `by` may not, nobody is asked, something is not written, or the time is not ahead.
    """
    with transaction.atomic():
        tender = held(tender)
        procurement = tender.procurement
        require(may_ask_bidders(by, procurement, purpose))
        if not question.strip() or not basis.strip():
            raise RefusedError(
                no(say("Write the question, and why it may be asked."), source=PURPOSE_SOURCES[Purpose(purpose)])
            )
        _require_next(procurement, bids)
        _require_alike(tender, bids, is_needed=purpose == Purpose.CLARIFICATION and not why_alone.strip())
        if answer_by <= at:
            raise RefusedError(
                no(say("The time for the answer must lie ahead."), source=PURPOSE_SOURCES[Purpose(purpose)])
            )
        alike = uuid4()
        asked = Inquiry.objects.bulk_create(
            Inquiry(
                bid=bid,
                purpose=purpose,
                question=question.strip(),
                basis=basis.strip(),
                alike=alike,
                why_alone=why_alone.strip(),
                answer_by=answer_by,
                asked_at=at,
                asked_by=by,
            )
            for bid in bids
        )
        for inquiry in asked:
            _register(inquiry, gettext("Question about bid %(number)s"), tender, by=by, at=at)
            if inquiry.bid.address:
                subject, text = _letter(inquiry)
                write_mail(
                    to=inquiry.bid.address,
                    subject=subject % {"title": procurement.title},
                    text=text,
                    by=by,
                    at=at,
                    case=procurement.pk,
                )
        asked_sha256 = canonical_hash([_asked(inquiry) for inquiry in asked])
        record_event(
            "bidders_asked",
            of=tender,
            by=by,
            at=at,
            case=procurement.pk,
            what={"purpose": purpose, "asked_sha256": asked_sha256},
        )
    return asked


def answer_inquiry(*, inquiry: Inquiry, answer: str, by: Person, at: datetime) -> Inquiry:
    """Answer a question about one's own bid, once; the answer stands beside the bid and changes nothing in it.

    Raises:
        RefusedError: `by` does not bid for the supplier, it is answered or assessed, or nothing is written.
    """
    with transaction.atomic():
        tender = held(inquiry.bid.tender)
        inquiry = _fresh(inquiry)
        require(may_answer_inquiry(by, inquiry, at))
        if not answer.strip():
            raise RefusedError(no(say("Write your answer.")))
        inquiry.answer, inquiry.answered_at, inquiry.answered_by = answer.strip(), at, by
        inquiry.save(update_fields=["answer", "answered_at", "answered_by"])
        _register(inquiry, gettext("Answer about bid %(number)s"), tender, by=by, at=at)
        record_event(
            "inquiry_answered",
            of=inquiry,
            by=by,
            at=at,
            case=tender.procurement_id,
            what={"answer_sha256": canonical_hash({"answer": inquiry.answer})},
        )
    return inquiry


def assess_inquiry(*, inquiry: Inquiry, conclusion: str, reason: str, by: Person, at: datetime) -> Inquiry:
    """Say what comes of a question, with the reason: the bid goes on, or is rejected (INV-17, INV-18, INV-35).

    A clarification rejects nothing by itself: a must that is not met is checked as one (INV-12). After the frozen outcome a bid
    that is rejected falls away, and the next one can be awarded.

    Raises:
        RefusedError: `by` may not, the bidder still has time, no reason is given, a clarification would reject, nothing is
            wanting of the proof that was asked for, or the award has been decided.
    """
    with transaction.atomic():
        tender = held(inquiry.bid.tender)
        inquiry = _fresh(inquiry)
        require(may_assess_inquiry(by, inquiry, tender.procurement, at))
        if not reason.strip():
            raise RefusedError(no(say("Write the reason. The bidder reads it."), source="LOU 12 kap. 12 §"))
        _require_assessable(inquiry, conclusion, tender.procurement)
        if inquiry.purpose == Purpose.CLARIFICATION and conclusion == Conclusion.REJECTED:
            raise RefusedError(
                no(
                    say("A clarification rejects no bid. A must that is not met is checked as one."),
                    source="LOU 4 kap. 9 §",
                )
            )
        inquiry.conclusion, inquiry.assessment = Conclusion(conclusion), reason.strip()
        inquiry.assessed_at, inquiry.assessed_by = at, by
        inquiry.save(update_fields=["conclusion", "assessment", "assessed_at", "assessed_by"])
        record_event(
            "inquiry_assessed",
            of=inquiry,
            by=by,
            at=at,
            case=tender.procurement_id,
            what={"assessment_sha256": canonical_hash({"conclusion": conclusion, "reason": inquiry.assessment})},
        )
    return inquiry


def _require_alike(tender: Tender, bids: Sequence[Bid], *, is_needed: bool) -> None:
    """Require bids of the tender, and all of them where it `is_needed`."""
    if not bids or any(bid.tender_id != tender.pk for bid in bids):
        raise RefusedError(no(say("Choose whom to ask.")))
    if is_needed and tender.bids.exclude(pk__in=[bid.pk for bid in bids]).exists():
        raise RefusedError(
            no(
                say("What one may clarify, the others may too. Ask all, or say why the others are not asked."),
                source=PURPOSE_SOURCES[Purpose.CLARIFICATION],
            )
        )


def _require_next(procurement: Procurement, bids: Sequence[Bid]) -> None:
    """Require, once the outcome is frozen, the intended winner and nobody else."""
    if not has_happened(procurement, Kind.OUTCOME_FROZEN):
        return
    if [bid.pk for bid in bids] != [bid.pk for bid in [next_bid(procurement)] if bid]:
        raise RefusedError(
            no(
                say("When the outcome is frozen only the intended winner is asked."),
                source=PURPOSE_SOURCES[Purpose.PROOF],
            )
        )


def _require_assessable(inquiry: Inquiry, conclusion: str, procurement: Procurement) -> None:
    """Require that a bid may fall away by the question: for want of proof, and before the award is decided."""
    if inquiry.purpose == Purpose.PROOF:
        if conclusion != Conclusion.REJECTED:
            raise RefusedError(no(say("Each proof is accepted by itself.")))
        require(may_fall_for_proof(with_proofs(Inquiry.objects.all()).get(pk=inquiry.pk)))
    if conclusion == Conclusion.REJECTED and has_happened(procurement, Kind.OUTCOME_FROZEN):
        bid = next_bid(procurement)
        if bid is None or bid.pk != inquiry.bid_id:
            raise RefusedError(
                no(
                    say("The award is decided, or another bid is next. An award that does not stand is revoked."),
                    mend=reverse("awards:decision", args=[procurement.pk]),
                )
            )


def _letter(inquiry: Inquiry) -> tuple[str, str]:
    """Return the subject and the text that tell a bidder of a question, with the way to it."""
    if inquiry.purpose == Purpose.PROOF:
        name, subject = "prove", gettext("Proof for your bid: %(title)s")
        text = gettext(
            "Before the award is decided we ask you for proof. It is no decision: another bid can still be accepted. Read what is "
            "asked for and hand it in by %(when)s: %(page)s"
        )
    else:
        name, subject = "answer", gettext("A question about your bid: %(title)s")
        text = gettext("You have a question about your bid. Read it and answer by %(when)s: %(page)s")
    page = f"{settings.SITE_URL}{reverse(f'evaluation:{name}', args=[inquiry.pk])}"
    return subject, text % {"when": moment(inquiry.answer_by), "page": page}


def _register(inquiry: Inquiry, subject: str, tender: Tender, *, by: Person, at: datetime) -> None:
    """Enter a question or an answer in the diary by the number of the bid: whose it is stays secret before the award."""
    register_text(
        case=tender.procurement.diary_case,
        direction=DiaryDocument.Direction.RECEIVED if inquiry.answered_at else DiaryDocument.Direction.SENT,
        subject=subject % {"number": inquiry.bid.number},
        text=inquiry.answer if inquiry.answered_at else inquiry.question,
        by=by,
        at=at,
        secrecy_note=SECRECY,
    )


def _fresh(inquiry: Inquiry) -> Inquiry:
    return (
        Inquiry.objects.select_for_update(of=("self",), no_key=True).select_related("bid__supplier").get(pk=inquiry.pk)
    )


def _asked(inquiry: Inquiry) -> dict[str, object]:
    """Return what the ledger's hash of a question commits to; before the award the log tells nobody who was asked."""
    return {
        "bid": inquiry.bid_id,
        "question": inquiry.question,
        "basis": inquiry.basis,
        "why_alone": inquiry.why_alone,
        "answer_by": inquiry.answer_by,
    }

"""What bidders are asked, within what each reader sees, and the bids that a question has put out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.bids.queries import is_bidder, suppliers_of
from rodatraden.core.message import say
from rodatraden.core.thread import Task
from rodatraden.evaluation.models import Inquiry, Proof
from rodatraden.evaluation.queries.presenting import presentations_to_hold
from rodatraden.evaluation.rules import may_see_inquiry
from rodatraden.procurements.queries import standing

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender

Purpose = Inquiry.Purpose


def inquiries_of(tender: Tender, person: Person) -> list[Inquiry]:
    """Return what the bidders have been asked, in order, as far as `person` in the team sees it; proof has its own page."""
    found = _told(Inquiry.objects.filter(bid__tender=tender).exclude(purpose=Purpose.PROOF))
    found = found.order_by("asked_at", "bid__number")
    return [each for each in found if may_see_inquiry(person, each, tender.procurement)]


def own_inquiries(person: Person, at: datetime) -> QuerySet[Inquiry]:
    """Return the questions to the suppliers that `person` bids for, latest first."""
    mine = _told(Inquiry.objects.filter(bid__supplier__in=suppliers_of(person, at).order_by()))
    return mine.select_related("bid__tender__procurement__buyer", "bid__tender__procurement__diary_case").order_by(
        "-asked_at", "id"
    )


def with_case(inquiries: QuerySet[Inquiry]) -> QuerySet[Inquiry]:
    """Return the same questions with what their rules and pages read."""
    case = "bid__tender__procurement"
    return _told(inquiries).select_related(f"{case}__buyer", f"{case}__diary_case").prefetch_related(*standing(case))


def left_to_assess(tender: Tender) -> list[Inquiry]:
    """Return the questions that nobody has said yet what comes of; nothing is frozen nor awarded before.

    One for proof is not among them: what is left of it its proofs say (`left_to_prove`).
    """
    asked = Inquiry.objects.filter(bid__tender=tender, assessed_at=None).exclude(purpose=Purpose.PROOF)
    return list(_told(asked).order_by("answer_by", "bid__number"))


def put_out(tender: Tender) -> dict[UUID, Inquiry]:
    """Return, by bid, the question after which a named person rejected it (INV-17, INV-18)."""
    rejected = Inquiry.objects.filter(bid__tender=tender, conclusion=Inquiry.Conclusion.REJECTED)
    return {inquiry.bid_id: inquiry for inquiry in rejected.order_by("-assessed_at")}


def tasks_as_bidder(person: Person, at: datetime) -> list[Task]:
    """Return what waits on `person` as somebody who bids: questions to answer, proof to hand in, a bid to present."""
    if not is_bidder(person, at):
        return []
    waiting = own_inquiries(person, at).filter(answered_at=None, assessed_at=None)
    return presentations_to_hold(person, at) + [
        Task(
            title=say("Hand in proof for your bid") if is_proof else say("Answer a question about your bid"),
            for_person=person.pk,
            due=inquiry.answer_by,
            url_name="evaluation:prove" if is_proof else "evaluation:answer",
            url_kwargs={"inquiry_id": inquiry.pk},
            case_title=inquiry.bid.tender.procurement.title,
            kind="evaluation.prove" if is_proof else "evaluation.answer",
        )
        for inquiry in waiting.prefetch_related("proofs__papers__checks")
        if not (is_proof := inquiry.purpose == Purpose.PROOF) or any(map(_must_bring, inquiry.proofs.all()))
    ]


def _must_bring(proof: Proof) -> bool:
    """Whether the bidder has to bring a proof: asked of it, and missing or not accepted."""
    return not proof.register and proof.state in {Proof.State.MISSING, Proof.State.INSUFFICIENT}


def _told(inquiries: QuerySet[Inquiry]) -> QuerySet[Inquiry]:
    return inquiries.select_related("bid__supplier", "asked_by", "answered_by", "assessed_by")

"""The walked procurement from the checks of the bids to the decision that all are notified of."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from rodatraden.assessments.actions import (
    freeze_feedback,
    record_consensus,
    save_score,
    submit_scores,
    write_feedback,
)
from rodatraden.assessments.models import Item, PanelMember, Round
from rodatraden.awards.actions import (
    answer_request,
    ask_for_documents,
    cancel_published,
    decide_award,
    notify_bidders,
    prepare_decision,
)
from rodatraden.awards.queries import intended_winner
from rodatraden.core.sealing.holders import Holds
from rodatraden.demo import keys, texts
from rodatraden.demo.case import MINUTE, Case, Story
from rodatraden.demo.days import at, before
from rodatraden.demo.pdf import pdf
from rodatraden.evaluation.actions import (
    answer_inquiry,
    ask_bidders,
    ask_for_proof,
    assess_inquiry,
    check_proof,
    check_requirement,
    fetch_proof,
    freeze_outcome,
    hand_in_proof,
    lock_quality,
    start_evaluation_round,
)
from rodatraden.evaluation.models import BidItem, Inquiry, ProofCheck, TenderRound
from rodatraden.evaluation.queries import check_cells, wanted_of
from rodatraden.records.models import AccessAnswer

if TYPE_CHECKING:
    from datetime import date


def are_checked(case: Case, on: date) -> Story:
    """Jonas checks every must in every bid, and starts the judging."""
    now = yield at(on, "13:00")
    tender = case.tender
    for cell in check_cells(tender):
        cell.bid.tender = tender
        check_requirement(
            bid=cell.bid,
            requirement=cell.requirement,
            is_met=True,
            evidence="CV, sidan 1",
            reason="Uppdragen i cv:t når den lägsta nivån.",
            by=case.cast["jonas"],
            at=now,
        )
        now += MINUTE
    yield from _is_clarified(case, on)
    now = yield at(on, "16:30")
    start_evaluation_round(tender=tender, wide_above=Decimal("0.2"), by=case.cast["jonas"], at=now)


def _is_clarified(case: Case, on: date) -> Story:
    """Jonas asks one bidder what a month in the CV says; Anton answers, and nothing in the bid changes."""
    bid = case.tender.bids.get(supplier=case.cast.suppliers["nordvala"])
    now = yield at(on, "14:00")
    (inquiry,) = ask_bidders(
        tender=case.tender,
        bids=[bid],
        purpose=Inquiry.Purpose.CLARIFICATION,
        question=texts.INQUIRY,
        basis=texts.INQUIRY_BASIS,
        why_alone=texts.INQUIRY_ALONE,
        answer_by=at(on, "16:00"),
        by=case.cast["jonas"],
        at=now,
    )
    now = yield at(on, "15:20")
    answer_inquiry(inquiry=inquiry, answer=texts.INQUIRY_ANSWER, by=case.cast["anton"], at=now)
    now = yield at(on, "16:10")
    assess_inquiry(
        inquiry=inquiry,
        conclusion=Inquiry.Conclusion.ACCEPTED,
        reason=texts.INQUIRY_ASSESSED,
        by=case.cast["jonas"],
        at=now,
    )


def scores(case: Case, who: str, on: date, *, hands_in: bool = True) -> Story:
    """One evaluator judges every bid alone, with a reason for each point; without `hands_in` half of it is a draft."""
    now = yield at(on, "15:00")
    assessed = _round(case)
    cells = [(item, supplier) for item, supplier in _items(case)]
    for item, supplier in cells if hands_in else cells[: len(cells) // 2]:
        for criterion, score in zip(
            assessed.model.criteria.order_by("number"), texts.SCORES[who][supplier], strict=True
        ):
            save_score(
                item=item,
                criterion=criterion,
                points=Decimal(score.points),
                reason=score.reason,
                by=case.cast[who],
                at=now,
            )
        now += 10 * MINUTE
    if hands_in:
        submit_scores(assessed=_round(case), by=case.cast[who], at=now)


def agree(case: Case, on: date) -> Story:
    """The team agrees on each score with a reason, locks the quality, opens the prices and computes the outcome."""
    jonas = case.cast["jonas"]
    now = yield at(on, "10:00")
    assessed = _round(case)
    present = list(assessed.panel.filter(role=PanelMember.Role.ASSESSOR))
    for item, supplier in _items(case):
        for criterion, score in zip(assessed.model.criteria.order_by("number"), texts.CONSENSUS[supplier], strict=True):
            record_consensus(
                item=item,
                criterion=criterion,
                points=Decimal(score.points),
                reason=score.reason,
                strengths=score.strengths,
                improvements=score.improvements,
                present=present,
                by=jonas,
                at=now,
            )
            now += 8 * MINUTE
    now = yield at(on, "13:30")
    lock_quality(tender=case.tender, by=jonas, at=now)
    now = yield at(on, "13:35")
    summaries = {item: texts.SUMMARIES[supplier] for item, supplier in _items(case)}
    write_feedback(assessed=assessed, summaries=summaries, shows_points=True, use=texts.USE, by=jonas, at=now)
    freeze_feedback(assessed=assessed, by=jonas, at=now)
    now = yield at(on, "13:40")
    unlocking = keys.begin(case, "jonas", Holds.PRICE, now)
    now = yield at(on, "13:45")
    keys.end(case, "ingrid", unlocking, now)
    now = yield at(on, "13:50")
    freeze_outcome(tender=case.tender, by=jonas, at=now)


def is_proved(case: Case, asked_on: date, brought_on: date, checked_on: date) -> Story:
    """Jonas asks the intended winner for proof and fetches what a register answers; the bidder hands in the rest; all is accepted."""
    jonas, tender = case.cast["jonas"], case.tender
    now = yield at(asked_on, "09:00")
    bid = intended_winner(tender)
    asked = ask_for_proof(
        tender=tender,
        bid=bid,
        wanted=[replace(each, max_months=3) for each in wanted_of(bid)],
        question=texts.PROOF,
        answer_by=at(brought_on, "16:00"),
        counted_on=asked_on,
        age_source=texts.PROOF_AGE,
        by=jonas,
        at=now,
    )
    now = yield at(asked_on, "09:30")
    for proof in asked.proofs.exclude(register=""):
        fetch_proof(
            proof=proof,
            issued_on=asked_on,
            source=proof.register,
            note=texts.PROOF_REGISTERED,
            data=None,
            file_name="",
            by=jonas,
            at=now,
        )
        now += MINUTE
    keys = {organisation.pk: key for key, organisation in case.cast.suppliers.items()}
    now = yield at(brought_on, "11:20")
    for proof in asked.proofs.filter(register=""):
        hand_in_proof(
            proof=proof,
            issued_on=before(asked_on, 4),
            source=texts.PROOF_ISSUER,
            note="",
            data=pdf(texts.PROOF_TITLE, [texts.PROOF_TEXT]),
            file_name="utdrag.pdf",
            by=case.cast.bidder(keys[bid.supplier_id]),
            at=now,
        )
        now += MINUTE
    now = yield at(checked_on, "10:10")
    for proof in asked.proofs.order_by("number"):
        for paper in proof.papers.all():
            check_proof(paper=paper, verdict=ProofCheck.Verdict.ACCEPTED, reason=texts.PROOF_ACCEPTED, by=jonas, at=now)
            now += MINUTE


def is_decided(case: Case, on: date) -> Story:
    """Jonas prepares the decision, Maria makes it, all bidders are notified at once, and somebody asks for the decision."""
    now = yield at(on, "08:40")
    tender = case.tender
    proposal = prepare_decision(
        tender=tender,
        winner=intended_winner(tender),
        reasons=texts.REASONS,
        delegation=texts.DELEGATION,
        by=case.cast["jonas"],
        at=now,
    )
    now = yield at(on, "09:20")
    decision = decide_award(
        proposal=proposal, reasons=texts.REASONS, delegation=texts.DELEGATION, by=case.cast["maria"], at=now
    )
    now = yield at(on, "10:14")
    decision.tender = case.tender
    notify_bidders(decision=decision, by=case.cast["jonas"], at=now)
    now = yield at(on, "13:05")
    asked = ask_for_documents(tender=case.tender, wanted=texts.WANTED, token=f"exempel-{case.id}", by=None, at=now)
    now = yield at(on, "14:20")
    answer_request(
        asked=asked,
        outcome=AccessAnswer.Outcome.ALL,
        text=texts.HANDED_OUT,
        provision="",
        files=[file.pk for file in [case.tender.award.document.file] if file],
        by=case.cast["jonas"],
        at=now,
    )


def is_cancelled(case: Case, on: date) -> Story:
    """Maria cancels, and all who have handed in a bid are told in the same act."""
    now = yield at(on, "11:05")
    cancel_published(
        tender=case.tender, reason=texts.WHY_CANCELLED, delegation=texts.DELEGATION, by=case.cast["maria"], at=now
    )


def _round(case: Case) -> Round:
    return TenderRound.objects.select_related("round__model").get(tender__procurement=case.id).round


def _items(case: Case) -> list[tuple[Item, str]]:
    """Return what is judged, each with the key of its supplier."""
    keys = {organisation.pk: key for key, organisation in case.cast.suppliers.items()}
    links = BidItem.objects.filter(bid__tender__procurement=case.id).select_related("item__round__model", "bid")
    return [(link.item, keys[link.bid.supplier_id]) for link in links.order_by("item__number")]

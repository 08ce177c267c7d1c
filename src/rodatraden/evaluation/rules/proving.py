"""Who may ask for proof, hand it in, check it and see it; and what the law says of it in this procurement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.calendars import PROCEDURES, Regime
from rodatraden.core.message import Message, say
from rodatraden.evaluation.models import Inquiry, Proof, ProofCheck
from rodatraden.evaluation.rules.evaluating import Kind, Role, may_see_outcome
from rodatraden.evaluation.rules.inquiring import may_ask_bidders, next_bid
from rodatraden.parties.rules import may_bid_for
from rodatraden.procurements.rules import has_happened, may_act_as

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.evaluation.models import ProofPaper
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement

Verdict = ProofCheck.Verdict
KIND_SOURCES = {
    Proof.Kind.CRIME: "LOU 13 kap. 1 §, 15 kap. 7 §",
    Proof.Kind.TAX: "LOU 13 kap. 2 §, 15 kap. 8 §",
    Proof.Kind.INSOLVENCY: "LOU 13 kap. 3 § 2, 15 kap. 8 §",
    Proof.Kind.QUALIFICATION: "LOU 4 kap. 10 §, 15 kap. 10–15 §§",
    Proof.Kind.OTHER: "",
}


def what_proof_rests_on(procurement: Procurement) -> tuple[Message, str]:
    """Return what the law says of proof from the intended winner in this procurement, and where; how well that is founded."""
    procedure = PROCEDURES.get(procurement.procedure)
    regime = procedure.regime if procedure else None
    if regime is Regime.LOU_ABOVE:
        return (
            say(
                "The intended winner shall be asked for proof that shows how things are now, before the award is decided. "
                "Read in the statute book; no lawyer has checked how it is used here."
            ),
            "LOU 15 kap. 4 §",
        )
    if regime in {Regime.LOU_BELOW, Regime.LOU_DIRECT}:
        return (
            say(
                "Chapters 13 to 15 don't apply below the threshold. What is asked for is what the documents say, and "
                "the principles ask for equal treatment and proportion."
            ),
            "LOU 19 kap. 1 och 2 §§",
        )
    return (
        say(
            "What the law says of proof in this procedure has not been verified. Follow the documents, and ask a lawyer."
        ),
        "",
    )


def is_proof_asked_by_law(procurement: Procurement) -> bool:
    """Whether the law says that proof shall be asked for before the award is decided (LOU 15 kap. 4 §)."""
    procedure = PROCEDURES.get(procurement.procedure)
    return procedure is not None and procedure.regime is Regime.LOU_ABOVE


def may_see_proofs(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` in the team sees the proof: who sees the outcome, once it is frozen (INV-13)."""
    seen = may_see_outcome(person, procurement)
    if seen and not has_happened(procurement, Kind.OUTCOME_FROZEN):
        return no(
            say("Proof is asked of the intended winner, when the outcome is frozen."),
            mend=reverse("evaluation:outcome", args=[procurement.pk]),
            source="LOU 15 kap. 4 §",
        )
    return seen


def may_ask_for_proof(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` may ask the intended winner for proof: the officer, until the award is decided."""
    return may_ask_bidders(person, procurement, Inquiry.Purpose.PROOF)


def may_hand_in(person: Person, proof: Proof, at: datetime) -> Answer:
    """Answer whether `person` may hand in a proof: who bids for its supplier, until it is accepted or the bid is out.

    What comes after its time is marked late, and can still be checked. What the authority fetches nobody has to hand in.
    """
    inquiry = proof.inquiry
    bids = may_bid_for(person, inquiry.bid.supplier, at)
    if not bids:
        return bids
    if proof.register:
        return no(
            say("The authority fetches this itself from {register}.", register=proof.register), source="LOU 15 kap. 5 §"
        )
    return _still_open(proof, inquiry.bid.tender.procurement)


def may_fetch_proof(person: Person, proof: Proof, procurement: Procurement) -> Answer:
    """Answer whether `person` may record what a register answered: the officer, while the proof is not settled."""
    officer = may_act_as(Role.OFFICER, person, procurement)
    return officer and _still_open(proof, procurement)


def may_check_proof(person: Person, proof: Proof, procurement: Procurement) -> Answer:
    """Answer whether `person` may check what came: the officer, also anew, until the award is decided or the bid is out."""
    officer = may_act_as(Role.OFFICER, person, procurement)
    if not officer:
        return officer
    if proof.waived_at is not None:
        return no(say("This proof is no longer asked for."))
    if proof.paper is None:
        return no(say("Nothing has come yet."))
    return _is_next(proof.inquiry, procurement)


def may_waive(person: Person, proof: Proof, procurement: Procurement) -> Answer:
    """Answer whether `person` may take back that a proof is asked for: the officer, while it is not settled.

    What has shown a ground for exclusion is not put aside: it is checked anew, or the supplier comments on it and a named
    person says that the bid goes on (INV-18).
    """
    officer = may_act_as(Role.OFFICER, person, procurement)
    may = officer and _still_open(proof, procurement) and _is_next(proof.inquiry, procurement)
    return may and _no_ground_left(proof)


def may_give_time(person: Person, inquiry: Inquiry, procurement: Procurement) -> Answer:
    """Answer whether `person` may give the bidder more time for its proof: the officer, while something is missing."""
    officer = may_act_as(Role.OFFICER, person, procurement)
    if officer and all(proof.is_settled for proof in inquiry.proofs.all()):
        return no(say("Nothing is missing."))
    return officer and _is_next(inquiry, procurement)


def may_accept(paper: ProofPaper) -> Answer:
    """Answer whether a paper can be accepted at all: not when it is older than the documents allow."""
    oldest = paper.proof.oldest_on
    if oldest is not None and paper.is_too_old:
        return no(
            say(
                "It was issued on {issued}. The documents ask for one that was issued on {oldest} or later ({source}).",
                issued=paper.issued_on,
                oldest=oldest,
                source=paper.proof.age_source,
            ),
            mend="verdict",
        )
    return YES


def may_fall_for_proof(inquiry: Inquiry) -> Answer:
    """Answer whether a bid may fall away for want of proof: something is missing or does not show what it should.

    Where a proof shows a ground for exclusion the supplier comments on that first, within a set time (INV-18); another
    company that the bid relies on is to be replaced by one without it (LOU 14 kap. 7 §).
    """
    left = [proof for proof in inquiry.proofs.all() if not proof.is_settled]
    states = {proof.state for proof in left}
    if Proof.State.GROUND in states:
        return no(
            say(
                "A proof shows a ground for exclusion. Let the supplier comment on it first. A company that it only relies on "
                "it may replace."
            ),
            mend=reverse("evaluation:ask", args=[inquiry.bid.tender.procurement_id]),
            source="LOU 13 kap. 4 §, 14 kap. 7 §",
        )
    if Proof.State.WAITING in states:
        return no(say("Check first what has come."), source="LOU 15 kap. 4 §")
    if not left:
        return no(say("Every proof is accepted or no longer asked for."))
    if all(proof.register and proof.state == Proof.State.MISSING for proof in left):
        return no(
            say("What is missing the authority fetches itself, so the bidder can't be without it."),
            source="LOU 15 kap. 5 §",
        )
    return YES


def _still_open(proof: Proof, procurement: Procurement) -> Answer:
    if has_happened(procurement, Kind.CANCELLED):
        return no(say("The procurement has been cancelled."))
    if proof.inquiry.assessed_at is not None:
        return no(say("The bid has fallen away."))
    if proof.state == Proof.State.WAIVED:
        return no(say("This proof is no longer asked for."))
    if proof.state == Proof.State.ACCEPTED:
        return no(say("This proof is accepted."))
    return YES


def _no_ground_left(proof: Proof) -> Answer:
    checks = (paper.check_that_counts for paper in proof.papers.all())
    found = [check.checked_at for check in checks if check and check.verdict == Verdict.GROUND]
    if not found:
        return YES
    goes_on = proof.inquiry.bid.inquiries.filter(
        purpose=Inquiry.Purpose.EXCLUSION, conclusion=Inquiry.Conclusion.ACCEPTED, assessed_at__gte=max(found)
    )
    if goes_on.exists():
        return YES
    return no(
        say(
            "What came shows a ground for exclusion, so it can't be put aside. Check it anew, or let the supplier comment on the "
            "ground first."
        ),
        mend=reverse("evaluation:ask", args=[proof.inquiry.bid.tender.procurement_id]),
        source="LOU 13 kap. 4 §",
    )


def _is_next(inquiry: Inquiry, procurement: Procurement) -> Answer:
    bid = next_bid(procurement)
    if bid is None or bid.pk != inquiry.bid_id:
        return no(
            say("The award is decided, or another bid is next."),
            mend=reverse("awards:decision", args=[procurement.pk]),
        )
    return YES

"""The verbs of the award decision: one person prepares it, another decides; the board is told afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.urls import reverse

from rodatraden.awards.actions.diary import issued
from rodatraden.awards.documents import decision_paper
from rodatraden.awards.models import AwardDecision, BoardReport, Cancellation, DecisionProposal, Revocation
from rodatraden.awards.queries import (
    delegation_decisions,
    intended_winner,
    is_proof_asked_for,
    lacks_proof_by_law,
    revoked_decisions,
)
from rodatraden.awards.rules import (
    Kind,
    may_decide,
    may_prepare,
    may_report_to_board,
    may_rest_on,
    may_return,
    open_proposal,
)
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.evaluation.queries import held
from rodatraden.procurements.actions import record_fact
from rodatraden.procurements.rules import has_happened
from rodatraden.records.actions import record_event
from rodatraden.records.models import DiaryDocument
from rodatraden.records.queries import log_holds

if TYPE_CHECKING:
    from datetime import date, datetime

    from rodatraden.bids.models import Bid
    from rodatraden.parties.models import Organisation, Person
    from rodatraden.tenders.models import Tender


def prepare_decision(
    *, tender: Tender, winner: Bid, reasons: str, delegation: str, by: Person, at: datetime, without_proof: str = ""
) -> DecisionProposal:
    """Prepare the award decision for another person to make: the winner, the reasons and the delegation.

    Raises:
        RefusedError: `by` may not, a prepared decision waits, the winner is not in first place, reasons or delegation are
            missing, it can't rest on that delegation, or no proof has been asked for where the law says that it shall be,
            without a reason.
    """
    with transaction.atomic():
        tender = held(tender)
        require(may_prepare(by, tender))
        _require_next(tender, winner)
        _require_words(reasons, delegation)
        without = without_proof.strip() if lacks_proof_by_law(tender, winner) else ""
        require(may_rest_on(delegation, tender, at=at, winner=winner))
        if not without:
            require(is_proof_asked_for(tender, winner))
        last = DecisionProposal.objects.filter(tender=tender).aggregate(last=Max("number"))["last"]
        proposal = DecisionProposal.objects.create(
            tender=tender,
            number=(last or 0) + 1,
            winner=winner,
            reasons=reasons.strip(),
            delegation=delegation.strip(),
            without_proof=without,
            prepared_at=at,
            prepared_by=by,
        )
        what = {"without_proof": without} if without else {}
        record_event("award_prepared", of=proposal, by=by, at=at, case=tender.procurement_id, what=what)
    return proposal


def return_proposal(*, proposal: DecisionProposal, why: str, by: Person, at: datetime) -> DecisionProposal:
    """Return a prepared decision with the reason, or take back one's own: it is kept, and another can be prepared.

    Raises:
        RefusedError: `by` may not, it does not wait any longer, or the reason is missing.
    """
    with transaction.atomic():
        tender = held(proposal.tender)
        require(may_return(by, tender))
        proposal = _still_open(tender, proposal)
        if not why.strip():
            raise RefusedError(no(say("Write what has to be otherwise."), mend="why", source="policy"))
        proposal.returned_at, proposal.returned_by, proposal.return_reason = at, by, why.strip()
        proposal.save(update_fields=["returned_at", "returned_by", "return_reason"])
        record_event("award_proposal_returned", of=proposal, by=by, at=at, case=tender.procurement_id)
    return proposal


def decide_award(
    *, proposal: DecisionProposal, reasons: str, delegation: str, by: Person, at: datetime
) -> AwardDecision:
    """Decide the award that somebody else has prepared, in the words of the one who decides (LOU 12 kap. 12 §).

    The winner is the bid in first place of the frozen outcome, or the next one after an award was revoked; the person
    decides, the program only refuses another (INV-35). Never the same person as the one who prepared it.

    Raises:
        RefusedError: `by` may not decide, the log does not hold, the proposal does not wait any longer, the winner is
            another, reasons or delegation are missing, or `by` may not decide it on that delegation.
    """
    with transaction.atomic():
        tender = held(proposal.tender)
        require(may_decide(by, tender))
        require(log_holds())
        proposal = _still_open(tender, proposal)
        _require_next(tender, proposal.winner)
        _require_words(reasons, delegation)
        if proposal.without_proof and not lacks_proof_by_law(tender, proposal.winner):
            raise RefusedError(
                no(
                    say(
                        "Proof has been asked for since the decision was prepared. Return it, and let it be prepared anew."
                    )
                )
            )
        require(may_rest_on(delegation, tender, by=by, at=at, winner=proposal.winner))
        replaced = next(reversed(revoked_decisions(tender)), None)
        decision = AwardDecision(
            tender=tender,
            in_force_of=tender,
            winner=proposal.winner,
            reasons=reasons.strip(),
            delegation=delegation.strip(),
            decided_at=at,
            decided_by=by,
            proposal=proposal,
            prepared_by=proposal.prepared_by,
        )
        decision.document = issued(
            tender, DiaryDocument.Direction.DRAWN_UP, decision_paper(decision, replaced), by=by, at=at
        )
        decision.save(force_insert=True)
        what: dict[str, object] = {"winner": decision.winner_id}
        if has_happened(tender.procurement, Kind.DECIDED):
            record_event("award_decided_anew", of=decision, by=by, at=at, case=tender.procurement_id, what=what)
        else:
            record_fact(procurement=tender.procurement, kind=Kind.DECIDED, by=by, at=at, what=what)
    return decision


def report_to_board(*, organisation: Organisation, meeting_on: date, by: Person, at: datetime) -> BoardReport:
    """Note that the board was told, at its meeting on `meeting_on`, of all decisions on delegation up to that day.

    None can be left out: what was decided up to the day of the meeting and not told of before is told of now.
    Source: kommunallagen (2017:725) 6 kap. 40 §; the board itself decides to what extent it is told.

    Raises:
        RefusedError: `by` may not, the day has not come, or there is nothing to tell of.
    """
    with transaction.atomic():
        require(may_report_to_board(by, organisation, at))
        if meeting_on > local_date(at, organisation.calendar):
            raise RefusedError(no(say("The meeting has not been yet. Note it afterwards."), mend="meeting_on"))
        told = [each for each in delegation_decisions(organisation) if each.waits and each.decided_on <= meeting_on]
        if not told:
            raise RefusedError(
                no(say("No decision up to that day waits to be told of."), mend="meeting_on", source="policy")
            )
        report = BoardReport.objects.create(
            organisation=organisation, meeting_on=meeting_on, reported_at=at, reported_by=by
        )
        for model in (AwardDecision, Cancellation, Revocation):
            model.objects.filter(pk__in=[each.pk for each in told]).update(reported_in=report)
        record_event("board_told", of=report, by=by, at=at, what={"decisions": [each.pk for each in told]})
    return report


def _require_words(reasons: str, delegation: str) -> None:
    if not reasons.strip() or not delegation.strip():
        raise RefusedError(
            no(say("Write the reasons, and which delegation the decision rests on."), source="LOU 12 kap. 12 §")
        )


def _still_open(tender: Tender, proposal: DecisionProposal) -> DecisionProposal:
    """Return the proposal that waits, if it is still the one that the person has read."""
    found = open_proposal(tender)
    if found is None or found.pk != proposal.pk:
        raise RefusedError(no(say("Another decision has been prepared since. Open the page again and read it.")))
    return found


def _require_next(tender: Tender, winner: Bid) -> None:
    """Refuse anything but the bid that is next in the frozen outcome."""
    if intended_winner(tender).pk != winner.pk:
        raise RefusedError(
            no(
                say("{supplier} is not next in the published evaluation.", supplier=winner.supplier.name),
                mend=reverse("evaluation:outcome", kwargs={"procurement_id": tender.procurement_id}),
                source="LOU 16 kap. 1 §",
            )
        )

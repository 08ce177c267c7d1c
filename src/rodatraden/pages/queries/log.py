"""The log of a procurement in sentences: who did what and when, without what is sealed before the opening (INV-02)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.bids.rules import may_see_bids
from rodatraden.core.message import Message, say
from rodatraden.parties.models import Person
from rodatraden.records.models import LedgerEntry
from rodatraden.records.queries import case_log

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from django.db.models import QuerySet

    from rodatraden.procurements.models import Procurement
    from rodatraden.records.models import LedgerBody

SENTENCES: Mapping[str, Message] = {
    "access_answered": say("answered a request for documents"),
    "access_asked": say("asked for documents"),
    "access_decision_asked": say("asked for a written decision on documents"),
    "assessor_joined": say("let one more evaluator judge"),
    "assessor_removed": say("went on without an evaluator"),
    "award_decided_anew": say("decided the award anew"),
    "assessors_reminded": say("reminded those who had not handed in their scores"),
    "award_notice_due": say("noted by when the contract award notice must be sent"),
    "award_prepared": say("prepared the award decision"),
    "award_proposal_returned": say("returned the prepared award decision"),
    "award_revoked": say("revoked the award"),
    "bidders_asked": say("asked bidders a question"),
    "bidders_notified_anew": say("notified all bidders of the new decision"),
    "call_off_cancelled": say("cancelled a call-off"),
    "call_off_made": say("made a call-off"),
    "cancellation_notice_due": say("noted by when the notice of cancellation must be sent"),
    "change_begun": say("began a change of the published documents"),
    "change_dropped": say("dropped a change of the published documents"),
    "change_edit_taken_back": say("took something back in the change of the documents"),
    "change_edited": say("wrote in the change of the documents"),
    "check_recorded": say("recorded a follow-up"),
    "checks_planned": say("planned the follow-up"),
    "conflict_cleared": say("decided that a conflict of interest is no hindrance"),
    "consensus_locked": say("locked the consensus"),
    "consensus_recorded": say("wrote down what the group agreed on"),
    "content_item_added": say("added a part that the bid must hold"),
    "content_item_removed": say("removed a part that the bid must hold"),
    "content_item_revised": say("changed a part that the bid must hold"),
    "contract_draft_dropped": say("dropped the contract that was drawn up for a revoked award"),
    "contract_drawn_up": say("drew up the contract"),
    "contract_extended": say("took up an option"),
    "contract_signature_registered": say("registered a signature of the contract"),
    "dates_proposed": say("got dates proposed"),
    "dates_set": say("planned the dates"),
    "deadline_moved": say("moved a deadline to a later time"),
    "deliverable_received": say("received a deliverable"),
    "deviation_closed": say("closed a deviation"),
    "deviation_opened": say("opened a deviation"),
    "document_issued": say("issued document {number}"),
    "documents_changed": say("published a change of the documents, version {number}"),
    "documents_frozen": say("froze version {number} of the documents"),
    "documents_started": say("started the documents"),
    "evaluation_model_set": say("chose the evaluation model"),
    "example_called_off": say("let the judging go on without the example"),
    "example_put_up": say("put up an example to judge first"),
    "feedback_released": say("gave the feedback reports out"),
    "feedback_frozen": say("froze the feedback reports"),
    "file_let_out": say("let out a file in spite of what a virus scanner found in it"),
    "finding_accepted": say("went on in spite of a warning, with a reason"),
    "first_key_forgotten": say("threw away what the first key had unlocked, since no second one followed"),
    "first_key_unlocked": say("unlocked their key, as the first of two"),
    "hours_reported": say("reported delivered hours"),
    "individual_scores_locked": say("handed in the last individual scores, which are locked"),
    "inquiry_answered": say("answered a question about a bid"),
    "inquiry_assessed": say("assessed what came of a question to a bidder"),
    "interests_declared": say("declared their interests"),
    "items_named": say("got the names of the bids shown to the evaluators"),
    "ledger_body_erased": say("erased the content of an entry by decision"),
    "masked_copy_made": say("made a masked copy"),
    "need_grown": say("wrote the need that a follow-up led to"),
    "need_result_linked": say("wrote what a follow-up meant for a need"),
    "need_revised": say("revised a need"),
    "key_holders_frozen": say("fixed who holds the keys to the bids"),
    "last_key_unlocked": say("unlocked their key, as the last of two"),
    "leaving_out_decided": say(
        "decided, as the second official, to open the others without a bid that no pair could unlock"
    ),
    "leaving_out_proposed": say("proposed to open the others without a bid that no pair could unlock"),
    "leaving_out_refuted": say("said that they can be reached, so that nothing is opened without them"),
    "lead_taken_over": say("took over the lead of the judging"),
    "need_struck": say("struck a need"),
    "need_taken_up": say("took up the need {label}"),
    "need_written": say("wrote the need {label}"),
    "notice_confirmed": say("confirmed a notice"),
    "notice_handed_over": say("handed over a notice"),
    "notification_opened": say("opened the notification of the award"),
    "notification_letter_posted": say("posted the notification as a letter"),
    "observer_added": say("let somebody follow the judging as an observer"),
    "observer_removed": say("ended that somebody follows the judging as an observer"),
    "opened_after_example": say("said what the levels mean, and opened what is judged"),
    "opened_bid_registered": say("registered a bid that was opened in another tool"),
    "opening_asked_for": say("asked for the opening"),
    "opening_followed": say("said, as the observer from a chamber of commerce, that they followed the opening"),
    "opening_list_attested": say("attested the list of the opening"),
    "opening_observation_taken": say("began to follow the opening, as an observer from a chamber of commerce"),
    "opening_observer_appointed": say("let an observer from a chamber of commerce follow the opening"),
    "opening_observer_ended": say("ended that an observer from a chamber of commerce follows the opening"),
    "outside_opening_stated": say("stated that the bids were opened in another tool"),
    "plan_shown": say("told everybody that the procurement is coming"),
    "plan_withdrawn": say("took back what everybody read of the coming procurement"),
    "price_sighting_handled": say("wrote down what was done about a price that was seen"),
    "price_sighting_reported": say("reported that a price stands where it should not be read"),
    "procurement_cancelled": say("cancelled the procurement"),
    "procurement_closed": say("closed the box for bids"),
    "procurement_names_hidden": say("chose that the bids are judged without names"),
    "procurement_consensus_locked": say("locked the quality"),
    "procurement_contract_signed": say("concluded the contract"),
    "procurement_created": say("started the procurement"),
    "procurement_decided": say("decided the award"),
    "procurement_described": say("described what is bought"),
    "procurement_notice_confirmed": say("confirmed that the notice is published"),
    "procurement_notified": say("notified all bidders"),
    "procurement_opened": say("opened the bids together with another official"),
    "procurement_outcome_frozen": say("computed and froze the outcome"),
    "procurement_prices_opened": say("opened the prices"),
    "procurement_published": say("published the documents and handed over the notice"),
    "proposals_accepted": say("accepted what was proposed"),
    "presentation_cancelled": say("cancelled a presentation"),
    "presentation_ended": say("stopped the clock of a presentation"),
    "presentation_moved": say("moved a presentation"),
    "presentation_noted": say("wrote down a presentation"),
    "presentation_started": say("started the clock of a presentation"),
    "presentation_times_entered": say("entered when a presentation began and ended"),
    "presentations_drawn": say("drew the order of the presentations"),
    "proof_asked": say("asked the intended winner for proof"),
    "proof_checked": say("checked a proof of the intended winner"),
    "proof_fetched": say("recorded what a register answered about the intended winner"),
    "proof_handed_in": say("handed in a proof for a bid"),
    "proof_time_given": say("gave more time for proof"),
    "proof_waived": say("took back that a proof is asked for"),
    "question_answered": say("answered question {number} to everybody"),
    "question_asked": say("asked question {number}"),
    "report_bundle_asked": say("asked for all feedback reports as PDF"),
    "report_bundle_broken_off": say("broke off the making of all feedback reports before it was done"),
    "report_bundle_cancelled": say("stopped the making of all feedback reports"),
    "report_bundle_finished": say("finished the making of all feedback reports"),
    "requirement_added": say("wrote the requirement {label}"),
    "requirement_checked": say("checked a requirement in a bid"),
    "requirement_revised": say("changed the requirement {label}"),
    "requirement_struck": say("struck the requirement {label}"),
    "requirements_reordered": say("put the requirements in another order"),
    "review_ended": say("registered how a review case ended"),
    "review_ordered": say("registered an order of the court for the time being"),
    "review_registered": say("registered a review case"),
    "robustness_asked": say("asked how firm the outcome is"),
    "round_started": say("started the judging"),
    "rows_imported": say("imported {n} rows from a file"),
    "scores_due_set": say("set by when the individual scores are due"),
    "scores_submitted": say("handed in their scores"),
    "secrecy_assessed": say("tried a claim of secrecy"),
    "secrecy_claimed": say("claimed that a part of a bid is secret"),
    "stress_run_asked": say("asked for a long stress test of the model"),
    "stress_run_broken_off": say("broke off a long stress test before it was done"),
    "stress_run_cancelled": say("stopped a long stress test"),
    "stress_run_finished": say("finished a long stress test"),
    "team_member_appointed": say("appointed somebody to the team"),
    "team_member_removed": say("removed somebody from the team"),
    "tender_document_added": say("added a file to the documents"),
    "tender_document_removed": say("removed a file from the documents"),
    "terms_set": say("wrote the terms"),
    "training_put_up": say("put up training material for the assessors"),
    "training_read": say("said that the training material is read"),
    "training_withdrawn": say("took down training material"),
}
"""What each event says after the name of who did it; a test holds the list against what the rooms record."""

PRICES_OPENED = "procurement_prices_opened"
NOTHING_TO_OPEN = say("went past the opening of the prices: the price is fixed, and no bid holds one")
"""What that event says where the documents fix the price."""
ONE_FOR_EACH_BID = frozenset(
    {
        "consensus_recorded",
        "file_let_out",
        "inquiry_answered",
        "inquiry_assessed",
        "masked_copy_made",
        "opened_bid_registered",
        "presentation_cancelled",
        "presentation_ended",
        "presentation_moved",
        "presentation_noted",
        "presentation_started",
        "presentation_times_entered",
        "price_sighting_handled",
        "price_sighting_reported",
        "proof_asked",
        "proof_checked",
        "proof_fetched",
        "proof_handed_in",
        "proof_time_given",
        "proof_waived",
        "requirement_checked",
    }
)
"""Events that come once or more for each bid: who counts them knows how many bids there are."""

ISSUED, ISSUED_SOME = "document_issued", say("issued a document")
NOBODY = say("The system")
ANONYMOUS = dict.fromkeys(("access_asked", "access_decision_asked", "question_asked"), say("Somebody"))
"""Who did what nobody's account is kept with."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One entry of the log: its number where the reader may know it, when, who, what, and the hash that proves it."""

    index: int | None
    at: datetime
    who: str | Message
    what: Message
    event: str
    leaf_hash: str


def case_events(person: Person, procurement: Procurement) -> QuerySet[LedgerBody]:
    """Return the events of a procurement, latest first; what would tell of the bids only to those who see them."""
    sees_bids = bool(may_see_bids(person, procurement))
    events = case_log(procurement.pk, with_sealed=sees_bids).order_by("-index")
    return events if sees_bids else events.exclude(event__in=ONE_FOR_EACH_BID)


def log_lines(events: Iterable[LedgerBody], *, numbered: bool) -> list[LogLine]:
    """Return the events in words, in two queries however many they are.

    The numbers count the whole log, sealed events too: the gaps between them tell how many bids came, so they are for
    those who see the bids (INV-02). So are those of documents in the diary, where each opened bid has one.
    """
    bodies = list(events)
    people = {body.by for body in bodies if body.by}
    names = {person.pk: person.name for person in Person.objects.filter(pk__in=people)}
    hashes = dict(
        LedgerEntry.objects.filter(index__in=[body.index for body in bodies]).values_list("index", "leaf_hash")
    )
    return [
        LogLine(
            body.index if numbered else None,
            body.at,
            names[body.by] if body.by in names else ANONYMOUS.get(body.event, NOBODY),
            _what(body, numbered=numbered),
            body.event,
            hashes[body.index],
        )
        for body in bodies
    ]


def _what(body: LedgerBody, *, numbered: bool) -> Message:
    if body.event == ISSUED and not numbered:
        return ISSUED_SOME
    sentence = SENTENCES.get(body.event)
    if sentence is None:
        return say("did something that this version has no words for ({event})", event=body.event)
    known = json.loads(body.what)
    if body.event == PRICES_OPENED and "fixed_price" in known:
        return NOTHING_TO_OPEN
    values = {name: known[name] for name in ("label", "number") if isinstance(known.get(name), str | int)}
    return Message(sentence.text, {"label": "", "number": "", **values})

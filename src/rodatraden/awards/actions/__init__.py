"""The verbs of the award: a decision by two people, all bidders notified in one act, or what was published cancelled."""

from rodatraden.awards.actions.access import answer_request, ask_for_decision, ask_for_documents, make_masked_copy
from rodatraden.awards.actions.cancelling import cancel_published
from rodatraden.awards.actions.deciding import decide_award, prepare_decision, report_to_board, return_proposal
from rodatraden.awards.actions.delegating import end_delegation, enter_delegation
from rodatraden.awards.actions.notifying import note_opened, notify_bidders, send_letter
from rodatraden.awards.actions.reviewing import end_review, record_interim_order, register_review
from rodatraden.awards.actions.revoking import revoke_award
from rodatraden.awards.actions.secrecy import assess_secrecy, claim_secrecy

__all__ = [
    "answer_request",
    "ask_for_decision",
    "ask_for_documents",
    "assess_secrecy",
    "cancel_published",
    "claim_secrecy",
    "decide_award",
    "end_delegation",
    "end_review",
    "enter_delegation",
    "make_masked_copy",
    "note_opened",
    "notify_bidders",
    "prepare_decision",
    "record_interim_order",
    "register_review",
    "report_to_board",
    "return_proposal",
    "revoke_award",
    "send_letter",
]

"""Pages of the award: the decision, the notifications with the standstill, what each bidder reads, cancelling."""

from rodatraden.awards.views.access import (
    access_request,
    access_requests,
    ask_documents,
    mask,
    masked_copy,
    own_file,
    own_request,
    request_code,
)
from rodatraden.awards.views.cancelling import cancel
from rodatraden.awards.views.deciding import board, board_csv, decide, decision, prepare, return_prepared, revoke
from rodatraden.awards.views.delegating import delegations, end_delegation
from rodatraden.awards.views.fetching import (
    cancellation_document,
    decision_document,
    decision_word,
    notification_document,
)
from rodatraden.awards.views.notifying import letter, notices, notification
from rodatraden.awards.views.reviewing import interim, register_review, review
from rodatraden.awards.views.secrecy import assess, claims

__all__ = [
    "access_request",
    "access_requests",
    "ask_documents",
    "assess",
    "board",
    "board_csv",
    "cancel",
    "cancellation_document",
    "claims",
    "decide",
    "decision",
    "decision_document",
    "decision_word",
    "delegations",
    "end_delegation",
    "interim",
    "letter",
    "mask",
    "masked_copy",
    "notices",
    "notification",
    "notification_document",
    "own_file",
    "own_request",
    "prepare",
    "register_review",
    "request_code",
    "return_prepared",
    "review",
    "revoke",
]

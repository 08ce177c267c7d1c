"""Pages of the award: the decision, the notifications with the standstill, what each bidder reads, cancelling."""

from rodatraden.awards.views.cancelling import cancel
from rodatraden.awards.views.deciding import board, board_csv, decide, decision, prepare, return_prepared
from rodatraden.awards.views.fetching import cancellation_document, decision_document, notification_document
from rodatraden.awards.views.notifying import letter, notices, notification

__all__ = [
    "board",
    "board_csv",
    "cancel",
    "cancellation_document",
    "decide",
    "decision",
    "decision_document",
    "letter",
    "notices",
    "notification",
    "notification_document",
    "prepare",
    "return_prepared",
]

"""What leaves the room as a file."""

from rodatraden.awards.documents.board import board_list
from rodatraden.awards.documents.papers import (
    cancellation_notice_paper,
    cancellation_paper,
    decision_paper,
    notification_paper,
    revocation_paper,
)

__all__ = [
    "board_list",
    "cancellation_notice_paper",
    "cancellation_paper",
    "decision_paper",
    "notification_paper",
    "revocation_paper",
]

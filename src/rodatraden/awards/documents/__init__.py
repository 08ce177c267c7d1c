"""What leaves the room as a file."""

from rodatraden.awards.documents.board import board_list
from rodatraden.awards.documents.papers import (
    access_paper,
    cancellation_notice_paper,
    cancellation_paper,
    decision_paper,
    notification_paper,
    revocation_paper,
    rights_of,
)

__all__ = [
    "access_paper",
    "board_list",
    "cancellation_notice_paper",
    "cancellation_paper",
    "decision_paper",
    "notification_paper",
    "revocation_paper",
    "rights_of",
]

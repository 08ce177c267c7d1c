"""The verbs of the award: decide and notify all bidders in one act, or cancel what was published."""

from rodatraden.awards.actions.cancelling import cancel_published
from rodatraden.awards.actions.deciding import decide_award, notify_bidders, send_letter

__all__ = ["cancel_published", "decide_award", "notify_bidders", "send_letter"]

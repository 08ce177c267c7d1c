"""The verbs of the evaluation: check, ask bidders, start the judging, lock the quality, compute and freeze."""

from rodatraden.evaluation.actions.evaluating import (
    ask_how_firm,
    check_requirement,
    freeze_outcome,
    lock_quality,
    start_evaluation_round,
)
from rodatraden.evaluation.actions.inquiring import answer_inquiry, ask_bidders, assess_inquiry

__all__ = [
    "answer_inquiry",
    "ask_bidders",
    "ask_how_firm",
    "assess_inquiry",
    "check_requirement",
    "freeze_outcome",
    "lock_quality",
    "start_evaluation_round",
]

"""The verbs of the evaluation: check, ask bidders, ask for proof, start the judging, lock the quality, compute and freeze."""

from rodatraden.evaluation.actions.evaluating import (
    ask_how_firm,
    check_requirement,
    freeze_outcome,
    lock_quality,
    start_evaluation_round,
)
from rodatraden.evaluation.actions.inquiring import answer_inquiry, ask_bidders, assess_inquiry
from rodatraden.evaluation.actions.presenting import (
    cancel_presentation,
    draw_presentations,
    enter_times,
    move_presentation,
    note_presentation,
    run_clock,
)
from rodatraden.evaluation.actions.proving import (
    ask_for_proof,
    check_proof,
    fetch_proof,
    give_more_time,
    hand_in_proof,
    waive_proof,
)

__all__ = [
    "answer_inquiry",
    "ask_bidders",
    "ask_for_proof",
    "ask_how_firm",
    "assess_inquiry",
    "cancel_presentation",
    "check_proof",
    "check_requirement",
    "draw_presentations",
    "enter_times",
    "fetch_proof",
    "freeze_outcome",
    "give_more_time",
    "hand_in_proof",
    "lock_quality",
    "move_presentation",
    "note_presentation",
    "run_clock",
    "start_evaluation_round",
    "waive_proof",
]

"""The verbs of judging: make a model, start a round, score alone, agree, lock."""

from rodatraden.assessments.actions.agreeing import lock_consensus, record_consensus
from rodatraden.assessments.actions.scoring import (
    Draft,
    ScoresChangedElsewhereError,
    go_on_without,
    save_cells,
    save_score,
    save_scores,
    submit_scores,
)
from rodatraden.assessments.actions.starting import make_model, start_round

__all__ = [
    "Draft",
    "ScoresChangedElsewhereError",
    "go_on_without",
    "lock_consensus",
    "make_model",
    "record_consensus",
    "save_cells",
    "save_score",
    "save_scores",
    "start_round",
    "submit_scores",
]

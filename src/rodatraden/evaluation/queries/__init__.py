"""Named reads of the evaluation: checks, what is left, the round, and the outcome with its steps."""

from rodatraden.evaluation.queries.checks import (
    CheckCell,
    check_cells,
    check_history,
    failed_checks,
    held,
    left_for_first,
    left_to_check,
    readable_bids,
)
from rodatraden.evaluation.queries.outcome import (
    Counted,
    Judged,
    Line,
    bid_of,
    criteria_of,
    evaluation_bids,
    frozen_outcome,
    judged,
    offer_material,
    preliminary_outcome,
    published_model,
    round_of,
    told,
)
from rodatraden.evaluation.queries.tasks import open_tasks

__all__ = [
    "CheckCell",
    "Counted",
    "Judged",
    "Line",
    "bid_of",
    "check_cells",
    "check_history",
    "criteria_of",
    "evaluation_bids",
    "failed_checks",
    "frozen_outcome",
    "held",
    "judged",
    "left_for_first",
    "left_to_check",
    "offer_material",
    "open_tasks",
    "preliminary_outcome",
    "published_model",
    "readable_bids",
    "round_of",
    "told",
]

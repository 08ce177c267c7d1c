"""Named reads of the evaluation: checks, what is left, the round, and the outcome with its steps."""

from rodatraden.evaluation.queries.checks import (
    CheckCell,
    CountedPerson,
    check_cells,
    check_history,
    counted_people,
    failed_checks,
    held,
    left_for_first,
    left_to_check,
    readable_bids,
)
from rodatraden.evaluation.queries.feedback import feedback_on, offer_needed
from rodatraden.evaluation.queries.inquiries import (
    inquiries_of,
    left_to_assess,
    own_inquiries,
    put_out,
    tasks_as_bidder,
    with_case,
)
from rodatraden.evaluation.queries.markets import offer_markets
from rodatraden.evaluation.queries.outcome import (
    Counted,
    Judged,
    Line,
    bid_of,
    criteria_of,
    evaluation_bids,
    frozen_outcome,
    judged,
    offer_documents,
    offer_material,
    preliminary_outcome,
    published_model,
    round_of,
    told,
    valued,
)
from rodatraden.evaluation.queries.robustness import how_firm, individual_scores, robustness_of
from rodatraden.evaluation.queries.stakes import offer_stakes
from rodatraden.evaluation.queries.table import OtherModelError, Table, read_table, write_table
from rodatraden.evaluation.queries.tasks import open_tasks
from rodatraden.evaluation.queries.telling import ToldMargin, told_margin

__all__ = [
    "CheckCell",
    "Counted",
    "CountedPerson",
    "Judged",
    "Line",
    "OtherModelError",
    "Table",
    "ToldMargin",
    "bid_of",
    "check_cells",
    "check_history",
    "counted_people",
    "criteria_of",
    "evaluation_bids",
    "failed_checks",
    "feedback_on",
    "frozen_outcome",
    "held",
    "how_firm",
    "individual_scores",
    "inquiries_of",
    "judged",
    "left_for_first",
    "left_to_assess",
    "left_to_check",
    "offer_documents",
    "offer_markets",
    "offer_material",
    "offer_needed",
    "offer_stakes",
    "open_tasks",
    "own_inquiries",
    "preliminary_outcome",
    "published_model",
    "put_out",
    "read_table",
    "readable_bids",
    "robustness_of",
    "round_of",
    "tasks_as_bidder",
    "told",
    "told_margin",
    "valued",
    "with_case",
    "write_table",
]

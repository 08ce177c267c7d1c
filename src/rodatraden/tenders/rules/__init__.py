"""Who may change the documents, what each requirement must have, and what stops publication."""

from rodatraden.tenders.rules.access import (
    is_closed,
    is_drafted,
    is_published,
    may_answer,
    may_ask,
    may_confirm,
    may_edit,
    may_edit_requirement,
    may_follow,
    may_move,
    may_read,
)
from rodatraden.tenders.rules.changes import (
    Difference,
    Extension,
    Weight,
    extension,
    is_allowed,
    may_change,
    may_work_on,
    must_be_substantial,
    weigh,
)
from rodatraden.tenders.rules.findings import Finding, Severity, stops

__all__ = [
    "Difference",
    "Extension",
    "Finding",
    "Severity",
    "Weight",
    "extension",
    "is_allowed",
    "is_closed",
    "is_drafted",
    "is_published",
    "may_answer",
    "may_ask",
    "may_change",
    "may_confirm",
    "may_edit",
    "may_edit_requirement",
    "may_follow",
    "may_move",
    "may_read",
    "may_work_on",
    "must_be_substantial",
    "stops",
    "weigh",
]

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
from rodatraden.tenders.rules.findings import Finding, Severity, stops

__all__ = [
    "Finding",
    "Severity",
    "is_closed",
    "is_drafted",
    "is_published",
    "may_answer",
    "may_ask",
    "may_confirm",
    "may_edit",
    "may_edit_requirement",
    "may_follow",
    "may_move",
    "may_read",
    "stops",
]

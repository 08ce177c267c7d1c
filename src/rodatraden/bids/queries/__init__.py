"""Named reads of bids: what a supplier sees of its own, what officials see after the opening, and nothing before."""

from rodatraden.bids.queries.asked import Asked, asked
from rodatraden.bids.queries.boxed import (
    UnreadableError,
    identity_of,
    in_the_box,
    not_in_the_opening,
    read_draft_file,
    read_offer,
    read_price_package,
    read_submitted,
    sealing_key_of,
    unsealed,
)
from rodatraden.bids.queries.changed import (
    answered_by,
    for_an_earlier_edition,
    what_changed,
)
from rodatraden.bids.queries.checklist import Point, checklist, missing, warnings
from rodatraden.bids.queries.seen import (
    HandedIn,
    drafts_by_time,
    drafts_visible_to,
    files_visible_to,
    handed_in_by,
    open_tasks,
    opened_bids,
    submissions_visible_to,
    suppliers_of,
    tasks_as_bidder,
    thread_pieces,
    visible_to,
)

__all__ = [
    "Asked",
    "HandedIn",
    "Point",
    "UnreadableError",
    "answered_by",
    "asked",
    "checklist",
    "drafts_by_time",
    "drafts_visible_to",
    "files_visible_to",
    "for_an_earlier_edition",
    "handed_in_by",
    "identity_of",
    "in_the_box",
    "missing",
    "not_in_the_opening",
    "open_tasks",
    "opened_bids",
    "read_draft_file",
    "read_offer",
    "read_price_package",
    "read_submitted",
    "sealing_key_of",
    "submissions_visible_to",
    "suppliers_of",
    "tasks_as_bidder",
    "thread_pieces",
    "unsealed",
    "visible_to",
    "warnings",
    "what_changed",
]

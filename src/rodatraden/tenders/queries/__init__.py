"""Named reads of the documents: rows, what is frozen, what stops publication, notices, tasks and the thread."""

from rodatraden.tenders.queries.following import (
    answers_page,
    confirm_link,
    end_link,
    following,
    recent_questions,
    subject_line,
    subscription_of,
)
from rodatraden.tenders.queries.publication import accepted, publication_findings, standing_in_the_way, trade_off
from rodatraden.tenders.queries.reads import (
    announced,
    content_items,
    copyable,
    latest_snapshot,
    may_copy,
    published,
    published_answers,
    questions,
    requirements,
    standing,
    tender_of,
    visible_to,
)
from rodatraden.tenders.queries.snapshots import canonical_content, content_of, read_snapshot

__all__ = [
    "accepted",
    "announced",
    "answers_page",
    "canonical_content",
    "confirm_link",
    "content_items",
    "content_of",
    "copyable",
    "end_link",
    "following",
    "latest_snapshot",
    "may_copy",
    "publication_findings",
    "published",
    "published_answers",
    "questions",
    "read_snapshot",
    "recent_questions",
    "requirements",
    "standing",
    "standing_in_the_way",
    "subject_line",
    "subscription_of",
    "tender_of",
    "trade_off",
    "visible_to",
]

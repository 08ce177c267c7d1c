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
from rodatraden.tenders.queries.notices import NoticeField, documents_address, notice_fields
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
from rodatraden.tenders.queries.tasks import deadline_is_short, last_answer_at, open_tasks
from rodatraden.tenders.queries.templates import Deviation, Template, seed_deviations, template, templates
from rodatraden.tenders.queries.thread import as_node, pieces, thread_pieces

__all__ = [
    "Deviation",
    "NoticeField",
    "Template",
    "accepted",
    "announced",
    "answers_page",
    "as_node",
    "canonical_content",
    "confirm_link",
    "content_items",
    "content_of",
    "copyable",
    "deadline_is_short",
    "documents_address",
    "end_link",
    "following",
    "last_answer_at",
    "latest_snapshot",
    "may_copy",
    "notice_fields",
    "open_tasks",
    "pieces",
    "publication_findings",
    "published",
    "published_answers",
    "questions",
    "read_snapshot",
    "recent_questions",
    "requirements",
    "seed_deviations",
    "standing",
    "standing_in_the_way",
    "subject_line",
    "subscription_of",
    "template",
    "templates",
    "tender_of",
    "thread_pieces",
    "trade_off",
    "visible_to",
]

"""The verbs of the documents: start, requirements, terms, dates, model, publication, notices, questions."""

from rodatraden.tenders.actions.changes import (
    as_changed,
    begin_change,
    drop_change,
    edit_documents,
    publish_change,
    take_back,
)
from rodatraden.tenders.actions.coming import show_plan, withdraw_plan
from rodatraden.tenders.actions.documents import (
    accept_tender_proposals,
    add_content_item,
    add_document,
    propose_dates,
    remove_content_item,
    remove_document,
    revise_content_item,
    set_dates,
    set_evaluation_model,
    set_terms,
)
from rodatraden.tenders.actions.importing import import_rows
from rodatraden.tenders.actions.notices import (
    Awarded,
    confirm_notice,
    hand_over_notice,
    record_award_notice_due,
    record_cancellation_notice,
)
from rodatraden.tenders.actions.publication import accept_finding, move_deadline, publish
from rodatraden.tenders.actions.questions import (
    answer_question,
    ask_question,
    confirm_subscription,
    end_subscription,
    follow_answers,
)
from rodatraden.tenders.actions.ready_made import add_ready_made
from rodatraden.tenders.actions.requirements import (
    accept_proposals,
    add_requirement,
    reorder_requirements,
    revise_requirement,
    strike_requirement,
)
from rodatraden.tenders.actions.runs import (
    ask_for_run,
    break_off_run,
    cancel_run,
    end_lost_runs,
    finish_run,
)
from rodatraden.tenders.actions.start import start_tender

__all__ = [
    "Awarded",
    "accept_finding",
    "accept_proposals",
    "accept_tender_proposals",
    "add_content_item",
    "add_document",
    "add_ready_made",
    "add_requirement",
    "answer_question",
    "as_changed",
    "ask_for_run",
    "ask_question",
    "begin_change",
    "break_off_run",
    "cancel_run",
    "confirm_notice",
    "confirm_subscription",
    "drop_change",
    "edit_documents",
    "end_lost_runs",
    "end_subscription",
    "finish_run",
    "follow_answers",
    "hand_over_notice",
    "import_rows",
    "move_deadline",
    "propose_dates",
    "publish",
    "publish_change",
    "record_award_notice_due",
    "record_cancellation_notice",
    "remove_content_item",
    "remove_document",
    "reorder_requirements",
    "revise_content_item",
    "revise_requirement",
    "set_dates",
    "set_evaluation_model",
    "set_terms",
    "show_plan",
    "start_tender",
    "strike_requirement",
    "take_back",
    "withdraw_plan",
]

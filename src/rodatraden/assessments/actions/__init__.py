"""The verbs of judging: make a model, start a round, score alone, agree, lock, report to the one who was judged."""

from rodatraden.assessments.actions.agreeing import lock_consensus, record_consensus
from rodatraden.assessments.actions.bundling import ask_for_bundle, break_off_bundle, cancel_bundle, finish_bundle
from rodatraden.assessments.actions.leading import add_assessor, go_on_without, name_items, remind_late, set_due_day
from rodatraden.assessments.actions.library import begin_draft, discard_draft, make_version, save_draft
from rodatraden.assessments.actions.own import ToJudge, lock_own, release_reports, start_own_round
from rodatraden.assessments.actions.preparing import (
    add_observer,
    call_off_example,
    open_after_example,
    put_up_example,
    put_up_training,
    remove_observer,
    say_read,
    withdraw_training,
)
from rodatraden.assessments.actions.reporting import WordsChangedElsewhereError, freeze_feedback, write_feedback
from rodatraden.assessments.actions.scoring import (
    Draft,
    ScoresChangedElsewhereError,
    save_cells,
    save_score,
    save_scores,
    submit_scores,
)
from rodatraden.assessments.actions.sighting import handle_price, report_price
from rodatraden.assessments.actions.starting import make_model, start_round
from rodatraden.assessments.actions.taking_over import take_over_lead

__all__ = [
    "Draft",
    "ScoresChangedElsewhereError",
    "ToJudge",
    "WordsChangedElsewhereError",
    "add_assessor",
    "add_observer",
    "ask_for_bundle",
    "begin_draft",
    "break_off_bundle",
    "call_off_example",
    "cancel_bundle",
    "discard_draft",
    "finish_bundle",
    "freeze_feedback",
    "go_on_without",
    "handle_price",
    "lock_consensus",
    "lock_own",
    "make_model",
    "make_version",
    "name_items",
    "open_after_example",
    "put_up_example",
    "put_up_training",
    "record_consensus",
    "release_reports",
    "remind_late",
    "remove_observer",
    "report_price",
    "save_cells",
    "save_draft",
    "save_score",
    "save_scores",
    "say_read",
    "set_due_day",
    "start_own_round",
    "start_round",
    "submit_scores",
    "take_over_lead",
    "withdraw_training",
    "write_feedback",
]

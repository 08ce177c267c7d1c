"""What people write when they check, ask, hand in proof, start the judging and confirm."""

from rodatraden.evaluation.forms.evaluating import CheckForm, ConfirmForm, RobustnessForm, StartForm, TableForm
from rodatraden.evaluation.forms.inquiring import AnswerForm, AskForm, AssessForm
from rodatraden.evaluation.forms.presenting import (
    CancelPresentationForm,
    ClockForm,
    DrawForm,
    MoveForm,
    NoteForm,
    TimesForm,
)
from rodatraden.evaluation.forms.proving import (
    AskProofForm,
    HandInForm,
    MoreTimeForm,
    ProofCheckForm,
    WaiveForm,
)

__all__ = [
    "AnswerForm",
    "AskForm",
    "AskProofForm",
    "AssessForm",
    "CancelPresentationForm",
    "CheckForm",
    "ClockForm",
    "ConfirmForm",
    "DrawForm",
    "HandInForm",
    "MoreTimeForm",
    "MoveForm",
    "NoteForm",
    "ProofCheckForm",
    "RobustnessForm",
    "StartForm",
    "TableForm",
    "TimesForm",
    "WaiveForm",
]

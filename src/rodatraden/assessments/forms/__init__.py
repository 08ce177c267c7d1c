"""What people write when they judge, and when they write what is judged by."""

from rodatraden.assessments.forms.judging import (
    USUAL_USE,
    AddForm,
    ConfirmForm,
    ConsensusForm,
    DueForm,
    FeedbackForm,
    FreezeForm,
    HandleForm,
    PriceForm,
    ScoreForm,
    WithoutForm,
    by_criterion,
    by_item,
    scale_in_words,
)
from rodatraden.assessments.forms.library import (
    AboutForm,
    AreaForm,
    BeginForm,
    CriterionForm,
    ModelFileForm,
    criterion_initial,
)

__all__ = [
    "USUAL_USE",
    "AboutForm",
    "AddForm",
    "AreaForm",
    "BeginForm",
    "ConfirmForm",
    "ConsensusForm",
    "CriterionForm",
    "DueForm",
    "FeedbackForm",
    "FreezeForm",
    "HandleForm",
    "ModelFileForm",
    "PriceForm",
    "ScoreForm",
    "WithoutForm",
    "by_criterion",
    "by_item",
    "criterion_initial",
    "scale_in_words",
]

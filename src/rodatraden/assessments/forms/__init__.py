"""What people write when they judge, before it, and when they write what is judged by."""

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
from rodatraden.assessments.forms.own import (
    ItemFormSet,
    OwnRoundForm,
)
from rodatraden.assessments.forms.preparing import (
    CallOffForm,
    ExampleForm,
    LevelForm,
    ObserverForm,
    ReadForm,
    TrainingForm,
)

__all__ = [
    "USUAL_USE",
    "AboutForm",
    "AddForm",
    "AreaForm",
    "BeginForm",
    "CallOffForm",
    "ConfirmForm",
    "ConsensusForm",
    "CriterionForm",
    "DueForm",
    "ExampleForm",
    "FeedbackForm",
    "FreezeForm",
    "HandleForm",
    "ItemFormSet",
    "LevelForm",
    "ModelFileForm",
    "ObserverForm",
    "OwnRoundForm",
    "PriceForm",
    "ReadForm",
    "ScoreForm",
    "TrainingForm",
    "WithoutForm",
    "by_criterion",
    "by_item",
    "criterion_initial",
    "scale_in_words",
]

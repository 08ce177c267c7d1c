"""How anything is judged: a quality model, a round with its panel, individual scores, and consensus."""

from rodatraden.assessments.models.own import ReportRelease, RoundParty, Subject
from rodatraden.assessments.models.preparing import Calibration, Reading
from rodatraden.assessments.models.quality import Area, Criterion, ModelDraft, QualityModel
from rodatraden.assessments.models.rounds import (
    WIDE_ABOVE,
    Consensus,
    FeedbackReport,
    IndividualScore,
    Item,
    PanelMember,
    PriceSighting,
    ReportBundle,
    Round,
)

__all__ = [
    "WIDE_ABOVE",
    "Area",
    "Calibration",
    "Consensus",
    "Criterion",
    "FeedbackReport",
    "IndividualScore",
    "Item",
    "ModelDraft",
    "PanelMember",
    "PriceSighting",
    "QualityModel",
    "Reading",
    "ReportBundle",
    "ReportRelease",
    "Round",
    "RoundParty",
    "Subject",
]

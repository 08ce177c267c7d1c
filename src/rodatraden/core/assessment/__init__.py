"""How anything is judged: the published scale, each assessor's own score, how they differ, what is agreed on."""

from rodatraden.core.assessment.consensus import Completeness, completeness
from rodatraden.core.assessment.feedback import Feedback, Needed, Part, lines
from rodatraden.core.assessment.scale import Band, Scale, ScaleError, ScoreFault, ScoreProblem, check_score
from rodatraden.core.assessment.spread import FEWEST_FOR_SHARE, Spread, spread

__all__ = [
    "FEWEST_FOR_SHARE",
    "Band",
    "Completeness",
    "Feedback",
    "Needed",
    "Part",
    "Scale",
    "ScaleError",
    "ScoreFault",
    "ScoreProblem",
    "Spread",
    "check_score",
    "completeness",
    "lines",
    "spread",
]

"""Which bid wins: requirement checks, questions, presentations and proof, the link between bids and what was judged, the frozen outcome."""

from rodatraden.evaluation.models.evaluating import (
    BidItem,
    FrozenOutcome,
    RequirementCheck,
    RobustnessReport,
    TenderRound,
)
from rodatraden.evaluation.models.inquiring import Inquiry
from rodatraden.evaluation.models.presenting import Presentation, PresentationChange, PresentationPlan
from rodatraden.evaluation.models.proving import Proof, ProofCheck, ProofPaper

__all__ = [
    "BidItem",
    "FrozenOutcome",
    "Inquiry",
    "Presentation",
    "PresentationChange",
    "PresentationPlan",
    "Proof",
    "ProofCheck",
    "ProofPaper",
    "RequirementCheck",
    "RobustnessReport",
    "TenderRound",
]

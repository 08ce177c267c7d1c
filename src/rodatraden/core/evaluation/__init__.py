"""Which bid wins: models as data, exact arithmetic, every step told."""

from rodatraden.core.evaluation.criteria import Criterion, highest_total
from rodatraden.core.evaluation.experience import Assignment, CountingRule, Experience, experience
from rodatraden.core.evaluation.findings import Finding, Level, findings, stops
from rodatraden.core.evaluation.gate import Gate
from rodatraden.core.evaluation.margins import Margin, margins
from rodatraden.core.evaluation.model import Model
from rodatraden.core.evaluation.outcome import (
    Bid,
    BidResult,
    First,
    InputError,
    InputFault,
    Outcome,
    Status,
    Verdict,
    evaluate,
    inputs,
    read_inputs,
)
from rodatraden.core.evaluation.price_addition import PriceAddition, PriceMethod, PriceUnit
from rodatraden.core.evaluation.ranking import TieRule
from rodatraden.core.evaluation.reading import ModelError
from rodatraden.core.evaluation.rounding import Rounding
from rodatraden.core.evaluation.steps import Step, StepKind, Unit

__all__ = [
    "Assignment",
    "Bid",
    "BidResult",
    "CountingRule",
    "Criterion",
    "Experience",
    "Finding",
    "First",
    "Gate",
    "InputError",
    "InputFault",
    "Level",
    "Margin",
    "Model",
    "ModelError",
    "Outcome",
    "PriceAddition",
    "PriceMethod",
    "PriceUnit",
    "Rounding",
    "Status",
    "Step",
    "StepKind",
    "TieRule",
    "Unit",
    "Verdict",
    "evaluate",
    "experience",
    "findings",
    "highest_total",
    "inputs",
    "margins",
    "read_inputs",
    "stops",
]

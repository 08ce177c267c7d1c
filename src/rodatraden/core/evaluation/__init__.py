"""Which bid wins: models as data put together from few parts, exact arithmetic, every step told."""

from rodatraden.core.evaluation.bids import Bid, InputError, InputFault, inputs, read_bid, read_inputs
from rodatraden.core.evaluation.combination import Combination
from rodatraden.core.evaluation.criteria import Criterion, highest_total
from rodatraden.core.evaluation.experience import Assignment, CountingRule, Experience, Months, experience
from rodatraden.core.evaluation.field import Best, Method
from rodatraden.core.evaluation.findings import Finding, Level, findings, stops
from rodatraden.core.evaluation.gate import Gate, Measure
from rodatraden.core.evaluation.life_cycle import LifeCycle, Paid
from rodatraden.core.evaluation.lowest_price import LowestPrice
from rodatraden.core.evaluation.margins import Margin, PointsTold, margins
from rodatraden.core.evaluation.model import Model
from rodatraden.core.evaluation.outcome import BidResult, First, Outcome, Status, Verdict, evaluate
from rodatraden.core.evaluation.percentage_addition import PercentageAddition
from rodatraden.core.evaluation.percentage_deduction import PercentageDeduction
from rodatraden.core.evaluation.price import Price, PriceLine, PriceUnit
from rodatraden.core.evaluation.price_addition import PriceAddition
from rodatraden.core.evaluation.price_deduction import PriceDeduction
from rodatraden.core.evaluation.price_points import Curve, PricePoints
from rodatraden.core.evaluation.quality_only import QualityOnly
from rodatraden.core.evaluation.ranking import Corridor, TieRule
from rodatraden.core.evaluation.ratio import Divided, Ratio
from rodatraden.core.evaluation.reading import ModelError
from rodatraden.core.evaluation.reference import ReferenceKind, ReferenceSet, ReferenceValue
from rodatraden.core.evaluation.rounding import Rounding, Way, Where
from rodatraden.core.evaluation.step_table import StepTable, TableStep
from rodatraden.core.evaluation.steps import Step, StepKind, Unit
from rodatraden.core.evaluation.weighted_sum import WeightedSum

__all__ = [
    "Assignment",
    "Best",
    "Bid",
    "BidResult",
    "Combination",
    "Corridor",
    "CountingRule",
    "Criterion",
    "Curve",
    "Divided",
    "Experience",
    "Finding",
    "First",
    "Gate",
    "InputError",
    "InputFault",
    "Level",
    "LifeCycle",
    "LowestPrice",
    "Margin",
    "Measure",
    "Method",
    "Model",
    "ModelError",
    "Months",
    "Outcome",
    "Paid",
    "PercentageAddition",
    "PercentageDeduction",
    "PointsTold",
    "Price",
    "PriceAddition",
    "PriceDeduction",
    "PriceLine",
    "PricePoints",
    "PriceUnit",
    "QualityOnly",
    "Ratio",
    "ReferenceKind",
    "ReferenceSet",
    "ReferenceValue",
    "Rounding",
    "Status",
    "Step",
    "StepKind",
    "StepTable",
    "TableStep",
    "TieRule",
    "Unit",
    "Verdict",
    "Way",
    "WeightedSum",
    "Where",
    "evaluate",
    "experience",
    "findings",
    "highest_total",
    "inputs",
    "margins",
    "read_bid",
    "read_inputs",
    "stops",
]

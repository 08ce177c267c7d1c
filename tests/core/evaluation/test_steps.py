from decimal import Decimal

from rodatraden.core.evaluation import Step, StepKind, Unit
from rodatraden.core.message import say


def test_what_is_frozen_of_a_step_is_its_figures_not_its_wording() -> None:
    step = Step(StepKind.ADDITION, say("Addition: 3 × 100"), Decimal(300), Unit.AMOUNT)
    assert step.to_json() == {"kind": "addition", "value": Decimal(300), "unit": "amount"}
    assert Step(StepKind.PLACE, say("Place 1")).to_json() == {"kind": "place", "value": None, "unit": None}

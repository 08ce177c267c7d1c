"""The evaluation model of the documents: its criteria are the award criteria, never a second list."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from rodatraden.core.assessment import Scale, ScaleError
from rodatraden.core.canonical import canonical_json
from rodatraden.core.evaluation import Criterion, Model
from rodatraden.tenders.models import Requirement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rodatraden.tenders.models import Tender

WHOLE = Decimal(1)
HALF = Decimal("0.5")


def model_of(tender: Tender) -> Model | None:
    """Return the chosen evaluation model, or None when nobody has chosen one.

    Raises:
        ModelError: what is stored is no model.
    """
    return Model.from_json(json.loads(tender.evaluation_model)) if tender.evaluation_model else None


def model_json(model: Model | None) -> str:
    """Return a model in the form that is stored and published."""
    return canonical_json(model.to_json()).decode() if model else ""


def with_criteria(model: Model, requirements: Iterable[Requirement]) -> Model:
    """Return the model with the award criteria of the documents."""
    return replace(model, criteria=criteria_of(requirements))


def criteria_of(requirements: Iterable[Requirement]) -> tuple[Criterion, ...]:
    """Return the award criteria that count and have points, each under the UUID of its requirement."""
    scales = [(row, scale_of(row)) for row in awarded(requirements)]
    return tuple(Criterion(str(row.pk), row.title, scale) for row, scale in scales if scale)


def asked(requirements: Iterable[Requirement]) -> dict[str, str]:
    """Return the award criteria of the documents as key and label, with or without points."""
    return {str(row.pk): row.title for row in awarded(requirements)}


def awarded(requirements: Iterable[Requirement]) -> list[Requirement]:
    """Return the award criteria that count."""
    return [row for row in requirements if row.kind == Requirement.Kind.CRITERION and row.struck_at is None]


def scale_of(requirement: Requirement) -> Scale | None:
    """Return the published scale of an award criterion, or None when it has no points yet or they make no scale.

    The text of a step holds from its points up to the next step. Scores are whole points, or half points where the
    published scale itself uses halves.
    """
    if not requirement.max_points:
        return None
    texts = [(step.points, step.text) for step in requirement.steps.all()]
    is_whole = all(
        value == value.to_integral_value() for value in (*(points for points, _ in texts), requirement.max_points)
    )
    step = WHOLE if is_whole else HALF
    try:
        if not texts:
            return Scale(Decimal(0), requirement.max_points, step)
        return Scale.from_texts(texts, requirement.max_points, step)
    except ScaleError:
        return None

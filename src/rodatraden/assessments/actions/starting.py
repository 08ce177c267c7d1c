"""The verbs that come before anybody judges: make a model, start a round."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max

from rodatraden.assessments.models import (
    WIDE_ABOVE,
    Area,
    Calibration,
    Criterion,
    Item,
    PanelMember,
    QualityModel,
    Round,
)
from rodatraden.assessments.rules import Role
from rodatraden.core.answer import RefusedError, no
from rodatraden.core.assessment import Scale
from rodatraden.core.assessment import quality_model as core
from rodatraden.core.message import say
from rodatraden.records.actions import record_event

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from rodatraden.parties.models import Organisation, Person
    from rodatraden.procurements.models import Procurement


def make_model(*, title: str, criteria: Sequence[dict[str, object]], by: Person, at: datetime) -> QualityModel:
    """Make the model of one procurement from its criteria: key, title, question, min_points, max_points, step, steps.

    It has one part and stands in nobody's library. A model in use is never changed: the same title gets the next version.
    """
    content = core.QualityModel(title, (core.Area("kriterier", title, tuple(_asked(each) for each in criteria)),))
    with transaction.atomic():
        last = QualityModel.objects.filter(owner=None, title=title).aggregate(last=Max("version"))["last"]
        return write_version(content, version=(last or 0) + 1, owner=None, by=by, at=at)


def write_version(
    content: core.QualityModel, *, version: int, owner: Organisation | None, by: Person, at: datetime
) -> QualityModel:
    """Write one version of a model with its parts and criteria, inside the transaction of the verb that makes it."""
    model = QualityModel.objects.create(
        owner=owner,
        title=content.title,
        version=version,
        canonical=content.canonical.decode("utf-8"),
        sha256=content.sha256,
        made_at=at,
        made_by=by,
    )
    areas = {
        each.key: Area(
            model=model,
            key=each.key,
            number=number,
            title=each.title,
            introduction=each.introduction,
            is_left_out=each.is_left_out,
        )
        for number, each in enumerate(content.areas, start=1)
    }
    Area.objects.bulk_create(areas.values())
    scored = {each.key for each in content.scored}
    placed = [(area.key, each) for area in content.areas for each in area.criteria]
    Criterion.objects.bulk_create(
        _row(each, model, areas[area], number, is_scored=each.key in scored)
        for number, (area, each) in enumerate(placed, start=1)
    )
    record_event("quality_model_made", of=model, by=by, at=at, what={"sha256": model.sha256})
    return model


def _asked(criterion: Mapping[str, Any]) -> core.Criterion:
    """Return a criterion of a procurement as the core knows it."""
    lowest, highest, step = criterion["min_points"], criterion["max_points"], criterion["step"]
    texts = [(Decimal(each["points"]), each["text"]) for each in criterion["steps"]]
    scale = Scale.from_texts(texts, highest, step) if texts and step is not None else Scale(lowest, highest, step)
    return core.Criterion(criterion["key"], criterion["title"], criterion["question"], scale, highest)


def _row(criterion: core.Criterion, model: QualityModel, area: Area, number: int, *, is_scored: bool) -> Criterion:
    scale = criterion.scale
    return Criterion(
        model=model,
        area=area,
        key=criterion.key,
        number=number,
        title=criterion.title,
        question=criterion.question,
        evidence=criterion.evidence,
        kind=criterion.kind.value,
        unit=criterion.unit.value,
        min_points=scale.lowest,
        max_points=scale.highest,
        step=scale.step,
        steps=[{"points": f"{band.lowest:f}", "text": band.text} for band in scale.bands],
        worth=criterion.maximum,
        weight=criterion.weight,
        is_scored=is_scored,
    )


def start_round(
    *,
    title: str,
    model: QualityModel,
    leader: Person,
    assessors: Sequence[Person],
    labels: Sequence[str],
    by: Person,
    at: datetime,
    case: Procurement | None = None,
    wide_above: Decimal = WIDE_ABOVE,
    with_example: bool = False,
) -> Round:
    """Start a round in which `assessors` judge the things labelled `labels`; the later room holds what they are.

    A spread above the share `wide_above` of the scale is talked through before others. `with_example` the things open when
    the panel has judged an example, which the leader puts up.

    Raises:
        RefusedError: nobody assesses, or there is nothing to judge.
    """
    if not assessors or not labels:
        raise RefusedError(no(say("A round needs at least one assessor and one thing to judge.")))
    with transaction.atomic():
        assessed = rows_of_round(
            title=title,
            model=model,
            leader=leader,
            assessors=assessors,
            labels=labels,
            at=at,
            case=case,
            wide_above=wide_above,
        )
        if with_example:
            Calibration.objects.create(round=assessed, chosen_at=at)
        record_event(
            "round_started",
            of=assessed,
            by=by,
            at=at,
            case=assessed.case_id,
            what={"model": model.sha256, "leader": leader.pk, "assessors": [person.pk for person in assessors]},
        )
    return assessed


def rows_of_round(
    *,
    title: str,
    model: QualityModel,
    leader: Person,
    assessors: Sequence[Person],
    labels: Sequence[str],
    at: datetime,
    case: Procurement | None,
    wide_above: Decimal,
    organisation: Organisation | None = None,
) -> Round:
    """Write a round with its panel and what is judged; whoever calls it records the event."""
    longest = Round._meta.get_field("title").max_length  # noqa: SLF001 -- Django's public name for it
    assessed = Round.objects.create(
        title=title[:longest],
        model=model,
        case=case,
        organisation=organisation,
        started_at=at,
        wide_above=wide_above,
    )
    PanelMember.objects.create(round=assessed, person=leader, role=Role.LEADER)
    PanelMember.objects.bulk_create(
        PanelMember(round=assessed, person=person, role=Role.ASSESSOR) for person in assessors
    )
    Item.objects.bulk_create(
        Item(round=assessed, number=number, label=label) for number, label in enumerate(labels, start=1)
    )
    return assessed

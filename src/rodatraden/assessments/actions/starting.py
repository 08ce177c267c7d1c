"""The verbs that come before anybody judges: make a model, start a round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from rodatraden.assessments.models import WIDE_ABOVE, Criterion, Item, PanelMember, QualityModel, Round
from rodatraden.assessments.rules import Role
from rodatraden.core.answer import RefusedError, no
from rodatraden.core.canonical import canonical_json, sha256_hex
from rodatraden.core.message import say
from rodatraden.records.actions import record_event

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal

    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement


def make_model(*, title: str, criteria: Sequence[dict[str, object]], by: Person, at: datetime) -> QualityModel:
    """Make a quality model from its criteria: key, title, question, min_points, max_points, step, steps; frozen by its hash.

    A model in use is never changed: the same title gets the next version.
    """
    canonical = canonical_json({"title": title, "criteria": list(criteria)})
    with transaction.atomic():
        last = QualityModel.objects.filter(title=title).aggregate(last=Max("version"))["last"]
        model = QualityModel.objects.create(
            title=title,
            version=(last or 0) + 1,
            canonical=canonical.decode("utf-8"),
            sha256=sha256_hex(canonical),
            made_at=at,
        )
        Criterion.objects.bulk_create(
            Criterion(model=model, number=number, **criterion) for number, criterion in enumerate(criteria, start=1)
        )
        record_event("quality_model_made", of=model, by=by, at=at, what={"sha256": model.sha256})
    return model


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
) -> Round:
    """Start a round in which `assessors` judge the things labelled `labels`; the later room holds what they are.

    A spread above the share `wide_above` of the scale is talked through before others.

    Raises:
        RefusedError: nobody assesses, or there is nothing to judge.
    """
    if not assessors or not labels:
        raise RefusedError(no(say("A round needs at least one assessor and one thing to judge.")))
    with transaction.atomic():
        assessed = Round.objects.create(title=title, model=model, case=case, started_at=at, wide_above=wide_above)
        PanelMember.objects.create(round=assessed, person=leader, role=Role.LEADER)
        PanelMember.objects.bulk_create(
            PanelMember(round=assessed, person=person, role=Role.ASSESSOR) for person in assessors
        )
        Item.objects.bulk_create(
            Item(round=assessed, number=number, label=label) for number, label in enumerate(labels, start=1)
        )
        record_event(
            "round_started",
            of=assessed,
            by=by,
            at=at,
            case=assessed.case_id,
            what={"model": model.sha256, "leader": leader.pk, "assessors": [person.pk for person in assessors]},
        )
    return assessed

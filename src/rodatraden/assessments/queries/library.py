"""Named reads of quality models in the libraries of organisations, and of drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from rodatraden.assessments.models import ModelDraft, QualityModel, Round
from rodatraden.assessments.queries.rounds import within
from rodatraden.assessments.rules import may_write_models
from rodatraden.parties.queries import memberships_of, organisations_of

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from rodatraden.core.assessment.quality_model import QualityModel as Content
    from rodatraden.parties.models import Organisation, Person


def models_visible_to(person: Person, at: datetime) -> QuerySet[QualityModel]:
    """Return the versions that `person` reads: those of their organisations, and those that they judge by."""
    mine = organisations_of(person, at).order_by().values("pk")
    judged_in = Round.objects.filter(within(person), panel__person=person, panel__removed_at=None)
    judged_by = judged_in.filter(model=OuterRef("pk"))
    found = QualityModel.objects.filter(owner__isnull=False).filter(Q(owner__in=mine) | Exists(judged_by))
    return found.select_related("owner", "made_by")


def models_to_begin_from(person: Person, at: datetime) -> QuerySet[QualityModel]:
    """Return the versions that `person` may copy, or start a round on: those of their own organisations."""
    return models_visible_to(person, at).filter(owner__in=organisations_of(person, at).order_by().values("pk"))


def latest_models(person: Person, at: datetime) -> QuerySet[QualityModel]:
    """Return the latest version of each model in the libraries of the person's organisations, with how many use it."""
    line = QualityModel.objects.filter(owner=OuterRef("owner"), title=OuterRef("title"))
    later = line.filter(version__gt=OuterRef("version"))
    used = Round.objects.filter(model__owner=OuterRef("owner"), model__title=OuterRef("title"))
    n_rounds = used.order_by().values("model__owner").annotate(n=Count("pk")).values("n")
    mine = organisations_of(person, at).order_by().values("pk")
    found = QualityModel.objects.filter(~Exists(later), owner__in=mine).annotate(n_rounds=Subquery(n_rounds))
    return found.select_related("owner").order_by("owner__name", "title", "id")


def versions_of(model: QualityModel) -> QuerySet[QualityModel]:
    """Return every version of the same model, the latest first, with how many rounds judge by each."""
    line = QualityModel.objects.filter(owner=model.owner_id, title=model.title)
    return line.annotate(n_rounds=Count("rounds")).select_related("made_by").order_by("-version")


def drafts_visible_to(person: Person, at: datetime) -> QuerySet[ModelDraft]:
    """Return the drafts that `person` may write on; the same that `rules.may_write_draft` allows."""
    owners = [each.pk for each in writes_for(person, at)]
    found = ModelDraft.objects.filter(owner__in=owners).select_related("owner", "follows", "begun_by")
    return found.order_by("-saved_at", "id")


def writes_for(person: Person, at: datetime) -> list[Organisation]:
    """Return the organisations for which `person` may make models and start rounds, by name."""
    mine = {each.organisation_id: each.organisation for each in memberships_of(person, at)}
    return sorted(
        (each for each in mine.values() if may_write_models(person, each, at)), key=lambda each: (each.name, each.pk)
    )


def draft_of_next(model: QualityModel) -> ModelDraft | None:
    """Return the draft of the next version of this model, or None where nobody writes one."""
    line = ModelDraft.objects.filter(follows__owner=model.owner_id, follows__title=model.title)
    return line.select_related("begun_by").first()


def is_taken(owner: Organisation, title: str) -> bool:
    """Whether the organisation has a model of that name, whatever its case."""
    return QualityModel.objects.filter(owner=owner, title__iexact=title).exists()


def before(model: QualityModel) -> Content | None:
    """Return the content of the version before this one, or None for the first."""
    line = QualityModel.objects.filter(owner=model.owner_id, title=model.title, version=model.version - 1)
    found = line.first()
    return found.content if found else None

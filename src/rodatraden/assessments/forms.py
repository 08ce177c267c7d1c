"""What people write when they judge: points on the published scale, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.assessments.rules import is_on_scale
from rodatraden.core.numbers import swedish_number
from rodatraden.ui.forms import Checks, PointsField, RtForm
from rodatraden.ui.words import said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal
    from uuid import UUID

    from django.forms.boundfield import BoundField

    from rodatraden.assessments.models import Criterion, IndividualScore, PanelMember


class ScaleField(PointsField):
    """Points on the scale that was published for one criterion; in a draft they may wait."""

    def __init__(self, criterion: Criterion, *, may_wait: bool = False, **kwargs: Any) -> None:
        self.criterion = criterion
        self.may_wait = may_wait
        super().__init__(help_text=scale_in_words(criterion), **kwargs)

    def validate(self, value: Decimal | None) -> None:
        """Refuse what the verb refuses, beside the field."""
        if not self.may_wait:
            super().validate(value)
        answer = is_on_scale(self.criterion, value) if value is not None else None
        if answer is not None and answer.reason is not None:
            raise forms.ValidationError(said(answer.reason), code="off_scale")


class WaitingText(forms.CharField):
    """A text that is needed in the end and may still be empty in a draft."""

    def validate(self, value: str) -> None:
        """Let it wait: handing in asks for it."""


def scale_in_words(criterion: Criterion) -> str:
    """Say which points can be given: 0–10, whole points."""
    ends = f"{swedish_number(criterion.min_points)}–{swedish_number(criterion.max_points)}"
    if criterion.step is None:
        return ends
    if criterion.step == 1:
        return gettext("%(ends)s, whole points") % {"ends": ends}
    return gettext("%(ends)s, in steps of %(step)s") % {"ends": ends, "step": swedish_number(criterion.step)}


@dataclass(frozen=True, slots=True)
class Part:
    """The fields of one criterion, to be drawn beside its question and its scale."""

    criterion: Criterion
    points: BoundField
    reason: BoundField
    strengths: BoundField
    improvements: BoundField


class ScoreForm(RtForm, forms.Form):
    """One's own points and reasons for all criteria of one item; what is not ready may be left empty."""

    def __init__(
        self, *args: Any, criteria: Sequence[Criterion], own: Mapping[UUID, IndividualScore], **kwargs: Any
    ) -> None:
        self.criteria = criteria
        self.base_fields = {  # type: ignore[misc]  # fields follow the criteria; Django copies them from here
            f"{name}_{criterion.number}": field
            for criterion in criteria
            for name, field in _score_fields(criterion, own.get(criterion.pk)).items()
        }
        super().__init__(*args, **kwargs)

    @property
    def parts(self) -> list[Part]:
        """Return the fields, criterion by criterion."""
        names = ("points", "reason", "strengths", "improvements")
        return [Part(each, *(self[f"{name}_{each.number}"] for name in names)) for each in self.criteria]

    def written(self) -> dict[Criterion, dict[str, Any]]:
        """Return what was written for each criterion."""
        names = ("points", "reason", "strengths", "improvements")
        return {each: {name: self.cleaned_data[f"{name}_{each.number}"] for name in names} for each in self.criteria}


def _score_fields(criterion: Criterion, own: IndividualScore | None) -> dict[str, forms.Field]:
    of = {"criterion": criterion.title}
    return {
        "points": ScaleField(
            criterion,
            label=gettext("Points: %(criterion)s") % of,
            may_wait=True,
            initial=own.points if own else None,
        ),
        "reason": WaitingText(
            label=gettext("Reason: %(criterion)s") % of,
            help_text=gettext("What in the answer earns the points, and where."),
            widget=forms.Textarea(attrs={"rows": 5}),
            initial=own.reason if own else "",
        ),
        "strengths": forms.CharField(
            label=gettext("Strengths: %(criterion)s") % of,
            required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
            initial=own.strengths if own else "",
        ),
        "improvements": forms.CharField(
            label=gettext("Areas for improvement: %(criterion)s") % of,
            required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
            initial=own.improvements if own else "",
        ),
    }


class ConsensusForm(RtForm, forms.Form):
    """What the panel agreed on for one criterion of one item; no mean is proposed."""

    idempotent = True

    def __init__(self, *args: Any, criterion: Criterion, assessors: Sequence[PanelMember], **kwargs: Any) -> None:
        self.assessors = {str(member.pk): member for member in assessors}
        self.base_fields = {  # type: ignore[misc]  # fields follow the criteria; Django copies them from here
            "points": ScaleField(criterion, label=_("Points")),
            "reason": forms.CharField(
                label=_("Reason"), help_text=_("The one who was judged reads it."), widget=forms.Textarea
            ),
            "strengths": forms.CharField(
                label=_("Strengths"),
                help_text=_(
                    "One to a line, for the feedback report. The assessors' own lines lie here to weed and join."
                ),
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
            ),
            "improvements": forms.CharField(
                label=_("Areas for improvement"),
                help_text=_("One to a line, for the feedback report."),
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
            ),
            "present": forms.MultipleChoiceField(
                label=_("Who took part"),
                choices=[(key, member.person.name) for key, member in self.assessors.items()],
                widget=Checks,
                initial=list(self.assessors),
            ),
        }
        super().__init__(*args, **kwargs)

    def present(self) -> list[PanelMember]:
        """Return those who took part."""
        return [self.assessors[key] for key in self.cleaned_data["present"]]


class ConfirmForm(RtForm, forms.Form):
    """A step that can't be taken back, confirmed on a page of its own."""

    idempotent = True


class WithoutForm(RtForm, forms.Form):
    """Why the round goes on without an assessor."""

    idempotent = True
    reason = forms.CharField(
        label=_("Why the round goes on"), help_text=_("It stays on record."), widget=forms.Textarea
    )

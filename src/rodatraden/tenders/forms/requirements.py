"""A requirement: its fields follow its kind."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.needs.queries import standing as standing_needs
from rodatraden.parties.models import Person
from rodatraden.tenders.documents import scale_text
from rodatraden.tenders.models import Requirement, ScaleStep, Tender
from rodatraden.tenders.queries import copyable, templates
from rodatraden.tenders.rules.completeness import FIELDS_OF_KIND
from rodatraden.ui.forms import BoundGroup, Checks, Group, PointsField, Problem, Radios, RtForm
from rodatraden.ui.shared import BASED_ON, SharedForm, Verdict

if TYPE_CHECKING:
    from decimal import Decimal

    from django.db.models import QuerySet

    from rodatraden.needs.models import Need
    from rodatraden.procurements.models import Procurement

EXPLAINED: dict[str, Any] = {
    Requirement.Kind.MUST: _("Checked in the bid. A bid that does not meet it is rejected."),
    Requirement.Kind.CRITERION: _("Gives points in the evaluation."),
    Requirement.Kind.TERM: _("Not checked in the bid. Holds during the contract and is followed up."),
}
STEPS = "steps"
COMMON = ("kind", "title", "text", "needs")
MAY_BE_EMPTY = {"text", "follow_up_months", "accept"}
"""The fields that publication does not ask for."""
FOLLOW_UP = ("follow_up_how", "follow_up_when", "follow_up_months", "follow_up_by")


class StartForm(RtForm, forms.Form):
    """How the documents are to start."""

    idempotent = True
    start = forms.ChoiceField(label=_("Start from"), widget=Radios)

    def __init__(self, *args: Any, person: Person, search: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = templates()
        self.earlier = {f"copy:{tender.pk}": tender for tender in copyable(person, search)}
        field = self.fields["start"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            *((f"template:{template.name}", template.title) for template in offered),
            *(
                (key, gettext("Copy of %(title)s") % {"title": tender.procurement.title})
                for key, tender in self.earlier.items()
            ),
            ("empty", gettext("Empty")),
        ]
        assert isinstance(field.widget, Radios)
        field.widget.explained = {
            **{f"template:{template.name}": template.summary for template in offered},
            **{key: tender.procurement.diary_case.number for key, tender in self.earlier.items()},
            "empty": gettext("Write everything yourself, or import it from Word or Excel."),
        }

    @property
    def chosen(self) -> tuple[str, Tender | None]:
        """Return the template's name or nothing, and the documents to copy or nothing."""
        start = str(self.cleaned_data["start"])
        kind, _colon, name = start.partition(":")
        return (name if kind == "template" else ""), self.earlier.get(start)


class NewRequirementForm(RtForm, forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when run
    """A requirement begins with its kind and its name; the rest follows the kind."""

    idempotent = True
    groups = (Group(("kind", "title")),)

    class Meta:
        model = Requirement
        fields = ("kind", "title")
        widgets = {"kind": Radios(explained=EXPLAINED)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_kinds(self)
        self.fields["kind"].required = True


class ReadyMadeForm(RtForm, forms.Form):
    """The click that adds a ready-made criterion: sent twice, it is added once."""

    idempotent = True


class StepForm(RtForm, forms.Form):
    """A step of the scale; an empty row is no step."""

    groups = (Group(("points", "text"), layout="half"),)
    points = PointsField(label=_("Points"), required=False)
    text = forms.CharField(label=_("What earns the points"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if (cleaned.get("points") is None) != (not cleaned.get("text")) and "points" not in self.errors:
            empty = "points" if cleaned.get("points") is None else "text"
            self.add_error(empty, gettext("Write both points and what earns them, or empty the row."))
        return cleaned


StepFormSet = forms.formset_factory(StepForm, extra=1)


class NeedsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not subscriptable when run
    """Needs by their label and title."""

    def label_from_instance(self, obj: Need) -> str:
        return f"{obj.label} {obj.title}"


class RequirementForm(SharedForm, forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when run
    """A requirement with the fields of its kind; what is missing may be left for later."""

    class Meta:
        model = Requirement
        fields = (
            *COMMON,
            "level",
            "level_reason",
            "evidence",
            "checked_when",
            "question",
            "max_points",
            "acts_by",
            "consequence",
            *FOLLOW_UP,
        )
        widgets = {
            "kind": Radios(explained=EXPLAINED),
            "acts_by": Radios,
            "checked_when": Radios,
            "level": forms.Textarea(attrs={"rows": 2}),
            "level_reason": forms.Textarea(attrs={"rows": 2}),
            "evidence": forms.Textarea(attrs={"rows": 2}),
            "follow_up_how": forms.Textarea(attrs={"rows": 2}),
        }
        help_texts = {
            "text": _("What the requirement says in full. A function rather than a solution."),
            "level": _("A number and a time. Is it feasible, measurable and reasonable for those who are to meet it?"),
            "level_reason": _("Why is the level enough, and why is less not? Suppliers may ask."),
            "question": _("What the bidder answers. The scale below says what earns points."),
            "acts_by": _("What the buyer must do is never the supplier's deviation."),
            "consequence": _("What happens when it is not met?"),
            "follow_up_how": _("What is looked at, and what does it show?"),
            "follow_up_months": _("Only for once after a number of months, counted from the signing"),
        }

    needs = NeedsField(
        queryset=None, label=_("Needs that it answers to"), required=False, widget=Checks, help_text=_("At least one")
    )
    max_points = PointsField(label=_("Maximum points"), required=False)
    accept = forms.BooleanField(label=_("I have read what was proposed and accept it"), required=False)

    def __init__(self, data: Any = None, *, requirement: Requirement, **kwargs: Any) -> None:
        # A form writes in its instance; the page goes on showing the row.
        super().__init__(data, instance=copy(requirement), **kwargs)
        self.requirement = requirement
        kind = str(data.get("kind", "")) if data is not None else requirement.kind
        self.kind = kind if kind in Requirement.Kind.values else ""
        self.steps = self._scale(data) if self.kind == Requirement.Kind.CRITERION else None
        wanted = {*COMMON, *FIELDS_OF_KIND[self.kind], *FOLLOW_UP, "accept", BASED_ON}
        for name in [name for name in self.fields if name not in wanted]:
            del self.fields[name]
        _offer_kinds(self)
        procurement = requirement.tender.procurement
        _offer_rows(self.fields["needs"], standing_needs(procurement))
        _offer_rows(self.fields["follow_up_by"], team_people(procurement))
        self.fields["follow_up_by"].label = gettext("Who follows it up")
        for name in self.fields.keys() - MAY_BE_EMPTY:
            vars(self.fields[name])["wanted"] = True
        if "evidence" in self.fields:
            self.fields["evidence"].label = (
                gettext("Evidence during the contract")
                if self.kind == Requirement.Kind.TERM
                else gettext("Evidence in the bid")
            )
        self._mark_proposals()

    def _scale(self, data: Any) -> Any:
        """Return the rows of the scale; the fields of another kind come without them."""
        has_rows = data is not None and f"{STEPS}-TOTAL_FORMS" in data
        steps = self.requirement.steps.all()
        initial = [{"points": step.points, "text": step.text} for step in steps]
        return StepFormSet(data if has_rows else None, prefix=STEPS, initial=initial)

    def standing_besides(self) -> dict[str, str]:
        """Return the scale, whose steps are rows of their own."""
        if self.kind != Requirement.Kind.CRITERION:
            return {}
        return {STEPS: scale_text([(step.points, step.text) for step in self._standing_steps()])}

    def _standing_steps(self) -> list[ScaleStep]:
        return sorted(self.requirement.steps.all(), key=lambda step: step.points)

    def clean(self) -> dict[str, Any]:
        """Hold the scale too against what stands by now."""
        cleaned = super().clean()
        self.keeps_steps = False
        if self.steps is not None and self.steps.is_bound and self.steps.is_valid():
            stands = self.standing_besides()[STEPS]
            verdict = self.verdict(STEPS, stands, scale_text(sorted(self._typed_steps())))
            self.keeps_steps = verdict is Verdict.ANOTHER
            if verdict is Verdict.BOTH:
                self.tell(STEPS, stands, stands)
        return cleaned

    def _typed_steps(self) -> list[tuple[Decimal, str]]:
        typed = [row.cleaned_data for row in self.steps or ()]
        return [(row["points"], row["text"]) for row in typed if row.get("points") is not None]

    def is_valid(self) -> bool:
        """Whether the fields and the rows of the scale are valid."""
        own = super().is_valid()
        return own and (self.steps is None or not self.steps.is_bound or self.steps.is_valid())

    @property
    def problems(self) -> list[Problem]:
        """What has to be mended, in the fields and then in the scale."""
        rows = self.steps if self.steps is not None and self.steps.is_bound else ()
        return [*super().problems, *(problem for row in rows for problem in row.problems)]

    def _mark_proposals(self) -> None:
        """Say at each field that was proposed that nobody has accepted it yet."""
        proposed = set(self.requirement.proposed)
        if not proposed:
            del self.fields["accept"]
        for name in proposed & set(self.fields):
            said = self.fields[name].help_text
            self.fields[name].help_text = f"{gettext('Proposed, not accepted yet.')} {said}".strip()

    @property
    def fieldsets(self) -> list[BoundGroup]:
        """Return the groups: what it says, what its kind asks for, how it is followed up."""
        own = tuple(name for name in FIELDS_OF_KIND[self.kind] if name in self.fields)
        groups = [Group(tuple(name for name in COMMON if name != "kind"))]
        if own:
            groups.append(Group(own, title=str(Requirement.Kind(self.kind).label)))
        groups += [Group(("follow_up_how",), title=gettext("Follow-up")), Group(FOLLOW_UP[1:], layout="third")]
        if "accept" in self.fields:
            groups.append(Group(("accept",)))
        return [group for group in self.laid_out(*groups) if "kind" not in {field.name for field in group.fields}]

    def stated(self) -> dict[str, Any]:
        """Return what the verb asks for: the fields of the chosen kind."""
        fields = {name: value for name, value in self.cleaned_data.items() if name != "accept"}
        if self.steps is not None and self.steps.is_bound and not self.keeps_steps:
            fields["steps"] = self._typed_steps()
        return {**fields, "needs": list(fields["needs"])}


class StrikeForm(RtForm, forms.Form):
    """Why a requirement no longer counts."""

    reason = forms.CharField(
        label=_("Reason"), help_text=_("Kept with the requirement"), widget=forms.Textarea(attrs={"rows": 2})
    )


def team_people(procurement: Procurement) -> QuerySet[Person]:
    """Return the people of the team, each once, by name."""
    keys = {member.person_id for member in procurement.team.all() if member.removed_at is None}
    return Person.objects.filter(pk__in=keys).order_by("name", "id")


def _offer_kinds(form: forms.BaseForm) -> None:
    """Let no kind be chosen by itself: an empty choice is not offered."""
    offered = {
        "kind": Requirement.Kind.choices,
        "acts_by": Requirement.ActsBy.choices,
        "checked_when": Requirement.Checked.choices,
    }
    for name, choices in offered.items():
        field = form.fields.get(name)
        if isinstance(field, forms.ChoiceField):
            field.choices = choices


def _offer_rows(field: forms.Field, rows: QuerySet[Any]) -> None:
    """Offer the rows of this case."""
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows

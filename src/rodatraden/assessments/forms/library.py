"""What people write when they make a quality model: what it is, its parts, its criteria; or a file with all of it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.assessments.models import Criterion, QualityModel
from rodatraden.core.assessment import quality_model as core
from rodatraden.core.assessment.editing import free_key
from rodatraden.core.assessment.model_files import TEMPLATES, read_model_json, template
from rodatraden.core.assessment.model_workbook import Misread, Understood, read_model_workbook
from rodatraden.core.evaluation.case import LARGEST
from rodatraden.core.evaluation.workbook import WorkbookError
from rodatraden.core.numbers import NumberProblem, parse_points, swedish_number
from rodatraden.ui.forms import FileForm, Group, PointsField, Radios, VerbForm
from rodatraden.ui.words import said

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rodatraden.parties.models import Organisation

EMPTY = "empty"
YES_NO = (("yes", _("Yes")), ("no", _("No")))
LONGEST_TITLE = 200


def _named(organisations: Iterable[Organisation]) -> list[tuple[str, str]]:
    return [(str(each.pk), each.name) for each in organisations]


class BeginForm(VerbForm):
    """Whose the new model is, what it is called, and what it begins from."""

    organisation = forms.ChoiceField(label=_("Whose model it is"))
    title = forms.CharField(label=_("Title"), max_length=LONGEST_TITLE)
    start = forms.ChoiceField(label=_("Begin from"), help_text=_("Everything can be changed before the model is made."))

    def __init__(
        self, *args: Any, organisations: Sequence[Organisation], models: Sequence[QualityModel], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.organisations = {str(each.pk): each for each in organisations}
        self.models = {f"{each.pk}": each for each in models}
        _choose(self, "organisation", _named(organisations))
        _choose(
            self,
            "start",
            [
                *((name, gettext("The template %(name)s") % {"name": template(name).title}) for name in TEMPLATES),
                *((key, gettext("A copy of %(model)s") % {"model": each}) for key, each in self.models.items()),
                (EMPTY, gettext("Nothing, an empty model")),
            ],
        )

    @property
    def owner(self) -> Organisation:
        """Return whose the model is to be."""
        return self.organisations[self.cleaned_data["organisation"]]

    @property
    def content(self) -> core.QualityModel:
        """Return what the model begins from, under its own title."""
        title, start = self.cleaned_data["title"].strip(), self.cleaned_data["start"]
        if start == EMPTY:
            return core.QualityModel(title)
        found = template(start) if start in TEMPLATES else self.models[start].content
        return core.QualityModel(
            title, found.areas, found.introduction, found.source, found.scores_results, found.renormalised_to
        )


class NextVersionForm(VerbForm):
    """A button; from the page of an older version also the question which of the two the copy is made of."""

    def __init__(self, *args: Any, found: QualityModel, newest: QualityModel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versions = {str(each.version): each for each in (newest, found)}
        self.newest = newest
        if found != newest:
            choices = {
                str(newest.version): gettext("Version %(n)s, the newest") % {"n": newest.version},
                str(found.version): gettext("Version %(n)s: what has been changed since goes back")
                % {"n": found.version},
            }
            self.fields["begins_from"] = forms.ChoiceField(
                label=gettext("What you write on is a copy of"),
                choices=list(choices.items()),
                initial=str(newest.version),
                widget=Radios,
            )

    @property
    def chosen(self) -> QualityModel:
        """Return the version that the copy is made of."""
        return self.versions.get(self.cleaned_data.get("begins_from", ""), self.newest)


class ModelFileForm(FileForm):
    """A model in a file, and what it becomes: a new model, or the next version of one."""

    most_bytes = LARGEST
    target = forms.ChoiceField(label=_("What it becomes"))
    file = forms.FileField(label=_("File"), help_text=_("JSON or Excel (.xlsx), as an exported model."))
    has_right = forms.BooleanField(
        label=_("We have the right to use these texts"),
        help_text=_(
            "Many quality models may not be copied without leave. Write in the model where its texts come from."
        ),
    )

    def __init__(
        self, *args: Any, organisations: Sequence[Organisation], models: Sequence[QualityModel], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.targets: dict[str, tuple[Organisation, QualityModel | None]] = {
            **{f"{each.pk}": (each, None) for each in organisations},
            **{f"{each.pk}": (each.owner, each) for each in models if each.owner is not None},
        }
        _choose(
            self,
            "target",
            [
                *((f"{each.pk}", gettext("A new model for %(name)s") % {"name": each.name}) for each in organisations),
                *((f"{m.pk}", gettext("The next version of %(title)s") % {"title": m.title}) for m in models),
            ],
        )
        self.understood: Understood | None = None

    def clean(self) -> dict[str, Any]:
        """Read the file; what is wrong in it is shown cell by cell, or field by field."""
        cleaned = super().clean() or {}
        data = self.data_of_file
        if data is None or self.errors:
            return cleaned
        self.understood = _read(data, self.name_of_file)
        if self.understood.model is None:
            self.add_error("file", gettext("Mend what is named below in the file, and read it again."))
        return cleaned

    @property
    def owner(self) -> Organisation:
        """Return whose the model is to be."""
        return self.targets[self.cleaned_data["target"]][0]

    @property
    def follows(self) -> QualityModel | None:
        """Return the model whose next version it becomes, if any."""
        return self.targets[self.cleaned_data["target"]][1]


def _read(data: bytes, name: str) -> Understood:
    ending = name.rpartition(".")[2].lower()
    if ending == "xlsx":
        try:
            return read_model_workbook(data)
        except WorkbookError as error:
            return Understood(None, (Misread(name, "", error.reason),))
    return read_model_json(data)


class AboutForm(VerbForm):
    """What a model is as a whole. A model that has a version keeps its title."""

    title = forms.CharField(label=_("Title"), max_length=LONGEST_TITLE)
    introduction = forms.CharField(
        label=_("What the model is for"),
        required=False,
        max_length=core.LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    source = forms.CharField(
        label=_("Where the texts come from, and by which right they are used"),
        required=False,
        max_length=core.LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    scores_results = forms.TypedChoiceField(
        label=_("Are results scored?"),
        help_text=_("Those who are judged are to know it beforehand. Where they are not scored they count nowhere."),
        choices=YES_NO,
        coerce=lambda answer: answer == "yes",
        widget=Radios,
    )
    renormalised_to = PointsField(
        label=_("Counted up to"),
        required=False,
        help_text=_("The sum that what is judged is counted up to when parts are left out. Empty: never counted up."),
    )
    based_on = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, keeps_title: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if keeps_title:
            del self.fields["title"]

    def clean_renormalised_to(self) -> Decimal | None:
        return _above_zero(self.cleaned_data["renormalised_to"])


class AreaForm(VerbForm):
    """A part of the model."""

    title = forms.CharField(label=_("Title"), max_length=LONGEST_TITLE)
    introduction = forms.CharField(
        label=_("What the part is about"),
        required=False,
        max_length=core.LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    is_left_out = forms.TypedChoiceField(
        label=_("Is the part left out?"),
        help_text=_("What is left out stays to be read, is not judged and counts nowhere."),
        choices=YES_NO,
        coerce=lambda answer: answer == "yes",
        initial="no",
        widget=Radios,
    )
    based_on = forms.CharField(widget=forms.HiddenInput)


LONGEST_TEXTS = 200_000
"""Characters that the texts of one scale have together. Source: policy."""


class CriterionForm(VerbForm):
    """A criterion: what is asked, on which scale, and what it gives."""

    groups = (
        Group(("area", "title", "question", "evidence", "kind")),
        Group(("unit",)),
        Group(("lowest", "maximum", "step", "weight"), layout="half"),
        Group(("texts",)),
    )
    area = forms.ChoiceField(label=_("Part"))
    title = forms.CharField(label=_("Title"), max_length=LONGEST_TITLE)
    question = forms.CharField(label=_("Question"), max_length=core.LONGEST, widget=forms.Textarea(attrs={"rows": 3}))
    evidence = forms.CharField(
        label=_("Evidence expected"), required=False, max_length=core.LONGEST, widget=forms.Textarea(attrs={"rows": 2})
    )
    kind = forms.ChoiceField(
        label=_("What the question is about"),
        choices=Criterion.Kind.choices,
        widget=Radios(explained={"approach": _("How one works."), "result": _("What has come of it.")}),
        initial="approach",
    )
    unit = forms.ChoiceField(
        label=_("Scale"),
        choices=Criterion.Unit.choices,
        widget=Radios(
            explained={
                "points": _("The score is the points, from the lowest to the maximum."),
                "percent": _("The score goes from 0 to 100 percent of the maximum."),
            },
            unused={"percent": ("lowest",)},
        ),
        initial="percent",
    )
    lowest = PointsField(label=_("Lowest score"), required=False, initial=Decimal(0))
    maximum = PointsField(label=_("Maximum"), help_text=_("The most points that the criterion gives."))
    step = PointsField(label=_("Step"), required=False, help_text=_("Empty: any value between."), initial=Decimal(10))
    weight = PointsField(label=_("Weight"), help_text=_("Times what it gives; usually 1."), initial=Decimal(1))
    texts = forms.CharField(
        label=_("Texts of the scale"),
        required=False,
        max_length=LONGEST_TEXTS,
        help_text=_("One to a line: where it begins, a colon and the text. Each holds up to where the next begins."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    based_on = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, model: core.QualityModel, key: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key = key or free_key(model, "k")
        self.criterion: core.Criterion | None = None
        _choose(self, "area", [(area.key, area.title) for area in model.areas])

    def clean_texts(self) -> list[tuple[Decimal, str]]:
        """Read the lines, each with where it begins."""
        lines = [(n, line) for n, line in enumerate(self.cleaned_data["texts"].splitlines(), start=1) if line.strip()]
        if len(lines) > core.MOST_TEXTS:
            raise forms.ValidationError(
                gettext("A scale has at most %(most)s texts.") % {"most": core.MOST_TEXTS}, code="lines"
            )
        return [_read_line(number, line) for number, line in lines]

    def clean(self) -> dict[str, Any]:
        """Make the criterion, and put what is wrong with it at its field."""
        cleaned = super().clean() or {}
        if not self.errors:
            self.criterion, faults = core.read_criterion(self._told(cleaned))
            for fault in faults:
                name = FIELDS.get(fault.field.removeprefix("criterion.").partition("[")[0])
                self.add_error(name, said(fault.reason))
        return cleaned

    def _told(self, typed: dict[str, Any]) -> dict[str, object]:
        in_percent = typed["unit"] == core.Unit.PERCENT.value
        scale = {
            "lowest": Decimal(0) if in_percent else typed["lowest"] or Decimal(0),
            "highest": Decimal(100) if in_percent else typed["maximum"],
            "texts": [{"from": begins, "text": text} for begins, text in typed["texts"]],
        }
        if typed["step"] is not None:
            scale["step"] = typed["step"]
        told = {name: typed[name] for name in ("title", "question", "evidence", "kind", "unit", "maximum", "weight")}
        return told | {"key": self.key, "scale": scale}


def _read_line(number: int, line: str) -> tuple[Decimal, str]:
    """Return where a text of the scale begins, and the text; the first colon or equals sign divides them."""
    sign = "=" if "=" in line.partition(":")[0] else ":"
    begins, _sign, text = (part.strip() for part in line.partition(sign))
    points = parse_points(begins)
    if isinstance(points, NumberProblem) or not text:
        wanted = gettext(
            "Line %(n)s: write where the text begins, a colon and the text, for example 50: Works for most."
        )
        raise forms.ValidationError(wanted % {"n": number}, code="line")
    return points, text


FIELDS = {
    "title": "title",
    "question": "question",
    "evidence": "evidence",
    "maximum": "maximum",
    "weight": "weight",
    "scale": "step",
    "scale.lowest": "lowest",
    "scale.highest": "maximum",
    "scale.step": "step",
    "scale.texts": "texts",
}
"""Which field of the form a field of the criterion is written in."""


def criterion_initial(area: core.Area, criterion: core.Criterion) -> dict[str, object]:
    """Return what the form of a criterion begins with."""
    return {
        "area": area.key,
        "title": criterion.title,
        "question": criterion.question,
        "evidence": criterion.evidence,
        "kind": criterion.kind.value,
        "unit": criterion.unit.value,
        "lowest": criterion.scale.lowest,
        "maximum": criterion.maximum,
        "step": criterion.scale.step,
        "weight": criterion.weight,
        "texts": "\n".join(
            f"{swedish_number(band.lowest)}: {' '.join(band.text.splitlines())}" for band in criterion.scale.bands
        ),
    }


def _choose(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def _above_zero(number: Decimal | None) -> Decimal | None:
    if number is not None and number <= 0:
        raise forms.ValidationError(gettext("Write a number above 0, or nothing."), code="above_zero")
    return number

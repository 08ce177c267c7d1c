"""Forms that say what to do: Swedish messages by kind of field, dates and money as people write them, refusals shown.

`class NeedForm(RtForm, forms.ModelForm)`; the view:

    form = NeedForm(request.POST or None)
    if form.is_valid():
        try:
            actions.write_need(..., at=request.now)
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect(...)
    return render(request, "needs/write.html", {"form": form}, status=form.status)
"""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from django import forms
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.core.answer import RefusedError
from rodatraden.core.numbers import (
    NumberProblem,
    parse_amount,
    parse_hours,
    parse_points,
    swedish_number,
    swedish_sum,
    whole_number,
)
from rodatraden.ui import words
from rodatraden.ui.place import mend_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from django.core.files.uploadedfile import UploadedFile
    from django.forms import BaseFormSet
    from django.forms.boundfield import BoundField
    from django.utils.functional import Promise

    from rodatraden.core.answer import Answer

ADD_ROW = "add-row"
"""The name of the button that asks for one more row; what is sent with it is shown again, not judged."""
LONGEST_EMAIL = 254
"""Characters: what a mail server takes and a column holds; Django's own field would take 320. Source: RFC 5321."""
KEY_FIELD = "idempotency_key"
NO_CHOICE = "---------"
MEGABYTE = 1_000_000
GROUP_CSS = {"stack": "rt-falt", "half": "rt-lika", "third": "rt-tre"}


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that stand together, in the order named; `half` and `third` put them side by side on wide screens."""

    fields: Sequence[str]
    title: str | Promise = ""
    description: str | Promise = ""
    layout: Literal["stack", "half", "third"] = "stack"


@dataclass(frozen=True, slots=True)
class BoundGroup:
    """A group with its fields, ready to be drawn."""

    title: str
    description: str
    css: str
    fields: Sequence[BoundField]


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the error summary: what to do, where, and which rule asks for it."""

    text: str
    href: str = ""
    source: str = ""


class RtForm(forms.BaseForm):
    """Mix into a Form or ModelForm, first. `groups` lays out the fields; `idempotent` makes a second sending harmless."""

    groups: ClassVar[Sequence[Group]] = ()
    idempotent: ClassVar[bool] = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refusals: list[tuple[Answer, str]] = []
        self.kept_files: dict[str, str] = {}
        for field in self.fields.values():
            _speak(field)
            self._hide(getattr(field.widget, "unused", {}))
        if self.idempotent:
            self.fields[KEY_FIELD] = forms.CharField(
                required=False, widget=forms.HiddenInput, initial=lambda: uuid.uuid4().hex
            )

    def add_field(self, name: str, field: forms.Field) -> None:
        """Give the form a field that follows from what it is about, with the controls and messages of all others."""
        self.fields[name] = field
        _speak(field)

    def _hide(self, unused: Mapping[str, Sequence[str]]) -> None:
        """Mark the fields that a choice has no use for with its number."""
        for name in {name for names in unused.values() for name in names}:
            numbers = [str(number) for number, names in enumerate(unused.values(), 1) if name in names]
            self.fields[name].widget.attrs["data-without"] = " ".join(numbers)

    @property
    def fieldsets(self) -> list[BoundGroup]:
        """Return the groups with their visible fields; what no group names comes last, a group without any is left out."""
        return self.laid_out(*self.groups)

    def laid_out(self, *groups: Group) -> list[BoundGroup]:
        """Return the fields in `groups`, for a form whose groups follow what it is about."""
        if not groups:
            return []
        named = {name for group in groups for name in group.fields}
        rest = Group([field.name for field in self.visible_fields() if field.name not in named])
        bound = [
            BoundGroup(
                str(group.title),
                str(group.description),
                GROUP_CSS[group.layout],
                [self[name] for name in group.fields if name in self.fields and not self[name].is_hidden],
            )
            for group in (*groups, rest)
        ]
        return [group for group in bound if group.fields]

    @property
    def idempotency_key(self) -> str:
        """Return the key that came with the form, for the verb that shall run at most once."""
        return str(self.cleaned_data.get(KEY_FIELD, "")) if hasattr(self, "cleaned_data") else ""

    @property
    def sent(self) -> dict[str, object]:
        """Return what was sent for the fields, as text: the body that the idempotency key stands for."""
        names = [self.add_prefix(name) for name in self.fields if name != KEY_FIELD]
        if not isinstance(self.data, QueryDict):
            return {name: self.data.get(name) for name in names}
        return {name: self.data.getlist(name) for name in names}

    def refuse(self, refused: RefusedError | Answer, *, field: str = "") -> None:
        """Show why the verb was refused, first in the error summary and at `field`, where it can be mended.

        A bare word as the answer's `mend` is a field of this form, when it has one of that name.
        """
        answer = refused.answer if isinstance(refused, RefusedError) else refused
        name = field or (answer.mend if answer.mend in self.fields else "")
        self.refusals.append((answer, name))
        if name and self.is_bound and answer.reason:
            at_field = self.errors.setdefault(name, self.error_class(renderer=self.renderer))
            at_field.append(words.said(answer.reason))

    def is_valid(self) -> bool:
        """Whether the form is filled in; never while a row is only asked for."""
        return ADD_ROW not in self.data and super().is_valid()

    def full_clean(self) -> None:
        """Judge what was sent, unless a row is only asked for: half a row is no mistake yet."""
        if ADD_ROW in self.data:
            self._errors: ErrorDict = ErrorDict()
            self.cleaned_data: dict[str, Any] = {}
        else:
            super().full_clean()

    @property
    def problems(self) -> list[Problem]:
        """Return what has to be mended: refusals, then the form as a whole, then its fields in order."""
        return [*self._refused(), *self._mistaken()]

    @property
    def status(self) -> Literal[200, 422]:
        """Return the HTTP status of the page that shows the form: 422 when something has to be mended."""
        return 422 if self.is_bound and self.problems else 200

    def _refused(self) -> Iterator[Problem]:
        for answer, name in self.refusals:
            href = f"#{_focus_id(self[name])}" if name else mend_url(answer.mend)
            yield Problem(words.said(answer.reason) if answer.reason else "", href, answer.source)

    def _mistaken(self) -> Iterator[Problem]:
        if not self.is_bound:
            return
        for text in self.non_field_errors():
            yield Problem(str(text))
        refused = {(name, words.said(answer.reason)) for answer, name in self.refusals if answer.reason}
        for bound in self:
            label = str(bound.label)
            for text in map(str, bound.errors):
                if (bound.name, text) in refused:
                    continue
                named = text if _lower(label) in text else f"{label}: {text}"
                yield Problem(named, "" if bound.is_hidden else f"#{_focus_id(bound)}")


class VerbForm(RtForm, forms.Form):
    """What a verb asks for; however often it is sent, the verb is carried out once. Alone: a button and nothing else."""

    idempotent = True

    def typed(self) -> dict[str, Any]:
        """Return what was filled in, in the words of the verb."""
        return {name: value for name, value in self.cleaned_data.items() if name != KEY_FIELD}


class FileForm(VerbForm):
    """A form with one file; the body that its key stands for names the file by its hash.

    Of a file above `BID_FILE_MAX_BYTES` only name and size reach the form, so no form takes one; `most_bytes` asks for less.
    """

    file_field = "file"
    most_bytes: ClassVar[int | None] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields[self.file_field]
        field.validators = [*field.validators, self._fits]

    def _fits(self, file: UploadedFile[bytes]) -> None:
        most = min(self.most_bytes or settings.BID_FILE_MAX_BYTES, settings.BID_FILE_MAX_BYTES)
        if (file.size or 0) > most:
            text = gettext("The file is too large. Choose one of at most %(most)s MB.")
            raise forms.ValidationError(text % {"most": swedish_number(Decimal(most) / MEGABYTE)}, code="too_large")

    @property
    def data_of_file(self) -> bytes | None:
        """Return the bytes of the file, or None where none was chosen."""
        file = self.cleaned_data.get(self.file_field)
        if not file:
            return None
        file.seek(0)
        return bytes(file.read())

    @property
    def name_of_file(self) -> str:
        """Return what the sender calls the file, without folders."""
        file = self.cleaned_data.get(self.file_field)
        return str(file.name) if file else ""

    @property
    def sent(self) -> dict[str, object]:
        """Return what was sent, the file by its hash."""
        data = self.data_of_file
        return super().sent | {self.file_field: sha256(data).hexdigest() if data is not None else ""}


def problems_of(form: RtForm, rows: BaseFormSet[Any] | None = None) -> list[Problem]:
    """Return what has to be mended in a form and its rows; a row is named by its number."""
    return form.problems if rows is None else [*form.problems, *row_problems(rows)]


def row_problems(rows: BaseFormSet[Any]) -> list[Problem]:
    """Return what has to be mended in rows, each named by its number; nothing while a row is only asked for."""
    if not rows.is_bound or ADD_ROW in rows.data:
        return []
    return [
        *(Problem(str(text)) for text in rows.non_form_errors()),
        *(
            Problem(f"{gettext('Row %(number)d') % {'number': number}}: {problem.text}", problem.href, problem.source)
            for number, row in enumerate(rows.forms, 1)
            if isinstance(row, RtForm)
            for problem in row.problems
        ),
    ]


def _focus_id(bound: BoundField) -> str:
    return str(getattr(bound, "focus_id", bound.auto_id))


def _lower(label: str) -> str:
    """Return the label as it stands inside a sentence: abbreviations keep their capitals."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _speak(field: forms.Field) -> None:
    """Give the field controls that fit a Swedish reader, and messages that say what to do."""
    label = _lower(str(field.label or ""))
    asked: str
    match field:
        case forms.FileField():
            asked = gettext("Choose a file: %(label)s") % {"label": label}
            field.error_messages |= {
                "missing": asked,
                "invalid": gettext("The file did not arrive whole. Choose it again."),
                "empty": gettext("The file is empty (0 bytes). Choose another file."),
            }
        case forms.ModelChoiceField() | forms.ChoiceField():
            asked = gettext("Choose %(label)s") % {"label": label}
            field.error_messages["invalid_choice"] = gettext("What you chose is no longer possible. Choose again.")
            _name_no_choice(field)
        case forms.DateTimeField():
            asked = gettext("Fill in %(label)s") % {"label": label}
            field.error_messages["invalid"] = gettext("Write day and time as 2026-06-23 13:00.")
            _type(field.widget, "datetime-local", "%Y-%m-%dT%H:%M")
        case forms.DateField():
            asked = gettext("Fill in %(label)s") % {"label": label}
            field.error_messages["invalid"] = gettext("Write the date as 2026-06-23.")
            _type(field.widget, "date", "%Y-%m-%d")
        case forms.EmailField():
            asked = gettext("Fill in %(label)s") % {"label": label}
            field.error_messages["invalid"] = gettext("Write an e-mail address such as name@example.com.")
            field.validators = [each for each in field.validators if not isinstance(each, MaxLengthValidator)]
            field.validators.append(MaxLengthValidator(LONGEST_EMAIL))
            field.widget.attrs["maxlength"] = str(LONGEST_EMAIL)
        case forms.IntegerField():  # decimals and floats too
            asked = gettext("Fill in %(label)s") % {"label": label}
            field.error_messages["invalid"] = gettext("Write a number with digits.")
        case forms.BooleanField():
            asked = gettext("Tick the box to go on: %(label)s") % {"label": label}
        case _:
            asked = gettext("Fill in %(label)s") % {"label": label}
    field.error_messages["required"] = asked
    codes = {getattr(validator, "code", "") for validator in field.validators}
    field.error_messages |= {code: str(text) for code, text in _BY_CODE.items() if code in codes}


_BY_CODE: Mapping[str, Any] = {
    "max_length": _("Shorten the text: at most %(limit_value)d characters, now %(show_value)d."),
    "min_length": _("Write more: at least %(limit_value)d characters, now %(show_value)d."),
    "max_value": _("Write at most %(limit_value)s."),
    "min_value": _("Write at least %(limit_value)s."),
}


def _type(widget: forms.Widget, input_type: str, written: str) -> None:
    """Turn Django's plain text control for days and times into the browser's own."""
    if isinstance(widget, forms.DateInput | forms.DateTimeInput) and widget.input_type == "text":
        widget.input_type = input_type
        widget.format = written


def _name_no_choice(field: forms.ChoiceField) -> None:
    """Say "Choose" where Django draws a line of dashes."""
    widget = field.widget
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == NO_CHOICE:
            field.empty_label = gettext("Choose")
    elif isinstance(widget, forms.Select):
        widget.choices = [(value, gettext("Choose") if text == NO_CHOICE else text) for value, text in widget.choices]


class Radios(forms.RadioSelect):
    """Choices of which one is right, each with the sentence that explains it: `explained={"must": "Checked in the bid."}`.

    `unused={"must": ("points",)}` names fields of the form that a choice has no use for: the browser then hides them,
    if it can (components.css); the form must do without them all the same. At most four choices, one such group in a form.
    """

    def __init__(
        self,
        *args: Any,
        explained: Mapping[str, Any] | None = None,
        unused: Mapping[str, Sequence[str]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.explained = dict(explained or {})
        self.unused = dict(unused or {})

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Number the choices that hide fields."""
        option = super().create_option(name, value, label, *args, **kwargs)
        if str(value) in self.unused:
            option["attrs"]["data-choice"] = str(list(self.unused).index(str(value)) + 1)
        return option


class Checks(forms.CheckboxSelectMultiple):
    """Choices of which several may be right, each with the sentence that explains it."""

    def __init__(self, *args: Any, explained: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.explained = dict(explained or {})


class NumberInput(forms.TextInput):
    """A number with its unit after it; text, since the number fields of browsers refuse "1 050,50" without a word."""

    def __init__(self, *args: Any, suffix: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.attrs = {"inputmode": "decimal", "autocomplete": "off", "size": 14} | self.attrs
        self.suffix = suffix


class ExactField(forms.Field, ABC):
    """A number as people write it, read by the core without guessing; what can be read in two ways is asked about."""

    unit: ClassVar[Any]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": NumberInput(suffix=self.unit)} | kwargs)

    @abstractmethod
    def read(self, text: str) -> Decimal | NumberProblem:
        """Return what the text says, or why it says nothing."""

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values or not str(value).strip():
            return None
        found = value if isinstance(value, Decimal) else self.read(str(value))
        if isinstance(found, NumberProblem):
            raise forms.ValidationError(words.said(found.reason), code=found.kind)
        return found

    def prepare_value(self, value: Any) -> Any:
        return swedish_number(value) if isinstance(value, Decimal | int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != self.to_python(initial))
        except forms.ValidationError:
            return True


class AmountField(ExactField):
    """An amount in kronor."""

    unit = _("kr")

    def read(self, text: str) -> Decimal | NumberProblem:
        return parse_amount(text)

    def prepare_value(self, value: Any) -> Any:
        """Write öre as two decimals."""
        return swedish_sum(value) if isinstance(value, Decimal | int) else value


class PointsField(ExactField):
    """Points."""

    unit = _("points")

    def read(self, text: str) -> Decimal | NumberProblem:
        return parse_points(text)


class HoursField(ExactField):
    """Hours of work."""

    unit = _("hours")

    def read(self, text: str) -> Decimal | NumberProblem:
        return parse_hours(text)


def with_new_row(data: QueryDict, prefix: str) -> QueryDict:
    """Return what was sent with one more empty row in the formset `prefix`: what the button `add-row` asks for."""
    more = data.copy()
    name = f"{prefix}-TOTAL_FORMS"
    more[name] = str((whole_number(more.get(name, "")) or 0) + 1)
    return more

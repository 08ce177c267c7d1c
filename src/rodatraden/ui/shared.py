"""Forms of a row that several may change at once: two windows, or two people. Nobody writes over another unknowingly.

`class TermsForm(SharedForm, forms.ModelForm)` in place of `RtForm`. The page carries a hash of each value that it showed. When
the form comes back, a field that it left alone keeps what the row holds by then; a field that both have changed is told,
with both values, and is written over when the form is sent once more. A view may say who was there:
`form.who = lambda: last_writer(...)`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Model
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext

from rodatraden.ui.forms import KEY_FIELD, ExactField, RtForm

if TYPE_CHECKING:
    from collections.abc import Mapping

BASED_ON = "based_on"
LENGTH = 16
"""Hexadecimal digits of a hash: it tells a change from none, and guards nothing."""
ONESELF = ""
"""What `who` says of whoever sends the form."""


class Verdict(Enum):
    """Who has changed a value since the page was shown."""

    NOBODY_ELSE = "nobody else"
    ANOTHER = "another"
    BOTH = "both"


class SharedForm(RtForm):
    """Mix into a Form or ModelForm of a row, first: what another has changed since is neither lost nor hidden."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.who: Callable[[], str | None] = lambda: None
        self.fields[BASED_ON] = forms.CharField(required=False, widget=forms.HiddenInput, initial=self._as_shown)

    def standing_besides(self) -> Mapping[str, str]:
        """Return what else the row holds that the form changes, as text by name; rows of their own, for example."""
        return {}

    def clean(self) -> dict[str, Any]:
        """Hold what was typed against what the row holds now and what the page showed, before anything else is judged."""
        self._based_on = _read(self.cleaned_data.pop(BASED_ON, ""))
        for name in [name for name in self._compared() if name in self.cleaned_data]:
            stands = self._standing(name)
            field = self.fields[name]
            match self.verdict(name, _plain(field, stands), _plain(field, self.cleaned_data[name])):
                case Verdict.ANOTHER:
                    self.cleaned_data[name] = stands
                case Verdict.BOTH:
                    self.tell(name, _plain(field, stands), self._in_words(name, stands))
        return super().clean() or self.cleaned_data

    def verdict(self, name: str, stands: str, typed: str) -> Verdict:
        """Return who has changed a value; a page that doesn't say what it showed claims nothing about others."""
        shown = self._based_on.get(name)
        if shown is None or typed == stands or shown == _hash(stands):
            return Verdict.NOBODY_ELSE
        return Verdict.ANOTHER if shown == _hash(typed) else Verdict.BOTH

    def tell(self, name: str, stands: str, words: str) -> None:
        """Say that another has changed what this form changes too, and let the next sending write over it."""
        who = self.who()
        if who == ONESELF:
            said = gettext("You have changed this in another window since you opened the page.")
        else:
            said = gettext("%(who)s has changed this since you opened the page.") % {"who": who or gettext("Somebody")}
        said = f"{said} {gettext('What you wrote stands here. Send again to keep yours.')}"
        now = gettext("Stands now: %(value)s") % {"value": words or gettext("nothing")}
        if name in self.fields:
            self[name].help_text = now  # where the field has been drawn already, it keeps its own
            self.add_error(name, said)
        else:
            self.add_error(None, f"{said} {now}")
        self._based_on[name] = _hash(stands)
        data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict, or a dict in tests
        data[self.add_prefix(BASED_ON)] = json.dumps(self._based_on)
        self.data = data

    def _compared(self) -> list[str]:
        return [
            name
            for name, field in self.fields.items()
            if name not in {BASED_ON, KEY_FIELD} and not isinstance(field, forms.FileField)
        ]

    def _standing(self, name: str) -> Any:
        """Return what the row holds, as the form would have read it; what it can't read comes as it is."""
        field = self.fields[name]
        value = self.get_initial_for_field(field, name)
        try:
            return field.clean(field.prepare_value(value) if isinstance(field, forms.ModelChoiceField) else value)
        except forms.ValidationError:
            return field.to_python("") if value is None else value

    def _as_shown(self) -> str:
        shown = {name: _plain(self.fields[name], self._standing(name)) for name in self._compared()}
        return json.dumps({name: _hash(value) for name, value in {**shown, **self.standing_besides()}.items()})

    def _in_words(self, name: str, value: Any) -> str:
        field = self.fields[name]
        words: Any
        match field:
            case forms.ModelMultipleChoiceField():
                words = ", ".join(field.label_from_instance(each) for each in value or ())
            case forms.ModelChoiceField():
                words = field.label_from_instance(value) if value else ""
            case forms.BooleanField():
                words = gettext("yes") if value else gettext("no")
            case forms.ChoiceField():
                shown = str(self.get_initial_for_field(field, name) or "")
                words = next((str(label) for key, label in list(field.widget.choices) if str(key) == shown), shown)
            case ExactField():
                words = field.prepare_value(value)
            case forms.DateTimeField():
                words = date_format(localtime(value), "Y-m-d H:i") if value else ""
            case _:
                words = value
        return "" if words is None else str(words)


def _plain(field: forms.Field, value: Any) -> str:
    """Write a value so that equal ones are equal, whether they come from a row or were typed."""
    if isinstance(field, forms.BooleanField):
        return str(bool(value))
    match value:
        case str():
            plain = "\n".join(value.strip().splitlines())
        case Model():
            plain = str(value.pk)
        case Decimal():
            plain = format(value.normalize(), "f")
        case datetime():
            plain = value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")  # as fine as a page shows it
        case Iterable():
            plain = " ".join(sorted(str(getattr(each, "pk", each)) for each in value))
        case _:
            plain = "" if value is None else str(value)
    return plain


def _hash(plain: str) -> str:
    return sha256(plain.encode()).hexdigest()[:LENGTH]


def _read(told: str) -> dict[str, str]:
    """Return the hashes that a page carried; none where it carried none, or something else."""
    try:
        found = json.loads(told or "{}")
    except json.JSONDecodeError:
        return {}
    return {name: value for name, value in found.items() if isinstance(value, str)} if isinstance(found, dict) else {}

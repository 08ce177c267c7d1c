"""What is written before anybody judges: something to read, an example and what it taught, who follows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.assessments.forms.judging import CandidateField, OfferForm
from rodatraden.assessments.models import Item, Reading
from rodatraden.ui.forms import FileForm, VerbForm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rodatraden.assessments.models import Criterion


class ObserverForm(OfferForm):
    """Who follows the round, without access to what is judged."""

    person = CandidateField(label=_("Who follows the judging"))


class TrainingForm(FileForm):
    """Something that the assessors read before they judge: a text, a file or both."""

    title = forms.CharField(label=_("Title"), max_length=Reading._meta.get_field("title").max_length)  # noqa: SLF001 -- Django's public name for it
    text = forms.CharField(
        label=_("Text"),
        required=False,
        help_text=_("What they must know before they judge, or what the file is."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    file = forms.FileField(label=_("File"), required=False, help_text=_("A PDF can be read in the browser."))


class ReadForm(VerbForm):
    """That what was shown is read; it names what that was, so that nobody says so of what came after."""

    shown = forms.CharField(widget=forms.HiddenInput)

    @property
    def keys(self) -> list[UUID]:
        """Return the numbers of what was shown."""
        return [UUID(key) for key in self.cleaned_data["shown"].split()]

    def clean_shown(self) -> str:
        """Refuse what names nothing."""
        shown: str = self.cleaned_data["shown"]
        if not all(KEY.fullmatch(key) for key in shown.split()):
            raise forms.ValidationError(gettext("Open the page again and read what stands there."), code="keys")
        return shown


KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class ExampleForm(FileForm):
    """An answer, made up or from an earlier procurement, that everybody judges before the real ones."""

    def __init__(self, *args: Any, criteria: Sequence[Criterion], **kwargs: Any) -> None:
        self.criteria = {f"answer_{criterion.number}": criterion for criterion in criteria}
        self.base_fields = {  # type: ignore[misc]  # fields follow the criteria; Django copies them from here
            "label": forms.CharField(
                label=gettext("What the example is called"),
                initial=gettext("Example"),
                max_length=Item._meta.get_field("label").max_length,  # noqa: SLF001 -- Django's public name for it
            ),
            **{
                name: forms.CharField(
                    label=gettext("Answer: %(criterion)s") % {"criterion": criterion.title},
                    help_text=criterion.question,
                    required=False,
                    widget=forms.Textarea(attrs={"rows": 5}),
                )
                for name, criterion in self.criteria.items()
            },
            "file": forms.FileField(
                label=gettext("Or a file with the whole answer"),
                required=False,
                help_text=gettext("A PDF can be read in the browser."),
            ),
        }
        super().__init__(*args, **kwargs)

    def answers(self) -> dict[Criterion, str]:
        """Return what was written of each criterion."""
        return {criterion: self.cleaned_data[name] for name, criterion in self.criteria.items()}


class LevelForm(VerbForm):
    """What the levels mean, in the leader's words, once everybody has judged the example."""

    level = forms.CharField(
        label=_("What the levels mean"),
        help_text=_("What would have been a higher level here, and what a lower one. Everybody who judges reads it."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class CallOffForm(VerbForm):
    """Why the round goes on without the example."""

    reason = forms.CharField(
        label=_("Why the round goes on without it"), help_text=_("It stays on record."), widget=forms.Textarea
    )

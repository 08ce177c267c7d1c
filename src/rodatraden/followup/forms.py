"""What people type when they follow up: what a check found, a deviation, what it meant for a need, the next need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rodatraden.followup.models import CheckResult
from rodatraden.parties.models import Person
from rodatraden.ui.forms import FileForm, Radios, VerbForm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from rodatraden.tenders.models import Requirement


class ResultForm(FileForm):
    """What a check found."""

    verdict = forms.ChoiceField(label=_("Is it kept"), choices=CheckResult.Verdict.choices, widget=Radios)
    level_reached = forms.CharField(
        label=_("Level reached"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("As a number where there is one: 11 of 12 obstacles, 92 %."),
    )
    evidence = forms.CharField(
        label=_("How we know"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What you have looked at, and when."),
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    file = forms.FileField(
        label=_("File that shows it"),
        required=False,
        allow_empty_file=True,
        help_text=_("PDF, Word, Excel, PNG, JPEG or XML, without password."),
    )


class DeviationForm(VerbForm):
    """Something that fell short: who must act, who sees to it, and by when."""

    description = forms.CharField(label=_("What fell short"), widget=forms.Textarea)
    acts_by = forms.ChoiceField(label=_("Who must act"), widget=Radios)
    owner = forms.ModelChoiceField(
        label=_("Who sees to it"), queryset=Person.objects.none(), help_text=_("Somebody in the team.")
    )
    due_on = forms.DateField(label=_("Mended by"))

    def __init__(
        self, *args: Any, blamable: Sequence[Requirement.ActsBy], team: QuerySet[Person], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        who, owner = self.fields["acts_by"], self.fields["owner"]
        assert isinstance(who, forms.ChoiceField)
        assert isinstance(owner, forms.ModelChoiceField)
        who.choices = [(party.value, party.label) for party in blamable]
        owner.queryset = team
        if len(blamable) == 1:
            who.initial = blamable[0].value


class CloseForm(VerbForm):
    """What mended a deviation."""

    measure = forms.CharField(
        label=_("Measure"), widget=forms.Textarea, help_text=_("What was done, and what it gave.")
    )


class NeedResultForm(VerbForm):
    """What a result meant for a need."""

    text = forms.CharField(
        label=_("What it meant for the need"),
        widget=forms.Textarea,
        help_text=_("For those who have the need: what is better, what is not."),
    )


class NextNeedForm(VerbForm):
    """The need that a result leads to."""

    title = forms.CharField(label=_("The need in a few words"), max_length=150)
    for_whom = forms.CharField(label=_("For whom"), widget=forms.Textarea(attrs={"rows": 2}))
    description = forms.CharField(
        label=_("What is needed"),
        widget=forms.Textarea,
        help_text=_("What people need to be able to do, not how it is solved."),
    )
    evidence = forms.CharField(label=_("How we know"), widget=forms.Textarea(attrs={"rows": 3}))

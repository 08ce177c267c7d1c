"""What people write when they ask for proof, hand it in, and check it."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from rodatraden.evaluation.models import ProofCheck
from rodatraden.ui.forms import BoundGroup, FileForm, Group, Radios, VerbForm

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from rodatraden.evaluation.queries import Wanted

NOT, BIDDER, REGISTER = "not", "bidder", "register"
ASKED, DEADLINE = "asked", "deadline"
COUNTED = {ASKED: _("on the day it is asked for"), DEADLINE: _("on the last day for bids")}
AGES = (1, 2, 3, 4, 6, 9, 12, 18, 24, 36)
"""Months that can be chosen for how old a proof may be; which of them holds the documents say."""


class AskProofForm(VerbForm):
    """Which proof is asked for, of whom, how old it may be and by when it shall have come."""

    def __init__(
        self, *args: Any, wanted: Sequence[Wanted], asked_on: date, deadline_on: date | None, **kwargs: Any
    ) -> None:
        self.wanted = list(enumerate(wanted))
        self.days = {ASKED: asked_on} | ({DEADLINE: deadline_on} if deadline_on else {})
        self.base_fields = {  # type: ignore[misc]  # fields follow what may be asked for; Django copies them from here
            **dict(field for number, each in self.wanted for field in _fields_of(number, each)),
            "counted_from": forms.ChoiceField(
                label=_("The age is counted"),
                choices=[(key, COUNTED[key]) for key in self.days],
                initial=ASKED,
                widget=Radios,
            ),
            "age_source": forms.CharField(
                label=_("Where the documents say how old a proof may be"),
                help_text=_(
                    "For example: the invitation, section 4.2. Needed where you have chosen a number of months."
                ),
                required=False,
                max_length=200,
            ),
            "question": forms.CharField(
                label=_("What you write to the bidder"),
                help_text=_("What is asked for, and by when, is added by itself."),
                initial=gettext("Before we decide the award we ask you to show how things are now."),
                widget=forms.Textarea(attrs={"rows": 4}),
            ),
            "answer_by": forms.DateTimeField(label=_("Last time to hand it in")),
        }
        super().__init__(*args, **kwargs)

    @property
    def fieldsets(self) -> list[BoundGroup]:
        """Return the proof of each company in a group of its own, then what concerns all."""
        groups = [
            Group(
                [name for number, _each in rows for name in (f"how_{number}", f"months_{number}")],
                title=company,
                layout="half",
            )
            for company, found in groupby(self.wanted, key=lambda row: row[1].about)
            if (rows := list(found))
        ]
        last = Group(
            ["counted_from", "age_source", "question", "answer_by"], title=gettext("For all that is asked for")
        )
        return self.laid_out(*groups, last)

    def asked(self) -> dict[str, Any]:
        """Return what is asked for, as the verb takes it."""
        data = self.cleaned_data
        return {
            "wanted": [
                replace(
                    each,
                    register=each.register if data[f"how_{number}"] == REGISTER else "",
                    max_months=data[f"months_{number}"],
                )
                for number, each in self.wanted
                if data[f"how_{number}"] != NOT
            ],
            "counted_on": self.days[data["counted_from"]],
            "age_source": data["age_source"],
            "question": data["question"],
            "answer_by": data["answer_by"],
        }


def _fields_of(number: int, wanted: Wanted) -> Iterator[tuple[str, forms.Field]]:
    """Yield the two fields of a proof: who brings it, and how old it may be."""
    fetched = [(REGISTER, gettext("We fetch it ourselves: %(register)s") % {"register": wanted.register})]
    yield (
        f"how_{number}",
        forms.ChoiceField(
            label=wanted.what,
            help_text=wanted.source,
            choices=[
                (BIDDER, gettext("The bidder hands it in")),
                *(fetched if wanted.register else []),
                (NOT, gettext("Not asked for")),
            ],
            initial=(REGISTER if wanted.register else BIDDER) if wanted.is_proposed else NOT,
        ),
    )
    yield (
        f"months_{number}",
        forms.TypedChoiceField(
            label=_("How old at most"),
            choices=[
                ("", gettext("The documents don't say")),
                *((n, ngettext("%(n)s month", "%(n)s months", n) % {"n": n}) for n in AGES),
            ],
            coerce=int,
            empty_value=None,
            required=False,
        ),
    )


class HandInForm(FileForm):
    """A proof with its own date and who issued it; the file can be left out where a register answered in words."""

    issued_on = forms.DateField(label=_("Day of issue"), help_text=_("The date that stands on it."))
    source = forms.CharField(label=_("Who issued it"), max_length=200)
    file = forms.FileField(
        label=_("File"), required=False, allow_empty_file=True, help_text=_("PDF, Word, PNG or JPEG, without password.")
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, register: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = register is None
        if register is not None:
            source, note = self.fields["source"], self.fields["note"]
            source.label, source.initial = _("Which register answered"), register
            note.label = _("What the register answered")
            note.help_text = _("Needed where there is no file.")

    def brought(self) -> dict[str, Any]:
        """Return what came, as the verbs take it."""
        return {name: self.cleaned_data[name] for name in ("issued_on", "source", "note")} | {
            "data": self.data_of_file,
            "file_name": self.name_of_file,
        }


class ProofCheckForm(VerbForm):
    """Whether what came shows what it should, and why."""

    verdict = forms.ChoiceField(
        label=_("Is it accepted?"),
        choices=ProofCheck.Verdict.choices,
        widget=Radios(
            explained={
                ProofCheck.Verdict.INSUFFICIENT: _("The bidder is told why, and can hand in another."),
                ProofCheck.Verdict.GROUND: _("The supplier comments on it before anything is decided."),
            }
        ),
    )
    reason = forms.CharField(
        label=_("Reason"), help_text=_("What you have looked at. The bidder reads it."), widget=forms.Textarea
    )


class WaiveForm(VerbForm):
    """Why a proof is no longer asked for."""

    reason = forms.CharField(
        label=_("Why it is no longer asked for"),
        help_text=_("For example that you have it already."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class MoreTimeForm(VerbForm):
    """More time for the proof, and why."""

    answer_by = forms.DateTimeField(label=_("New last time"))
    reason = forms.CharField(label=_("Why more time is given"), widget=forms.Textarea(attrs={"rows": 3}))

"""What people write when presentations are drawn, moved, timed and noted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.ui.forms import FileForm, Group, VerbForm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rodatraden.tenders.models import Requirement

LENGTHS = (10, 15, 20, 30, 45, 60, 90, 120)
PAUSES = (0, 5, 10, 15, 30, 60)


class DrawForm(VerbForm):
    """How long each presentation is, when the first begins, and what the published documents say of it."""

    announced = forms.CharField(
        label=_("What the published documents say"),
        help_text=_("The sentence about presentations, word for word: that they are held, and how long each is."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    minutes = forms.TypedChoiceField(
        label=_("Minutes for each"), choices=[(n, n) for n in LENGTHS], coerce=int, initial=30
    )
    pause = forms.TypedChoiceField(
        label=_("Minutes between them"), choices=[(n, n) for n in PAUSES], coerce=int, initial=15
    )
    first_at = forms.DateTimeField(label=_("The first begins"))
    place = forms.CharField(
        label=_("Place"), help_text=_("A room, or the address of a meeting on the web."), max_length=200
    )
    groups = (
        Group(["criterion", "announced"]),
        Group(["minutes", "pause"], layout="half"),
        Group(["first_at", "place"]),
    )

    def __init__(self, *args: Any, criteria: Sequence[Requirement], **kwargs: Any) -> None:
        self.criteria = {str(criterion.pk): criterion for criterion in criteria}
        super().__init__(*args, **kwargs)
        self.fields["criterion"] = forms.ChoiceField(
            label=_("Are they scored?"),
            help_text=_("Only where the published text of the criterion says so, in the words that you quote."),
            choices=[
                ("", gettext("No: they are not scored")),
                *((key, str(criterion)) for key, criterion in self.criteria.items()),
            ],
            required=False,
        )

    def drawn(self) -> dict[str, Any]:
        """Return what is drawn, as the verb takes it."""
        return self.typed() | {"criterion": self.criteria.get(self.cleaned_data["criterion"])}


class ClockForm(VerbForm):
    """Nothing but a button: the clock starts, or stops."""


class TimesForm(VerbForm):
    """When a presentation began and ended."""

    started_at = forms.DateTimeField(label=_("Began"))
    ended_at = forms.DateTimeField(label=_("Ended"))
    groups = (Group(["started_at", "ended_at"], layout="half"),)


class MoveForm(VerbForm):
    """Another time, and why."""

    starts_at = forms.DateTimeField(label=_("New time"))
    reason = forms.CharField(
        label=_("Reason"), help_text=_("The bidder reads it."), widget=forms.Textarea(attrs={"rows": 3})
    )


class CancelPresentationForm(VerbForm):
    """Why a presentation is cancelled."""

    reason = forms.CharField(
        label=_("Reason"), help_text=_("The bidder reads it."), widget=forms.Textarea(attrs={"rows": 3})
    )


class NoteForm(FileForm):
    """Who was there, what was said, asked and shown; whether a price came up."""

    present = forms.CharField(label=_("Who was there"), widget=forms.Textarea(attrs={"rows": 2}))
    notes = forms.CharField(label=_("What was said"), widget=forms.Textarea(attrs={"rows": 6}))
    questions = forms.CharField(
        label=_("What was asked and answered"),
        help_text=_("Ask all bidders the same."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    holds_price = forms.BooleanField(
        label=_("A price came up, here or in the file"),
        help_text=_("Then nobody who judges sees it before the prices are open. It can't be taken back."),
        required=False,
    )
    file = forms.FileField(
        label=_("What was shown"),
        required=False,
        allow_empty_file=True,
        help_text=_("PDF, Word, PNG or JPEG, without password."),
    )

    def noted(self) -> dict[str, Any]:
        """Return what was noted, as the verb takes it."""
        return {name: self.cleaned_data[name] for name in ("present", "notes", "questions", "holds_price")} | {
            "data": self.data_of_file,
            "file_name": self.name_of_file,
        }

"""The last step of a published change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from rodatraden.ui.forms import Group, Radios, RtForm

if TYPE_CHECKING:
    from rodatraden.tenders.rules import Extension

WORDS, SUBSTANTIAL = "words", "substantial"


class PublishChangeForm(RtForm, forms.Form):
    """Why the documents change, how much it weighs, and until when bids may then come."""

    idempotent = True
    groups = (
        Group(("reason", "weight")),
        Group(("deadline_at", "question_deadline_at", "bids_valid_until_on"), layout="third"),
        Group(("sure",)),
    )
    reason = forms.CharField(
        label=_("Why the documents change"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody reads it: on the public page, in the notice and in the mail"),
    )
    weight = forms.ChoiceField(
        label=_("What the change does"),
        choices=[
            (WORDS, _("Only clarifies or corrects words")),
            (SUBSTANTIAL, _("Changes what suppliers must do, offer or can win")),
        ],
        widget=Radios,
    )
    deadline_at = forms.DateTimeField(label=_("Last time for bids"), required=False)
    question_deadline_at = forms.DateTimeField(label=_("Last time for questions"), required=False)
    bids_valid_until_on = forms.DateField(label=_("Bids are binding until"), required=False)
    read = forms.CharField(widget=forms.HiddenInput)
    sure = forms.BooleanField(label=_("I have read every difference above. This is what we want to publish."))

    def __init__(self, data: Any = None, *, needed: Extension, is_substantial: bool, read: str, **kwargs: Any) -> None:
        initial = {
            "read": read,
            "weight": SUBSTANTIAL if is_substantial else None,
            "deadline_at": needed.proposed_at if needed.must_move else None,
        }
        super().__init__(data, initial=initial, **kwargs)
        for name in ("deadline_at", "question_deadline_at", "bids_valid_until_on"):
            self.fields[name].help_text = _("Leave empty and it stays. It only moves to a later time.")

    def ask_to_read(self, read: str) -> None:
        """Take the promise back from who promised it of other differences than those that are shown now."""
        if isinstance(self.data, QueryDict) and self["read"].value() != read:
            sent = self.data.copy()
            sent["read"] = read
            sent.pop("sure", None)
            self.data = sent

    def stated(self) -> dict[str, Any]:
        """Return what the verb asks for."""
        typed = self.cleaned_data
        return {
            "reason": typed["reason"],
            "read": typed["read"],
            "is_substantial": typed["weight"] == SUBSTANTIAL,
            **{name: typed[name] for name in ("deadline_at", "question_deadline_at", "bids_valid_until_on")},
        }


class DropForm(RtForm, forms.Form):
    """Nothing is asked for."""

"""What people type about needs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rodatraden.needs.models import Need
from rodatraden.ui.forms import Group, RtForm
from rodatraden.ui.shared import SharedForm


class NeedForm(SharedForm, forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when run
    """A need: for whom, what is wrong today and how we know; never a solution."""

    idempotent = True
    groups = (Group(("title", "for_whom", "description", "evidence", "source")),)

    class Meta:
        model = Need
        fields = ("title", "for_whom", "description", "evidence", "source")
        widgets = {"for_whom": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "title": _("A few words that people will use, for example: what the staff see reaches those who decide"),
            "for_whom": _("Those who are helped when the need is met"),
            "description": _(
                "What people need to be able to do, and what is wrong today. Leave the how to the bidders."
            ),
            "evidence": _("Interviews, figures, observations: what would convince somebody who doubts it?"),
            "source": _("A document, a meeting or a person's role"),
        }

    def stated(self) -> dict[str, Any]:
        """Return what the verbs ask for."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}


class StrikeForm(RtForm, forms.Form):
    """Why a need no longer counts."""

    reason = forms.CharField(
        label=_("Reason"), help_text=_("Kept with the need"), widget=forms.Textarea(attrs={"rows": 2})
    )

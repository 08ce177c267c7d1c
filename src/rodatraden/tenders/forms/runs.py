"""How long a stress test is to be, when nobody waits for it."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from rodatraden.tenders.rules.runs import FEWEST_IN_A_RUN, MOST_IN_A_RUN
from rodatraden.ui.forms import RtForm


class RunForm(RtForm, forms.Form):
    """How many tenders are made up; all else is what the address assumes."""

    idempotent: ClassVar[bool] = True
    tenders = forms.IntegerField(
        label=_("Made-up tenders"),
        min_value=FEWEST_IN_A_RUN,
        max_value=MOST_IN_A_RUN,
        initial=MOST_IN_A_RUN,
        help_text=_("From 100,001 to 1,000,000. A million takes some seconds, more if others are waiting."),
    )


class CancelRunForm(RtForm, forms.Form):
    """Nothing to fill in: the button that stops a test."""

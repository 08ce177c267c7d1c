"""What is typed to open a key in the browser: read by the page's program, in no form element, and never sent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rodatraden.ui.forms import RtForm


def _secret(widget: type[forms.Widget], **attrs: Any) -> forms.Widget:
    return widget(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none", **attrs})


class WordsForm(RtForm, forms.Form):
    """Where the six words are typed. Read by the page's program; it stands in no form element and is never sent."""

    words = forms.CharField(label=_("Your six words"), widget=_secret(forms.TextInput))


class PrintedKeyForm(RtForm, forms.Form):
    """Where a printed key is typed. Read by the page's program; it stands in no form element and is never sent."""

    recovery = forms.CharField(
        label=_("The printed recovery key"),
        help_text=_("74 characters. Capitals and spaces don't matter."),
        widget=_secret(forms.Textarea, rows=3),
    )

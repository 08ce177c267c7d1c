"""What a newcomer types who has come by a link to their own address: a name and a password, in whichever room the link leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from rodatraden.ui.forms import RtForm

if TYPE_CHECKING:
    from collections.abc import Mapping

PASSWORD_HELP = _("At least 12 characters. Three or four words that only you would put together are good.")


def new_password_field() -> forms.CharField:
    """Return a field for a password that is to be."""
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=_("Password"), strip=False, widget=widget, help_text=PASSWORD_HELP)


def check_password(form: forms.Form, cleaned: Mapping[str, Any], *, name: str, email: str) -> None:
    """Put what is wrong with a new password beside it; one that is like the name or the address is weak."""
    if password := cleaned.get("password"):
        try:
            validate_password(password, get_user_model()(name=name, email=email))
        except ValidationError as error:
            form.add_error("password", error)


class NewAccountForm(RtForm, forms.Form):
    """Name and password of somebody who has no account yet; the link that they came by says which address they sign in with."""

    person_name = forms.CharField(
        label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = new_password_field()

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        check_password(self, cleaned, name=cleaned.get("person_name", ""), email=self.email)
        return cleaned

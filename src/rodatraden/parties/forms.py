"""What people type about themselves and their organisations; allauth's forms with our look and words."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account import forms as account
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as codes
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as keys
from babel import Locale
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rodatraden.core.recovery_codes import read
from rodatraden.core.sealing.identity import LONGEST_LOCK
from rodatraden.parties.models import Country, Membership, OpeningKey, Organisation, Person
from rodatraden.parties.rules import role_fits
from rodatraden.ui.accounts import PASSWORD_HELP, check_password, new_password_field
from rodatraden.ui.forms import Group, Radios, RtForm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet
    from django.http import HttpRequest

NOT_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
SWEDISH_ORDER = str.maketrans("åäö", "{|}")


@cache
def countries(language: str = "sv") -> tuple[tuple[str, str], ...]:
    """Return every country by ISO 3166 with its name, Sweden first, the rest by the alphabet."""
    names = Locale.parse(language).territories
    rest = {code: name for code, name in names.items() if len(code) == len("SE") and code.isalpha()}
    own = rest.pop(Country.SE)
    ordered = sorted(rest.items(), key=lambda item: item[1].lower().translate(SWEDISH_ORDER))
    return ((Country.SE, own), *((code, name) for code, name in ordered if code not in NOT_COUNTRIES))


class RegisterSupplierForm(RtForm, forms.Form):
    """A supplier and its first person, on one page; somebody who has signed in already is not asked who they are."""

    groups = (
        Group(("name", "country", "registration_number"), title=_("The company")),
        Group(("person_name", "email", "password"), title=_("You")),
    )
    name = forms.CharField(label=_("Name of the company"), max_length=200)
    country = forms.ChoiceField(label=_("Country"), choices=countries, initial=Country.SE)
    registration_number = forms.CharField(
        label=_("Organisation number"),
        max_length=20,
        required=False,
        help_text=_(
            "Nobody checks it here: it counts as unproven until an authority has confirmed it. A sole trader writes the personal number: it is kept secret. Foreign companies may leave it empty."
        ),
    )
    person_name = forms.CharField(
        label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("Your e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = new_password_field()

    def __init__(self, *args: Any, person: Person | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if person is not None:
            for name in ("person_name", "email", "password"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        check_password(self, cleaned, name=cleaned.get("person_name", ""), email=cleaned.get("email", ""))
        return cleaned


class NumberForm(RtForm, forms.Form):
    """What shows whose a number is, and what follows from it."""

    is_theirs = forms.TypedChoiceField(
        label=_("Whose the number is"),
        choices=(("yes", _("It is theirs")), ("no", _("It is not theirs"))),
        coerce=lambda value: value == "yes",
        widget=Radios(
            explained={
                "yes": _("Bids that came in another tool can be tied to their account."),
                "no": _("They lose the number, and the right company can register it. They are told why."),
            }
        ),
    )
    ground = forms.CharField(
        label=_("What shows it"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: certificate of registration of 2026-03-02, and a call to the switchboard."),
    )


class AskToJoinForm(RtForm, forms.Form):
    """Who wants to be let into the organisation that holds a number."""

    groups = (
        Group(("country", "registration_number"), title=_("The company")),
        Group(("person_name", "email", "text"), title=_("You")),
    )
    country = forms.ChoiceField(label=_("Country"), choices=countries, initial=Country.SE)
    registration_number = forms.CharField(label=_("Organisation number"), max_length=20)
    person_name = forms.CharField(label=_("Your name"), max_length=150)
    email = forms.EmailField(label=_("Your e-mail address"))
    text = forms.CharField(
        label=_("Who you are in the company"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class InviteForm(RtForm, forms.Form):
    """Who is invited, and to which role."""

    email = forms.EmailField(label=_("E-mail address"))
    role = forms.ChoiceField(label=_("Role"))
    title = forms.CharField(label=_("Title"), max_length=100, required=False)

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_roles(self, organisation)


class GrantForm(RtForm, forms.Form):
    """Which further role somebody gets who is in the organisation already."""

    person = forms.ModelChoiceField(label=_("Person"), queryset=Person.objects.none())
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, organisation: Organisation, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = people
        _offer_roles(self, organisation)


def _offer_roles(form: forms.Form, organisation: Organisation) -> None:
    field = form.fields["role"]
    assert isinstance(field, forms.ChoiceField)
    fitting = [(role, label) for role, label in Membership.Role.choices if role_fits(role, organisation)]
    field.choices = [("", _("Choose")), *fitting]


class ConfirmForm(RtForm, forms.Form):
    """Nothing to fill in: the button on the page of a destructive action."""


class AppointForm(RtForm, forms.Form):
    """Which of the organisation's own people is to hold a key."""

    person = forms.ModelChoiceField(label=_("Person"), queryset=Person.objects.none())

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = people


class InviteHolderForm(RtForm, forms.Form):
    """Whom to send the one link to: somebody at a member or a neighbour, or anybody else whom you trust."""

    email = forms.EmailField(label=_("E-mail address"))


class DoorForm(RtForm, forms.Form):
    """How a new key is to be unlocked. Read by the page's program; it stands in no form element and is never sent."""

    door = forms.ChoiceField(
        label=_("How do you want to unlock the key each time?"),
        choices=[(door.value, door.label) for door in (OpeningKey.Door.PASSKEY, OpeningKey.Door.PASSPHRASE)],
        widget=Radios(
            explained={
                "passkey": _("Fingerprint, face, PIN or security key. Quickest; it stays in your device."),
                "passphrase": _("The page draws the words. Works on every computer."),
            }
        ),
    )


def _hidden(**options: Any) -> forms.CharField:
    return forms.CharField(widget=forms.HiddenInput, required=False, **options)


class OpeningKeyForm(RtForm, forms.Form):
    """What the page's program has made: the public half of a key and its locks, never the private half."""

    recipient = _hidden(max_length=62)
    door = _hidden(max_length=10)
    lock = _hidden(max_length=LONGEST_LOCK, strip=False)
    recovery_lock = _hidden(max_length=LONGEST_LOCK, strip=False)
    passkey = _hidden(max_length=2048)

    def clean_lock(self) -> str:
        """Return the lock with the line ends of age: a form sends others."""
        return str(self.cleaned_data["lock"]).replace("\r\n", "\n")

    def clean_recovery_lock(self) -> str:
        """Return the lock with the line ends of age."""
        return str(self.cleaned_data["recovery_lock"]).replace("\r\n", "\n")


class RecoveryKeyForm(RtForm, forms.Form):
    """The public half of an organisation's recovery key."""

    recipient = _hidden(max_length=62)


class AnswerForm(RtForm, forms.Form):
    """What was in the test envelope, and by which door it was opened."""

    answer = _hidden(max_length=64)
    door = _hidden(max_length=10)

    def clean_door(self) -> OpeningKey.Door:
        """Return the door; one that is not known counts as none."""
        try:
            return OpeningKey.Door(self.cleaned_data["door"])
        except ValueError:
            raise ValidationError(_("Open the envelope with one of the ways on the page.")) from None


class _Ours(forms.BaseForm):
    """Puts our labels and help on the fields of a form of allauth's."""

    says: ClassVar[Mapping[str, tuple[Any, Any]]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, help_text) in self.says.items():
            field = self.fields[name]
            field.label, field.help_text = label, help_text
            field.widget.attrs.pop("placeholder", None)


_NEW_TWICE = {"password1": (_("New password"), PASSWORD_HELP), "password2": (_("New password once more"), "")}
_CODE = {"code": (_("Code"), _("Six digits from your app, or one of your recovery codes."))}


class SignInForm(RtForm, _Ours, account.LoginForm):  # type: ignore[misc]  # allauth comes without types
    """E-mail address and password."""

    says = {"login": (_("E-mail address"), ""), "password": (_("Password"), "")}


class AskForPasswordForm(RtForm, _Ours, account.ResetPasswordForm):  # type: ignore[misc]  # as above
    """The address that a link for a new password is sent to."""

    says = {"email": (_("E-mail address"), "")}


class NewPasswordForm(RtForm, _Ours, account.ResetPasswordKeyForm):  # type: ignore[misc]  # as above
    """A new password, from the link in a message."""

    says = _NEW_TWICE


class ChangePasswordForm(RtForm, _Ours, account.ChangePasswordForm):  # type: ignore[misc]  # as above
    """A new password instead of the one that one has."""

    says = {"oldpassword": (_("The password you have now"), ""), **_NEW_TWICE}


class FirstPasswordForm(RtForm, _Ours, account.SetPasswordForm):  # type: ignore[misc]  # as above
    """A first password for somebody who signs in with a key; never for one of the example's people, who are anybody."""

    says = _NEW_TWICE

    def clean(self) -> Any:
        """Refuse it for a made-up person: it would sign out everybody else who tries the same one.

        Raises:
            ValidationError: it is one.
        """
        if self.user.is_fictional:
            raise ValidationError(
                _("The people of the example have no passwords: others can be the same person as you.")
            )
        return super().clean()


class NewEmailForm(RtForm, _Ours, account.AddEmailForm):  # type: ignore[misc]  # as above
    """The address to sign in with from now on."""

    says = {"email": (_("New e-mail address"), _("We send a link there. Nothing changes until you open it."))}

    def save(self, request: HttpRequest) -> EmailAddress:
        """Keep the address that one has, confirmed or not, until the new one is; it is told of the change then.

        django-allauth would take one that was never confirmed for an earlier wish, and leave the account without any.
        """
        with transaction.atomic():
            for earlier in EmailAddress.objects.filter(user=self.user, verified=False).exclude(email=self.user.email):
                earlier.remove()
            return EmailAddress.objects.add_email(request, self.user, self.cleaned_data["email"], confirm=True)


class PasswordAgainForm(RtForm, _Ours, account.ReauthenticateForm):  # type: ignore[misc]  # as above
    """The password once more, before something that protects the account is changed."""

    says = {"password": (_("Password"), "")}


class _CodeOfEither(_Ours):
    """Takes a code from the app, or one of our recovery codes, which the adapter of `config` tries and uses up."""

    says = _CODE
    is_recovery = False

    def clean_code(self) -> str:
        """Return the code if it is right; wrong ones of both kinds are counted together.

        Raises:
            ValidationError: it is wrong, has been used, or too many were wrong.
        """
        code = read(self.cleaned_data["code"])
        if code is None:
            return str(super().clean_code())  # type: ignore[misc]  # of allauth
        forget_failures = check_rate_limit(self.user)  # type: ignore[attr-defined]  # as above
        if not get_adapter().use_recovery_code(self.user, code):  # type: ignore[attr-defined]  # as above
            raise get_adapter().validation_error("incorrect_code")
        forget_failures()
        self.is_recovery = True
        return code

    def _came_by_recovery_code(self, *, is_again: bool) -> bool:
        """Write down in the session that it was a recovery code, if it was one."""
        if self.is_recovery:
            get_adapter().came_by_recovery_code(self.user, is_again=is_again)  # type: ignore[attr-defined]  # as above
        return self.is_recovery


class CodeForm(RtForm, _CodeOfEither, codes.AuthenticateForm):  # type: ignore[misc]  # as above
    """The second step of signing in."""

    def save(self) -> None:
        """Write down in the session by what somebody came in."""
        if not self._came_by_recovery_code(is_again=False):
            codes.AuthenticateForm.save(self)


class CodeAgainForm(RtForm, _CodeOfEither, codes.ReauthenticateForm):  # type: ignore[misc]  # as above
    """A code once more, before something that protects the account is changed."""

    def save(self) -> None:
        """Write down in the session by what somebody showed anew that it is they."""
        if not self._came_by_recovery_code(is_again=True):
            codes.ReauthenticateForm.save(self)


class ActivateAppForm(RtForm, _Ours, totp.ActivateTOTPForm):  # type: ignore[misc]  # as above
    """The first code from the app shows that it works."""

    says = {"code": (_("Code"), _("The six digits that the app shows now."))}


class TurnOffAppForm(RtForm, totp.DeactivateTOTPForm):  # type: ignore[misc]  # as above
    """Turn off codes from an app: a button and nothing else."""


class AddKeyForm(RtForm, _Ours, keys.AddWebAuthnForm):  # type: ignore[misc]  # as above
    """A passkey or security key, made by the browser."""

    says = {
        "name": (_("Name of the key"), _("So that you can tell your keys apart.")),
        "passwordless": (_("Sign in with this key alone, without a password"), ""),
    }


class KeyAgainForm(RtForm, keys.ReauthenticateWebAuthnForm):  # type: ignore[misc]  # as above
    """A key once more, before something that protects the account is changed; the browser fills it in."""


class NameKeyForm(RtForm, _Ours, keys.EditWebAuthnForm):  # type: ignore[misc]  # as above
    """What a key is called."""

    says = {"name": (_("Name of the key"), "")}

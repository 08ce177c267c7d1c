"""How django-allauth behaves here: its letters go through the outbox, its sentences are ours, nobody signs up there."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context as allauth_context
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib import messages
from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rodatraden.parties.actions import use_recovery_code
from rodatraden.parties.queries import recovery_codes_left
from rodatraden.records.actions import write_mail
from rodatraden.ui.at_rest import cipher

if TYPE_CHECKING:
    from allauth.account.models import EmailAddress
    from allauth.mfa.models import Authenticator
    from django.http import HttpRequest

    from rodatraden.parties.models import Person

_CODE = _("If the page asks for a code, write: %(code)s")
_NOT_YOU = _("If it was not you, choose a new password at once and tell your administrator.")
LETTERS: dict[str, tuple[Any, ...]] = {
    "account/email/email_confirmation": (
        _("Confirm your e-mail address"),
        _("Confirm that the address is yours by opening this page: %(activate_url)s"),
        _CODE,
        _("If you do not know why you got this message, do nothing."),
    ),
    "account/email/password_reset_key": (
        _("Choose a new password"),
        _("Somebody, hopefully you, asked for a new password. Choose it here: %(password_reset_url)s"),
        _CODE,
        _("If it was not you, do nothing: the old password still works."),
    ),
    "account/email/unknown_account": (
        _("There is no account with this address"),
        _("Somebody, hopefully you, asked for a new password, but no account has this e-mail address."),
        _("Perhaps you registered with another one. A new supplier registers here: %(signup_url)s"),
    ),
    "account/email/email_changed": (
        _("Your e-mail address has been changed"),
        _("From now on you sign in with %(to_email)s instead of %(from_email)s."),
        _NOT_YOU,
    ),
    "account/email/email_confirm": (
        _("Your e-mail address has been confirmed"),
        _("The address is confirmed as yours."),
        _NOT_YOU,
    ),
    "account/email/email_deleted": (
        _("An e-mail address has been removed"),
        _("The address %(deleted_email)s no longer belongs to your account."),
        _NOT_YOU,
    ),
    "account/email/password_changed": (_("Your password has been changed"), _("You have a new password."), _NOT_YOU),
    "account/email/password_reset": (_("Your password has been changed"), _("You have a new password."), _NOT_YOU),
    "account/email/password_set": (_("You have got a password"), _("Your account has a password now."), _NOT_YOU),
    "mfa/email/totp_activated": (
        _("Codes from an app are on"),
        _("When you sign in you are asked for a code from your app."),
        _NOT_YOU,
    ),
    "mfa/email/totp_deactivated": (
        _("Codes from an app are off"),
        _("When you sign in you are no longer asked for a code from an app."),
        _NOT_YOU,
    ),
    "mfa/email/webauthn_added": (
        _("A passkey or security key has been added"),
        _("Your account has a new passkey or security key."),
        _NOT_YOU,
    ),
    "mfa/email/webauthn_removed": (
        _("A passkey or security key has been removed"),
        _("Your account has one passkey or security key less."),
        _NOT_YOU,
    ),
}
"""Subject and sentences of each letter by allauth's name of it."""
LETTERS["account/email/email_confirmation_signup"] = LETTERS["account/email/email_confirmation"]

CODE_AGAIN = "mfa_reauthenticate"
FAILURES = {"by_address": "100/h/key"}
"""How many wrong passwords are taken for one address from all places together that nobody has signed in to it from."""
A_PLACE_IS_KNOWN_FOR = timedelta(days=30)

NOTES: dict[str, Any] = {
    "account/messages/password_changed.txt": _("Your password has been changed."),
    "account/messages/password_set.txt": _("Your password has been saved."),
    "account/messages/email_confirmation_sent.txt": _("A message with a link has been sent to %(email)s."),
    "account/messages/email_confirmed.txt": _("The address %(email)s is confirmed."),
    "account/messages/email_confirmation_failed.txt": _("The address %(email)s belongs to another account."),
    "account/messages/email_deleted.txt": _("The address %(email)s has been removed."),
    "mfa/messages/totp_activated.txt": _("Codes from an app are on."),
    "mfa/messages/totp_deactivated.txt": _("Codes from an app are off."),
    "mfa/messages/webauthn_added.txt": _("The key has been added."),
    "mfa/messages/webauthn_removed.txt": _("The key has been removed."),
}
"""What is said on the next page, by allauth's name of it; what is not here (you have signed in) the page shows itself."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth comes without types
    """Letters through the outbox, our own sentences, and no sign-up without an organisation."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The e-mail address or the password is wrong. Write both again."),
        "enter_current_password": _("The password is wrong. Write the one that you have now."),
        "incorrect_password": _("The password is wrong. Write it again."),
        "incorrect_code": _("The code is wrong. Write the one that is shown right now."),
        "email_taken": _("There is an account with this e-mail address already."),
        "duplicate_email": _("This is already the address of your account."),
        "too_many_login_attempts": _("Too many attempts that failed. Wait five minutes and try again."),
        "rate_limited": _("Too many attempts in a short time. Wait a few minutes and try again."),
        "same_as_current": _("Choose a password that you do not have already."),
        "invalid_password_reset": _("The link does not work any longer. Ask for a new one."),
    }

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count an attempt by address and place, and by address alone where nobody has signed in to it from that place.

        So nobody locks another out: who fails on purpose uses up what is allowed from where they are, and a flood from many
        places stops at `FAILURES` without stopping the place where the person is used to sign in. A success is not counted.

        Raises:
            ValidationError: there were too many.
        """
        super().pre_authenticate(request, **credentials)
        if cache.get(self._place_key(request, **credentials)):
            return
        usage = ratelimit.consume(
            request,
            app="rodatraden",
            action="by_address",
            config=FAILURES,
            key=self._address_key(request, **credentials),
        )
        if not usage:
            raise self.validation_error("too_many_login_attempts")
        self._login_failed_rl_usage.usage += usage.usage

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Return whose address and password fit, and remember that they came from this place."""
        person = super().authenticate(request, **credentials)
        if person:
            cache.set(self._place_key(request, **credentials), 1, A_PLACE_IS_KNOWN_FOR.total_seconds())
        return person

    def _address_key(self, request: HttpRequest, **credentials: Any) -> str:
        return str(super()._get_login_attempts_cache_key(request, **credentials))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Return what allauth counts failures by: the address as typed, and the place on the net."""
        return f"{self._address_key(request, **credentials)}:{ratelimit.get_ip(request)}"

    def _place_key(self, request: HttpRequest, **credentials: Any) -> str:
        both = self._get_login_attempts_cache_key(request, **credentials)
        return f"place:{sha256(both.encode()).hexdigest()}"

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """Forget what has failed when somebody has chosen a new password by their mail."""
        super()._delete_login_attempts_cached_email(request, **credentials)
        ratelimit.clear(
            request,
            app="rodatraden",
            action="by_address",
            config=FAILURES,
            key=self._address_key(request, **credentials),
        )

    def get_reauthentication_methods(self, user: Person) -> list[dict[str, Any]]:
        """Return how somebody may show anew that it is they: with a recovery code too, also where they have no app."""
        ways: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if ways and all(way["id"] != CODE_AGAIN for way in ways) and recovery_codes_left(user):
            ways.append({"id": CODE_AGAIN, "description": str(_("Write your code")), "url": reverse(CODE_AGAIN)})
        return ways

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write one of allauth's letters to the outbox."""
        subject, *sentences = LETTERS[template_prefix]
        link = context.get("activate_url") or context.get("password_reset_url") or ""
        text = "\n\n".join(str(sentence) % {**context, "code": link.partition("#")[2]} for sentence in sentences)
        write_mail(to=email, subject=str(subject), text=text, by=None, at=allauth_context.request.now)

    def add_message(  # noqa: PLR0917 -- allauth's signature
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say on the next page what has happened, in our own words."""
        text = message or str(NOTES.get(message_template or "", "")) % (message_context or {})
        if text:
            messages.add_message(request, level, text, extra_tags=extra_tags)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link to choose a new password by, with its key behind # (`config.account_links`)."""
        return str(self.request.build_absolute_uri(f"{reverse('account_reset_password_from_key')}#{key}"))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """Return the link to confirm an address by, with its key behind #."""
        return request.build_absolute_uri(f"{reverse('account_confirm_email')}#{emailconfirmation.key}")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:  # noqa: ARG002 -- signature
        """Go on to one's account, or to sign in."""
        return reverse("parties:me" if self.request.user.is_authenticated else "account_login")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002 -- signature
        """Go back to one's account."""
        return reverse("parties:me")

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- signature
        """People register with an organisation, or are invited by one."""
        return False


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth comes without types
    """Our own sentences and names."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "unverified_email": _("Confirm your e-mail address first: open the link in the message that we sent."),
        "incorrect_code": _("The code is wrong. Write the one that is shown right now."),
        "cannot_delete_authenticator": _("This way of signing in cannot be taken away."),
        "add_email_blocked": _("Turn off the second step before you change the address."),
    }

    def encrypt(self, text: str) -> str:
        """Return a seed as the database may hold it: who reads a dump makes no codes."""
        return cipher(__name__).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a seed as it was."""
        return cipher(__name__).decrypt(encrypted_text).decode()

    def use_recovery_code(self, person: Person, code: str) -> bool:
        """Use up a recovery code of ours; return whether it was right and nobody had used it."""
        return use_recovery_code(person=person, code=code, by=person, at=allauth_context.request.now)

    def came_by_recovery_code(self, person: Person, *, is_again: bool) -> None:
        """Write down in the session that somebody came in, or showed anew who they are, by a recovery code; say how many are left."""
        again = {"reauthenticated": True} if is_again else {}
        record_authentication(allauth_context.request, person, "mfa", type="recovery_codes", **again)
        left = recovery_codes_left(person)
        text = ngettext(
            "You used a recovery code. One is left.", "You used a recovery code. %(number)d are left.", left
        )
        messages.warning(allauth_context.request, text % {"number": left})

    def generate_authenticator_name(self, user: Person, type: Authenticator.Type) -> str:  # noqa: A002 -- signature
        """Return a name for a new key, which the person may change."""
        taken = user.authenticator_set.filter(type=type).count()  # type: ignore[attr-defined]  # of allauth
        return str(_("Key %(number)d") % {"number": taken + 1})

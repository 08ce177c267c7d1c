"""The links in letters about an account: allauth's own keys, behind # and out of every address (ui/links.py).

Allauth would have the key in the path. Here a page asks for it, as for any code of a link, and lays it in the session, where
allauth's own views take it from: they judge it, and all that follows is theirs. A key that has been given is judged anew on
each page, and works once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.forms import UserTokenForm
from allauth.account.internal.templatekit import get_entrance_context_data
from allauth.account.models import get_emailconfirmation_model
from allauth.account.views import ConfirmEmailView, PasswordResetFromKeyView
from allauth.account.views._password_reset import INTERNAL_RESET_SESSION_KEY
from django.contrib.auth import logout
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext

from rodatraden.config import sessions
from rodatraden.core.answer import no
from rodatraden.ui import links
from rodatraden.ui.policy import public

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from rodatraden.parties.models import Person
    from rodatraden.ui.policy import Request

PASSWORD_FOR, ADDRESS_BY = "password-for", "address-by"
"""What the session keeps: whose password is chosen anew, and the key by which an address is confirmed."""


def forget(*, request: HttpRequest, **_: Any) -> None:
    """Forget what a key has given a right to, now that somebody signs in: who gave it may have left the browser to another."""
    for name in (PASSWORD_FOR, ADDRESS_BY, INTERNAL_RESET_SESSION_KEY):
        request.session.pop(name, None)


class NewPasswordView(PasswordResetFromKeyView):  # type: ignore[misc]  # allauth comes without types
    """Allauth's page for a new password, for the key in the session; its form is sent to an address without any."""

    template_name = "parties/account/new_password.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """Return what allauth's own would, but for the address with a key that the form would be sent to."""
        context = super(PasswordResetFromKeyView, self).get_context_data(**more)
        return {**context, **get_entrance_context_data(self.request)}


_new_password = NewPasswordView.as_view()
_confirm = ConfirmEmailView.as_view(template_name="parties/account/confirm_email.html")


@public
def password_code(request: Request) -> HttpResponse:
    """Ask for the key in the letter about a forgotten password, and lead on to choose a new one."""
    form = links.CodeForm(request.POST or None)
    if form.is_valid():
        uid, _, key = form.cleaned_data[links.FIELD].lower().partition("-")
        judged = UserTokenForm(data={"uidb36": uid, "key": key})
        if judged.is_valid():
            kept = {PASSWORD_FOR: uid, INTERNAL_RESET_SESSION_KEY: key}
            return _lead_on(request, judged.reset_user, kept, "account_choose_password")
        form.refuse(no(links.NOWHERE, mend=links.FIELD))
    return links.asked(
        request,
        form,
        title=gettext("Choose a new password"),
        about=gettext("Write the code in the message about your password."),
        lost=gettext("A code that has been used, or is too old, leads nowhere. Then you ask for a new one."),
        mend=(reverse("account_reset_password"), gettext("Ask for a new link")),
    )


@public
def new_password(request: Request) -> HttpResponse:
    """Choose a new password, by the key that was given."""
    uid = request.session.get(PASSWORD_FOR, "")
    answer: HttpResponse = _new_password(request, uidb36=uid, key=NewPasswordView.reset_url_key)
    return answer


@public
def address_code(request: Request) -> HttpResponse:
    """Ask for the key in the letter about an e-mail address, and lead on to confirm it."""
    form = links.CodeForm(request.POST or None)
    if form.is_valid():
        key = form.cleaned_data[links.FIELD]
        found = get_emailconfirmation_model().from_key(key)
        if found:
            return _lead_on(request, found.email_address.user, {ADDRESS_BY: key}, "account_confirm_address")
        form.refuse(no(links.NOWHERE, mend=links.FIELD))
    return links.asked(
        request,
        form,
        title=gettext("Confirm your e-mail address"),
        about=gettext("Write the code in the message about your address."),
        lost=gettext(
            "A code that has been used, or is too old, leads nowhere. Then you ask for a new one on your account."
        ),
        mend=(reverse("account_email"), gettext("Your e-mail address")),
    )


@public
def confirm_address(request: Request) -> HttpResponse:
    """Confirm an e-mail address, by the key that was given."""
    answer: HttpResponse = _confirm(request, key=request.session.get(ADDRESS_BY, ""))
    return answer


def _lead_on(request: Request, person: Person, kept: Mapping[str, str], to: str) -> HttpResponse:
    """Keep what a key of `person` gives a right to, in a session whose name nobody knew before, and lead on.

    Somebody else, who sits at the same browser, is signed out first.
    """
    response = redirect(to)
    if request.user.is_authenticated and request.user.pk != person.pk:
        logout(request)
        sessions.leave_nothing(response, request)
    request.session.cycle_key()
    request.session.update(kept)
    return response

"""The second step with recovery codes of our own beside it: drawn, shown once, and kept as hashes (`parties`).

django-allauth would keep a seed to show them again from; its pages for them do not exist here.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.base.views import IndexView as AllauthIndexView
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render

from rodatraden.core import recovery_codes as codes
from rodatraden.core.answer import RefusedError, require
from rodatraden.parties.actions import draw_recovery_codes
from rodatraden.parties.queries import recovery_codes_left, recovery_codes_of, signed_in_person
from rodatraden.parties.rules import may_draw_recovery_codes
from rodatraden.ui.forms import RtForm
from rodatraden.ui.policy import Request, signed_in
from rodatraden.ui.words import said

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

P = "parties/account"


class DrawForm(RtForm, forms.Form):
    """Which set of codes a new one replaces: of two forms sent at once the second finds another."""

    replaces = forms.UUIDField(required=False, widget=forms.HiddenInput)


@signed_in
def recovery_codes(request: Request) -> HttpResponse:
    """Say how many of one's recovery codes still work; what they are nobody can say."""
    person = signed_in_person(request)
    first = recovery_codes_of(person).first()
    context = {
        "left": recovery_codes_left(person),
        "all": codes.NUMBER,
        "drawn_at": first and first.drawn_at,
        "answer": may_draw_recovery_codes(person),
    }
    return render(request, f"{P}/recovery_codes.html", context)


def _draw(request: Request) -> HttpResponse:
    """Ask once more, then draw codes and show them, this once."""
    person = signed_in_person(request)
    require(may_draw_recovery_codes(person))
    form = DrawForm(request.POST or None, initial={"replaces": _present(request)})
    if form.is_valid():
        return _drawn(request, form.cleaned_data["replaces"])
    context = {"form": form, "left": recovery_codes_left(person)}
    return render(request, f"{P}/new_recovery_codes.html", context, status=form.status)


new_recovery_codes = signed_in(reauthentication_required(app="allauth.mfa")(_draw))


def _present(request: Request) -> UUID | None:
    return recovery_codes_of(signed_in_person(request)).values_list("pk", flat=True).first()


def _drawn(request: Request, replaces: UUID | None) -> HttpResponse:
    """Answer with new codes in clear: they stand on this page alone, which no browser keeps."""
    person, drawn = signed_in_person(request), codes.draw(secrets.choice)
    try:
        draw_recovery_codes(person=person, codes=drawn, replaces=replaces, by=person, at=request.now)
    except RefusedError as refused:
        messages.warning(request, said(refused.answer.reason) if refused.answer.reason else "")
        return redirect("recovery_codes")
    response = render(request, f"{P}/drawn_recovery_codes.html", {"codes": [codes.show(code) for code in drawn]})
    response["Cache-Control"] = "no-store, private"
    return response


class IndexView(AllauthIndexView):  # type: ignore[misc]  # allauth comes without types
    """What second steps somebody has, and how many recovery codes beside them."""

    template_name = f"{P}/second_step.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the codes, which are none of allauth's."""
        return {**super().get_context_data(**kwargs), "codes_left": recovery_codes_left(self.request.user)}


class _WithCodes:
    """Shows recovery codes after the first app or key has been added; who has them already goes on."""

    request: Request

    def form_valid(self, form: Any) -> HttpResponse:
        """Add it, which is one transaction, and draw codes, which is another and slower."""
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]  # of allauth
        return response if _present(self.request) else _drawn(self.request, None)


class ActivateAppView(_WithCodes, ActivateTOTPView):  # type: ignore[misc]  # as above
    """Turn on codes from an app."""

    template_name = f"{P}/activate_app.html"


class AddKeyView(_WithCodes, AddWebAuthnView):  # type: ignore[misc]  # as above
    """Add a passkey or a security key."""

    template_name = f"{P}/add_key.html"

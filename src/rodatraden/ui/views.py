"""The few pages that belong to the look itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from rodatraden.ui import keep
from rodatraden.ui import styleguide as examples
from rodatraden.ui.frame import COLOUR_SCHEMES, Who, scheme_cookie
from rodatraden.ui.onward import onward
from rodatraden.ui.policy import demo_only, public

if TYPE_CHECKING:
    from django.http import HttpResponse

    from rodatraden.ui.policy import Request

YEAR_IN_SECONDS = 365 * 24 * 60 * 60


@public
@csrf_exempt  # harmless, and a token in every header would set a cookie on every public page
@require_POST
def set_colour_scheme(request: Request) -> HttpResponse:
    """Keep the chosen colours in a cookie of a year and go back to the page that was shown."""
    response = HttpResponseRedirect(onward(request, request.POST.get("next", ""), "/"))
    scheme = request.POST.get("scheme")
    if scheme in COLOUR_SCHEMES:
        response.set_cookie(
            scheme_cookie(request),
            scheme,
            max_age=YEAR_IN_SECONDS,
            samesite="Lax",
            httponly=True,
            secure=request.is_secure(),
        )
    return response


@demo_only
def styleguide(request: Request) -> HttpResponse:
    """Show every component in every state."""
    context = examples.context(request.now, request.GET)
    who = Who("Jonas Ekdahl", "Upphandlare, Samordningsförbundet i Blekinge")
    return render(request, "ui/styleguide.html", context | {"who": who})


def csrf_failure(request: Request, reason: str = "") -> HttpResponse:  # noqa: ARG001 -- Django hands it over
    """Keep what was written with a stale token and show the form again; else say what to do."""
    if keep.keep(request, request.now):
        page = keep.page_of(request)
        return redirect(page) if request.user.is_authenticated else redirect_to_login(page)
    return render(request, "403_csrf.html", status=403)

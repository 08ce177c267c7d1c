"""The few pages that belong to the look itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

if TYPE_CHECKING:
    from django.http import HttpRequest

COLOUR_SCHEMES = ("auto", "light", "dark")
SCHEME_COOKIE = "colour_scheme"
YEAR_IN_SECONDS = 365 * 24 * 60 * 60


@csrf_exempt  # harmless, and a token in every header would set a cookie on every public page
@require_POST
def set_colour_scheme(request: HttpRequest) -> HttpResponseRedirect:
    """Keep the chosen colours in a cookie of a year and go back to the page that was shown."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    scheme = request.POST.get("scheme")
    if scheme in COLOUR_SCHEMES:
        response.set_cookie(SCHEME_COOKIE, scheme, max_age=YEAR_IN_SECONDS, samesite="Lax", secure=request.is_secure())
    return response

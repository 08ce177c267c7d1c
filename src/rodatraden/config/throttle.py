"""How often what is costly, or open to anybody, may be sent: one table, counted like the attempts to sign in.

The counts lie in files that all processes of this machine share (`CACHES`); several machines count each for itself.
Nothing that must be in time is limited so low that a person could meet it. Source: policy, docs/security.md.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from allauth.core.internal import ratelimit
from django.shortcuts import render

from rodatraden.ui import keep

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

TOO_MANY = 429
LIMITS = {
    # from anybody, by the address on the net
    "account_confirm_email": "120/h/ip",
    "account_reset_password_from_key": "120/h/ip",
    "awards:ask_documents": "20/h/ip",
    "awards:request_code": "120/h/ip",
    "bids:observation_code": "120/h/ip",
    "bids:take_observation": "60/h/ip",
    "parties:register_supplier": "20/h/ip",
    "parties:accept": "60/h/ip",
    "parties:invitation_code": "120/h/ip",
    "parties:ask_to_join": "20/h/ip",
    "records:check": "120/h/ip",
    "tenders:follow_answers": "20/h/ip",
    "tenders:subscription_code": "120/h/ip",
    # from somebody signed in
    "bids:observers": "60/h/user",
    "bids:sealed": "1200/h/user",
    "bids:unlock": "1200/h/user",
    "new_recovery_codes": "20/h/user",
    "evaluation:table": "240/h/user",
    "parties:drill": "120/h/user",
    "parties:invite": "60/h/user",
    "tenders:ask": "60/h/user",
    "tenders:import": "240/h/user",
    "tenders:run_ask": "60/h/user",
}
"""How many forms an hour, by the name of their address."""
SECONDS_IN = {"h": 3600}

log = logging.getLogger("rodatraden.security")


def limits(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer 429 and when to try again where one sends more than `LIMITS` allows; what was written is kept."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(request: HttpRequest, _view: object, _args: object, _kwargs: object) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if request.method != "POST" or name not in LIMITS:
            return None
        if LIMITS[name].endswith("/user") and not request.user.is_authenticated:
            return None  # sent to sign in
        if _is_counted(request, name):
            return None
        log.warning("too many: %s by %s", name, request.user.pk or "somebody")
        return _refused(request, SECONDS_IN[LIMITS[name].split("/")[1]])

    middleware.process_view = process_view  # type: ignore[attr-defined]  # Django looks for it
    return middleware


def _is_counted(request: HttpRequest, name: str) -> bool:
    """Count a form and return whether it is within the limit; what cannot be counted, on a full disk, is let through."""
    try:
        return bool(ratelimit.consume(request, app="rodatraden", action=name, config=LIMITS))
    except OSError:
        return True


def _refused(request: Any, seconds: int) -> HttpResponse:
    keep.keep(request, request.now)
    response = render(request, "429.html", {"page": keep.page_of(request)}, status=TOO_MANY)
    response["Retry-After"] = str(seconds)
    return response

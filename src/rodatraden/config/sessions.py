"""How long a session lasts, and when somebody last showed that it is they.

A session ends when nobody has used it for `SESSION_UNUSED_FOR`, and at last after `SESSION_LASTS_FOR`; a half-filled form
comes back after signing in (`ui.keep`). All is measured by this machine's clock: a jump in the example signs nobody out.
Source: docs/security.md, policy after NIST SP 800-63B.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect
from django.utils.translation import gettext

from rodatraden.config import clock
from rodatraden.parties.queries import key_holdings_of, memberships_of, signed_in_person
from rodatraden.ui import keep

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.sessions.backends.base import SessionBase
    from django.http import HttpRequest, HttpResponse

    from rodatraden.parties.models import Person

BEGAN, SEEN, SHOWN = "began-at", "seen-at", "shown-at"
SEEN_EVERY = timedelta(minutes=10)
"""How often it is written down that a session is used: a write for every page would cost more than it tells."""


def begin(*, request: HttpRequest, **_: Any) -> None:
    """Write down that somebody has signed in just now, whichever way."""
    now = clock.machine_time().isoformat()
    request.session.update({BEGAN: now, SEEN: now, SHOWN: now})


def limits(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Sign out who was away too long or has been signed in too long, and say how long ago the others showed who they are."""

    def middleware(request: HttpRequest) -> HttpResponse:
        now = clock.machine_time()
        if SESSION_KEY in request.session:
            if _is_over(request.session, now):
                logout(request)
            elif now - _at(request.session, SEEN, now) >= SEEN_EVERY or SEEN not in request.session:
                request.session[SEEN] = now.isoformat()
                request.session.setdefault(BEGAN, now.isoformat())
        shown = request.session.get(SHOWN)
        request.shown_ago = now - datetime.fromisoformat(shown) if shown else timedelta.max  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def _is_over(session: SessionBase, now: datetime) -> bool:
    unused, lasted = now - _at(session, SEEN, now), now - _at(session, BEGAN, now)
    return unused > settings.SESSION_UNUSED_FOR or lasted > settings.SESSION_LASTS_FOR


def _at(session: SessionBase, name: str, otherwise: datetime) -> datetime:
    return datetime.fromisoformat(session[name]) if name in session else otherwise


def showing(view: Callable[..., Any]) -> Callable[..., Any]:
    """Write down, after one of allauth's pages that ask for it, that somebody has shown anew that it is they."""

    @wraps(view)
    def shown(request: HttpRequest, /, *args: Any, **kwargs: Any) -> Any:
        before = len(get_authentication_records(request, request.user))
        response = view(request, *args, **kwargs)
        if len(get_authentication_records(request, request.user)) > before:
            request.session.cycle_key()
            request.session[SHOWN] = clock.machine_time().isoformat()
        return response

    return shown


def ask_again(request: HttpRequest) -> HttpResponse:
    """Send somebody to show that it is they, and back; who has no way to is sent to sign in."""
    page = keep.page_of(request)
    ways = get_adapter().get_reauthentication_methods(request.user)
    if not ways:
        logout(request)
        return redirect_to_login(page)
    return redirect(f"{ways[0]['url']}?{urlencode({'next': page})}")


def signing_out(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let the browser throw away what it has kept of our pages when somebody signs out."""

    @wraps(view)
    def out(request: HttpRequest, /, *args: Any, **kwargs: Any) -> Any:
        was = request.user.is_authenticated
        response = view(request, *args, **kwargs)
        if was and not request.user.is_authenticated:
            response["Clear-Site-Data"] = '"cache"'  # not the storage: there lies what a bid on its way is resumed from
        return response

    return out


def second_step(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Lead officials and key holders to add a second step before anything else, where the installation asks for one.

    Their account (below `konto/`) stays within reach, and so do the pages that everybody reads.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(
        request: HttpRequest, view: Callable[..., Any], _args: object, _kwargs: object
    ) -> HttpResponse | None:
        if not settings.SECOND_STEP_FOR_OFFICIALS or getattr(view, "policy", "") != "signed_in":
            return None
        match = request.resolver_match
        if not request.user.is_authenticated or (match and match.route.startswith("konto/")):
            return None
        if is_mfa_enabled(request.user) or not is_official(signed_in_person(request), request.now):  # type: ignore[attr-defined]
            return None
        messages.warning(request, gettext("Add a second step first: officials and key holders sign in with two."))
        return redirect("mfa_index")

    middleware.process_view = process_view  # type: ignore[attr-defined]  # Django looks for it
    return middleware


def is_official(person: Person, at: datetime) -> bool:
    """Whether `person` has any part of what a contracting authority does: a role there, or a key to its bids."""
    return any(each.organisation.is_buyer for each in memberships_of(person, at)) or key_holdings_of(person).exists()

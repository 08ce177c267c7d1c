"""What every request passes: one instant for all of it, safe headers, and a page for what a rule refuses."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render

from rodatraden.config import clock
from rodatraden.config.arrival import arrival
from rodatraden.config.sessions import ACCOUNTS, ask_again
from rodatraden.core.answer import RefusedError
from rodatraden.procurements.rules import DECLARE_FIRST
from rodatraden.records.actions import KeyReusedError
from rodatraden.ui.place import set_case
from rodatraden.ui.policy import NotFreshError

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

FORBIDDEN, CONFLICT = 403, 409


def instant(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Set `request.now` once, and `request.arrival` for what must be in time."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.now = clock.now()  # type: ignore[attr-defined]  # `ui.policy.Request` is what views see
        request.arrival = cache(lambda: arrival(request))  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def legible(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer 400 to an address with a null character in its query: no person typed it, and PostgreSQL stores none.

    What is sent in a form is read by fields that refuse it themselves. A method that a page does not have is refused with
    405 before the page is asked: all are read and sent to, but those that name theirs (`ui.policy.takes`).
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if NULL in request.META.get("QUERY_STRING", ""):
            msg = "a null character in the query"
            raise BadRequest(msg)
        return get_response(request)

    def process_view(request: HttpRequest, view: object, _args: object, _kwargs: object) -> HttpResponse | None:
        methods = getattr(view, "methods", METHODS)
        return None if request.method in methods else HttpResponseNotAllowed(sorted(methods))

    middleware.process_view = process_view  # type: ignore[attr-defined]  # Django looks for it
    return middleware


def encrypted(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Refuse what comes unencrypted and is no page that a browser asks for, where the installation speaks HTTPS.

    Django would send it on, and whoever sent it would go on sending in clear without noticing (OWASP ASVS 5.0, 4.1.2).
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            is_page = request.method in {"GET", "HEAD"} and "text/html" in request.headers.get("Accept", "")
            if not is_page:
                return HttpResponse(IN_CLEAR, content_type="text/plain; charset=utf-8", status=FORBIDDEN)
        return get_response(request)

    return middleware


IN_CLEAR = "Use https. What you sent came unencrypted, and nothing has been done with it.\n"
NULL = "%00"
METHODS = frozenset({"GET", "HEAD", "POST"})
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def headers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Let no page use what it has no need of, and no browser or cache keep what somebody saw while signed in or of an account, or sent.

    What a browser may keep for its back button are the pages that declare that nothing on them is sensitive (`ui.policy.may_stay`).
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if request.user.is_authenticated or request.method == "POST" or _is_of_accounts(request):
            stays = _may_stay(request, response)
            response.headers.setdefault("Cache-Control", "private, no-cache" if stays else "no-store, private")
        return response

    return middleware


def _is_of_accounts(request: HttpRequest) -> bool:
    """Whether the page is about an account, which may be shown to somebody who is on their way in and has not signed in yet."""
    return request.resolver_match is not None and request.resolver_match.route.startswith(ACCOUNTS)


def _may_stay(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether the page is one that may be kept, asked for and found, and holds nothing that somebody has written."""
    if request.method != "GET" or response.status_code != HTTPStatus.OK or request.resolver_match is None:
        return False
    is_filled_in = getattr(request, "is_filled_in", False)  # `ui.templatetags.rt.refill`
    return getattr(request.resolver_match.func, "may_stay", False) and not is_filled_in


def refusals(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer a refusal that no form shows: with its reason and the place to mend it, never with a fault of the server.

    The place to mend it is completed with the procurement that the address names (`ui.place`). Who has not declared their interests yet is sent to do so and comes back (INV-15).
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        set_case(None)
        return get_response(request)

    def process_view(request: HttpRequest, _view: object, _args: object, kwargs: dict[str, Any]) -> None:
        del request
        set_case(kwargs.get("procurement_id"))

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotFreshError):
            return ask_again(request)
        if not isinstance(exception, RefusedError):
            return None
        answer = exception.answer
        if answer.reason is DECLARE_FIRST and request.method == "GET":
            return redirect(f"{answer.mend}?{urlencode({'next': request.get_full_path()})}")
        status = CONFLICT if isinstance(exception, KeyReusedError) else FORBIDDEN
        return render(request, "403.html", {"answer": answer}, status=status)

    middleware.process_view = process_view  # type: ignore[attr-defined]  # Django looks for it
    middleware.process_exception = process_exception  # type: ignore[attr-defined]  # Django looks for it
    return middleware

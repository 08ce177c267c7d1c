"""One instant per request."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from rodatraden.config import clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


def instant(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Set `request.now` once, and `request.arrival` for what must be in time."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.now = clock.now()  # type: ignore[attr-defined]  # `ui.policy.Request` is what views see
        request.arrival = cache(lambda: clock.arrival(request))  # type: ignore[attr-defined]
        return get_response(request)

    return middleware

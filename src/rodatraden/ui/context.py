"""What base templates need on every page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from rodatraden.ui.frame import frame_of
from rodatraden.ui.views import COLOUR_SCHEMES, SCHEME_COOKIE

if TYPE_CHECKING:
    from django.http import HttpRequest


def ui(request: HttpRequest) -> dict[str, Any]:
    """Return `ui_scheme` (auto, light or dark), `ui_frame` (menu, who; asked for only when a page draws it) and `ui_demo`."""
    scheme = request.COOKIES.get(SCHEME_COOKIE, "auto")
    return {
        "ui_scheme": scheme if scheme in COLOUR_SCHEMES else "auto",
        "ui_frame": SimpleLazyObject(lambda: frame_of(request)),
        "ui_demo_bar": getattr(settings, "UI_DEMO_BAR", ""),
    }

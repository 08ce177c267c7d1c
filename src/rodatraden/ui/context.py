"""What base templates need on every page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from rodatraden.ui import keep
from rodatraden.ui.frame import colour_scheme, frame_of

if TYPE_CHECKING:
    from django.http import HttpRequest


def ui(request: HttpRequest) -> dict[str, Any]:
    """Return `ui_scheme` (auto, light or dark), `ui_frame` (menu, who; asked for only when a page draws it) and `ui_demo`."""
    return {
        "ui_scheme": colour_scheme(request),
        "ui_mark": SimpleLazyObject(lambda: keep.mark(request)),
        "ui_frame": SimpleLazyObject(lambda: frame_of(request)),
        "ui_demo_bar": settings.UI_DEMO_BAR,
    }

"""The case frame: header, phase bar and stations of a procurement, for the pages of every room.

Rooms write `{% load case %}` and `{% case_frame procurement %}`; settings wire the name, no room imports this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

if TYPE_CHECKING:
    from rodatraden.procurements.models import Procurement

register = template.Library()


@register.inclusion_tag("pages/case_frame.html")
def case_frame(procurement: Procurement) -> dict[str, object]:
    """Return what the frame shows of `procurement`."""
    return {"procurement": procurement}

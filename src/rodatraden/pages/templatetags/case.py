"""The case frame: header, phase bar and pages of a procurement, for the pages of every room.

Rooms write `{% load case %}` and `{% case_frame procurement %}`; settings wire the name, no room imports this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from rodatraden.pages.queries import case_frame_of
from rodatraden.ui.drawn import drawn
from rodatraden.ui.place import set_case

if TYPE_CHECKING:
    from django.template.context import RequestContext
    from django.utils.safestring import SafeString

    from rodatraden.procurements.models import Procurement

register = template.Library()


@register.simple_tag(takes_context=True)
def case_frame(context: RequestContext, procurement: Procurement) -> SafeString:
    """Draw the frame of `procurement` as the person who reads the page may see it.

    From here on the page is about that case: a refusal on it finds the place to mend it (`ui.place`).
    """
    set_case(procurement.pk)
    return drawn("ui/components/case_frame.html", case=case_frame_of(context["request"], procurement))

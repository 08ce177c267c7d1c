"""The bar of the example, for the frame around every page in demo mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.conf import settings

from rodatraden.pages.queries import fictional_people, holds_key, jumps
from rodatraden.procurements.models import Procurement

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.template.context import RequestContext

register = template.Library()


@register.simple_tag(takes_context=True)
def example_bar(context: RequestContext) -> dict[str, Any]:
    """Return who one can be, and what comes next in the procurement that the page is about."""
    request = context["request"]
    return {
        "person": request.user.pk,
        "passphrase": settings.DEMO_PASSPHRASE if holds_key(request.user) else "",
        "people": fictional_people(request.now),
        "now": request.now,
        "jumps": jumps(request.now, context.get("procurement") or _case_of(request)),
        "next": request.get_full_path(),
    }


def _case_of(request: HttpRequest) -> Procurement | None:
    """Return the procurement that the address of a page outside its frame names, itself or by its documents."""
    named = request.resolver_match.kwargs if request.resolver_match else {}
    for key, path in (("procurement_id", "pk"), ("tender_id", "tender")):
        if key in named:
            return Procurement.objects.filter(**{path: named[key]}).first()
    return None

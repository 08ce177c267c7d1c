"""The bar of the example, for the frame around every page in demo mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from rodatraden.contracts.models import Contract
from rodatraden.pages.queries import fictional_people, jumps
from rodatraden.tenders.models import Tender

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest
    from django.template.context import RequestContext

register = template.Library()


@register.simple_tag(takes_context=True)
def example_bar(context: RequestContext) -> dict[str, Any]:
    """Return who one can be, and what comes next in the procurement that the page is about."""
    request = context["request"]
    return {
        "person": request.user.pk,
        "people": fictional_people(request.now),
        "now": request.now,
        "jumps": jumps(request.now, _case_of(request)),
        "next": request.get_full_path(),
    }


def _case_of(request: HttpRequest) -> UUID | None:
    """Return the procurement that the address of the page names, directly or by its documents or contract."""
    named = request.resolver_match.kwargs if request.resolver_match else {}
    if "procurement_id" in named:
        found: UUID = named["procurement_id"]
        return found
    for key, model in (("tender_id", Tender.objects), ("contract_id", Contract.objects)):
        if key in named:
            path = "procurement" if key == "tender_id" else "tender__procurement"
            return model.filter(pk=named[key]).values_list(path, flat=True).first()
    return None

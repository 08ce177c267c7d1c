"""How firm the outcome is: asked for by a named person, told in sections, never more than an explanation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render

from rodatraden.core.answer import require
from rodatraden.core.canonical import canonical_hash
from rodatraden.core.evaluation.robustness import Joined
from rodatraden.core.evaluation.robustness.wording import sections
from rodatraden.evaluation import actions, queries, rules
from rodatraden.evaluation.forms import RobustnessForm
from rodatraden.evaluation.queries import telling
from rodatraden.evaluation.views.loading import loaded
from rodatraden.records.actions import carry_out
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from rodatraden.evaluation.models import RobustnessReport
    from rodatraden.tenders.models import Tender


@signed_in
def robustness(request: Request, procurement_id: UUID) -> HttpResponse:
    """Ask how firm the outcome is, and show the answer to those who see the outcome."""
    person, tender = loaded(request, procurement_id)
    procurement = tender.procurement
    require(rules.may_see_outcome(person, procurement))
    form = RobustnessForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"evaluation.robustness {tender.pk}",
        verb=lambda: actions.ask_how_firm(
            tender=tender, joined=Joined(form.cleaned_data["joined"]), by=person, at=request.now
        ),
        by=person,
        at=request.now,
    ):
        return redirect("evaluation:robustness", procurement.pk)
    asked = queries.robustness_of(tender)
    context = {
        "procurement": procurement,
        "form": form,
        "may_ask": rules.may_ask_how_firm(person, procurement),
        "asked": asked,
        **(_answered(tender, asked) if asked else {}),
    }
    return render(request, "evaluation/robustness.html", context, status=form.status)


def _answered(tender: Tender, asked: RobustnessReport) -> dict[str, object]:
    counted = queries.frozen_outcome(tender)
    if counted is None:
        return {}
    report = queries.how_firm(counted, queries.individual_scores(tender), Joined(asked.joined))
    names = {result.key: result.name for result in counted.outcome.results}
    return {
        "sentences": report.sentences,
        "headline": telling.headline(counted),
        "sections": sections(report, counted.model, names),
        "margins": [telling.told_margin(margin, counted) for margin in report.closeness.value],
        "is_same": canonical_hash(report.to_json()) == asked.report_sha256,
    }

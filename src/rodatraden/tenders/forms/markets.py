"""Markets that a stress test can be run on, as people choose and type them: made up, typed bid by bid, or earlier ones."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.core.assessment.scale import score_problem
from rodatraden.core.evaluation.stress import Made
from rodatraden.core.numbers import swedish_number
from rodatraden.tenders.forms.model import TrialBidForm
from rodatraden.ui.words import said

if TYPE_CHECKING:
    from django.http import QueryDict

    from rodatraden.core.evaluation import Criterion, Model

ROWS = "bid"
FIRST_ROWS, MOST_ROWS = 4, 20
"""Rows to start with, and the most bids that a tender is made up of. Source: policy."""


class Kind(StrEnum):
    """Where the bids of a test come from."""

    PARAMETRIC = "parametric"
    TYPED = "typed"
    EARLIER = "earlier"


KINDS = {
    Kind.PARAMETRIC: (
        _("Made up around usual values"),
        _("Suits when you know about how many bids come, and at what price."),
    ),
    Kind.TYPED: (
        _("Bids that you type"),
        _("Suits when you can imagine the bids one by one. Each is shaken a little in every tender."),
    ),
    Kind.EARLIER: (
        _("Earlier procurements"),
        _("Suits when you have bought the like before. The bids stand there without names."),
    ),
}
"""The kinds with what each suits."""


class TypedBidForm(TrialBidForm):
    """A fictitious bid: its price, and its score on each criterion; an empty row is no bid."""

    def __init__(self, *args: Any, model: Model, **kwargs: Any) -> None:
        super().__init__(*args, criteria=[(each.key, each.label) for each in model.criteria], **kwargs)
        self.scored = model.criteria
        del self.fields["name"]
        for field in self.fields.values():
            field.required = True
        for criterion in self.scored:
            field = self.fields[criterion.key]
            field.help_text = _range(criterion)
            field.error_messages["required"] = gettext("Write the score: 0 is a score too.")

    def clean(self) -> dict[str, Any]:
        """Ask for a price that can be compared, and for scores on their scales."""
        typed = super().clean() or {}
        if typed.get("price") == 0:
            self.add_error("price", gettext("Write a price above 0."))
        for criterion in self.scored:
            score = typed.get(criterion.key)
            problem = None if score is None else score_problem(criterion.scale, score)
            if problem is not None:
                self.add_error(criterion.key, said(problem.reason))
        return typed

    @property
    def made(self) -> Made:
        """Return the bid of a row that is valid and not empty."""
        return Made.of(self.cleaned_data["price"], self.cleaned_data, self.scored)


Rows = forms.formset_factory(TypedBidForm, extra=FIRST_ROWS, max_num=MOST_ROWS, absolute_max=MOST_ROWS)


def rows_of(data: QueryDict | dict[str, Any] | None, model: Model) -> forms.BaseFormSet[TypedBidForm]:
    """Return the rows that were sent, or empty ones when none were."""
    sent = data if data is not None and f"{ROWS}-TOTAL_FORMS" in data else None
    return Rows(sent, prefix=ROWS, form_kwargs={"model": model})


def bids_of(rows: forms.BaseFormSet[TypedBidForm]) -> tuple[Made, ...]:
    """Return the bids of valid rows."""
    return tuple(row.made for row in rows.forms if row.has_changed()) if rows.is_bound else ()


def _range(criterion: Criterion) -> str:
    scale = criterion.scale
    return f"{swedish_number(scale.lowest)}–{swedish_number(scale.highest)}"

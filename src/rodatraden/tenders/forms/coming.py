"""What everybody is to read of a procurement that is coming."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.tenders.models import PublicPlan
from rodatraden.ui.forms import RtForm
from rodatraden.ui.words import month, weekday_date

if TYPE_CHECKING:
    from datetime import datetime

CHOICES = 36
"""How far ahead a month can be chosen; what lies further off is no plan yet. Source: policy."""
MONTHS_IN_YEAR = 12


def months_from(first: date) -> list[date]:
    """Return the months that can be chosen, as their first days, from that of `first` on."""
    counted = range(first.month - 1, first.month - 1 + CHOICES)
    return [date(first.year + n // MONTHS_IN_YEAR, n % MONTHS_IN_YEAR + 1, 1) for n in counted]


class PlanForm(RtForm, forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when run
    """The words, and nothing else, that everybody reads from now on."""

    idempotent = True
    expected_on = forms.TypedChoiceField(label=_("The notice is expected in"), coerce=date.fromisoformat)

    class Meta:
        model = PublicPlan
        fields = ("title", "need", "expected_on", "influence")
        widgets = {"influence": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "title": _("Proposed as you call the case here. Write it as those outside should read it."),
            "need": _("What is wrong, and for whom"),
            "influence": _("For example a meeting open to all, a draft to comment on, or an address to write to"),
        }

    def __init__(self, *args: Any, this_month: date, planned_notice_at: datetime | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = [(each.isoformat(), month(each).capitalize()) for each in months_from(this_month)]
        field = self.fields["expected_on"]
        field.choices = [("", gettext("Choose")), *months]  # type: ignore[attr-defined]  # a choice field
        if planned_notice_at is not None:
            field.help_text = gettext("The dates say that the notice is handed over on %(day)s.") % {
                "day": weekday_date(planned_notice_at)
            }


class WithdrawForm(RtForm, forms.Form):
    """Nothing to fill in: the button that takes back what everybody reads."""

"""What people write when they check bids and start the judging."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rodatraden.assessments.models import WIDE_ABOVE
from rodatraden.evaluation.models import RobustnessReport
from rodatraden.ui.forms import Radios, RtForm
from rodatraden.ui.words import percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rodatraden.parties.models import Person


class CheckForm(RtForm, forms.Form):
    """Whether one bid meets one must, where it shows and why that is enough or not."""

    idempotent = True
    is_met = forms.TypedChoiceField(
        label=_("Is the requirement met?"),
        choices=(("yes", _("Met")), ("no", _("Not met"))),
        coerce=lambda answer: answer == "yes",
        widget=Radios(explained={"no": _("The bid is not ranked. The bidder reads the reason.")}),
    )
    evidence = forms.CharField(label=_("Where it shows"), help_text=_("Document and page, or what is missing."))
    reason = forms.CharField(
        label=_("Reason"), help_text=_("Why that is enough, or not. The bidder reads it."), widget=forms.Textarea
    )


WIDE_SHARES = (Decimal("0.2"), Decimal("0.3"), WIDE_ABOVE, Decimal("0.5"))


class StartForm(RtForm, forms.Form):
    """Who leads the judging, and what counts as a wide spread."""

    idempotent = True

    def __init__(self, *args: Any, leaders: Sequence[Person], **kwargs: Any) -> None:
        self.people = {str(person.pk): person for person in leaders}
        self.base_fields = {  # type: ignore[misc]  # the choices follow the team; Django copies them from here
            "leader": forms.ChoiceField(
                label=_("Who leads the judging"),
                help_text=_("Writes the consensus down. Gives no scores as leader."),
                choices=[(key, person.name) for key, person in self.people.items()],
            ),
            "wide_above": forms.TypedChoiceField(
                label=_("What is a wide spread"),
                help_text=_("What the evaluators judge further apart is talked through before the rest."),
                choices=[(str(share), percent(share)) for share in WIDE_SHARES],
                coerce=Decimal,
                initial=str(WIDE_ABOVE),
            ),
        }
        super().__init__(*args, **kwargs)

    @property
    def leader(self) -> Person:
        """Return who was chosen."""
        return self.people[self.cleaned_data["leader"]]


class RobustnessForm(RtForm, forms.Form):
    """How individual scores are joined where they are counted instead of the consensus."""

    idempotent = True
    joined = forms.ChoiceField(
        label=_("How individual scores are joined"),
        help_text=_("Only in the questions that count them instead of the consensus."),
        choices=RobustnessReport.Joined.choices,
        initial=RobustnessReport.Joined.MEAN,
        widget=Radios,
    )


class ConfirmForm(RtForm, forms.Form):
    """A step that can't be taken back, confirmed on a page of its own."""

    idempotent = True

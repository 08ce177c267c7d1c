"""What people write when they ask bidders, answer, and take a stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.evaluation.models import Inquiry
from rodatraden.ui.forms import Checks, Radios, RtForm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rodatraden.bids.models import Bid


class AskForm(RtForm, forms.Form):
    """A question to some or all bidders, each about its own bid."""

    idempotent = True
    purpose = forms.ChoiceField(
        label=_("What the question is for"),
        choices=Inquiry.Purpose.choices,
        widget=Radios(
            explained={
                Inquiry.Purpose.CLARIFICATION: _(
                    "Nothing new of substance may come in, and no price and no person changes."
                ),
                Inquiry.Purpose.LOW_PRICE: _(
                    "Possible when the prices are open. A bid is never rejected for its price unasked."
                ),
                Inquiry.Purpose.EXCLUSION: _("Nobody is excluded without having had a set time to comment."),
            }
        ),
    )
    question = forms.CharField(
        label=_("Question"), help_text=_("The bidder reads it. Ask one thing at a time."), widget=forms.Textarea
    )
    basis = forms.CharField(
        label=_("Why it may be asked"),
        help_text=_(
            "Why a clarification improves nothing, what makes the price look too low, or which ground there may be."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    answer_by = forms.DateTimeField(label=_("Last time for the answer"))
    why_alone = forms.CharField(
        label=_("Why the others are not asked"),
        help_text=_("For a clarification that only some are asked about."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, bids: Sequence[Bid], knows_prices: bool, is_frozen: bool, **kwargs: Any) -> None:
        self.known = {str(bid.pk): bid for bid in bids}
        super().__init__(*args, **kwargs)
        self.fields["bids"] = forms.MultipleChoiceField(
            label=_("Who is asked"),
            choices=[(key, f"{bid.number}. {bid.supplier.name}") for key, bid in self.known.items()],
            widget=Checks,
            error_messages={"required": _("Choose whom to ask.")},
        )
        self.order_fields(["purpose", "bids", "question", "basis", "why_alone", "answer_by"])
        hidden = {Inquiry.Purpose.PROOF} | (set() if knows_prices else {Inquiry.Purpose.LOW_PRICE})
        purpose = self.fields["purpose"]
        assert isinstance(purpose, forms.ChoiceField)
        purpose.choices = [each for each in Inquiry.Purpose.choices if each[0] not in hidden]
        if is_frozen:
            self.fields["bids"].initial = list(self.known)
            self.fields["why_alone"].initial = gettext("Only the intended winner is asked before the award.")

    def asked(self) -> dict[str, Any]:
        """Return what is asked, as the verb takes it."""
        names = ("purpose", "question", "basis", "answer_by", "why_alone")
        return {
            "bids": [self.known[key] for key in self.cleaned_data["bids"]],
            **{name: self.cleaned_data[name] for name in names},
        }


class AnswerForm(RtForm, forms.Form):
    """The bidder's answer."""

    idempotent = True
    answer = forms.CharField(
        label=_("Answer"),
        help_text=_("It stands beside your bid and changes nothing in it. You answer once."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class AssessForm(RtForm, forms.Form):
    """What comes of a question, with the reason."""

    idempotent = True
    conclusion = forms.ChoiceField(label=_("What comes of it"), choices=Inquiry.Conclusion.choices, widget=Radios)
    reason = forms.CharField(label=_("Reason"), help_text=_("The bidder reads it."), widget=forms.Textarea)

    def __init__(self, *args: Any, purpose: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        only = {
            Inquiry.Purpose.CLARIFICATION.value: Inquiry.Conclusion.ACCEPTED,
            Inquiry.Purpose.PROOF.value: Inquiry.Conclusion.REJECTED,
        }.get(purpose)
        if only is not None:
            conclusion = self.fields["conclusion"]
            assert isinstance(conclusion, forms.ChoiceField)
            conclusion.choices = [(only, only.label)]
            conclusion.initial = only

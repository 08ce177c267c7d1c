"""What people write when they decide and notify."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.awards.models import Notification, ReviewCase, Revocation
from rodatraden.awards.rules import address_of
from rodatraden.ui.forms import NumberInput, RtForm

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from rodatraden.bids.models import Bid

Channel = Notification.Channel
DIGITS = re.compile(r"[0-9]{1,3}")


class DecisionForm(RtForm, forms.Form):
    """The reasons of the award and the point of the delegation order, proposed and then edited by a person."""

    idempotent = True
    reasons = forms.CharField(
        label=_("Reasons"),
        help_text=_(
            "Proposed from the outcome and the consensus. All bidders read it: nothing secret, nothing of others."
        ),
        widget=forms.Textarea(attrs={"rows": 12}),
    )
    delegation = forms.CharField(
        label=_("Delegation"),
        max_length=200,
        help_text=_("Which point of the delegation order gives the right to decide, and when the order was adopted."),
    )

    def stated(self) -> dict[str, str]:
        """Return what the verbs ask for."""
        return {name: self.cleaned_data[name] for name in ("reasons", "delegation")}


class RevokeForm(RtForm, forms.Form):
    """Why an award does not stand; all bidders read the reason."""

    idempotent = True
    cause = forms.ChoiceField(label=_("Cause"), choices=Revocation.Cause.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("All bidders and everybody read it: what has happened, and nothing secret."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    delegation = forms.CharField(
        label=_("Delegation"),
        max_length=200,
        help_text=_("Which point of the delegation order gives the right to decide, and when the order was adopted."),
    )

    def stated(self) -> dict[str, Any]:
        """Return what the verb asks for."""
        return {name: self.cleaned_data[name] for name in ("cause", "reason", "delegation")}


class ReturnForm(RtForm, forms.Form):
    """What has to be otherwise before a prepared decision can be made."""

    idempotent = True
    why = forms.CharField(label=_("What has to be otherwise"), widget=forms.Textarea(attrs={"rows": 4}))


class BoardForm(RtForm, forms.Form):
    """The meeting at which the board was told."""

    idempotent = True
    meeting_on = forms.DateField(
        label=_("Day of the meeting"),
        help_text=_("All decisions up to that day that the board has not been told of before are noted."),
    )


class ReviewForm(RtForm, forms.Form):
    """A review case as the court has registered it."""

    idempotent = True
    kind = forms.ChoiceField(label=_("What is asked for"), choices=ReviewCase.Kind.choices)
    instance = forms.ChoiceField(
        label=_("Instance"),
        choices=ReviewCase.Instance.choices,
        help_text=_("Only a case in the first court extends a standstill by itself."),
    )
    court = forms.CharField(label=_("Court"), max_length=120)
    number = forms.CharField(label=_("Case number"), max_length=40)
    received_on = forms.DateField(
        label=_("Received by the court"),
        help_text=_("When the application reached the court; it decides whether it came in time."),
    )

    def stated(self) -> dict[str, Any]:
        """Return what the verb asks for."""
        return {name: self.cleaned_data[name] for name in ("kind", "instance", "court", "number", "received_on")}


class InterimForm(RtForm, forms.Form):
    """An order of the court that holds for the time being."""

    idempotent = True
    barred_on = forms.DateField(label=_("The court ordered on"))
    lifted_on = forms.DateField(label=_("The order was lifted on"), required=False)

    def stated(self) -> dict[str, Any]:
        """Return what the verb asks for."""
        return {name: self.cleaned_data[name] for name in ("barred_on", "lifted_on")}


class EndingForm(RtForm, forms.Form):
    """How and when the court ended the case."""

    idempotent = True
    decided_on = forms.DateField(label=_("The court decided on"))
    ending = forms.ChoiceField(label=_("How it ended"), choices=ReviewCase.Ending.choices, widget=forms.RadioSelect)


class DaysField(forms.IntegerField):
    """A number of days, in at most three of the digits 0–9."""

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str) and value.strip() and not DIGITS.fullmatch(value.strip()):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class NoticesForm(RtForm, forms.Form):
    """How each bidder is notified; all at the same instant."""

    idempotent = True

    def __init__(self, *args: Any, bids: Sequence[Bid], **kwargs: Any) -> None:
        self.bids = bids
        self.base_fields = {  # type: ignore[misc]  # one field for each bidder; Django copies them from here
            **{
                f"channel_{bid.number}": forms.ChoiceField(
                    label=bid.supplier.name,
                    help_text=address_of(bid) or gettext("There is no e-mail address, so a letter is needed."),
                    choices=Channel.choices,
                    initial=Channel.ELECTRONIC if address_of(bid) else Channel.LETTER,
                )
                for bid in bids
            },
            "stated_days": DaysField(
                label=_("Longer standstill, in days"),
                help_text=_("Only if you want to give more days than the law. What you state binds you."),
                required=False,
                min_value=1,
                widget=NumberInput(suffix=_("days")),
            ),
            "court": forms.CharField(
                label=_("Court that tries an application for review"),
                help_text=_("Its name, as all bidders read it. Left empty, the kind of court is named."),
                required=False,
                max_length=120,
            ),
        }
        super().__init__(*args, **kwargs)

    def channels(self) -> dict[UUID, Notification.Channel]:
        """Return the channel of each bidder."""
        return {bid.pk: Channel(self.cleaned_data[f"channel_{bid.number}"]) for bid in self.bids}


class CancelForm(RtForm, forms.Form):
    """Why a published procurement is cancelled; everybody reads it."""

    idempotent = True
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Everybody reads it, at once: an objective reason, and nothing about bids."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    delegation = forms.CharField(
        label=_("Delegation"), max_length=200, help_text=_("Which decision gives you the right to decide.")
    )
    is_announced_anew = forms.BooleanField(label=_("A new procurement is planned"), required=False)

    def stated(self) -> dict[str, Any]:
        """Return what the verb asks for."""
        return {name: self.cleaned_data[name] for name in ("reason", "delegation", "is_announced_anew")}


class ConfirmForm(RtForm, forms.Form):
    """A step that can't be taken back, confirmed on a page of its own."""

    idempotent = True

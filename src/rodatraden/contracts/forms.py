"""What people type about a contract: signatures, orders, hours, deliveries, options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.contracts.models import CallOff, Signature
from rodatraden.tenders.models import Tender
from rodatraden.ui.forms import FileForm, Group, HoursField, NumberInput, Radios, VerbForm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rodatraden.contracts.models import Contract


class SignForm(FileForm):
    """One party's signature; with the last one comes the signed contract."""

    file_field = "pdf"
    party = forms.ChoiceField(label=_("Who has signed"), widget=Radios)
    signer = forms.CharField(
        label=_("Name of who signed"), max_length=150, help_text=_("The person who has the right to sign.")
    )
    signed_on_day = forms.DateField(label=_("Day of signing"))
    pdf = forms.FileField(
        label=_("The signed contract"),
        required=False,
        allow_empty_file=True,
        help_text=_("PDF without password. It is needed with the last signature at the latest."),
    )

    def __init__(self, *args: Any, missing: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["party"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(party.value, party.label) for party in Signature.Party if party in missing]
        if len(missing) == 1:
            field.initial = missing[0]


class CallOffForm(VerbForm):
    """An order; travel costs can't be written anywhere."""

    groups = (
        Group(("description",)),
        Group(("starts_on", "ends_on", "hours"), layout="third"),
        Group(("place", "platform", "location")),
    )
    description = forms.CharField(
        label=_("What is ordered"),
        widget=forms.Textarea,
        help_text=_("The first line is the name of the call-off in the list."),
    )
    starts_on = forms.DateField(label=_("First day"))
    ends_on = forms.DateField(label=_("Last day"))
    hours = HoursField(label=_("Hours"))
    place = forms.ChoiceField(label=_("Place"), choices=CallOff.Place.choices, widget=Radios)
    platform = forms.CharField(
        label=_("Digital platform"),
        required=False,
        max_length=100,
        help_text=_("You designate it. Fill it in when the work is done digitally."),
    )
    location = forms.CharField(
        label=_("Where"), required=False, max_length=150, help_text=_("Fill it in when the work is done on site.")
    )

    def __init__(self, *args: Any, contract: Contract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if contract.price_unit != Tender.Priced.HOUR:
            self.fields["hours"].label = _("Number")
            self.fields["hours"].widget = NumberInput()
            self.fields["hours"].help_text = gettext("The price is %(per_unit)s.") % {
                "per_unit": contract.get_price_unit_display()
            }


class HoursForm(VerbForm):
    """How many hours of a call-off are delivered in all."""

    delivered_hours = HoursField(
        label=_("Delivered hours in all"), help_text=_("All hours since the beginning, not only the new ones.")
    )


class CancelForm(VerbForm):
    """Why a call-off is cancelled, and what had been delivered of it by then."""

    delivered_hours = HoursField(
        label=_("Delivered and accepted hours"), help_text=_("They stay committed. Write 0 if nothing was delivered.")
    )
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea, help_text=_("The supplier reads it."))


class DeliverForm(FileForm):
    """Something that a call-off produced."""

    title = forms.CharField(label=_("What it is"), max_length=150)
    file = forms.FileField(
        label=_("File"), allow_empty_file=True, help_text=_("PDF, Word, Excel, PNG, JPEG or XML, without password.")
    )


class ExtendForm(VerbForm):
    """Why an option is taken up."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea,
        help_text=_("What the follow-up has shown, and why the contract should go on."),
    )

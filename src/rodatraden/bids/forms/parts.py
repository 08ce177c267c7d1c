"""What suppliers type: one form for each part of a bid, each with the version of the draft it was drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.bids.forms.fields import BidFileField, YesNoField
from rodatraden.core.offer import (
    PROMISE_LENGTH,
    Company,
    CvEntry,
    CvPerson,
    Declaration,
    DeclarationHow,
    PartyRole,
    PromiseText,
    Reply,
)
from rodatraden.ui.forms import AmountField, Group, Radios, RtForm

if TYPE_CHECKING:
    from decimal import Decimal
    from uuid import UUID

    from django.db.models import QuerySet
    from django.forms.boundfield import BoundField

    from rodatraden.bids.queries import Asked
    from rodatraden.core.offer import Offer
    from rodatraden.parties.models import Organisation
    from rodatraden.tenders.models import Requirement


class DraftForm(RtForm, forms.Form):
    """A part of a draft; carries the version that the page was drawn from, so that two tabs do not undo each other."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    is_conflict = False

    def stand_on(self, version: int) -> None:
        """Draw the form anew with what was typed, on the version that stands now: the next save is a decision."""
        self.is_conflict = True
        data = QueryDict(mutable=True)
        data.update(self.data)
        data[self.add_prefix("version")] = str(version)
        self.data = data


class StartForm(RtForm, forms.Form):
    """For which supplier a person bids."""

    def __init__(self, *args: Any, suppliers: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        only = suppliers[0] if len(suppliers) == 1 else None
        self.fields["supplier"] = forms.ModelChoiceField(suppliers, label=_("supplier"), initial=only)


class UploadForm(RtForm, forms.Form):
    """One file for one item of the documents."""

    file = BidFileField(label=_("file"))


class RequirementsForm(DraftForm):
    """Answers and promises, one group of fields for each requirement; none of them must be filled in to save."""

    def __init__(self, *args: Any, asked: Asked, offer: Offer, **kwargs: Any) -> None:
        self.asked = asked
        super().__init__(*args, **kwargs)
        for row in asked.requirements:
            self._ask(row, offer)
        if asked.terms:
            self.fields["accepts_terms"] = forms.BooleanField(
                label=_("We accept the special contract terms"), required=False, initial=offer.accepts_terms
            )

    def _ask(self, row: Requirement, offer: Offer) -> None:
        reply, promise = offer.replies.get(row.pk, Reply()), offer.promises.get(row.pk, PromiseText(""))
        if row.kind == row.Kind.MUST:
            self.fields[f"met-{row.label}"] = YesNoField(label=_("Do you meet the requirement?"), initial=reply.is_met)
            self.fields[f"text-{row.label}"] = forms.CharField(
                label=_("How, and where it shows"),
                help_text=_("For example: see the CV, page 2."),
                widget=forms.Textarea(attrs={"rows": "3"}),
                max_length=2000,
                required=False,
                initial=reply.text,
            )
        self.fields[f"promise-{row.label}"] = forms.CharField(
            label=_("Your promise"),
            help_text=_("In your own words. If you win it becomes a term of the contract, and it is followed up."),
            widget=forms.Textarea(attrs={"rows": "3"}),
            max_length=PROMISE_LENGTH,
            required=False,
            initial=promise.text,
        )
        self.fields[f"page-{row.label}"] = forms.CharField(
            label=_("Page in the bid"), max_length=60, required=False, initial=promise.page_reference
        )

    @property
    def rows(self) -> list[tuple[Requirement, list[BoundField]]]:
        """Return each requirement with its fields."""
        names = ("met", "text", "promise", "page")
        return [
            (row, [self[f"{name}-{row.label}"] for name in names if f"{name}-{row.label}" in self.fields])
            for row in self.asked.requirements
        ]

    @property
    def replies(self) -> dict[UUID, Reply]:
        """Return what is said of each must requirement."""
        return {
            row.pk: Reply(self.cleaned_data[f"met-{row.label}"], self.cleaned_data[f"text-{row.label}"])
            for row in self.asked.musts
        }

    @property
    def promises(self) -> dict[UUID, PromiseText]:
        """Return the promises that were written."""
        return {
            row.pk: PromiseText(text, self.cleaned_data[f"page-{row.label}"])
            for row in self.asked.requirements
            if (text := self.cleaned_data[f"promise-{row.label}"].strip())
        }


class PersonForm(DraftForm):
    """A person that the bid names."""

    name = forms.CharField(label=_("Name"), max_length=150)


class EntryForm(RtForm, forms.Form):
    """One earlier assignment in a CV."""

    groups = (Group(["client"]), Group(["starts_on", "ends_on"], layout="half"), Group(["description"]))

    client = forms.CharField(label=_("Client"), max_length=200)
    starts_on = forms.DateField(label=_("From"), widget=forms.DateInput)
    ends_on = forms.DateField(
        label=_("To"), help_text=_("If it goes on: the day on which you hand in."), widget=forms.DateInput
    )
    description = forms.CharField(
        label=_("What was done"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": "3"})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", gettext("The assignment ends before it starts. Mend one of the days."))
        return cleaned


EntryFormSet = forms.formset_factory(EntryForm, extra=1, max_num=60, can_delete=True)


def person_of(form: PersonForm, entries: Any) -> CvPerson:
    """Return the person that a form and its rows describe, the earliest assignment first."""
    rows = [row.cleaned_data for row in entries if row.cleaned_data and not row.cleaned_data.get("DELETE")]
    return CvPerson(
        name=form.cleaned_data["name"],
        entries=tuple(
            sorted(
                (CvEntry(row["client"], row["starts_on"], row["ends_on"], row["description"]) for row in rows),
                key=lambda entry: (entry.starts_on, entry.ends_on, entry.client),
            )
        ),
    )


class PriceForm(DraftForm):
    """The price, read without guessing (core.numbers)."""

    price = AmountField(label=_("Price"))

    def clean_price(self) -> Any:
        price = self.cleaned_data["price"]
        if price is not None and price <= 0:
            raise forms.ValidationError(gettext("The price must be above zero."), code="zero")
        return price


class FixedPriceForm(DraftForm):
    """Yes to the price that the documents fix; the bid states none of its own.

    It carries the amount that the page showed: a yes is to that one, also where another is fixed meanwhile.
    """

    seen = forms.DecimalField(widget=forms.HiddenInput)
    accepts = forms.BooleanField(label="")

    def __init__(self, *args: Any, price: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._show(price)

    def ask_anew(self, fixed: Decimal, price: str) -> None:
        """Draw the form with the amount that is fixed now, and no yes to it."""
        data = QueryDict(mutable=True)
        data.update({name: value for name, value in self.data.items() if name != self.add_prefix("accepts")})
        data[self.add_prefix("seen")] = str(fixed)
        self.data = data
        self._show(price)

    def _show(self, price: str) -> None:
        self.fields["accepts"].label = gettext("We accept the fixed price: %(price)s") % {"price": price}


class DeclarationForm(DraftForm):
    """The self-declaration filled in here, or the choice to upload an ESPD."""

    groups: ClassVar = (
        Group(["how"]),
        Group(["no_crime", "taxes_paid", "no_other_ground", "explanation"], title=_("Grounds for exclusion")),
        Group(["signatory", "signatory_title"], title=_("Who answers for it"), layout="half"),
    )

    how = forms.ChoiceField(
        label=_("how you give the self-declaration"),
        choices=((DeclarationHow.HERE, _("Fill it in here")), (DeclarationHow.ESPD, _("Upload an ESPD"))),
        widget=Radios(explained={str(DeclarationHow.ESPD): _("You upload the file on the next page.")}),
    )
    no_crime = YesNoField(
        label=_("Nobody in the management or the board has been convicted of a crime that excludes from procurements"),
        help_text=_("LOU chapter 13 section 1"),
    )
    taxes_paid = YesNoField(label=_("Taxes and social fees are paid"), help_text=_("LOU chapter 13 section 2"))
    no_other_ground = YesNoField(
        label=_("No other ground for exclusion applies"),
        help_text=_(
            "Bankruptcy, grave misconduct, distorted competition, serious faults in earlier contracts. LOU chapter 13 section 3"
        ),
    )
    explanation = forms.CharField(
        label=_("If you answered no: what happened, and what you have done about it"),
        widget=forms.Textarea,
        max_length=4000,
        required=False,
    )
    signatory = forms.CharField(label=_("Name"), max_length=150, required=False)
    signatory_title = forms.CharField(label=_("Title"), max_length=100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("signatory", "signatory_title"):
            vars(self.fields[name])["wanted"] = True

    @property
    def declaration(self) -> Declaration:
        """Return the declaration as it was filled in."""
        values = self.cleaned_data
        return Declaration(
            how=DeclarationHow(values["how"]),
            no_crime=values["no_crime"],
            taxes_paid=values["taxes_paid"],
            no_other_ground=values["no_other_ground"],
            explanation=values["explanation"],
            signatory=values["signatory"],
            signatory_title=values["signatory_title"],
        )


class VersionForm(DraftForm):
    """Only the version, for a part that is all rows."""


class CompanyForm(RtForm, forms.Form):
    """Another company in the bid."""

    groups = (Group(["role"]), Group(["name", "registration_number"], layout="half"), Group(["does"]))

    role = forms.ChoiceField(
        label=_("what the company is in your bid"),
        choices=(
            (PartyRole.CONSORTIUM, _("We bid together")),
            (PartyRole.RELIED_UPON, _("We rely on its capacity")),
            (PartyRole.SUBCONTRACTOR, _("Subcontractor")),
        ),
        widget=Radios,
    )
    name = forms.CharField(label=_("Company"), max_length=200)
    registration_number = forms.CharField(label=_("Registration number"), max_length=20, required=False)
    does = forms.CharField(
        label=_("What the company does, or what you rely on"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": "2"}),
    )


CompanyFormSet = forms.formset_factory(CompanyForm, extra=1, max_num=40, can_delete=True)


def companies_of(rows: Any) -> tuple[Company, ...]:
    """Return the companies that the rows name."""
    filled = [row.cleaned_data for row in rows if row.cleaned_data and not row.cleaned_data.get("DELETE")]
    return tuple(
        Company(PartyRole(row["role"]), row["name"], row["registration_number"], row["does"]) for row in filled
    )

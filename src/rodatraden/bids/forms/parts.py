"""What suppliers fill in: the fields of each part of a bid, drawn in the workspace and read in the browser alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.bids.forms.fields import YesNoField
from rodatraden.core.offer import PROMISE_LENGTH, DeclarationHow, PartyRole
from rodatraden.ui.forms import AmountField, Group, Radios, RtForm

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.forms.boundfield import BoundField

    from rodatraden.bids.queries import Asked
    from rodatraden.parties.models import Organisation
    from rodatraden.tenders.models import Requirement


ROLES = (
    (PartyRole.CONSORTIUM, _("We bid together")),
    (PartyRole.RELIED_UPON, _("We rely on its capacity")),
    (PartyRole.SUBCONTRACTOR, _("Subcontractor")),
)
"""What another company is in a bid, as whoever bids says it."""


class StartForm(RtForm, forms.Form):
    """For which supplier a person bids."""

    def __init__(self, *args: Any, suppliers: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        only = suppliers[0] if len(suppliers) == 1 else None
        self.fields["supplier"] = forms.ModelChoiceField(suppliers, label=_("supplier"), initial=only)


class RequirementsForm(RtForm, forms.Form):
    """Answers and promises, one group of fields for each requirement."""

    def __init__(self, *args: Any, asked: Asked, **kwargs: Any) -> None:
        self.asked = asked
        super().__init__(*args, **kwargs)
        for row in asked.requirements:
            self._ask(row)
        if asked.terms:
            self.fields["accepts_terms"] = forms.BooleanField(
                label=_("We accept the special contract terms"), required=False
            )

    def _ask(self, row: Requirement) -> None:
        if row.kind == row.Kind.MUST:
            self.fields[f"met-{row.label}"] = YesNoField(label=_("Do you meet the requirement?"))
            self.fields[f"text-{row.label}"] = forms.CharField(
                label=_("How, and where it shows"),
                help_text=_("For example: see the CV, page 2."),
                widget=forms.Textarea(attrs={"rows": "3"}),
                max_length=2000,
                required=False,
            )
        self.fields[f"promise-{row.label}"] = forms.CharField(
            label=_("Your promise"),
            help_text=_("In your own words. If you win it becomes a term of the contract, and it is followed up."),
            widget=forms.Textarea(attrs={"rows": "3"}),
            max_length=PROMISE_LENGTH,
            required=False,
        )
        self.fields[f"page-{row.label}"] = forms.CharField(label=_("Page in the bid"), max_length=60, required=False)

    @property
    def rows(self) -> list[tuple[Requirement, list[BoundField]]]:
        """Return each requirement with its fields."""
        names = ("met", "text", "promise", "page")
        return [
            (row, [self[f"{name}-{row.label}"] for name in names if f"{name}-{row.label}" in self.fields])
            for row in self.asked.requirements
        ]


class PersonForm(RtForm, forms.Form):
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


class PriceForm(RtForm, forms.Form):
    """The price."""

    price = AmountField(label=_("Price"))


class FixedPriceForm(RtForm, forms.Form):
    """Yes to the price that the documents fix; the bid states none of its own."""

    accepts = forms.BooleanField(label="")

    def __init__(self, *args: Any, price: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["accepts"].label = gettext("We accept the fixed price: %(price)s") % {"price": price}


class DeclarationForm(RtForm, forms.Form):
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


class CompanyForm(RtForm, forms.Form):
    """Another company in the bid."""

    groups = (Group(["role"]), Group(["name", "registration_number"], layout="half"), Group(["does"]))

    role = forms.ChoiceField(
        label=_("what the company is in your bid"),
        choices=ROLES,
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

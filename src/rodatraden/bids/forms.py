"""What suppliers and officials type: one form for each part of a bid, each with the version of the draft it was drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.core.numbers import swedish_number
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
from rodatraden.core.paging import MEDIA_TYPES, PageFault, count_pages
from rodatraden.core.sealing import name_problem
from rodatraden.tenders.queries import fixed_price_of
from rodatraden.ui.forms import AmountField, Group, Radios, RtForm
from rodatraden.ui.words import said

if TYPE_CHECKING:
    from decimal import Decimal
    from uuid import UUID

    from django.core.files.uploadedfile import UploadedFile
    from django.db.models import QuerySet
    from django.forms.boundfield import BoundField

    from rodatraden.bids.queries import Asked
    from rodatraden.core.offer import Offer
    from rodatraden.parties.models import Organisation
    from rodatraden.tenders.models import Requirement, Snapshot

YES_NO = (("yes", _("Yes")), ("no", _("No")))
MEGABYTE = 1_000_000


class YesNoField(forms.TypedChoiceField):
    """A question that is answered yes or no, or not yet: then the value is None."""

    def __init__(self, *, label: Any, help_text: Any = "", initial: bool | None = None) -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            initial=initial,
            choices=YES_NO,
            widget=Radios,
            coerce=lambda value: value == "yes",
            empty_value=None,
            required=False,
        )
        self.wanted = True  # a draft may wait for it, a bid that is handed in may not

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


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


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that was uploaded, with what its bytes told."""

    name: str
    media_type: str
    pages: int | None
    upload: UploadedFile[bytes]


class BidFileField(forms.FileField):
    """A file of a bid: what it is and how many pages it has is read from its bytes (core.paging)."""

    def clean(self, data: Any, initial: Any = None) -> ReadFile | None:
        upload: UploadedFile[bytes] | None = super().clean(data, initial)
        if not upload:
            return None
        name, size = PurePath(str(upload.name).replace("\\", "/")).name, upload.size or 0
        problem = name_problem(name)
        if problem:
            raise forms.ValidationError(said(problem))
        if size > settings.BID_FILE_MAX_BYTES:
            raise forms.ValidationError(
                gettext("%(name)s has %(size)s MB. A file can be at most %(most)s MB: make it smaller, or split it.")
                % {
                    "name": name,
                    "size": swedish_number(-(-size // MEGABYTE)),
                    "most": swedish_number(settings.BID_FILE_MAX_BYTES // MEGABYTE),
                },
                code=PageFault.TOO_LARGE,
            )
        upload.seek(0)
        count = count_pages(upload.read(), name)
        if count.fault or count.kind is None:
            raise forms.ValidationError(said(count.reason), code=count.fault)
        return ReadFile(name, MEDIA_TYPES[count.kind], count.pages, upload)


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


class HandInForm(DraftForm):
    """The act of handing in; warnings are accepted knowingly."""

    idempotent = True

    def __init__(self, *args: Any, has_warnings: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_warnings:
            self.fields["knows"] = forms.BooleanField(label=_("I have read the warnings and hand in all the same"))


class VersionReadForm(RtForm, forms.Form):
    """A word about one version of the documents; about another one than the latest it is no word at all."""

    version = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, latest: Snapshot, **kwargs: Any) -> None:
        super().__init__(*args, initial={"version": latest.pk}, **kwargs)
        self.latest = latest

    def clean_version(self) -> Any:
        """Refuse a page that was opened before a later version came."""
        if self.cleaned_data["version"] != self.latest.pk:
            raise forms.ValidationError(
                gettext("The documents have changed once more. Open the page again and read what has changed since.")
            )
        return self.cleaned_data["version"]


class ReadForm(VersionReadForm):
    """That what has changed has been read."""


class ConfirmBidForm(VersionReadForm):
    """That a bid handed in holds as it is for the latest version."""

    idempotent = True
    sure = forms.BooleanField(label=_("We have read what has changed, and our bid holds as it is for the new version"))


class WithdrawForm(RtForm, forms.Form):
    """The act of withdrawing."""

    idempotent = True


class ActForm(RtForm, forms.Form):
    """Which act an official carries out on the opening page."""

    act = forms.ChoiceField(choices=[("ask", ""), ("confirm", ""), ("attest", "")], widget=forms.HiddenInput)


class OutsideOpeningForm(RtForm, forms.Form):
    """An opening that was held in another tool, as the first of the two officials states it."""

    opened_at = forms.DateTimeField(label=_("when the bids were opened"))
    tool = forms.CharField(label=_("tool"), max_length=100)
    protocol = BidFileField(
        label=_("the other tool's protocol of the opening"),
        help_text=_("The list of bids that you both attested there, for example as PDF."),
    )


class ConfirmStatementForm(RtForm, forms.Form):
    """The second official's confirmation of an opening in another tool; `confirm` tells which form was sent."""

    confirm = forms.CharField(widget=forms.HiddenInput, initial="1", max_length=1)
    was_there = forms.BooleanField(label=_("I opened the bids together with my colleague, and the protocol is right"))


class OutsideBidForm(RtForm, forms.Form):
    """A bid that was received in another tool: who, when, price, and a file for each item.

    Where the documents fix the price, the bid says whether it accepts that one instead.
    """

    idempotent = True

    supplier_name = forms.CharField(label=_("supplier"), max_length=200)
    registration_number = forms.CharField(label=_("registration number"), max_length=20, required=False)
    email = forms.EmailField(label=_("e-mail"), required=False)
    received_at = forms.DateTimeField(label=_("when the bid was received"))
    price = AmountField(label=_("price"))
    person = forms.CharField(label=_("named person"), max_length=150, required=False)

    def __init__(self, *args: Any, asked: Asked, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        fixed = fixed_price_of(asked.tender)
        if fixed:
            del self.fields["price"]
            self.fields["accepts_price"] = YesNoField(
                label=gettext("Does the bid accept the fixed price, %(price)s?") % {"price": fixed}
            )
            self.fields["accepts_price"].required = True
        for item in asked.items:
            self.fields[f"file-{item.number}"] = BidFileField(label=item.title, required=False)
        for row in asked.musts:
            self.fields[f"met-{row.label}"] = YesNoField(label=str(row))
        for row in asked.requirements:
            self.fields[f"promise-{row.label}"] = forms.CharField(
                label=gettext("Promise for %(label)s %(title)s") % {"label": row.label, "title": row.title},
                widget=forms.Textarea(attrs={"rows": "2"}),
                max_length=PROMISE_LENGTH,
                required=False,
            )

    clean_price = PriceForm.clean_price

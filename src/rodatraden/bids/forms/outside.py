"""A bid that was received in another tool, as an official registers it: all that every later step reads."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.bids.forms.fields import BidFileField, YesNoField
from rodatraden.bids.forms.parts import ROLES, CompanyForm, DeclarationForm, EntryForm, PersonForm
from rodatraden.core.numbers import whole_number
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
from rodatraden.tenders.queries import fixed_price_of
from rodatraden.ui.forms import ADD_ROW, AmountField, Group, RtForm

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from uuid import UUID

    from rodatraden.bids.queries import Asked
    from rodatraden.tenders.models import Requirement
    from rodatraden.ui.forms import BoundGroup

ROWS, MOST_ROWS = 4, 60
"""Rows for assignments, and for companies, on an empty form; the button adds as many again."""
ENTRY = ("person-name", "client", "starts_on", "ends_on", "description")
COMPANY = ("role", "name", "registration_number", "does")
SAID = ("no_crime", "taxes_paid", "no_other_ground", "explanation", "signatory", "signatory_title")


class OutsideBidForm(RtForm, forms.Form):
    """Who, when, price, a file for each item, the answers, the CV, the self-declaration and the companies of a bid.

    A row of the CV is one assignment; rows with the same name are one person's. Where the documents fix the price, the
    bid says whether it accepts that one instead.
    """

    idempotent = True

    supplier_name = forms.CharField(label=_("supplier"), max_length=200)
    registration_number = forms.CharField(label=_("registration number"), max_length=20, required=False)
    email = forms.EmailField(label=_("e-mail"), required=False)
    received_at = forms.DateTimeField(label=_("when the bid was received"))
    price = AmountField(label=_("price"))
    rows = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, files: Any = None, *, asked: Asked) -> None:
        super().__init__(data, files)
        self.asked = asked
        self.n_rows = self._counted()
        self.fields["rows"].initial = str(self.n_rows)
        fixed = fixed_price_of(asked.tender)
        if fixed:
            del self.fields["price"]
            self.fields["accepts_price"] = YesNoField(
                label=gettext("Does the bid accept the fixed price, %(price)s?") % {"price": fixed}
            )
            self.fields["accepts_price"].required = True
        for item in asked.items:
            self.fields[f"file-{item.number}"] = BidFileField(label=item.title, required=False)
        for row in asked.requirements:
            self._ask(row)
        if asked.terms:
            self.fields["accepts_terms"] = forms.BooleanField(
                label=_("The bid accepts the special contract terms"), required=False
            )
        self._add_rows()
        self._add_declaration()

    def _counted(self) -> int:
        """Return how many rows the form has: as many as were sent, and more when the button asked for them."""
        sent = whole_number(self.data.get("rows", "")) or ROWS
        return min(sent + (ROWS if ADD_ROW in self.data else 0), MOST_ROWS)

    def _ask(self, row: Requirement) -> None:
        if row.kind == row.Kind.MUST:
            self.fields[f"met-{row.label}"] = YesNoField(label=str(row))
            self.fields[f"text-{row.label}"] = forms.CharField(
                label=gettext("How %(label)s is met, and where it shows") % {"label": row.label},
                widget=forms.Textarea(attrs={"rows": "2"}),
                max_length=2000,
                required=False,
            )
        self.fields[f"promise-{row.label}"] = forms.CharField(
            label=gettext("Promise for %(label)s %(title)s") % {"label": row.label, "title": row.title},
            widget=forms.Textarea(attrs={"rows": "2"}),
            max_length=PROMISE_LENGTH,
            required=False,
        )
        self.fields[f"page-{row.label}"] = forms.CharField(
            label=gettext("Page of the promise for %(label)s") % {"label": row.label}, max_length=60, required=False
        )

    def _add_rows(self) -> None:
        for number in range(1, self.n_rows + 1):
            for form, prefix in ((PersonForm, "person-"), (EntryForm, ""), (CompanyForm, "company-")):
                for name, field in form.base_fields.items():
                    copied = deepcopy(field)
                    if isinstance(copied, forms.ChoiceField):  # as many as there are rows: radios would fill the page
                        copied = forms.ChoiceField(choices=[("", _("Choose")), *ROLES])
                    copied.label = gettext("%(field)s, row %(number)d") % {"field": field.label, "number": number}
                    copied.help_text = ""
                    self._add(f"{prefix}{name}-{number}", copied)

    def _add_declaration(self) -> None:
        self.fields["how"] = forms.ChoiceField(
            label=_("how the self-declaration was given"),
            choices=(
                (DeclarationHow.MISSING, _("The bid has none")),
                (DeclarationHow.HERE, _("In its own words, filled in below")),
                (DeclarationHow.ESPD, _("As an ESPD, chosen below")),
            ),
            required=False,
        )
        for name in SAID:
            self._add(name, deepcopy(DeclarationForm.base_fields[name]))
        self.fields["espd"] = BidFileField(label=_("ESPD"), required=False)

    def _add(self, name: str, field: forms.Field) -> None:
        field.required = False
        self.add_field(name, field)

    @property
    def fieldsets(self) -> list[BoundGroup]:
        """Return the fields as they follow in a bid, each assignment and company as a group of its own."""
        numbers = range(1, self.n_rows + 1)
        return self.laid_out(
            Group(["supplier_name", "registration_number", "email", "received_at", "price", "accepts_price"]),
            Group([f"file-{item.number}" for item in self.asked.items], title=_("Files")),
            Group(
                [
                    *(
                        f"{name}-{row.label}"
                        for row in self.asked.requirements
                        for name in ("met", "text", "promise", "page")
                    ),
                    "accepts_terms",
                ],
                title=_("Answers and promises"),
            ),
            *(
                Group(
                    [f"{name}-{number}" for name in ENTRY],
                    title=gettext("Assignment %(number)d in the CV") % {"number": number},
                )
                for number in numbers
            ),
            Group(["how", *SAID, "espd"], title=_("Self-declaration")),
            *(
                Group(
                    [f"company-{name}-{number}" for name in COMPANY],
                    title=gettext("Other company %(number)d in the bid") % {"number": number},
                )
                for number in numbers
            ),
        )

    def clean_price(self) -> Any:
        price = self.cleaned_data["price"]
        if price is not None and price <= 0:
            raise forms.ValidationError(gettext("The price must be above zero."), code="zero")
        return price

    def clean(self) -> dict[str, Any]:
        """Ask for what half a row lacks, and for the ESPD where the bid is said to have one."""
        cleaned = super().clean() or self.cleaned_data
        for number in range(1, self.n_rows + 1):
            self._judge_entry(number, cleaned)
            self._judge_company(number, cleaned)
        if cleaned.get("how") == DeclarationHow.ESPD and not cleaned.get("espd") and "espd" not in self.errors:
            self.add_error("espd", gettext("Choose the ESPD of the bid."))
        if cleaned.get("espd") and cleaned.get("how") != DeclarationHow.ESPD:
            self.add_error("how", gettext("You have chosen an ESPD. Say that the self-declaration was given as one."))
        if any(cleaned.get(name) for name in SAID) and cleaned.get("how") != DeclarationHow.HERE:
            self.add_error("how", gettext("You have filled in the self-declaration. Say that the bid has one."))
        for row in self.asked.requirements:
            if cleaned.get(f"page-{row.label}") and not cleaned.get(f"promise-{row.label}"):
                self.add_error(f"promise-{row.label}", gettext("Write what is promised on that page."))
        return cleaned

    def _judge_entry(self, number: int, cleaned: Mapping[str, Any]) -> None:
        person, client, starts_on, ends_on, done = (cleaned.get(f"{name}-{number}") for name in ENTRY)
        wrong = [name for name in ENTRY if f"{name}-{number}" in self.errors]
        if wrong or not any((person, client, starts_on, ends_on, done)):
            return
        if not person:
            self.add_error(f"person-name-{number}", gettext("Write whose assignment it is."))
        if not any((client, starts_on, ends_on, done)):
            return  # somebody who is named, without a CV
        if not client:
            self.add_error(f"client-{number}", gettext("Write for whom the assignment was done."))
        if not (starts_on and ends_on):
            self.add_error(f"starts_on-{number}", gettext("Write the first and the last day of the assignment."))
        elif ends_on < starts_on:
            self.add_error(f"ends_on-{number}", gettext("The assignment ends before it starts. Mend one of the days."))

    def _judge_company(self, number: int, cleaned: Mapping[str, Any]) -> None:
        role, name, *more = (cleaned.get(f"company-{each}-{number}") for each in COMPANY)
        if not any((role, name, *more)):
            return
        if not name:
            self.add_error(f"company-name-{number}", gettext("Write the name of the company."))
        if not role and f"company-role-{number}" not in self.errors:
            self.add_error(f"company-role-{number}", gettext("Choose what the company is in the bid."))

    def replies(self) -> dict[UUID, Reply]:
        """Return what the bid says of each must."""
        said = self.cleaned_data
        return {row.pk: Reply(said[f"met-{row.label}"], said[f"text-{row.label}"]) for row in self.asked.musts}

    def promises(self) -> dict[UUID, PromiseText]:
        """Return the promises, each with its page."""
        said = self.cleaned_data
        return {
            row.pk: PromiseText(said[f"promise-{row.label}"], said[f"page-{row.label}"])
            for row in self.asked.requirements
            if said[f"promise-{row.label}"]
        }

    def people(self) -> list[CvPerson]:
        """Return the named people in the order of their first rows, each with the assignments of the CV by day."""
        found: dict[str, tuple[str, list[CvEntry]]] = {}
        for number in range(1, self.n_rows + 1):
            person, client, starts_on, ends_on, done = (self.cleaned_data[f"{name}-{number}"] for name in ENTRY)
            if person:
                _, entries = found.setdefault(" ".join(person.casefold().split()), (person, []))
                if client:
                    entries.append(CvEntry(client, starts_on, ends_on, done))
        return [CvPerson(name, tuple(sorted(entries, key=_by_day))) for name, entries in found.values()]

    def companies(self) -> list[Company]:
        """Return the other companies of the bid."""
        return [
            Company(PartyRole(row[0]), *row[1:])
            for number in range(1, self.n_rows + 1)
            if (row := [self.cleaned_data[f"company-{name}-{number}"] for name in COMPANY])[1]
        ]

    def declaration(self) -> Declaration:
        """Return the self-declaration as the bid gives it."""
        how = DeclarationHow(self.cleaned_data["how"])
        if how is not DeclarationHow.HERE:
            return Declaration(how)
        return Declaration(how, **{name: self.cleaned_data[name] for name in SAID})


def _by_day(entry: CvEntry) -> tuple[date, date, str]:
    return entry.starts_on, entry.ends_on, entry.client

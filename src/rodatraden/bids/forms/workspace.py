"""The fields of the bid's workspace: filled in and read in the browser alone, and never sent.

Each control names in `data-place` what it answers, as a path in `anbud.json` (cli/answers.py), which is what the page's
program collects. Controls of a row name it within their row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rodatraden.bids.forms.parts import (
    CompanyForm,
    DeclarationForm,
    EntryForm,
    FixedPriceForm,
    PersonForm,
    PriceForm,
    RequirementsForm,
)
from rodatraden.tenders.queries import fixed_price_of
from rodatraden.ui.forms import Radios, RtForm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rodatraden.bids.queries import Asked

ROW = "__row__"
"""Stands for the number of a row in the names of its controls, until the page's program makes one."""
ENDINGS = ".pdf,.docx,.xlsx,.png,.jpg,.jpeg,.xml"
REQUIREMENT = {"met": "svar", "text": "hur", "promise": "utfästelse", "page": "sida i anbudet"}
PERSON = {"name": "namn"}
ENTRY = {"client": "uppdragsgivare", "starts_on": "från", "ends_on": "till", "description": "vad som gjordes"}
COMPANY = {"role": "roll", "name": "namn", "registration_number": "organisationsnummer", "does": "gör"}
DECLARATION = {
    "how": "lämnas",
    "no_crime": "brott/stämmer",
    "taxes_paid": "skatter/stämmer",
    "no_other_ground": "andra grunder/stämmer",
    "explanation": "förklaring/svar",
    "signatory": "undertecknare",
    "signatory_title": "titel",
}


class ChosenFiles(forms.FileInput):
    """Files that are chosen for the bid, one or more."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__(attrs={"multiple": True, "accept": ENDINGS})


class FilesForm(RtForm, forms.Form):
    """The files of each part of the bid, and the ESPD."""

    espd = forms.FileField(label=_("ESPD"), required=False, widget=ChosenFiles)

    def __init__(self, *args: Any, asked: Asked, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in asked.items:
            field = forms.FileField(label=item.title, required=False, widget=ChosenFiles())
            field.wanted = item.is_required  # type: ignore[attr-defined]  # the label then says nothing of optional
            self.fields[f"file-{item.number}"] = field
        self.fields["espd"].wanted = True  # type: ignore[attr-defined]  # as above


class WorkspaceDeclarationForm(DeclarationForm):
    """The self-declaration, whose ESPD is chosen on the same page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = self.fields["how"].widget
        if isinstance(choices, Radios):
            choices.explained = {}


def workspace_forms(asked: Asked) -> dict[str, Any]:
    """Return the forms that the page draws, unbound, every control with its place."""
    files = FilesForm(asked=asked, prefix="filer")
    places = {f"file-{item.number}": f"delar/{item.number}/filer" for item in asked.items}
    requirements = RequirementsForm(asked=asked, prefix="krav")
    answered = {
        f"{name}-{row.label}": f"krav/{row.label}/{word}"
        for row in asked.requirements
        for name, word in REQUIREMENT.items()
    }
    fixed = fixed_price_of(asked.tender)
    price = FixedPriceForm(price=fixed, prefix="pris") if fixed else PriceForm(prefix="pris")
    return {
        "files": _placed(files, places | {"espd": "egen försäkran/espd"}),
        "requirements": _placed(requirements, answered | {"accepts_terms": "särskilda kontraktsvillkor/svar"}),
        "person": _placed(PersonForm(prefix=f"person-{ROW}"), PERSON),
        "entry": _placed(EntryForm(prefix=f"uppdrag-{ROW}"), ENTRY),
        "company": _placed(CompanyForm(prefix=f"bolag-{ROW}"), COMPANY),
        "price": _placed(price, {"price": "pris/svar", "accepts": "pris/svar"}),
        "declaration": _placed(
            WorkspaceDeclarationForm(prefix="forsakran"),
            {name: f"egen försäkran/{word}" for name, word in DECLARATION.items()},
        ),
        "fixed_price": fixed,
    }


def _placed(form: RtForm, places: Mapping[str, str]) -> RtForm:
    for name, place in places.items():
        if name in form.fields:
            form.fields[name].widget.attrs["data-place"] = place
    return form

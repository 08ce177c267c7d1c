"""What one fills in to start a round where nothing is bought: model, panel, what is judged and who answers for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.assessments.models import Subject
from rodatraden.assessments.rules import belongs_to_one
from rodatraden.parties.models import Person
from rodatraden.ui.forms import Checks, Group, RtForm, VerbForm

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rodatraden.assessments.models import QualityModel
    from rodatraden.parties.models import Organisation

MOST_ROWS = 40
OWN_USE = _(
    "The report is for our own work to get better. It grades no person, and is not used to compare units with each other. Version "
    "0 is the starting point when the work is judged again."
)


class OwnRoundForm(VerbForm):
    """The round: by which model, who leads and judges, by when, and what the reports may be used for.

    People of a partner are named by their address: a list of somebody else's people is shown to nobody.
    """

    groups = (
        Group(("title", "model")),
        Group(("parties", "leader", "assessors", "guests"), title=_("Who takes part")),
        Group(("due_on", "use"), title=_("When, and what for")),
    )
    title = forms.CharField(label=_("Title"), max_length=200)
    model = forms.ChoiceField(label=_("Quality model"))
    parties = forms.MultipleChoiceField(
        label=_("Other parties"),
        required=False,
        widget=Checks,
        help_text=_("Those that you have a contract with. Choose none to judge only your own organisation."),
    )
    leader = forms.ChoiceField(label=_("Who leads"), help_text=_("Leads the talk, and writes the consensus down."))
    assessors = forms.MultipleChoiceField(label=_("Who judges"), required=False, widget=Checks)
    guests = forms.CharField(
        label=_("Assessors of the other parties"),
        required=False,
        help_text=_("E-mail addresses that they sign in with, one to a line."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    due_on = forms.DateField(label=_("Last day for the individual scores"), required=False)
    use = forms.CharField(
        label=_("What the reports may be used for"),
        help_text=_("It stands in every report, so that nobody wonders afterwards what the points mean."),
        widget=forms.Textarea(attrs={"rows": 3}),
        initial=OWN_USE,
    )

    def __init__(
        self,
        *args: Any,
        models: Sequence[QualityModel],
        people: Sequence[Person],
        partners: Sequence[Organisation],
        at: datetime,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.at = at
        self.models = {str(each.pk): each for each in models}
        self.people = {str(each.pk): each for each in people}
        self.partners = {str(each.pk): each for each in partners}
        named = [(key, each.name) for key, each in self.people.items()]
        _choose(self, "model", [(key, str(each)) for key, each in self.models.items()])
        _choose(self, "leader", named)
        _choose(self, "assessors", named)
        _choose(self, "parties", [(key, each.name) for key, each in self.partners.items()])
        if not partners:
            del self.fields["parties"], self.fields["guests"]
            self.fields["assessors"].required = True
            self.fields["assessors"].error_messages["required"] = gettext("Choose at least one person who judges.")

    def clean_guests(self) -> list[Person]:
        """Find the people of the partners behind the addresses; of others nothing is told, not even that they are here."""
        emails = [line.strip() for line in self.cleaned_data["guests"].splitlines() if line.strip()]
        found = []
        for email in emails:
            person = _person(email, list(self.partners.values()), self.at)
            if person is None:
                raise forms.ValidationError(_nobody(email), code="nobody")
            found.append(person)
        return found

    def clean(self) -> dict[str, Any]:
        """Ask for at least one who judges."""
        cleaned = super().clean() or {}
        if (
            not cleaned.get("assessors")
            and not cleaned.get("guests")
            and not {"guests", "assessors"} & set(self.errors)
        ):
            self.add_error("assessors", gettext("Choose at least one person who judges."))
        return cleaned

    @property
    def chosen_model(self) -> QualityModel:
        """Return the version that is judged by."""
        return self.models[self.cleaned_data["model"]]

    @property
    def leading(self) -> Person:
        """Return who leads."""
        return self.people[self.cleaned_data["leader"]]

    @property
    def judging(self) -> list[Person]:
        """Return who judges: one's own people, then those of the other parties."""
        own = [self.people[key] for key in self.cleaned_data["assessors"]]
        return [*own, *self.cleaned_data.get("guests", [])]

    @property
    def chosen_parties(self) -> list[Organisation]:
        """Return the other parties."""
        return [self.partners[key] for key in self.cleaned_data.get("parties", [])]


class ItemForm(RtForm, forms.Form):
    """One thing that is judged, and who answers for it."""

    groups = (Group(("label", "kind", "reader", "reader_email")),)
    label = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("What it is"), choices=Subject.Kind.choices)
    reader = forms.ChoiceField(
        label=_("Who answers for it"), required=False, help_text=_("Reads the report when it is given out.")
    )
    reader_email = forms.EmailField(label=_("Or somebody of another party, by e-mail"), required=False)

    def __init__(
        self, *args: Any, people: Sequence[Person], partners: Sequence[Organisation], at: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.partners, self.at = partners, at
        self.people = {str(each.pk): each for each in people}
        _choose(self, "reader", [("", _("Choose")), *((key, each.name) for key, each in self.people.items())])
        if not partners:
            del self.fields["reader_email"]
            self.fields["reader"].required = True

    def clean(self) -> dict[str, Any]:
        """Ask for exactly one who answers for it."""
        cleaned = super().clean() or {}
        if self.errors or "reader_email" not in self.fields:
            return cleaned
        if bool(cleaned.get("reader")) == bool(cleaned.get("reader_email")):
            self.add_error(
                "reader", gettext("Name one person: choose somebody of your own, or write an e-mail address.")
            )
        elif cleaned["reader_email"]:
            found = _person(cleaned["reader_email"], self.partners, self.at)
            if found is None:
                self.add_error("reader_email", _nobody(cleaned["reader_email"]))
            cleaned["found"] = found
        return cleaned

    @property
    def judged(self) -> tuple[str, Subject.Kind, Person]:
        """Return what is judged: its name, what it is, and who answers for it."""
        typed = self.cleaned_data
        reader = self.people[typed["reader"]] if typed["reader"] else typed["found"]
        return typed["label"].strip(), Subject.Kind(typed["kind"]), reader


ItemFormSet = forms.formset_factory(
    ItemForm, extra=0, min_num=1, max_num=MOST_ROWS, absolute_max=MOST_ROWS, validate_min=True
)


def _person(email: str, partners: Sequence[Organisation], at: datetime) -> Person | None:
    """Return who signs in with the address, when it is somebody of the partners."""
    person = Person.objects.filter(email__iexact=email, is_active=True).first()
    return person if person is not None and belongs_to_one(person, list(partners), at) else None


def _nobody(email: str) -> str:
    return gettext("Nobody of your partners signs in with %(email)s.") % {"email": email}


def _choose(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices

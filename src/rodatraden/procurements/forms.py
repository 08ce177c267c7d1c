"""What people type about a procurement, its team and their own interests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.core.calendars import DIRECT_GROUNDS, Country
from rodatraden.parties.models import Organisation, Person
from rodatraden.procurements.models import ConflictDeclaration, Procurement, TeamMember
from rodatraden.procurements.rules import DIRECT
from rodatraden.ui.forms import AmountField, Group, Radios, RtForm
from rodatraden.ui.shared import SharedForm
from rodatraden.ui.words import said

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from rodatraden.core.calendars import Applicable


class CreateForm(RtForm, forms.Form):
    """The beginning of a procurement."""

    idempotent = True
    buyer = forms.ModelChoiceField(label=_("Who buys"), queryset=Organisation.objects.none())
    title = forms.CharField(
        label=_("What the procurement is called"), max_length=200, help_text=_("Short and about what is bought.")
    )
    summary = forms.CharField(
        label=_("What it is about"), required=False, widget=forms.Textarea, help_text=_("Two or three sentences.")
    )

    def __init__(self, *args: Any, buyers: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["buyer"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = buyers
        if len(buyers) == 1:
            field.initial = buyers[0]


MAY_STAY_EMPTY = {"summary", "direct_ground"}
"""What publication never asks for; everything else may only wait."""


class DescribeForm(SharedForm, forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when run
    """Value, CPV code and procedure, each with its reason; the procedures offered are those that value and CPV leave."""

    groups = (
        Group(("title", "summary", "language"), title=_("What is bought")),
        Group(
            ("estimated_value", "value_method", "similar_purchases"),
            title=_("Value"),
            description=_("The most that may be paid in total, without VAT, with all options and renewals used."),
        ),
        Group(("cpv", "cpv_reason"), title=_("CPV code")),
        Group(("stated_above", "stated_reason"), title=_("What the program does not know")),
        Group(("procedure", "direct_ground", "procedure_reason", "no_lots_reason"), title=_("Procedure")),
    )
    estimated_value = AmountField(label=_("Estimated value"), required=False)
    similar_purchases = AmountField(
        label=_("Similar purchases of the last twelve months"),
        required=False,
        help_text=_("They count together with this one. Write 0 if there are none."),
    )
    stated_above = forms.TypedChoiceField(
        label=_("Does the value reach the EU threshold?"),
        required=False,
        coerce=lambda answer: answer == "yes",
        empty_value=None,
        choices=(("yes", _("Yes")), ("no", _("No"))),
        widget=Radios,
    )
    procedure = forms.ChoiceField(label=_("Procedure"), required=False, widget=Radios)
    direct_ground = forms.ChoiceField(label=_("Ground for direct procurement above the limit"), required=False)

    class Meta:
        model = Procurement
        fields = (
            "title",
            "summary",
            "estimated_value",
            "value_method",
            "similar_purchases",
            "cpv",
            "cpv_reason",
            "stated_above",
            "stated_reason",
            "procedure",
            "direct_ground",
            "procedure_reason",
            "no_lots_reason",
            "language",
        )
        widgets: ClassVar = {"language": Radios}
        labels = {
            "title": _("What the procurement is called"),
            "summary": _("What it is about"),
            "value_method": _("How the value was estimated"),
            "cpv": _("CPV code"),
            "cpv_reason": _("Why this CPV code"),
            "stated_reason": _("How you know"),
            "procedure_reason": _("Why this procedure"),
            "no_lots_reason": _("Why it is not divided into lots"),
            "language": _("Language of the documents"),
        }
        help_texts = {
            "cpv": _("Eight digits, for example 79410000-1. Another code can lead to other rules."),
            "stated_reason": _("Which amount, and where it stands."),
            "language": _(
                "Everything that is issued follows it, from the procurement documents to the contract. What you write yourself is not translated."
            ),
        }

    def __init__(self, *args: Any, possible: Applicable | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        procurement = self.instance
        self.fields["summary"].required = False
        for name in set(self.fields) - MAY_STAY_EMPTY:
            vars(self.fields[name])["wanted"] = True
        if procurement.stated_above is not None:
            self.initial["stated_above"] = "yes" if procurement.stated_above else "no"
        if possible is None:
            self._leave_out("stated_above", "stated_reason", "procedure", "direct_ground", "procedure_reason")
            return
        if not possible.unknown and procurement.stated_above is None:
            self._leave_out("stated_above", "stated_reason")
        offered = {procedure.id: procedure for procedure in possible.value}
        choices: list[tuple[str, Any]] = [(name, said(procedure.label)) for name, procedure in offered.items()]
        if procurement.country != Country.SE or DIRECT in offered:
            self._leave_out("direct_ground")
        else:
            choices.append((DIRECT, _("Direct procurement on a listed ground")))
            grounds = [(ground.value, f"{said(name)} ({source})") for ground, (name, source) in DIRECT_GROUNDS.items()]
            self._offer("direct_ground", [("", _("None")), *grounds])
        self._offer("procedure", [*choices, ("", _("Not chosen yet"))])
        widget = self.fields["procedure"].widget
        assert isinstance(widget, Radios)
        widget.explained = {name: procedure.paragraph for name, procedure in offered.items()}

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def _leave_out(self, *names: str) -> None:
        for name in names:
            self.fields.pop(name, None)

    def stated(self) -> dict[str, Any]:
        """Return everything the procurement states: what was typed, and as it stands what was not asked for."""
        return {name: self.cleaned_data.get(name, getattr(self.instance, name)) for name in self.Meta.fields}


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable when run
    """A person of the buyer, or one who holds a key to its bids without belonging to it, which their name tells."""

    members: frozenset[UUID] = frozenset()

    def label_from_instance(self, person: Person) -> str:
        """Return the name, with what is special about a holder from elsewhere."""
        if person.pk in self.members:
            return str(person)
        return gettext("%(name)s (key holder, opening official only)") % {"name": person}


class AppointForm(RtForm, forms.Form):
    """Who gets which role in the team."""

    person = PersonField(label=_("Person"), queryset=Person.objects.none())
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[("", _("Choose")), *TeamMember.Role.choices],
        help_text=_("The decision maker is neither the procurement officer nor an evaluator."),
    )

    def __init__(self, *args: Any, people: QuerySet[Person], holders: QuerySet[Person], **kwargs: Any) -> None:
        """`people` belong to the buyer, `holders` hold a key to its bids; some do both."""
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        assert isinstance(field, PersonField)
        field.members = frozenset(people.values_list("pk", flat=True))
        field.queryset = people | holders


class DeclareForm(RtForm, forms.Form):
    """One's own interests in a procurement."""

    has_conflict = forms.TypedChoiceField(
        label=_("Is there anything that could make somebody doubt that you are impartial?"),
        coerce=lambda answer: answer == "yes",
        choices=(("no", _("No, nothing")), ("yes", _("Yes, or perhaps"))),
        widget=Radios(
            explained={
                "yes": _("You get no access until somebody has decided. It is right to say it, never a fault."),
            }
        ),
    )
    description = forms.CharField(
        label=_("What it is"),
        required=False,
        widget=forms.Textarea,
        help_text=_("Only who decides reads this. Name the company and what ties you to it."),
    )
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, moment: ConflictDeclaration.Moment, **kwargs: Any) -> None:
        """`moment` is which declaration is asked for now; the page carries which one it asked for."""
        super().__init__(*args, initial={"shown": moment}, **kwargs)
        self.moment = moment

    def clean_shown(self) -> str:
        """Let nobody declare about bidders on a page that was opened before they were known; what was typed stays."""
        if self.cleaned_data["shown"] != self.moment:
            data = QueryDict(mutable=True)
            data.update(self.data)
            data[self.add_prefix("shown")] = self.moment
            self.data = data
            self.add_error(
                None, _("The bids have been opened since you opened this page. Look at who has bid, then declare.")
            )
        return str(self.moment)


class ClearForm(RtForm, forms.Form):
    """What makes a declared conflict no hindrance."""

    measure = forms.CharField(label=_("Measure"), widget=forms.Textarea)


class CancelForm(RtForm, forms.Form):
    """Why a procurement ends before it is published."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea)


class ConfirmForm(RtForm, forms.Form):
    """Nothing to fill in: the button on the page of a destructive action."""

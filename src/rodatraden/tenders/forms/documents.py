"""What a bid holds, files, terms and dates."""

from __future__ import annotations

from copy import copy
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.tenders.models import ContentItem, DeadlineChange, Requirement, Tender
from rodatraden.tenders.rules.planning import Dates
from rodatraden.ui.forms import KEY_FIELD, AmountField, Checks, FileForm, Group, Radios, VerbForm
from rodatraden.ui.shared import SharedForm

LARGEST_FILE = 25_000_000
"""Bytes of one file among the documents. Source: policy."""


class ProposalForm(SharedForm):
    """Mix into a form about a tender: says which fields were proposed, and asks whether to accept them."""

    def __init__(self, data: Any = None, *, tender: Tender, **kwargs: Any) -> None:
        # A form writes in its instance; the page goes on showing the row.
        super().__init__(data, instance=copy(tender), **kwargs)
        proposed = set(tender.proposed) & set(self.fields)
        self.has_proposals = bool(proposed)
        for name in proposed:
            said = self.fields[name].help_text
            self.fields[name].help_text = f"{gettext('Proposed, not accepted yet.')} {said}".strip()
        if proposed:
            self.fields["accept"] = forms.BooleanField(
                label=gettext("I have read what was proposed and accept it"), required=False
            )

    def stated(self) -> dict[str, Any]:
        """Return what the verb asks for."""
        return {name: value for name, value in self.cleaned_data.items() if name != "accept"}

    @property
    def accepted(self) -> list[str]:
        """Return the fields whose proposals the person has accepted now."""
        return list(self.stated()) if self.cleaned_data.get("accept") else []


class TermsForm(ProposalForm, forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when run
    """The terms of the contract that bids are asked for."""

    groups = (
        Group(("introduction",)),
        Group(("ceiling", "yearly_frame"), title=_("Amounts without VAT"), layout="half"),
        Group(("periods", "period_months", "price_unit"), title=_("Term and price"), layout="third"),
        Group(("longer_term_reason",)),
        Group(
            (
                "volume_clause",
                "travel_clause",
                "platform_clause",
                "rights_clause",
                "replacement_clause",
                "price_clause",
            ),
            title=_("Clauses"),
        ),
        Group(("termination_clause", "rejection_clause", "standstill_clause")),
    )

    ceiling = AmountField(
        label=_("Ceiling"),
        required=False,
        help_text=_("The most that can ever be ordered. When it is reached the agreement has no further effect."),
    )
    yearly_frame = AmountField(
        label=_("Frame per year"),
        required=False,
        help_text=_("A plan, not a promise. More than this warns; the ceiling stops."),
    )

    class Meta:
        model = Tender
        fields = (
            "introduction",
            "ceiling",
            "yearly_frame",
            "periods",
            "period_months",
            "price_unit",
            "longer_term_reason",
            "volume_clause",
            "travel_clause",
            "platform_clause",
            "rights_clause",
            "replacement_clause",
            "price_clause",
            "termination_clause",
            "rejection_clause",
            "standstill_clause",
        )
        widgets = {
            "introduction": forms.Textarea(attrs={"rows": 6}),
            **{
                name: forms.Textarea(attrs={"rows": 3})
                for name in (
                    "longer_term_reason",
                    "volume_clause",
                    "travel_clause",
                    "platform_clause",
                    "rights_clause",
                    "replacement_clause",
                    "price_clause",
                    "termination_clause",
                    "rejection_clause",
                    "standstill_clause",
                )
            },
        }
        help_texts = {
            "introduction": _("What is to be done, for whom and why. It becomes the description in the notice."),
            "periods": _("The first and the options after it"),
            "longer_term_reason": _("Only when the term is longer than the law's main rule"),
            "replacement_clause": _("Say what a new person is measured against, for example the same points"),
            "rejection_clause": _("Only grounds that everybody can read here beforehand"),
        }


class DatesForm(ProposalForm, forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when run
    """The planned dates, until publication."""

    groups = (
        Group(("planned_notice_at",)),
        Group(("question_deadline_at", "deadline_at"), layout="half"),
        Group(("bids_valid_until_on", "starts_on"), layout="half"),
        Group(("bids_address",)),
    )
    bids_address = forms.URLField(
        label=_("address for bids, if they come in another tool"),
        required=False,
        assume_scheme="https",
        help_text=_(
            "Leave it empty when bids are handed in here. Otherwise nothing is sealed here, and you register the opening"
        ),
    )

    class Meta:
        model = Tender
        fields = tuple(Dates.__annotations__)
        help_texts = {
            "planned_notice_at": _("The time for bids is counted from the day on which the notice is sent"),
            "deadline_at": _("A bid must have come before this very instant"),
            "starts_on": _("The term is counted from the day on which the last party signs"),
        }


class MoveForm(VerbForm):
    """A published deadline moves to a later time, with the reason."""

    which = forms.ChoiceField(label=_("Which time"), choices=DeadlineChange.Which.choices, widget=Radios)
    new_at = forms.DateTimeField(label=_("New time"))
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Everybody who follows the answers reads it"),
    )


class ContentItemForm(SharedForm, forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when run
    """One thing that a bid holds."""

    idempotent = True
    groups = (
        Group(("title", "description")),
        Group(("max_pages", "rejects_over_limit")),
        Group(("is_price", "is_annex", "is_required")),
        Group(("criteria",)),
    )

    class Meta:
        model = ContentItem
        fields = (
            "title",
            "description",
            "max_pages",
            "rejects_over_limit",
            "is_price",
            "is_annex",
            "is_required",
            "criteria",
        )
        widgets = {"criteria": Checks, "description": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "max_pages": _("Leave empty when it may have any length"),
            "rejects_over_limit": _("Otherwise too many pages give a warning"),
            "is_price": _("The price lies apart and stays closed until the quality is judged"),
            "is_annex": _(
                "For example a rollout plan: what the winner hands in then binds both parties, word for word"
            ),
        }

    def __init__(self, data: Any = None, *, tender: Tender, item: ContentItem | None = None, **kwargs: Any) -> None:
        super().__init__(data, instance=copy(item) if item else ContentItem(tender=tender), **kwargs)
        if tender.has_fixed_price and not self.instance.is_price:
            del self.fields["is_price"]
        field = self.fields["criteria"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Requirement.objects.filter(tender=tender, kind=Requirement.Kind.CRITERION, struck_at=None)
        field.label = gettext("Award criteria that are answered here")

    def stated(self) -> dict[str, Any]:
        """Return what the verbs ask for; where the documents fix the price nobody is asked whether this is one."""
        typed = {name: value for name, value in self.cleaned_data.items() if name != KEY_FIELD}
        return {"is_price": False, **typed, "criteria": list(typed["criteria"])}


class DocumentForm(FileForm):
    """A file that belongs to the documents."""

    most_bytes = LARGEST_FILE
    file = forms.FileField(label=_("File"), help_text=_("At most 25 MB. Everybody can read it after publication."))
    title = forms.CharField(label=_("What it is"), max_length=150)

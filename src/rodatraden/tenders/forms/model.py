"""The evaluation model: one of three to start from, its figures, and made-up bids to try it with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.core.evaluation import PercentageAddition, PriceAddition, PriceUnit, TieRule
from rodatraden.core.numbers import parse_points
from rodatraden.tenders.models import Tender
from rodatraden.tenders.queries import standing
from rodatraden.tenders.rules.model import criteria_of, model_of
from rodatraden.tenders.rules.variants import OFFERED, RATED, Variant, kind_of, may_break_ties, most_of, weighing_of
from rodatraden.ui.forms import AmountField, BoundGroup, ExactField, Group, NumberInput, PointsField, Radios, RtForm
from rodatraden.ui.shared import SharedForm
from rodatraden.ui.words import said

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from rodatraden.core.numbers import NumberProblem

VARIANTS = {
    Variant.ADDITION: (
        _("An amount for each missing point"),
        _("Suits when you know what a point is worth in kronor. Weak when prices lie far from what you thought."),
    ),
    Variant.PERCENT: (
        _("A percentage of the price for each missing point"),
        _(
            "Suits when you do not know the price level. Weak because a point is worth more in a dear bid than in a cheap one."
        ),
    ),
    Variant.QUALITY: (
        _("Only quality, at a price that we have decided"),
        _(
            "Suits when the budget is given and quality can be told apart. Weak because no bid can win by being cheaper."
        ),
    ),
    Variant.LOWEST: (
        _("The lowest price above the gate"),
        _("Suits when the requirements say all that is needed. Weak because nothing above the gate is worth anything."),
    ),
}
"""Models to start from, or to hold beside the chosen one, each with what it suits and what is weak in it."""
TIE_RULES = {
    TieRule.HIGHER_QUALITY: _("More points go first"),
    TieRule.LOWER_PRICE: _("The lower price goes first"),
    TieRule.CRITERIA_IN_ORDER: _("The criteria are compared in order: more points on the first one goes first"),
    TieRule.NONE: _("Nothing is said: a tie for first place stops the decision"),
}
UNITS = {PriceUnit.HOUR: _("Price per hour"), PriceUnit.TOTAL: _("Price in total")}
RATES = {Variant.ADDITION: "per_point", Variant.PERCENT: "percent"}
"""The field that says what a missing point costs, in each model where it costs something."""
FIXED = ("fixed_price", "fixed_price_vat", "fixed_price_basis")
"""The fields about a price that the documents state."""
UNUSED: dict[str, tuple[str, ...]] = {
    Variant.ADDITION: ("percent", *FIXED),
    Variant.PERCENT: ("per_point", *FIXED),
    Variant.LOWEST: ("per_point", "percent", "target", *FIXED),
    Variant.QUALITY: ("unit", "per_point", "percent", "target"),
}
"""The fields that each model has no use for."""


class PercentField(ExactField):
    """A share in per cent."""

    unit = "%"

    def read(self, text: str) -> Decimal | NumberProblem:
        """Read as points are, with a per cent sign after."""
        return parse_points(text.strip().removesuffix("%").strip())


class ModelForm(SharedForm, forms.Form):
    """The evaluation model in words: which one, what a missing point costs, the gate, and what happens when two are equal.

    What the chosen model has no use for is left out of it, whatever stands there.
    """

    groups = (
        Group(("kind",)),
        Group(("unit", "fixed_price", "fixed_price_vat"), title=_("Price and points"), layout="half"),
        Group(("fixed_price_basis",)),
        Group(("per_point", "percent"), layout="half"),
        Group(("target", "gate"), layout="half"),
        Group(("tie_rule", "tie_rule_reason")),
    )
    kind = forms.ChoiceField(
        label=_("Model to start from"),
        choices=[(kind, VARIANTS[kind][0]) for kind in OFFERED],
        widget=Radios(explained={kind: VARIANTS[kind][1] for kind in OFFERED}, unused=UNUSED),
        help_text=_(
            "In all of them a bidder can count its own result. Where bids state a price, every lower price pays."
        ),
    )
    fixed_price = AmountField(label=_("The fixed price, without VAT"), required=False)
    fixed_price_vat = forms.ChoiceField(
        label=_("VAT"), choices=[("", _("Choose")), *Tender.Vat.choices], required=False
    )
    fixed_price_basis = forms.CharField(
        label=_("What the price rests on"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A calculation, earlier prices, or what the market has said. It is published."),
    )
    unit = forms.ChoiceField(label=_("What is priced"), choices=list(UNITS.items()))
    per_point = AmountField(
        label=_("Addition for each missing point"), required=False, help_text=_("Only for an amount in kronor")
    )
    percent = PercentField(
        label=_("Percentage for each missing point"),
        required=False,
        widget=NumberInput(suffix="%"),
        help_text=_("Only for a percentage of the price"),
    )
    target = PointsField(
        label=_("Points counted from"),
        required=False,
        help_text=_("Empty: all that the criteria give. Not for the lowest price."),
    )
    gate = PointsField(
        label=_("Fewest points to go on"),
        required=False,
        help_text=_("The gate. Empty: none. The lowest price needs one."),
    )
    tie_rule = forms.ChoiceField(label=_("When two bids are equal"), choices=list(TIE_RULES.items()), widget=Radios)
    tie_rule_reason = forms.CharField(
        label=_("Why this rule"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, data: Any = None, *, tender: Tender, **kwargs: Any) -> None:
        self.tender = tender
        model = model_of(tender)
        initial: dict[str, Any] = {
            "unit": PriceUnit.HOUR,
            "tie_rule": TieRule.HIGHER_QUALITY,
            "tie_rule_reason": tender.tie_rule_reason,
            **{name: getattr(tender, name) for name in FIXED},
        }
        if model:
            initial |= {
                "kind": kind_of(model.combination),
                "unit": model.price.unit,
                "gate": model.gate.minimum if model.gate else None,
                "tie_rule": model.tie_rule,
            }
        match model and model.combination:
            case PriceAddition(per_point=amount, target=target):
                initial |= {"per_point": amount, "target": target}
            case PercentageAddition(percent=percent, target=target):
                initial |= {"percent": percent, "target": target}
        super().__init__(data, initial=initial, **kwargs)
        self.fields["fixed_price"].help_text = gettext(
            "What everybody is paid %(unit)s, as the terms say. Only for quality alone: no bid then states a price."
        ) % {"unit": tender.get_price_unit_display()}
        for name in (*RATES.values(), "target", *FIXED):
            self.fields[name].wanted = True  # type: ignore[attr-defined]  # of some models, not of all: see ui.renderer
        self.fields["gate"].wanted = self["kind"].value() == Variant.LOWEST  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for what the chosen model needs, and for nothing else."""
        typed = super().clean() or {}
        if "kind" not in typed:
            return typed
        kind = Variant(typed["kind"])
        for name in UNUSED[kind]:
            self.errors.pop(name, None)
            typed[name] = None
        ties = may_break_ties(weighing_of(kind, rate=None, target=None), TieRule(typed.get("tie_rule") or TieRule.NONE))
        if ties.reason is not None:
            self.add_error("tie_rule", said(ties.reason))
        if kind is Variant.QUALITY:
            if "fixed_price" not in self.errors and not (typed.get("fixed_price") or 0) > 0:
                self.add_error("fixed_price", gettext("Write the price that everybody is paid: more than 0."))
            return typed
        most = most_of(criteria_of(standing(self.tender)))
        if kind in RATED:
            self._rated(typed, RATES[kind], most)
        elif most and typed.get("gate") is None and "gate" not in self.errors:
            self.add_error("gate", gettext("Write the gate: without it the points of the criteria decide nothing."))
        return typed

    def _rated(self, typed: dict[str, Any], rate: str, most: Decimal) -> None:
        if rate not in self.errors and not (typed.get(rate) or 0) > 0:
            self.add_error(rate, gettext("Write what a point is worth: more than 0."))
        if "target" not in self.errors and typed.get("target") is None:
            typed["target"] = most
            if not most:
                self.add_error("target", gettext("Write the points: the criteria have none yet."))

    def stated(self) -> dict[str, Any]:
        """Return what the verb asks for."""
        typed = self.cleaned_data
        kind = Variant(typed["kind"])
        return {
            "weighing": weighing_of(kind, rate=typed[RATES[kind]] if kind in RATED else None, target=typed["target"]),
            "gate": typed["gate"],
            "unit": PriceUnit(typed["unit"] or PriceUnit.HOUR),
            "tie_rule": TieRule(typed["tie_rule"]),
            "tie_rule_reason": typed["tie_rule_reason"] or "",
            "fixed_price": typed["fixed_price"],
            "fixed_price_vat": typed["fixed_price_vat"] or "",
            "fixed_price_basis": typed["fixed_price_basis"] or "",
        }


class TrialBidForm(RtForm, forms.Form):
    """A made-up bid for the worked example: a price where bids state one, and points on each criterion."""

    name = forms.CharField(label=_("Made-up bid"), max_length=40, required=False)
    price = AmountField(label=_("Price"), required=False)

    def __init__(self, *args: Any, criteria: Iterable[tuple[str, str]], has_price: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = list(criteria)
        self.asked = ("price",) if has_price else ()
        if not has_price:
            del self.fields["price"]
        for key, label in self.criteria:
            self.fields[key] = PointsField(label=label, required=False)

    @property
    def fieldsets(self) -> list[BoundGroup]:
        """Return name and price if it has one, then a field for each criterion of this model."""
        return self.laid_out(
            Group(("name", *self.asked), layout="half"),
            Group(tuple(key for key, _label in self.criteria), layout="half"),
        )

    @property
    def is_whole(self) -> bool:
        """Whether the price, if the bid has one, and all points are there."""
        typed = self.cleaned_data
        needed = (*self.asked, *(key for key, _label in self.criteria))
        return all(typed.get(name) is not None for name in needed)

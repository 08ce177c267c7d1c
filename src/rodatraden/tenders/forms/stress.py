"""What a stress test assumes: the market that tenders are made up from, and how many of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.core.evaluation import ModelError, PriceUnit, highest_total
from rodatraden.core.evaluation.stress import FEWEST, SEED, USUAL, Budget, Parametric, around, usual_step
from rodatraden.core.evaluation.stress.market import LIMITS
from rodatraden.core.message import say
from rodatraden.core.numbers import NumberProblem, parse_points
from rodatraden.tenders.forms.model import VARIANTS
from rodatraden.tenders.rules.variants import RATED, Variant, usual_rate, variant_of
from rodatraden.ui.forms import (
    AmountField,
    ExactField,
    Group,
    HoursField,
    NumberInput,
    PointsField,
    Radios,
    RtForm,
)
from rodatraden.ui.words import said

if TYPE_CHECKING:
    from decimal import Decimal

    from rodatraden.core.evaluation import Model
    from rodatraden.tenders.models import Tender

MOST = 10 * USUAL
"""Tenders that are made up while somebody waits; more are for the command line. Source: policy."""
LARGEST_SEED = 2**31 - 1
FEWEST_BIDS, USUAL_MOST, MOST_BIDS = 1, 8, 20
MINUSES = ("-", "−", "–")


class AssumedField(ExactField):
    """A number without a unit of its own, or in per cent; it may be negative."""

    unit = ""

    def __init__(self, *, suffix: str = "", within: tuple[Decimal, Decimal] | None = None, **kwargs: Any) -> None:
        super().__init__(**{"widget": NumberInput(suffix=suffix)} | kwargs)
        self.within = within

    def validate(self, value: Decimal | None) -> None:
        """Refuse what lies outside the limits, in the words of the core."""
        super().validate(value)
        if value is not None and self.within is not None and not self.within[0] <= value <= self.within[1]:
            low, high = self.within
            raise forms.ValidationError(said(say("This must be from {low} to {high}.", low=low, high=high)))

    def read(self, text: str) -> Decimal | NumberProblem:
        """Read as points are, with a sign before and a per cent sign after."""
        bare = text.strip().removesuffix("%").strip()
        is_negative = bare.startswith(MINUSES)
        found = parse_points(bare[1:] if is_negative else bare)
        return found if isinstance(found, NumberProblem) or not is_negative else -found


@dataclass(frozen=True, slots=True)
class Assumed:
    """What a test is run with."""

    market: Parametric
    tenders: int
    seed: int
    budget: Budget | None
    other: Model | None = None


class StressForm(RtForm, forms.Form):
    """The assumptions, sent by GET: an address repeats its test, and nothing is saved."""

    groups = (
        Group(("bids", "price", "price_spread"), title=_("How many bids, at what price"), layout="third"),
        Group(("quality", "quality_spread", "correlation"), title=_("How good the bids are"), layout="third"),
        Group(("tenders", "seed", "volume"), title=_("The test"), layout="third"),
        Group(("against", "rate", "gate"), title=_("Another model on the same tenders")),
    )
    bids = AssumedField(
        label=_("Bids in each tender"), within=LIMITS["bids"], help_text=_("About so many; at least one")
    )
    price = AmountField(label=_("Usual price"))
    price_spread = AssumedField(label=_("Spread of prices"), within=LIMITS["price_spread"], suffix="%")
    quality = AssumedField(
        label=_("Usual quality"), within=LIMITS["quality"], suffix="%", help_text=_("Part of all points")
    )
    quality_spread = AssumedField(
        label=_("Spread of quality"), within=LIMITS["quality_spread"], suffix="%", help_text=_("Part of all points")
    )
    correlation = AssumedField(
        label=_("Price follows quality"),
        within=LIMITS["correlation"],
        help_text=_("1: better is always dearer. 0: not at all. −1: better is cheaper."),
    )
    tenders = forms.IntegerField(label=_("Made-up tenders"), min_value=FEWEST, max_value=MOST)
    seed = forms.IntegerField(
        label=_("Start value"),
        min_value=0,
        max_value=LARGEST_SEED,
        help_text=_("The same gives the same tenders again"),
    )
    volume = HoursField(
        label=_("Hours you expect to order"),
        required=False,
        help_text=_("To see how often the ceiling would be passed. It may be left empty."),
    )

    against = forms.ChoiceField(
        label=_("Hold beside"),
        required=False,
        choices=[("", _("No other model")), *((value, label) for value, (label, _said) in VARIANTS.items())],
        widget=Radios(explained={value: said for value, (_label, said) in VARIANTS.items()}),
    )
    rate = AssumedField(
        label=_("What a point is worth there"),
        required=False,
        help_text=_("Kronor or per cent. Empty: as much as in the model, at the usual price."),
    )
    gate = PointsField(label=_("Its gate"), required=False, help_text=_("Empty: as in the model. 0: no gate."))

    def __init__(self, data: Any = None, *, tender: Tender, model: Model, **kwargs: Any) -> None:
        self.tender, self.model = tender, model
        self.other: Model | None = None
        market = around(model)
        start = {name: getattr(market, name) for name in market.__slots__ if name in self.base_fields}
        super().__init__(data, initial={**start, "tenders": USUAL, "seed": SEED}, **kwargs)
        self.market = market
        if not model.combination.needs_price or model.price.unit is not PriceUnit.HOUR or tender.ceiling is None:
            del self.fields["volume"]

    def clean(self) -> dict[str, Any]:
        """Read the market as the core does, so that its limits hold here too."""
        typed = super().clean() or {}
        names = [name for name in Parametric.__slots__ if name in self.fields]
        if any(typed.get(name) is None for name in names):
            return typed
        most = min(MOST_BIDS, max(USUAL_MOST, 2 * int(typed["bids"])))
        stated = {name: typed[name] for name in names} | {"most": most, "price_step": usual_step(typed["price"])}
        try:
            self.market = Parametric.from_json({"kind": Parametric.kind, **stated})
        except ModelError as error:
            self.add_error(error.field.removeprefix("market."), said(error.reason))
        else:
            self._choose_other(typed)
        return typed

    def _choose_other(self, typed: dict[str, Any]) -> None:
        """Put the other model together, if one is asked for."""
        if not typed.get("against") or {"rate", "gate"} & set(self.errors):
            return
        kind, gate = Variant(typed["against"]), typed["gate"]
        rate = typed["rate"] if typed["rate"] is not None else usual_rate(self.model, kind, typed["price"])
        if kind in RATED and (rate is None or rate <= 0):
            self.add_error("rate", gettext("Write what a point is worth: more than 0."))
        elif gate is not None and gate > (most := highest_total(self.model.criteria)):
            self.add_error("gate", gettext("The criteria give at most %(most)s points.") % {"most": most})
        else:
            self.other = variant_of(self.model, kind, rate=rate, gate=gate)

    @property
    def assumed(self) -> Assumed | None:
        """Return what the test is run with: what was sent, or what it starts from; None while something is wrong."""
        if self.is_bound and not self.is_valid():
            return None
        typed = self.cleaned_data if self.is_bound else self.initial
        budget = Budget(self.tender.ceiling, typed.get("volume")) if self.tender.ceiling is not None else None
        return Assumed(self.market, typed["tenders"], typed["seed"], budget, self.other)

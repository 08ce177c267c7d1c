"""What a stress test assumes: the market that tenders are made up from, and how many of them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from rodatraden.core.evaluation import ModelError, PriceUnit, highest_total
from rodatraden.core.evaluation.stress import FEWEST, SEED, USUAL, Budget, Parametric, Typed, around, usual_step
from rodatraden.core.evaluation.stress.market import LIMITS, TYPED_LIMITS
from rodatraden.core.message import say
from rodatraden.core.numbers import NumberProblem, parse_points
from rodatraden.tenders.forms.markets import KINDS, MOST_ROWS, Kind, bids_of, rows_of
from rodatraden.tenders.forms.model import VARIANTS
from rodatraden.tenders.rules.variants import RATED, Variant, usual_rate, variant_of
from rodatraden.ui.forms import (
    ADD_ROW,
    AmountField,
    Checks,
    ExactField,
    Group,
    HoursField,
    NumberInput,
    PointsField,
    Radios,
    RtForm,
    row_problems,
)
from rodatraden.ui.words import said, weekday_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rodatraden.core.evaluation import Model
    from rodatraden.core.evaluation.stress import Made, Market
    from rodatraden.tenders.models import Tender
    from rodatraden.tenders.queries import EarlierTender
    from rodatraden.ui.forms import BoundGroup, Problem

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

    market: Market
    tenders: int
    seed: int
    budget: Budget | None
    other: Model | None = None
    earlier: tuple[EarlierTender, ...] = ()


OF_KIND = {
    "bids": Kind.PARAMETRIC,
    "price": Kind.PARAMETRIC,
    "price_spread": Kind.PARAMETRIC,
    "quality": Kind.PARAMETRIC,
    "quality_spread": Kind.PARAMETRIC,
    "correlation": Kind.PARAMETRIC,
    "earlier": Kind.EARLIER,
    "price_level": Kind.EARLIER,
}
"""Fields that only one kind of market has a use for."""


class StressForm(RtForm, forms.Form):
    """The assumptions, sent by GET: an address repeats its test, and nothing is saved."""

    groups = (
        Group(("market",)),
        Group(("bids", "price", "price_spread"), title=_("How many bids, at what price"), layout="third"),
        Group(("quality", "quality_spread", "correlation"), title=_("How good the bids are"), layout="third"),
        Group(("earlier", "price_level")),
        Group(
            ("price_jitter", "score_jitter"),
            title=_("How much each bid is shaken"),
            description=_("Only for bids that you type and for earlier ones. 0: the same bids in every tender."),
            layout="half",
        ),
        Group(("tenders", "seed", "volume"), title=_("The test"), layout="third"),
        Group(("against", "rate", "gate"), title=_("Another model on the same tenders")),
    )
    market = forms.ChoiceField(
        label=_("Where the bids come from"),
        required=False,
        widget=Radios(explained={kind.value: said for kind, (_label, said) in KINDS.items()}),
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
    earlier = forms.MultipleChoiceField(label=_("Earlier procurements"), required=False, widget=Checks)
    price_level = AssumedField(
        label=_("Their prices count as"),
        required=False,
        within=TYPED_LIMITS["price_level"],
        suffix="%",
        help_text=_("100: as they were. 110 makes each price a tenth dearer, for instance after a rise of prices."),
    )
    price_jitter = AssumedField(
        label=_("Prices"), required=False, within=TYPED_LIMITS["price_jitter"], suffix="%", help_text=_("Empty: 5")
    )
    score_jitter = AssumedField(
        label=_("Points"),
        required=False,
        within=TYPED_LIMITS["score_jitter"],
        suffix="%",
        help_text=_("Part of the scale. Empty: 5"),
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

    def __init__(
        self,
        data: Any = None,
        *,
        tender: Tender,
        model: Model,
        earlier: Sequence[EarlierTender] = (),
        **kwargs: Any,
    ) -> None:
        self.tender, self.model = tender, model
        self.other: Model | None = None
        self.offered = {str(each.procurement): each for each in earlier}
        around_it = around(model)
        start = {name: getattr(around_it, name) for name in around_it.__slots__ if name in self.base_fields}
        shaken = {name: Decimal(getattr(Typed((), earlier=True), name)) for name in TYPED_LIMITS}
        usual = {"market": Kind.PARAMETRIC.value, "tenders": USUAL, "seed": SEED}
        super().__init__(data, initial={**start, **shaken, **usual}, **kwargs)
        self.rows = rows_of(data, model)
        self.stated: Market = around_it
        self._offer()
        if not model.combination.needs_price or model.price.unit is not PriceUnit.HOUR or tender.ceiling is None:
            del self.fields["volume"]

    def _offer(self) -> None:
        """Offer the markets that there are; without earlier procurements there are two."""
        kinds = [kind for kind in Kind if kind is not Kind.EARLIER or self.offered]
        self.fields["market"].choices = [(kind.value, KINDS[kind][0]) for kind in kinds]  # type: ignore[attr-defined]
        self.fields["market"].required = (
            not self.is_bound or "market" in self.data
        )  # links made before there was a choice
        self.kind = next((kind for kind in kinds if kind == self.data.get("market")), Kind.PARAMETRIC)
        if not self.offered:
            del self.fields["earlier"], self.fields["price_level"]
            return
        choices = self.fields["earlier"]
        choices.choices = [(key, each.title) for key, each in self.offered.items()]  # type: ignore[attr-defined]
        choices.widget.explained = {key: _told(each) for key, each in self.offered.items()}

    @property
    def parts(self) -> dict[str, list[BoundGroup]]:
        """Return the groups by the kind of market that they are for: those of one kind are folded in when it is not chosen."""
        parts: dict[str, list[BoundGroup]] = {"choice": [], "parametric": [], "earlier": [], "rest": []}
        for group in self.fieldsets:
            first = group.fields[0].name
            kind = OF_KIND.get(first)
            parts["choice" if first == "market" else kind.value if kind else "rest"].append(group)
        return parts

    @property
    def opened(self) -> dict[str, bool]:
        """Return which kind of market stands unfolded: the chosen one, and the rows while one more is asked for."""
        asked = Kind.TYPED if ADD_ROW in self.data else self.kind
        return {kind.value: kind in {asked, self.kind} for kind in Kind}

    @property
    def has_room(self) -> bool:
        """Whether one more row may be asked for."""
        return self.rows.total_form_count() < MOST_ROWS

    def is_valid(self) -> bool:
        """Whether all is filled in, the rows too when they are the market."""
        return super().is_valid() and (self.kind is not Kind.TYPED or self.rows.is_valid())

    @property
    def problems(self) -> list[Problem]:
        """Return what has to be mended, row by row where rows are the market."""
        return [*super().problems, *(row_problems(self.rows) if self.kind is Kind.TYPED else ())]

    def clean(self) -> dict[str, Any]:
        """Read the market as the core does, so that its limits hold here too; judge nothing that the market does not use."""
        typed = super().clean() or {}
        for name, kind in OF_KIND.items():
            if kind is not self.kind:
                self.errors.pop(name, None)
        market = self._parametric(typed) if self.kind is Kind.PARAMETRIC else self._typed(typed)
        if market is not None:
            self.stated = market
            self._choose_other(typed)
        return typed

    def _parametric(self, typed: dict[str, Any]) -> Market | None:
        """Return the market that is made up, or None while something is wrong with it."""
        names = [name for name in Parametric.__slots__ if name in self.fields]
        if any(typed.get(name) is None for name in names):
            return None
        most = min(MOST_BIDS, max(USUAL_MOST, 2 * int(typed["bids"])))
        stated = {name: typed[name] for name in names} | {"most": most, "price_step": usual_step(typed["price"])}
        try:
            return Parametric.from_json({"kind": Parametric.kind, **stated})
        except ModelError as error:
            self.add_error(error.field.removeprefix("market."), said(error.reason))
            return None

    def _typed(self, typed: dict[str, Any]) -> Market | None:
        """Return the market of typed or earlier bids, or None while something is wrong with it."""
        if {*TYPED_LIMITS, "earlier"} & set(self.errors):
            return None
        tenders: tuple[tuple[Made, ...], ...]
        if self.kind is Kind.TYPED:
            if self.rows.is_bound and not self.rows.is_valid():
                return None
            bids = bids_of(self.rows)
            tenders = (bids,) if bids else ()
            if not tenders:
                self.add_error("market", gettext("Type at least one bid, or choose where else the bids come from."))
        else:
            tenders = tuple(self.offered[key].bids for key in typed["earlier"])
            if not tenders:
                self.add_error(
                    "earlier", gettext("Tick at least one procurement, or choose where else the bids come from.")
                )
        if not tenders:
            return None
        given = {name: typed[name] for name in TYPED_LIMITS if typed.get(name) is not None and self._counts(name)}
        step = usual_step(min(bid.price for bids in tenders for bid in bids))
        return Typed(tenders, **given, price_step=step, earlier=self.kind is Kind.EARLIER)

    def _counts(self, name: str) -> bool:
        return OF_KIND.get(name, self.kind) is self.kind

    def _usual_price(self) -> Decimal:
        """Return the price to count from where a rate follows it."""
        if isinstance(self.stated, Parametric):
            return self.stated.price
        prices = median(bid.price for bids in self.stated.tenders for bid in bids)
        return prices * self.stated.price_level / 100

    def _choose_other(self, typed: dict[str, Any]) -> None:
        """Put the other model together, if one is asked for."""
        if not typed.get("against") or {"rate", "gate"} & set(self.errors):
            return
        kind, gate = Variant(typed["against"]), typed["gate"]
        rate = typed["rate"] if typed["rate"] is not None else usual_rate(self.model, kind, self._usual_price())
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
        used = tuple(self.offered[key] for key in typed["earlier"]) if self.kind is Kind.EARLIER else ()
        return Assumed(self.stated, typed["tenders"], typed["seed"], budget, self.other, used)


def _told(each: EarlierTender) -> str:
    """Say when an earlier procurement was decided, on how many bids."""
    n = len(each.bids)
    told = ngettext("Decided %(day)s, %(n)s bid", "Decided %(day)s, %(n)s bids", n)
    return told % {"day": weekday_date(each.decided_at), "n": n}

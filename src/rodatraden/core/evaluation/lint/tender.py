"""What stands around the model in the documents: which rules hold, standstill, grounds, and changes of the contract."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from rodatraden.core.calendars import BOOK, Country, Kind, Regime, RuleRow
from rodatraden.core.evaluation.criteria import highest_total
from rodatraden.core.evaluation.lint.remark import Remark, Severity, Source
from rodatraden.core.evaluation.weighted_sum import WeightedSum
from rodatraden.core.exact import as_fraction, simplest
from rodatraden.core.message import Amount, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rodatraden.core.calendars import Unknown
    from rodatraden.core.evaluation.documents import Documents
    from rodatraden.core.evaluation.lint.remark import Subject

MONTHS_IN_YEAR = 12


def regime_unknown(documents: Documents) -> Iterator[Remark]:
    """Tell when there is a value but no CPV code: then nobody can say which rules hold."""
    if documents.value is not None and documents.cpv is None:
        yield Remark(
            "regime_unknown",
            Severity.WARNING,
            say("The value is {value}, but no CPV code is stated, so it can't be said which rules hold: threshold, notice, days and standstill depend on it.", value=Amount(documents.value)),
            say("State the CPV code, and give the choice a reason."),
            Source("LOU 5 kap. 1 och 3 §§, bilaga 2"),
            "case.documents.cpv",
        )  # fmt: skip


def voluntary_standstill(documents: Documents) -> Iterator[Remark]:
    """Tell when the documents promise a voluntary standstill, which gives less than the one of law."""
    if documents.has_voluntary_standstill:
        yield Remark(
            "voluntary_standstill",
            Severity.WARNING,
            say("A voluntary standstill has a meaning only in a direct procurement or a call-off. In an announced procurement it is mandatory, and a voluntary one is not extended by a review."),
            say("Say that the standstill follows from law, and how long it is in the award notification."),
            Source("LOU 20 kap. 1 och 8 §§, 19 a kap. 10 §"),
            "case.documents.voluntary_standstill",
        )  # fmt: skip


def free_rejection(documents: Documents) -> Iterator[Remark]:
    """Tell of a ground for rejecting bids that has no published limit (INV-12)."""
    for n, clause in enumerate(documents.rejects):
        if clause.measure is None:
            yield Remark(
                "free_rejection",
                Severity.ERROR,
                say("“{text}” rejects bids by free discretion.", text=clause.text),
                say("Take it away. Low bids are met by asking for an explanation, high ones by a published ceiling."),
                Source("LOU 16 kap. 2 och 7 §§"),
                f"case.documents.rejects[{n}]",
            )


def no_price_adjustment(documents: Documents) -> Iterator[Remark]:
    """Tell of a contract of more than a year without a clause on how its price changes."""
    if documents.months is not None and documents.months > MONTHS_IN_YEAR and documents.price_adjustment is None:
        yield Remark(
            "no_price_adjustment",
            Severity.WARNING,
            say("The contract can last {months} months, and nothing is said of how the price changes: it then stands still, or has to be changed without support.", months=documents.months),
            say("State an index and a day, or that the price is fixed."),
            Source("LOU 17 kap. 9, 10 och 14 §§"),
            "case.documents.price_adjustment",
        )  # fmt: skip


def unmeasured_change(documents: Documents) -> Iterator[Remark]:
    """Tell of a clause for changes that leaves what may change to whoever approves it."""
    for n, clause in enumerate(documents.changes):
        if clause.measure is None:
            yield Remark(
                "unmeasured_change",
                Severity.WARNING,
                say("“{text}” is no clear, precise and unequivocal clause for changes.", text=clause.text),
                say("State the measure: a new person is judged by the same model and gets at least the same points."),
                Source("LOU 17 kap. 10 § p 2"),
                f"case.documents.changes[{n}]",
            )


def climate_weight(subject: Subject) -> Iterator[Remark]:
    """Tell when climate and environment weigh less in a Norwegian competition than the rule row asks for."""
    documents, weighing = subject.documents, subject.model.combination
    if documents is None or documents.country is not Country.NO or documents.published_on is None:
        return
    row = BOOK.rule(Kind.CLIMATE_WEIGHT, country=Country.NO, regime=Regime.FOA, on=documents.published_on)
    if not isinstance(row, RuleRow):
        yield _climate_unknown(row)
        return
    if documents.instead_of_climate is not None:
        return
    points = {each.key: each.highest for each in subject.model.criteria}
    together = highest_total(subject.model.criteria)
    share = sum((points.get(key, Fraction(0)) for key in documents.climate), Fraction(0)) / (together or 1)
    if isinstance(weighing, WeightedSum):
        share *= as_fraction(weighing.quality_weight) / as_fraction(weighing.total)
    elif documents.climate:  # points that are priced in money have no weight to compare
        return
    if share * 100 < row.value:
        yield Remark(
            "climate_weight",
            Severity.WARNING,
            say("Climate and environment weigh {share} %. At least {least} % is asked for.", share=simplest(Fraction(round(share * 1000), 10)), least=row.value),
            say("Raise the weight, or write in the documents which requirements give a better effect, or why not."),
            Source(row.paragraph, is_verified=False),
            "case.documents.climate",
        )  # fmt: skip


def _climate_unknown(row: Unknown) -> Remark:
    return Remark(
        "climate_weight",
        Severity.NOTE,
        row.reason,
        say("Look the rule up for that day."),
        Source(row.source, is_verified=False),
        "case.documents.published_on",
    )

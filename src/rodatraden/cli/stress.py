"""`rodatraden stress`: how a model behaves in thousands of made-up tenders, before it is published."""

from __future__ import annotations

import json
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from rodatraden.cli import case as files
from rodatraden.cli.disk import BadFileError, stopping, unusable
from rodatraden.cli.lint import tried_lines
from rodatraden.cli.words import _, number, said
from rodatraden.core.canonical import canonical_json
from rodatraden.core.evaluation import ModelError
from rodatraden.core.evaluation.case import read_json
from rodatraden.core.evaluation.lint import Severity
from rodatraden.core.evaluation.price import HOME
from rodatraden.core.evaluation.reading import read_object
from rodatraden.core.evaluation.stress import PRICE, Budget, StressError, around, read_market, stress
from rodatraden.core.evaluation.stress.wording import assumptions, lines, panel_words
from rodatraden.core.numbers import NBSP, swedish_number, swedish_sum

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

    from rodatraden.core.evaluation import Model
    from rodatraden.core.evaluation.case import Part
    from rodatraden.core.evaluation.stress import Market, Report, Share, Spread
    from rodatraden.core.evaluation.stress.wording import Line

FORMAT = 1
HAS_ERRORS = 1
TENTH = Decimal("0.1")
MARKS = {Severity.ERROR: "!!", Severity.WARNING: "! ", None: "  "}


def run(options: Namespace) -> int:
    """Print the report; answer 1 when it shows what must not be published, and 2 when a file can't be used."""
    return stopping(lambda: _run(options))


def _run(options: Namespace) -> int:
    file = files.read(options.case)
    market, budget = _assumed(options.market)
    found = [(part, _report(part, market, budget, options)) for part in file.case.parts]
    if options.json:
        reports = [
            {"key": part.lot.key, "report": json.loads(canonical_json(report.to_json())), "hash": report.hash}
            for part, report in found
        ]
        print(json.dumps({"format": FORMAT, "lots": reports}, ensure_ascii=False, indent=2))
    else:
        print(file.case.title)
        for part, report in found:
            print("\n".join(_told(part, report)))
    every = [line for part, report in found for line in lines(report, part.lot.model)]
    return HAS_ERRORS if any(line.severity is Severity.ERROR for line in every) else 0


def _report(part: Part, market: Market | None, budget: Budget | None, options: Namespace) -> Report:
    model, bids = part.lot.model, part.lot.bids
    try:
        found = stress(model, market or around(model, bids), tenders=options.tenders, seed=options.seed, budget=budget)
    except StressError as error:
        raise BadFileError(
            [_("{file} can't be tested.").format(file=options.case), f"  {said(error.reason)}"]
        ) from error
    assert found is not None, "nobody stops it"
    return found


def _assumed(name: str | None) -> tuple[Market | None, Budget | None]:
    """Return the market and the budget that a file states.

    Raises:
        BadFileError: it can't be read.
    """
    if name is None:
        return None, None
    try:
        data = Path(name).read_bytes()
    except OSError as error:
        raise unusable(name, error, _("{file} can't be read.")) from error
    try:
        found = read_object(read_json(data), "file", (), ("market", "budget"))
        market = None if found.get("market") is None else read_market(found["market"])
        budget = None if found.get("budget") is None else Budget.from_json(found["budget"])
    except ModelError as error:
        what = _("{file} holds no market that can be read.").format(file=name)
        raise BadFileError([what, f"  {error.field}: {said(error.reason)}"]) from error
    return market, budget


def _told(part: Part, report: Report) -> Iterator[str]:
    model = part.lot.model
    if part.lot.label:
        yield ""
        yield part.lot.label.upper()
    yield ""
    yield _("Assumptions")
    yield from (f"  {said(each)}" for each in assumptions(report.market))
    words = _(
        "{n} tenders were made up, with start value {seed}. Ranges are 95 % and speak of chance, not of the assumptions."
    )
    yield f"  {words.format(n=swedish_number(report.tenders), seed=report.seed)}"
    yield ""
    yield _("How often it happens")
    every = lines(report, model)
    width = max(len(said(line.text)) for line in every)
    for line in every:
        yield from _line(line, width)
    yield from _worth(report, model)
    yield from _disagreement(report)
    yield from _power(report)
    yield from _rates(report)
    yield from _spending(report, model)
    yield ""
    yield _("Fingerprint of the report: {hash}").format(hash=report.hash)


def _line(line: Line, width: int) -> Iterator[str]:
    yield f"{MARKS[line.severity if line.severity in MARKS else None]} {said(line.text):<{width}}  {_share(line.share)}"
    source = f" ({line.source})" if line.severity and line.source else ""
    yield f"     {said(line.meaning)}{source}"
    if line.example:
        yield f"     {_('For example')}:"
        yield from (f"   {each}" for each in tried_lines(line.example))


def _share(share: Share) -> str:
    if share.value is None or share.low is None or share.high is None:
        return _("nothing to count")
    return f"{_percent(share.value)}{NBSP}% ({_percent(share.low)}–{_percent(share.high)})"


def _percent(value: Decimal) -> str:
    return number((value * 100).quantize(TENTH, ROUND_HALF_UP))


def _worth(report: Report, model: Model) -> Iterator[str]:
    if not model.combination.needs_price or not model.criteria:
        return
    yield ""
    yield _("What one point more may cost the winner")
    yield f"  {_spread(report.worth, model)}"


def _spread(spread: Spread, model: Model) -> str:
    if not spread.of:
        return _("nothing to count")
    low, middle, high = (
        _("without end") if each is None else _money(each, model) for each in (spread.low, spread.middle, spread.high)
    )
    return _("{middle} in the middle, from {low} to {high} in nine cases of ten").format(
        middle=middle, low=low, high=high
    )


def _money(value: Decimal, model: Model) -> str:
    rounded = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{number(rounded, swedish_sum)}{NBSP}{'kr' if model.price.currency == HOME else model.price.currency}"


def _disagreement(report: Report) -> Iterator[str]:
    found = report.disagreement
    if found is None:
        return
    yield ""
    yield _("How often assessors who do not agree change the winner")
    for points, share in found.by_spread:
        yield f"  {_('one assessor who strays by {points} points').format(points=number(points))}: {_share(share)}"
    for n, share in found.by_panel:
        yield f"  {_('the mean of {n}, each straying by {points} points').format(n=n, points=number(found.panel_points))}: {_share(share)}"
    yield f"  {said(panel_words(found))}"


def _power(report: Report) -> Iterator[str]:
    yield ""
    yield _("What sets the bids apart")
    for each in report.power:
        label = _("Price") if each.key == PRICE else each.label
        parts = [
            None if each.stated is None else _("{percent} % stated").format(percent=_percent(each.stated)),
            None if each.realised is None else _("{percent} % realised").format(percent=_percent(each.realised)),
            _("without it another wins in {share}").format(share=_share(each.changes)),
        ]
        yield f"  {label}: {', '.join(part for part in parts if part)}"


def _rates(report: Report) -> Iterator[str]:
    if not report.rates:
        return
    yield ""
    yield _("How often the same bid wins with another rate")
    for each in report.rates:
        mark = f" {_('(published)')}" if each.is_published else ""
        yield f"  {number(each.rate)}: {_share(each.same)}{mark}"


def _spending(report: Report, model: Model) -> Iterator[str]:
    found = report.spending
    if found is None:
        return
    yield ""
    yield _("What the winner costs")
    yield f"  {_spread(found.price, model)}"
    if found.over is not None:
        yield f"  {_('above the ceiling in {share}').format(share=_share(found.over))}"
    if found.bought is not None and found.bought.middle is not None and found.bought.low and found.bought.high:
        words = _("the ceiling buys {middle} hours in the middle, from {low} to {high} in nine cases of ten")
        whole = {name: number(round(getattr(found.bought, name))) for name in ("low", "middle", "high")}
        yield f"  {words.format(**whole)}"

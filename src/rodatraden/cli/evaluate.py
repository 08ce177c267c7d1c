"""`rodatraden evaluate`: a case file computed, told line by line for people or as JSON for machines."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

from rodatraden.cli import case as files
from rodatraden.cli.disk import stopping
from rodatraden.cli.words import _, number, said
from rodatraden.core.canonical import canonical_hash, canonical_json
from rodatraden.core.evaluation import InputError, Status, Unit, inputs, margins
from rodatraden.core.evaluation.lots import evaluate_lots
from rodatraden.core.evaluation.price import HOME
from rodatraden.core.evaluation.wording import worded
from rodatraden.core.numbers import NBSP, swedish_sum

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Sequence

    from rodatraden.core.evaluation import BidResult, Margin, Model, Step
    from rodatraden.core.evaluation.case import Case, Part
    from rodatraden.core.evaluation.lots import LotOutcome
    from rodatraden.core.exact import Exact
    from rodatraden.core.message import Message

DIFFERS = 1
FORMAT = 1


def run(options: Namespace) -> int:
    """Print the outcome; answer 1 when it is not what the file expects, and 2 when the file can't be used."""
    return stopping(lambda: _run(options))


def _run(options: Namespace) -> int:
    file = files.read(options.case)
    try:
        found = evaluate_lots(file.case.lots, file.case.most_lots_per_bidder)
    except InputError as error:
        raise file.fault(error) from error
    if options.excel:
        files.write_excel(options.excel, file.case, found)
    if options.new_case:
        value = json.loads(canonical_json(file.case.to_json()))
        files.write(options.new_case, (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode())
    if options.json:
        print(json.dumps(as_json(file.case, found), ensure_ascii=False, indent=2))
    else:
        print("\n".join([*file.told(), *_told(file.case, found)]))
    return DIFFERS if any(_differences(part, each) for part, each in zip(file.case.parts, found, strict=True)) else 0


def as_json(case: Case, found: Sequence[LotOutcome]) -> dict[str, object]:
    """Return what `--json` prints: of each lot what was put in, what came out, the hash of both, and the sentences.

    `outcome` holds every figure; its steps stand in the same order as the sentences in `explanation`.
    """
    return {
        "format": FORMAT,
        "title": case.title,
        "is_as_expected": _is_as_expected(case, found),
        "lots": [_lot_json(part, each) for part, each in zip(case.parts, found, strict=True)],
    }


def _lot_json(part: Part, found: LotOutcome) -> dict[str, object]:
    outcome, put_in = found.outcome, inputs(part.lot.model, part.lot.bids)
    return {
        "key": found.key,
        "label": found.label,
        "winner": found.winner,
        "outcome": json.loads(canonical_json(outcome.to_json())),
        "outcome_hash": outcome.hash,
        "inputs": json.loads(canonical_json(put_in)),
        "inputs_hash": canonical_hash(put_in),
        "explanation": {
            "model": [said(each) for each in worded(part.lot.model)],
            "first": [said(step.text) for step in outcome.steps] + [said(each) for each in found.steps],
            "bids": {
                result.key: {
                    "reason": None if result.reason is None else said(result.reason),
                    "steps": [said(step.text) for step in result.steps],
                }
                for result in outcome.results
            },
        },
        "margins": {each.key: _margin_json(each) for each in _margins(part, found)},
        "differences": [said(each) for each in _differences(part, found)],
    }


def _margins(part: Part, found: LotOutcome) -> tuple[Margin, ...]:
    return margins(part.lot.model, part.lot.bids, found.outcome, by_criterion=True)


def _margin_json(margin: Margin) -> object:
    value = {
        "behind": margin.behind,
        "price": margin.price,
        "wins_when_equal": margin.wins_when_equal,
        "points": margin.points,
        "points_told": margin.points_told,
        "scores": dict(margin.scores),
    }
    return json.loads(canonical_json(value))


def _is_as_expected(case: Case, found: Sequence[LotOutcome]) -> bool | None:
    """Return whether the outcome is what the file expects; None when it expects nothing."""
    if all(part.expected is None for part in case.parts):
        return None
    return not any(_differences(part, each) for part, each in zip(case.parts, found, strict=True))


def _differences(part: Part, found: LotOutcome) -> list[Message]:
    return [] if part.expected is None else list(part.expected.differences(found.outcome))


def _told(case: Case, found: Sequence[LotOutcome]) -> Iterator[str]:
    yield case.title
    if case.source:
        yield case.source
    for part, each in zip(case.parts, found, strict=True):
        yield ""
        yield from _lot(part, each)
    is_as_expected = _is_as_expected(case, found)
    if is_as_expected:
        yield _("The outcome is what the file expects.")
    elif is_as_expected is not None:
        yield _("THE OUTCOME IS NOT WHAT THE FILE EXPECTS:")
        for part, each in zip(case.parts, found, strict=True):
            for difference in _differences(part, each):
                yield f"  {each.label} {said(difference)}" if each.label else f"  {said(difference)}"


def _lot(part: Part, found: LotOutcome) -> Iterator[str]:
    model, outcome = part.lot.model, found.outcome
    if found.label:
        yield found.label.upper()
        yield ""
    yield _("How it is counted")
    yield from (f"  {said(each)}" for each in worded(model))
    yield ""
    yield _("Outcome")
    yield from (f"  {said(step.text)}" for step in outcome.steps)
    yield from (f"  {said(each)}" for each in found.steps)
    if found.winner is not None and found.winner != outcome.value.winner:
        name = next(result.name for result in outcome.results if result.key == found.winner)
        yield "  " + _("First of those who may still win: {name}.").format(name=name)
    yield ""
    yield from _table(outcome.results, model)
    needed = {each.key: each for each in _margins(part, found)}
    for result in outcome.results:
        yield ""
        yield from _bid(result, model.price.currency)
        if result.key in needed:
            yield from (f"    {line}" for line in would_have_won(needed[result.key], model))
    yield ""
    yield _("Fingerprint of what was put in: {hash}").format(hash=outcome.inputs_hash)
    yield _("Fingerprint of the outcome:     {hash}").format(hash=outcome.hash)


def _table(results: Sequence[BidResult], model: Model) -> Iterator[str]:
    heads = [_("Place"), _("Bid"), _("Points"), _("Compared price"), _("Value")]
    rows = [heads] + [
        [
            _status(result),
            result.name,
            *("–" if each is None else number(each) for each in (result.points, result.price, result.value)),
        ]
        for result in results
    ]
    used = [0, 1, *([2] if model.criteria else []), *([3] if model.combination.needs_price else []), 4]
    width = [max(len(row[n]) for row in rows) for n in range(len(heads))]
    for row in rows:
        yield "  " + "  ".join(f"{row[n]:<{width[n]}}" if n <= 1 else f"{row[n]:>{width[n]}}" for n in used).rstrip()


def _status(result: BidResult) -> str:
    match result.status:
        case Status.RANKED:
            return str(result.place)
        case Status.BELOW_GATE:
            return _("below the gate")
        case Status.NOT_QUALIFIED:
            return _("not qualified")


def _bid(result: BidResult, currency: str) -> Iterator[str]:
    yield f"{result.name} ({_status(result)})" if result.place is None else f"{result.place}. {result.name}"
    lines = [(said(step.text), "" if step.value is None else _with_unit(step, currency)) for step in result.steps]
    width = max((len(text) for text, value in lines if value), default=0)
    for text, value in lines:
        yield f"    {text:<{width}}  = {value}" if value else f"    {text}"
    if result.reason is not None:
        yield f"    {said(result.reason)}"


def would_have_won(margin: Margin, model: Model) -> Iterator[str]:
    """Say each smallest change that would have put a bid first, all else equal."""
    if margin.price is not None:
        words = _("Would have been first with a price of at most {price}")
        if not margin.wins_when_equal:
            words = _("Would have been first with a price below {price}")
        yield words.format(price=_money(margin.price, model.price.currency))
    if margin.points is not None:
        yield _("Would have been first with {points} points in all").format(points=number(margin.points))
    labels = {criterion.key: criterion.label for criterion in model.criteria}
    for key, score in margin.scores.items():
        words = _("Would have been first with {score} on {criterion}")
        yield words.format(score=number(score), criterion=labels[key])


def _money(value: Exact, currency: str) -> str:
    return f"{number(value, swedish_sum)}{NBSP}{'kr' if currency == HOME else currency}"


def _with_unit(step: Step, currency: str) -> str:
    value = step.value or Decimal(0)
    if step.unit is Unit.AMOUNT:
        return _money(value, currency)
    shown = number(value)
    match step.unit:
        case Unit.POINTS:
            return f"{shown}{NBSP}p"
        case Unit.MONTHS:
            return f"{shown}{NBSP}{_('months')}"
        case _:
            return shown

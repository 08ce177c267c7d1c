"""`rodatraden robustness`: how firm the outcome of a case file is, or how far its bids can come while scores are missing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rodatraden.cli import case as files
from rodatraden.cli.disk import stopping
from rodatraden.cli.evaluate import would_have_won
from rodatraden.cli.words import _, number, said
from rodatraden.core.canonical import canonical_json
from rodatraden.core.evaluation import InputError, evaluate
from rodatraden.core.evaluation.robustness import Joined, Report, as_json, bounds, robustness
from rodatraden.core.evaluation.robustness.wording import sections

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Iterator

    from rodatraden.core.evaluation.case import Part
    from rodatraden.core.evaluation.robustness import Bound, Bounds, Closeness
    from rodatraden.core.exact import Exact
    from rodatraden.core.message import Message

FORMAT = 1
MOST_TOLD = 20
"""Changes that are told one by one; the rest are counted, and stand in the JSON."""


def run(options: Namespace) -> int:
    """Print the answers; answer 2 when the file can't be used."""
    return stopping(lambda: _run(options))


def _run(options: Namespace) -> int:
    file = files.read(options.case)
    found = []
    for part in file.case.parts:
        try:
            found.append((part, _answered(part, options)))
        except InputError as error:
            error.lot = part.lot.key
            raise file.fault(error) from error
    if options.json:
        lots = [{"key": part.lot.key, "label": part.lot.label, **_json(answer)} for part, answer in found]
        print(json.dumps({"format": FORMAT, "title": file.case.title, "lots": lots}, ensure_ascii=False, indent=2))
    else:
        print(file.case.title)
        for part, answer in found:
            print("\n".join(_told(part, answer)))
    return 0


def _answered(part: Part, options: Namespace) -> Report | Bounds:
    model, bids = part.lot.model, part.lot.bids
    if options.scoring:
        return bounds(model, bids)
    outcome = evaluate(model, bids)
    return robustness(
        model, bids, outcome, individual=part.individual, joined=Joined(options.joined), seed=options.seed
    )


def _json(answer: Report | Bounds) -> dict[str, object]:
    """Return the figures, and the sentences of each part beside them."""
    parts = {name: getattr(answer, name) for name in answer.__slots__}
    return {
        "figures": json.loads(canonical_json(as_json(answer))),
        "sentences": [said(each) for each in answer.sentences],
        "explanation": {
            name: [said(each) for each in part.sentences] for name, part in parts.items() if hasattr(part, "sentences")
        },
    }


def _told(part: Part, answer: Report | Bounds) -> Iterator[str]:
    if part.lot.label:
        yield ""
        yield part.lot.label.upper()
    yield from _report(part, answer) if isinstance(answer, Report) else _bounds(part, answer)


def _report(part: Part, report: Report) -> Iterator[str]:
    names = {bid.key: bid.name for bid in part.lot.bids}
    yield from _whole(_("How firm the outcome is"), report.sentences)
    yield f"  {_first(report, names)}"
    for section in sections(report, part.lot.model, names):
        yield from _whole(said(section.title), section.sentences)
        if section.code == "closeness":
            yield from _margins(part, report.closeness, names)
        yield from (f"    {said(text)} {said(then)}" for text, then in section.lines[:MOST_TOLD])
        if len(section.lines) > MOST_TOLD:
            yield "    " + _("And {n} more, which --json lists.").format(n=len(section.lines) - MOST_TOLD)
        for label, sentences in section.parts:
            yield f"  {said(label)}"
            yield from (f"    {said(each)}" for each in sentences)


def _whole(head: str, sentences: Iterable[Message]) -> Iterator[str]:
    yield ""
    yield head
    yield from (f"  {said(each)}" for each in sentences)


def _first(report: Report, names: dict[str, str]) -> str:
    firsts = ", ".join(names[key] for key in report.value or ())
    if not firsts:
        return _("No bid is ranked.")
    words = _("First: {name}") if len(report.value or ()) == 1 else _("Level, so that nobody is first: {name}")
    return words.format(name=firsts)


def _margins(part: Part, closeness: Closeness, names: dict[str, str]) -> Iterator[str]:
    for margin in closeness.value:
        lines = list(would_have_won(margin, part.lot.model))
        yield f"  {names[margin.key]}"
        yield from (f"    {line}" for line in lines or [_("No change that was tried would have been enough.")])


def _bounds(part: Part, found: Bounds) -> Iterator[str]:
    labels = {criterion.key: criterion.label for criterion in part.lot.model.criteria}
    yield from _whole(_("While the scoring goes on"), found.sentences)
    for bound in found.value:
        yield f"  {said(bound.text)}"
        if bound.missing:
            yield "    " + _("Not scored: {criteria}").format(criteria=", ".join(labels[key] for key in bound.missing))
        yield "    " + _("Points: {fewest} to {most}").format(fewest=number(bound.fewest), most=number(bound.most))
        yield "    " + _("Value: {worst} to {best}").format(
            worst=_value(bound, bound.worst), best=_value(bound, bound.best)
        )


def _value(bound: Bound, value: Exact | None) -> str:
    if value is not None:
        return number(value)
    return _("below the gate") if bound.below or bound.best is not None else _("no value")

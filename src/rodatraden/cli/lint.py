"""`rodatraden lint`: what law and sense say of a model and its documents before they are published."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

from rodatraden.cli import case as files
from rodatraden.cli.disk import stopping
from rodatraden.cli.words import _, number, said
from rodatraden.core.canonical import canonical_json
from rodatraden.core.evaluation import Status, Unit
from rodatraden.core.evaluation.case import line_of
from rodatraden.core.evaluation.lint import Severity, lint
from rodatraden.core.numbers import swedish_number, swedish_sum

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Iterator, Sequence

    from rodatraden.core.evaluation import BidResult
    from rodatraden.core.evaluation.lint import Example, Field, Remark, Source

FORMAT = 1
HAS_ERRORS = 1


def run(options: Namespace) -> int:
    """Print every remark; answer 1 when one of them is an error, and 2 when the file can't be used."""
    return stopping(lambda: _run(options))


def _run(options: Namespace) -> int:
    file = files.read(options.case)
    found = lint(file.case)
    if options.json:
        print(json.dumps(as_json(found), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_told(file, found)))
    return HAS_ERRORS if any(each.severity is Severity.ERROR for each in found) else 0


def as_json(found: Sequence[Remark]) -> dict[str, object]:
    """Return what `--json` prints."""
    return {"format": FORMAT, "remarks": [_json(each) for each in found]}


def _json(remark: Remark) -> dict[str, object]:
    example = remark.example
    return {
        "code": remark.code,
        "severity": remark.severity.value,
        "lot": remark.lot,
        "text": said(remark.text),
        "mend": said(remark.mend),
        "source": remark.source.text,
        "is_verified": remark.source.is_verified,
        "field": remark.field,
        "example": None
        if example is None
        else {
            "text": said(example.text),
            "tried": [
                {
                    "bids": json.loads(canonical_json([bid.to_json() for bid in each.bids])),
                    "outcome": json.loads(canonical_json(each.outcome.to_json())),
                }
                for each in example.tried
            ],
        },
    }


def _told(file: files.File, found: Sequence[Remark]) -> Iterator[str]:
    yield file.case.title
    for remark in found:
        yield ""
        yield f"{_severity(remark.severity)} {f'{remark.lot}: ' if remark.lot else ''}{said(remark.text)}"
        yield f"  {_('Mend it')}: {said(remark.mend)}"
        yield f"  {_('Rule')}: {_source(remark.source)}"
        line = None if file.book else line_of(file.data, remark.field)
        place = remark.field if line is None else _("{field}, line {line}").format(field=remark.field, line=line)
        yield f"  {_('Where')}: {place} ({remark.code})"
        if remark.example is not None:
            yield from _example(remark.example)
    yield ""
    counted = Counter(each.severity for each in found)
    words = _("Errors: {errors}. Warnings: {warnings}. Worth a thought: {notes}.")
    yield words.format(errors=counted[Severity.ERROR], warnings=counted[Severity.WARNING], notes=counted[Severity.NOTE])


def _severity(severity: Severity) -> str:
    return {Severity.ERROR: _("ERROR"), Severity.WARNING: _("WARNING"), Severity.NOTE: _("NOTE")}[severity]


def _source(source: Source) -> str:
    if source.text == "policy":
        return _("the program's own choice")
    return source.text if source.is_verified else _("{source} (unverified)").format(source=source.text)


def _example(example: Example) -> Iterator[str]:
    yield f"  {_('For example')}: {said(example.text)}"
    yield from tried_lines(example.tried)


def tried_lines(tried: Iterable[Field]) -> Iterator[str]:
    """Say how each try ended, one line each."""
    for each in tried:
        has_points = bool(each.model.criteria)
        yield "    " + " · ".join(_bid(result, has_points=has_points) for result in each.outcome.results)


def _bid(result: BidResult, *, has_points: bool) -> str:
    points = "" if result.points is None or not has_points else f"{number(result.points)} p"
    price = "" if result.price is None else number(result.price, swedish_sum)
    offer = ", ".join(part for part in (price, points) if part)
    if result.status is not Status.RANKED:
        return _("{bid} ({offer}): below the gate").format(bid=result.name, offer=offer)
    return _("{place}. {bid} ({offer}) → {value}").format(
        place=result.place,
        bid=result.name,
        offer=offer,
        value=number(result.value or Decimal(0), swedish_sum if result.unit is Unit.AMOUNT else swedish_number),
    )

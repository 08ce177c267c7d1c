"""The case file: a model with its bids, and what is expected of them, as JSON that anybody can write and check.

`docs/case-format.md` describes it, `case.schema.json` beside this file states it for machines.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from importlib import resources
from typing import TYPE_CHECKING, Any

from rodatraden.core.evaluation.bids import Bid, read_bid
from rodatraden.core.evaluation.documents import Documents
from rodatraden.core.evaluation.lots import Lot
from rodatraden.core.evaluation.model import Model
from rodatraden.core.evaluation.outcome import Status, Verdict
from rodatraden.core.evaluation.reading import (
    ModelError,
    read_choice,
    read_exact,
    read_list,
    read_named,
    read_object,
    read_text,
    read_whole,
    written,
)
from rodatraden.core.exact import Exact, as_fraction
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rodatraden.core.evaluation.bids import InputError
    from rodatraden.core.evaluation.outcome import Outcome

FORMAT = 1
LARGEST = 5_000_000
"""Bytes of a case file; the largest tender in use is far below. Source: policy."""
MOST_BIDS = 1000
MOST_LOTS = 200
MOST_ASSESSORS = 100
ASSESSORS = "assessors"
Individual = dict[str, dict[str, dict[str, Exact]]]
"""Individual scores by assessor, bid and criterion."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a file says that the outcome is: the verdict, who is first, and for each bid what it names."""

    verdict: Verdict
    first: tuple[str, ...]
    results: dict[str, dict[str, Exact | str | None]]

    @classmethod
    def from_json(cls, value: object, field: str) -> Expected:
        """Read what is expected.

        Raises:
            ModelError: a field is missing, unknown or of the wrong kind.
        """
        found = read_object(value, field, ("verdict", "first"), ("results",))
        results = found.get("results", {})
        if not isinstance(results, dict):
            raise ModelError(f"{field}.results", results, say("This must be an object."))
        first = read_list(found["first"], f"{field}.first")
        return cls(
            verdict=read_choice(found["verdict"], f"{field}.verdict", Verdict),
            first=tuple(read_text(key, f"{field}.first[{n}]") for n, key in enumerate(first)),
            results={key: _result(each, f"{field}.results.{key}") for key, each in results.items()},
        )

    def to_json(self) -> dict[str, object]:
        """Return what the file says."""
        return {"verdict": self.verdict.value, "first": list(self.first), "results": self.results}

    def differences(self, outcome: Outcome) -> tuple[Message, ...]:
        """Return where an outcome is not what was expected; nothing when it is."""
        return tuple(self._differences(outcome))

    def _differences(self, outcome: Outcome) -> Iterator[Message]:
        if outcome.value.verdict is not self.verdict:
            expected, found = self.verdict.value, outcome.value.verdict.value
            yield say("Expected the verdict {expected}, found {found}.", expected=expected, found=found)
        if set(outcome.value.keys) != set(self.first):
            expected, found = ", ".join(self.first), ", ".join(outcome.value.keys)
            yield say("Expected {expected} first, found {found}.", expected=expected, found=found)
        results = {result.key: result for result in outcome.results}
        for key, named in self.results.items():
            if key not in results:
                yield say("Expected a result for {bid}, which has no bid.", bid=key)
                continue
            for name, wanted in named.items():
                got = getattr(results[key], name)
                if not _same(wanted, got):
                    yield _differs(key, name, wanted, got)


def _same(wanted: object, got: object) -> bool:
    if wanted is None or got is None or isinstance(wanted, str):
        return got == wanted
    return as_fraction(got) == as_fraction(wanted)


def _differs(bid: str, name: str, wanted: object, got: object) -> Message:
    return say("{bid}, {name}: expected {wanted}, found {got}.", bid=bid, name=name, wanted=str(wanted), got=str(got))


def _result(value: object, field: str) -> dict[str, Exact | str | None]:
    found = read_object(value, field, (), ("status", "points", "price", "value", "place"))
    return {
        name: read_choice(each, f"{field}.status", Status)
        if name == "status"
        else None
        if each is None
        else read_exact(each, f"{field}.{name}")
        for name, each in found.items()
    }


@dataclass(frozen=True, slots=True)
class Part:
    """The bids of a case, or of one of its lots, with the model they are evaluated by and what is expected.

    `field` and `model_field` say where in the file they stand. `individual` are each assessor's own scores, by assessor,
    bid and criterion: they explain an outcome and are part of no hash.
    """

    lot: Lot
    expected: Expected | None
    field: str = "case"
    model_field: str = "case.model"
    individual: Individual | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One file. A case without lots is one part with an empty label."""

    title: str
    source: str
    parts: tuple[Part, ...]
    most_lots_per_bidder: int | None = None
    documents: Documents | None = None

    @property
    def lots(self) -> tuple[Lot, ...]:
        """Return what is evaluated, in the order of the file."""
        return tuple(part.lot for part in self.parts)

    @property
    def has_lots(self) -> bool:
        """Return whether the bids are divided into lots."""
        return any(part.lot.key for part in self.parts)

    def to_json(self) -> dict[str, object]:
        """Return the file; `read_case` reads its canonical JSON as the same case."""
        documents = None if self.documents is None else self.documents.to_json()
        head = {"format": FORMAT, "title": self.title, **written(source=self.source or None, documents=documents)}
        if not self.has_lots:
            (part,) = self.parts
            return {**head, "model": part.lot.model.to_json(), **_bids_json(part)}
        lots = [
            {"key": lot.key, "label": lot.label, "model": lot.model.to_json(), **_bids_json(part)}
            for part in self.parts
            for lot in (part.lot,)
        ]
        return {**head, **written(most_lots_per_bidder=self.most_lots_per_bidder), "lots": lots}


def _bids_json(part: Part) -> dict[str, object]:
    expected = None if part.expected is None else part.expected.to_json()
    return {"bids": [bid.to_json() for bid in part.lot.bids], **written(assessors=part.individual, expected=expected)}


def read_case(data: bytes) -> Case:
    """Return the case in the bytes of a JSON file.

    Raises:
        ModelError: the bytes are no case; says which field, and what stood there.
    """
    return case_of(read_json(data))


def case_of(value: object) -> Case:
    """Return the case in parsed JSON, as `read_json` gives it.

    Raises:
        ModelError: it is no case.
    """
    lots_or_bids = "lots" if isinstance(value, dict) and "lots" in value else "bids"
    optional = [
        "$schema",
        "source",
        "documents",
        "most_lots_per_bidder",
        *(["expected", "model", "assessors"] if lots_or_bids == "bids" else ["model"]),
    ]
    found = read_object(value, "case", ("format", "title", lots_or_bids), optional)
    if found["format"] is True or found["format"] != FORMAT:
        raise ModelError("case.format", found["format"], say("This must be {format}.", format=FORMAT))
    model = Model.from_json(found["model"], "case.model") if "model" in found else None
    most = found.get("most_lots_per_bidder")
    if lots_or_bids == "lots":
        listed = _limited(read_list(found["lots"], "case.lots"), "case.lots", MOST_LOTS)
        parts = tuple(_lot(each, f"case.lots[{n}]", model) for n, each in enumerate(listed))
        _check_lots(parts)
    else:
        if model is None:
            raise ModelError("case.model", None, say("This is missing."))
        lot = Lot("", "", model, _bids(found["bids"], "case.bids"))
        parts = (Part(lot, _expected(found, "case"), individual=_individual(found, "case")),)
    documents = Documents.from_json(found["documents"], "case.documents") if "documents" in found else None
    if documents is not None:
        _check_documents(documents, parts)
    return Case(
        title=read_text(found["title"], "case.title"),
        source=read_text(found["source"], "case.source") if "source" in found else "",
        parts=parts,
        most_lots_per_bidder=None if most is None else read_whole(most, "case.most_lots_per_bidder", 1, MOST_LOTS),
        documents=documents,
    )


def _lot(value: object, field: str, shared: Model | None) -> Part:
    found = read_object(value, field, ("key", "label", "bids"), ("model", "expected", "assessors"))
    model = Model.from_json(found["model"], f"{field}.model") if "model" in found else shared
    if model is None:
        raise ModelError(f"{field}.model", None, say("This is missing."))
    key, label = read_text(found["key"], f"{field}.key"), read_text(found["label"], f"{field}.label")
    lot = Lot(key, label, model, _bids(found["bids"], f"{field}.bids"))
    model_field = f"{field}.model" if "model" in found else "case.model"
    return Part(lot, _expected(found, field), field, model_field, _individual(found, field))


def _check_documents(documents: Documents, parts: tuple[Part, ...]) -> None:
    """Refuse names that no model has, where a misspelt one would hide what lint is to find."""
    lines = {line.key for part in parts for line in part.lot.model.price.lines}
    criteria = {criterion.key for part in parts for criterion in part.lot.model.criteria}
    for name, keys, known in (
        ("unbound_lines", documents.unbound_lines, lines),
        ("climate", documents.climate, criteria),
    ):
        for n, key in enumerate(keys):
            if key not in known:
                raise ModelError(f"case.documents.{name}[{n}]", key, say("The model has nothing with this key."))


def _check_lots(parts: tuple[Part, ...]) -> None:
    seen: set[str] = set()
    for n, part in enumerate(parts):
        if part.lot.key in seen:
            raise ModelError(f"case.lots[{n}].key", part.lot.key, say("Another lot has the same key."))
        seen.add(part.lot.key)


def field_of(case: Case, error: InputError) -> str:
    """Return the field of the file that an error of the evaluation is about: `case.bids[1].scores.metod`."""
    part = next(each for each in case.parts if each.lot.key == error.lot)
    model = part.lot.model
    if error.field.startswith(f"{ASSESSORS}."):
        return f"{part.field}.{error.field}"
    if not error.bid or error.field == "combination":
        plain = "".join(f"s[{n}]" for n, gate in enumerate(model.gates) if gate is model.gate)
        return f"{part.model_field}.{error.field}{plain if error.field == 'gate' else ''}"
    n, bid = next((n, each) for n, each in enumerate(part.lot.bids) if each.key == error.bid)
    field = error.field
    if field in bid.assignments or field in {*bid.scores, *(each.key for each in model.criteria)}:
        field = f"{'assignments' if field in bid.assignments else 'scores'}.{field}"
    return f"{part.field}.bids[{n}].{field}"


def line_of(data: bytes, field: str) -> int | None:
    """Return the line of a case file where a field stands, or what it is missing from; None when it names no place."""
    text = data.decode("utf-8-sig", errors="replace")
    left = field.removeprefix("case")
    if not left.startswith("."):
        return None
    position = _beyond(text, 0)
    while left and (found := _inside(text, position, left)):
        position, left = found
    return text.count("\n", 0, position) + 1


_SPACE = re.compile(r"[ \t\n\r,:]*")
_INDEX = re.compile(r"\[(\d+)\]")
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)


def _inside(text: str, position: int, left: str) -> tuple[int, str] | None:
    """Return where the member that `left` begins with stands, in the object or list at `position`, and what is left."""
    index = _INDEX.match(left)
    wanted = []
    for n, (key, start) in enumerate(_members(text, position)):
        if key is None and index and n == int(index[1]):
            return start, left[index.end() :]
        if key is not None and f"{left}.".startswith((f".{key}.", f".{key}[")):
            wanted.append((len(key), start, left[len(key) + 1 :]))
    return max(wanted)[1:] if wanted else None


def _members(text: str, position: int) -> Iterator[tuple[str | None, int]]:
    """Yield key and place of every value in the object at `position`; in a list there are no keys."""
    is_object = text[position] == "{"
    if text[position] not in "{[":
        return
    position = _beyond(text, position + 1)
    while text[position] not in "}]":
        key = None
        if is_object:
            key, position = _DECODER.raw_decode(text, position)
            position = _beyond(text, position)
        yield key, position
        position = _beyond(text, _DECODER.raw_decode(text, position)[1])


def _beyond(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _bids(value: object, field: str) -> tuple[Bid, ...]:
    listed = _limited(read_list(value, field), field, MOST_BIDS)
    bids: dict[str, Bid] = {}
    for n, each in enumerate(listed):
        bid = read_bid(each, f"{field}[{n}]")
        if bid.key in bids:
            raise ModelError(f"{field}[{n}].key", bid.key, say("Another bid has the same key."))
        bids[bid.key] = bid
    return tuple(bids.values())


def _expected(found: dict[str, object], field: str) -> Expected | None:
    return Expected.from_json(found["expected"], f"{field}.expected") if "expected" in found else None


def _individual(found: dict[str, object], field: str) -> Individual | None:
    """Read each assessor's scores; whether there is such a bid and criterion is asked when they are used."""
    if ASSESSORS not in found:
        return None
    field = f"{field}.{ASSESSORS}"
    named = read_named(found[ASSESSORS], field)
    if len(named) > MOST_ASSESSORS:
        raise ModelError(field, len(named), say("There can be at most {most} of these.", most=MOST_ASSESSORS))
    return {
        read_text(assessor, field): {
            bid: {
                criterion: read_exact(score, f"{field}.{assessor}.{bid}.{criterion}")
                for criterion, score in read_named(scores, f"{field}.{assessor}.{bid}").items()
            }
            for bid, scores in read_named(given, f"{field}.{assessor}").items()
        }
        for assessor, given in named.items()
    }


def _limited(listed: list[object], field: str, most: int) -> list[object]:
    if len(listed) > most:
        raise ModelError(field, len(listed), say("There can be at most {most} of these.", most=most))
    return listed


def read_json(data: bytes) -> Any:
    """Return what a JSON file holds, with decimals kept as they are written and nothing rounded to a float.

    Raises:
        ModelError: the file is too large, no JSON in UTF-8, nested too deep, or names a field twice.
    """
    if len(data) > LARGEST:
        reason = say("The file has {size} bytes. It can have at most {most}.", size=len(data), most=LARGEST)
        raise ModelError("case", len(data), reason)
    try:
        text = data.decode("utf-8-sig")
        value = json.loads(text, object_pairs_hook=_once, parse_float=_decimal, parse_int=_decimal, parse_constant=str)
        if _HALF.search(text):
            json.dumps(value, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError as error:  # an escape that is half a sign
        raise ModelError("case", error.object[error.start], say("The text is not Unicode.")) from error
    except UnicodeDecodeError as error:
        byte = data[error.start : error.start + 1]
        raise ModelError("case", byte, say("Byte {n} is not UTF-8.", n=error.start)) from error
    except json.JSONDecodeError as error:
        line = (text.splitlines() or [""])[min(error.lineno, len(text.splitlines()) or 1) - 1].strip()
        reason = say("This is not JSON: line {line}, sign {column}.", line=error.lineno, column=error.colno)
        raise ModelError("case", line, reason) from error
    except RecursionError as error:
        raise ModelError("case", "…", say("The file is nested too deep.")) from error
    return value


_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ModelError(key, value, say("This field stands twice in the same object."))
        found[key] = value
    return found


def _decimal(text: str) -> Decimal | str:
    """Return a number as it is written; one with exponent stays text, and is refused by whoever reads the field."""
    return text if "e" in text.lower() else Decimal(text)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a case file."""
    found = json.loads((resources.files(__package__) / "case.schema.json").read_text(encoding="utf-8"))
    if not isinstance(found, dict):
        raise TypeError(found)
    return found

"""B7: the outcome computed again from what was stored, and compared with what was frozen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core.canonical import NotCanonicalError, canonical_json, read_canonical
from rodatraden.core.evaluation.bids import InputError, read_inputs
from rodatraden.core.evaluation.outcome import evaluate
from rodatraden.core.evaluation.reading import ModelError
from rodatraden.core.evaluation.robustness.result import told
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_TOLD = 20
"""Differences that are told one by one; the rest are counted."""
LONGEST = 100


@dataclass(frozen=True, slots=True)
class Difference:
    """Where in the frozen outcome something else comes out now (`results[0].value`), as it is written there."""

    path: str
    frozen: str
    found: str
    text: Message


@dataclass(frozen=True, slots=True)
class Recomputed:
    """`value` says whether the stored inputs have their hash and give the frozen outcome.

    The hashes found are None when the inputs can't be read or computed, and `fault` says why.
    """

    value: bool
    inputs_hash: str | None
    outcome_hash: str | None
    fault: Message | None
    differences: tuple[Difference, ...]
    n_differences: int
    sentences: tuple[Message, ...]


def recomputed(
    stored: bytes, *, inputs_hash: str, outcome_hash: str, frozen: Mapping[str, object] | None = None
) -> Recomputed:
    """Return whether `stored`, the canonical JSON of `inputs`, gives the hashes that were frozen.

    With `frozen`, the outcome that was stored too, every figure that differs is pointed at.
    """
    try:
        model, bids = read_inputs(read_canonical(stored))
        outcome = evaluate(model, bids)
    except (NotCanonicalError, ModelError, InputError) as error:
        sentence = say("What was stored can't be computed again, so the outcome can't be confirmed.")
        return Recomputed(
            value=False,
            inputs_hash=None,
            outcome_hash=None,
            fault=error.reason,
            differences=(),
            n_differences=0,
            sentences=told(sentence, error.reason),
        )
    is_same_input, is_same_outcome = outcome.inputs_hash == inputs_hash, outcome.hash == outcome_hash
    differences = [] if frozen is None else list(_differences(_plain(frozen), _plain(outcome.to_json()), ""))
    sentence = say("What was stored gives the frozen outcome again, with the same hash.")
    if not is_same_input:
        sentence = say("What was stored is not what was evaluated: its hash is another than the frozen one.")
    elif not is_same_outcome:
        sentence = say("What was stored gives another outcome than the frozen one.")
    elif differences:
        sentence = say("The outcome has its hash, but the figures that were stored beside it are others.")
    return Recomputed(
        is_same_input and is_same_outcome and not differences,
        outcome.inputs_hash,
        outcome.hash,
        None,
        tuple(differences[:MOST_TOLD]),
        len(differences),
        told(sentence, say("{n} figures differ.", n=len(differences)) if differences else None),
    )


def _plain(value: object) -> object:
    return read_canonical(canonical_json(value))


def _differences(frozen: object, found: object, path: str) -> Iterator[Difference]:
    if isinstance(frozen, dict) and isinstance(found, dict):
        for key in sorted({*frozen, *found}):
            yield from _differences(frozen.get(key), found.get(key), f"{path}.{key}".removeprefix("."))
    elif isinstance(frozen, list) and isinstance(found, list) and len(frozen) == len(found):
        for n, (one, other) in enumerate(zip(frozen, found, strict=True)):
            yield from _differences(one, other, f"{path}[{n}]")
    elif frozen != found:
        was, now = (canonical_json(each).decode()[:LONGEST] for each in (frozen, found))
        text = say("{place}: {frozen} was frozen, {found} is found now.", place=path, frozen=was, found=now)
        yield Difference(path, was, now, text)

"""The case file: every published case keeps to its schema and gives what it expects, and a bad file is named exactly."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from rodatraden.core.canonical import canonical_json
from rodatraden.core.evaluation import InputError, InputFault, Method, ModelError, evaluate
from rodatraden.core.evaluation.case import LARGEST, field_of, line_of, read_case, read_json, schema
from rodatraden.core.evaluation.lots import evaluate_lots
from rodatraden.core.message import say
from tests.core.evaluation.schema import is_valid
from tests.core.evaluation.worked import CASES, read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILES = sorted(CASES.glob("*.json"))
SEED = (CASES / "seed-000.json").read_bytes()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_published_case_keeps_to_the_schema_and_gives_what_it_expects(path: Path) -> None:
    assert is_valid(read_json(path.read_bytes()), schema(), schema())
    case = read(path.stem)
    for part, found in zip(case.parts, evaluate_lots(case.lots, case.most_lots_per_bidder), strict=True):
        assert part.expected is not None
        assert [str(each) for each in part.expected.differences(found.outcome)] == []


def test_the_schema_knows_every_method() -> None:
    stated = [each["properties"]["method"]["const"] for each in schema()["$defs"]["combination"]["anyOf"]]
    assert sorted(stated) == sorted(Method)


def written(change: Callable[[dict[str, Any]], object]) -> bytes:
    value = copy.deepcopy(json.loads(SEED))
    change(value)
    return json.dumps(value).encode()


def bid(**change: object) -> Callable[[dict[str, Any]], object]:
    return lambda case: case["bids"][0].update(change)


BAD = [
    (bid(price="1e3"), "case.bids[0].price", "'1e3'", "This must be a number written in full."),
    (bid(price="1_000"), "case.bids[0].price", "'1_000'", "This must be a number written in full."),
    (bid(price="\uff11\uff10\uff15\uff10"), "case.bids[0].price", repr("\uff11\uff10\uff15\uff10"), "This must be a number written in full."),
    (bid(price="NaN"), "case.bids[0].price", "'NaN'", "This must be a number written in full."),
    (bid(price=float("nan")), "case.bids[0].price", "'NaN'", "This must be a number written in full."),
    (bid(price="1" * 16), "case.bids[0].price", f"'{'1' * 16}'", "This must be a number written in full."),
    (bid(price="1050,50"), "case.bids[0].price", "'1050,50'", "This must be a number written in full."),
    (bid(scores=[]), "case.bids[0].scores", "[]", "This must be an object."),
    (bid(scores={"metod": None}), "case.bids[0].scores.metod", "None", "This must be a number written in full."),
    (bid(assignments={"m": [{"first": "2026-02-30", "last": None}]}), "case.bids[0].assignments.m[0].first",
     "'2026-02-30'", "This must be a day, written as 2027-02-28."),
    (bid(assignments={"m": [{"first": "2026-02-02", "last": "2026-02-01"}]}), "case.bids[0].assignments.m[0]", None,
     "The assignment ends before it starts."),
    (bid(key="lyckastrand"), "case.bids[1].key", "'lyckastrand'", "Another bid has the same key."),
    (bid(pris="1"), "case.bids[0].pris", "'1'", "This is not part of a model."),
    (lambda c: c.update(format=2), "case.format", "Decimal('2')", "This must be 1."),
    (lambda c: c.update(format=True), "case.format", "True", "This must be 1."),
    (lambda c: c.pop("model"), "case.model", "None", "This is missing."),
    (lambda c: c.pop("bids"), "case.bids", "None", "This is missing."),
    (lambda c: c.update(title=" "), "case.title", "' '", "This must be a text of 1 to 200 characters."),
    (lambda c: c.update(lots=[]), "case.bids", None, "This is not part of a model."),
    (lambda c: c["model"].update(tie_rule="lots"), "case.model.tie_rule", "'lots'", None),
    (lambda c: c.update(bids=[{}] * 1001), "case.bids", "1001", "There can be at most 1000 of these."),
    (lambda c: c.update(assessors=[]), "case.assessors", "[]", "This must be an object."),
    (lambda c: c.update(assessors={"anna": "9"}), "case.assessors.anna", "'9'", "This must be an object."),
    (lambda c: c.update(assessors={"anna": {"x": {"metod": None}}}), "case.assessors.anna.x.metod", "None",
     "This must be a number written in full."),
    (lambda c: c["expected"].update(verdict="won"), "case.expected.verdict", "'won'", None),
    (lambda c: c["expected"].update(results={"a": {"points": "x"}}), "case.expected.results.a.points", "'x'", None),
]  # fmt: skip


@pytest.mark.parametrize(("change", "field", "value", "sentence"), BAD)
def test_a_bad_file_names_field_and_value(
    change: Callable[[dict[str, Any]], object], field: str, value: str | None, sentence: str | None
) -> None:
    with pytest.raises(ModelError) as refused:
        read_case(written(change))
    assert refused.value.field == field
    assert value is None or refused.value.value == value
    assert sentence is None or str(refused.value.reason) == sentence


@pytest.mark.parametrize(
    "change",
    [
        bad[0]
        for bad in BAD
        if bad[1] not in {"case.bids[1].key", "case.bids[0].assignments.m[0]"} and "02-30" not in str(bad[2])
    ],
)
def test_what_the_reader_refuses_the_schema_refuses_too(change: Callable[[dict[str, Any]], object]) -> None:
    value = read_json(written(change))
    assert not is_valid(value, schema(), schema())


@pytest.mark.parametrize(
    ("data", "field", "sentence"),
    [
        (b"", "case", "This is not JSON: line 1, sign 1."),
        (b'{"format": 1,\n "title" "x"}', "case", "This is not JSON: line 2, sign 10."),
        (b"\xff\xfe", "case", "Byte 0 is not UTF-8."),
        (b"[" * 100_000, "case", "The file is nested too deep."),
        (b'{"format": 1, "format": 1}', "format", "This field stands twice in the same object."),
        (b" " * (LARGEST + 1), "case", f"The file has {LARGEST + 1} bytes. It can have at most {LARGEST}."),
        (b"[]", "case", "This must be an object."),
    ],
)
def test_bytes_that_are_no_case_are_told_where(data: bytes, field: str, sentence: str) -> None:
    with pytest.raises(ModelError) as refused:
        read_case(data)
    assert (refused.value.field, str(refused.value.reason)) == (field, sentence)


def test_half_a_sign_is_refused_before_anybody_prints_it() -> None:
    with pytest.raises(ModelError) as refused:
        read_case(SEED.replace(b'"Metod"', b'"\\ud800"'))
    assert (refused.value.field, str(refused.value.reason)) == ("case", "The text is not Unicode.")
    assert read_case(SEED.replace(b'"Metod"', b'"\\ud83d\\ude00"')).lots[0].model.criteria[0].label == "\U0001f600"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_case_that_is_written_again_is_the_same_case(path: Path) -> None:
    case = read(path.stem)
    data = canonical_json(case.to_json())
    assert is_valid(read_json(data), schema(), schema())
    again = read_case(data)
    assert canonical_json(again.to_json()) == data
    assert [part.expected for part in again.parts] == [part.expected for part in case.parts]
    assert [(lot.model.hash, lot.bids) for lot in again.lots] == [(lot.model.hash, lot.bids) for lot in case.lots]


def test_individual_scores_are_read_exactly_and_named_by_lot_when_they_cannot_be_used() -> None:
    lots = json.loads((CASES / "25-lots.json").read_text(encoding="utf-8"))
    lots["lots"][1]["assessors"] = {"anna": {"nord": {"kvalitet": "26/3"}}}
    case = read_case(json.dumps(lots).encode())
    assert [part.individual for part in case.parts] == [None, {"anna": {"nord": {"kvalitet": Fraction(26, 3)}}}, None]
    error = InputError(InputFault.UNKNOWN_BID, say("…"), field="assessors.anna.nord")
    error.lot = case.parts[1].lot.key
    assert field_of(case, error) == "case.lots[1].assessors.anna.nord"
    with pytest.raises(ModelError) as refused:
        read_case(written(lambda c: c.update(assessors={str(n): {} for n in range(101)})))
    assert (refused.value.field, str(refused.value.reason)) == (
        "case.assessors",
        "There can be at most 100 of these.",
    )


def test_a_decimal_in_the_file_is_kept_as_it_is_written() -> None:
    data = SEED.replace(b'"1140"', b"1140.10")
    assert read_case(data).lots[0].bids[0].price == Decimal("1140.10")
    with pytest.raises(ModelError) as refused:
        read_case(SEED.replace(b'"1140"', b"1.14e3"))
    assert (refused.value.field, refused.value.value) == ("case.bids[0].price", "'1.14e3'")


def test_what_is_not_as_expected_is_told() -> None:
    (part,) = read("seed-000").parts
    assert part.expected is not None
    cheaper = [replace(each, price=Decimal(500)) if each.key == "nordvala" else each for each in part.lot.bids]
    told = [str(each) for each in part.expected.differences(evaluate(part.lot.model, cheaper))]
    assert told == [
        "Expected mellanrum first, found nordvala.",
        "mellanrum, place: expected 1, found 2.",
        "lyckastrand, place: expected 2, found 3.",
        "nordvala, value: expected 1560, found 1100.",
        "nordvala, place: expected 3, found 1.",
    ]
    none = [str(each) for each in part.expected.differences(evaluate(part.lot.model, []))]
    assert none[:2] == ["Expected the verdict first, found nobody.", "Expected mellanrum first, found ."]
    assert "Expected a result for mellanrum, which has no bid." in none


def test_lots_have_keys_of_their_own_and_a_model() -> None:
    lots = json.loads((CASES / "25-lots.json").read_text(encoding="utf-8"))
    twice = lots | {"lots": [lots["lots"][0]] * 2}
    without = {key: part for key, part in lots.items() if key != "model"}
    for value, field in ((twice, "case.lots[1].key"), (without, "case.lots[0].model")):
        with pytest.raises(ModelError) as refused:
            read_case(json.dumps(value).encode())
        assert refused.value.field == field


FAULTS = [
    (bid(scores={"metod": "9", "case": "11"}), "case.bids[0].scores.case"),
    (bid(scores={"metod": "9"}), "case.bids[0].scores.case"),
    (bid(scores={"metod": "9", "case": "8", "annat": "1"}), "case.bids[0].scores.annat"),
    (bid(price="0"), "case.bids[0].price"),
    (bid(currency="EUR"), "case.bids[0].currency"),
    (bid(prices={"rad": "1"}), "case.bids[0].prices.rad"),
    (bid(not_qualified=" "), "case.bids[0].not_qualified"),
    (lambda c: c["model"].update(total="21"), "case.model.total"),
    (lambda c: c["model"].update(gates=[{"minimum": "3", "criteria": ["case"]}, {"minimum": "30"}]), "case.model.gates[1]"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "field"), FAULTS)
def test_a_fault_of_the_evaluation_is_told_where_in_the_file_it_stands(
    change: Callable[[dict[str, Any]], object], field: str
) -> None:
    case = read_case(written(change))
    with pytest.raises(InputError) as refused:
        evaluate_lots(case.lots)
    assert field_of(case, refused.value) == field


def test_a_fault_in_a_lot_is_told_with_its_lot() -> None:
    value = json.loads((CASES / "25-lots.json").read_text(encoding="utf-8"))
    value["lots"][1]["bids"][2]["price"] = "0"
    case = read_case(json.dumps(value).encode())
    with pytest.raises(InputError) as refused:
        evaluate_lots(case.lots)
    assert field_of(case, refused.value) == "case.lots[1].bids[2].price"


TEXT = b"""{
  "format": 1,
  "model": {"criteria": [
    {"key": "a.b"},
    {"key": "c", "highest": "[,]{}\\\"", "scores": {"x": 1, "x.y":
      2}}
  ]}
}"""


@pytest.mark.parametrize(
    ("field", "line"),
    [
        ("case.format", 2),
        ("case.model.criteria[0].key", 4),
        ("case.model.criteria[1].highest", 5),
        ("case.model.criteria[1].scores.x", 5),
        ("case.model.criteria[1].scores.x.y", 6),
        ("case.model.criteria[1].lowest", 5),
        ("case.model.criteria[7]", 3),
        ("case.title", 1),
        ("case", None),
        ("format", None),
    ],
)
def test_the_line_of_a_field(field: str, line: int | None) -> None:
    assert line_of(TEXT, field) == line


def test_every_field_of_a_case_is_found_on_the_line_where_it_was_written() -> None:
    lines = SEED.decode().splitlines()
    for n in range(4):
        line = line_of(SEED, f"case.bids[{n}].scores.metod")
        assert line is not None
        assert lines[line - 1].strip().startswith('"metod"')
        assert json.loads(SEED)["bids"][n]["scores"]["metod"] in lines[line - 1]

"""What the documents say, read without forgiveness and written again as it was."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rodatraden.core.canonical import canonical_json
from rodatraden.core.evaluation import ModelError
from rodatraden.core.evaluation.case import read_case, read_json, schema
from rodatraden.core.evaluation.documents import Documents
from tests.core.evaluation.schema import is_valid
from tests.core.evaluation.worked import CASES

CASE = json.loads((CASES / "24-price-lines-currency.json").read_text(encoding="utf-8"))
WHOLE: dict[str, Any] = {
    "country": "NO",
    "published_on": "2026-09-01",
    "value": "3000000",
    "cpv": "79410000-1",
    "months": "48",
    "asked": [{"label": "Metod", "as": "score", "criterion": "m", "about": "x", "level": "24", "beyond": True}],
    "gates": [{"minimum": "12", "criteria": ["m"]}],
    "rejects": [{"text": "a"}],
    "voluntary_standstill": True,
    "price_adjustment": "index",
    "changes": [{"text": "b", "measure": "c"}],
    "unbound_lines": ["konsult"],
    "climate": [],
    "instead_of_climate": "krav",
}


def case_with(documents: object) -> bytes:
    return json.dumps({**CASE, "documents": documents}).encode()


def test_what_is_written_is_what_was_read_and_keeps_to_the_schema() -> None:
    case = read_case(case_with(WHOLE))
    assert case.documents is not None
    used = {key: value for key, value in WHOLE.items() if value != []}
    assert json.loads(canonical_json(case.documents.to_json())) == used
    assert is_valid(read_json(case_with(WHOLE)), schema(), schema())
    assert Documents.from_json({}, "x").to_json() == {}


@pytest.mark.parametrize(
    ("part", "field", "is_seen_by_schema"),
    [
        ({"country": "EU"}, "country", True),
        ({"published_on": "1 maj"}, "published_on", True),
        ({"value": "0"}, "value", False),
        ({"months": "0"}, "months", False),
        ({"asked": [{"label": "a", "as": "bör"}]}, "asked[0].as", True),
        ({"asked": [{"label": "a", "beyond": "ja"}]}, "asked[0].beyond", True),
        ({"gates": [{}]}, "gates[0].minimum", True),
        ({"rejects": ["fritt"]}, "rejects[0]", True),
        ({"voluntary_standstill": 1}, "voluntary_standstill", True),
        ({"unbound_lines": ["finns inte"]}, "unbound_lines[0]", False),
        ({"climate": ["finns inte"]}, "climate[0]", False),
        ({"annat": 1}, "annat", True),
    ],
)
def test_a_fault_names_its_field(part: dict[str, Any], field: str, is_seen_by_schema: bool) -> None:
    with pytest.raises(ModelError) as refused:
        read_case(case_with(part))
    assert refused.value.field == f"case.documents.{field}"
    assert is_valid(read_json(case_with(part)), schema(), schema()) is not is_seen_by_schema


def test_the_documents_are_part_of_no_hash() -> None:
    with_documents, without = read_case(case_with(WHOLE)), read_case(json.dumps(CASE).encode())
    assert with_documents.lots == without.lots

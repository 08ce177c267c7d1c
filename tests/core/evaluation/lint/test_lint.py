"""Lint as a whole: seed 000 as it stands, the mended seed, order, lots, and the page that lists every finding."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from rodatraden.core.evaluation.lint import OF_A_MODEL, OF_DOCUMENTS, Severity, basic, lint
from tests.core.evaluation.lint.cases import case_of, documents
from tests.core.evaluation.worked import FAMILIES, RULES, evaluate, read

if TYPE_CHECKING:
    from pathlib import Path


def codes(name: str) -> list[tuple[str, str]]:
    return [(remark.severity.value, remark.code) for remark in lint(case_of(name))]


def test_seed_000_as_it_stands_has_the_findings_of_the_law_inventory() -> None:
    assert codes("seed-000-as-written") == [
        ("error", "free_rejection"),
        ("error", "scored_without_points"),
        ("warning", "regime_unknown"),
        ("warning", "voluntary_standstill"),
        ("warning", "no_price_adjustment"),
        ("warning", "unmeasured_change"),
        ("warning", "tie_rule"),
        ("warning", "shared_points"),
        ("warning", "must_and_score"),
        ("warning", "must_without_level"),
        ("warning", "neither_must_nor_score"),
        ("warning", "neither_must_nor_score"),
        ("warning", "neither_must_nor_score"),
        ("note", "trade_off"),
    ]


def test_the_mended_seed_has_only_the_choice_that_is_the_buyers() -> None:
    assert codes("seed-000") == [("note", "trade_off")]


@pytest.mark.parametrize("path", FAMILIES, ids=lambda path: path.stem)
def test_every_example_is_what_the_engine_computes_and_every_field_is_in_the_file(path: Path) -> None:
    for remark in lint(read(path.stem)):
        assert re.fullmatch(r"case\.(model|documents|lots\[\d+\]\.model)\..+", remark.field)
        for tried in remark.example.tried if remark.example else ():
            assert evaluate(tried.model, tried.bids) == tried.outcome


def test_errors_stand_first_and_what_the_documents_say_is_told_once_for_all_lots() -> None:
    found = lint(case_of("25-lots", documents(asked=[{"label": "Profil"}], voluntary_standstill=True)))
    assert [remark.lot for remark in found if remark.code == "tie_rule"] == ["Norr", "Mitt", "Syd"]
    assert [remark.lot for remark in found if remark.code == "neither_must_nor_score"] == [""]
    assert [remark.severity for remark in found] == sorted((each.severity for each in found), key=list(Severity).index)


def test_the_page_has_a_row_for_every_finding_and_no_other() -> None:
    page = (RULES / "lint.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
    functions = {find.__name__ for find in (*OF_A_MODEL, *OF_DOCUMENTS)} - {basic.unusable.__name__}
    assert len(rows) == len(set(rows))
    assert functions == set(rows)


def test_lint_is_silent_of_documents_that_are_not_stated() -> None:
    about = {remark.code for remark in lint(case_of("seed-000", documents(cpv="79410000-1")))}
    assert about == {"trade_off"}

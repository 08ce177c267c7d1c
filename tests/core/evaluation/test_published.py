"""What others have printed, to the last digit: the table of `docs/rules/published.md`."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

import pytest

from rodatraden.core.evaluation import BidResult, StepKind
from rodatraden.core.exact import Exact, as_fraction, decimal_places, rounded_decimal
from tests.core.evaluation.worked import CASES, RULES, outcome, read

ROW = re.compile(r"^\| (?:\[[^\]]+\]\(\S+/([\w-]+)\.json\) )?\| ([\w-]+) \| ([\w ]+) \| ([\d.]+) \|$", re.MULTILINE)
PRICE_SHARE = "price share"


def printed() -> list[tuple[str, str, str, str]]:
    case, rows = "", []
    for found in ROW.finditer((RULES / "published.md").read_text(encoding="utf-8")):
        case = found[1] or case
        rows.append((case, found[2], found[3], found[4]))
    return rows


def figure(result: BidResult, name: str) -> Exact:
    if name == "value":
        assert result.value is not None
        return result.value
    kind = StepKind.SHARE if name == PRICE_SHARE else StepKind(name)
    found = next(step.value for step in result.steps if step.kind is kind)
    assert found is not None
    return found


@pytest.mark.parametrize(("case", "bid", "name", "text"), printed())
def test_it_is_what_was_printed(case: str, bid: str, name: str, text: str) -> None:
    result = next(each for each in outcome(case).results if each.key == bid)
    places = decimal_places(as_fraction(Decimal(text))) or 0
    places = max(places, len(text.partition(".")[2]))
    assert rounded_decimal(as_fraction(figure(result, name)), places, ROUND_HALF_UP) == Decimal(text)


def test_every_published_case_stands_in_the_table_and_names_its_source() -> None:
    cases = {path.stem for path in CASES.glob("publ-*.json")}
    assert {case for case, *_rest in printed()} == cases
    assert len(cases) >= 8
    assert all(read(case).source for case in cases)

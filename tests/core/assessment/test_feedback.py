"""A feedback report keeps what was said, word for word, and is of one subject alone."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.assessment import Feedback, Needed, Part, lines

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)
LINES = st.lists(TEXT, max_size=3).map(tuple)
POINTS = st.decimals(0, 100, places=2)
EXACT = POINTS | st.fractions(0, 100, max_denominator=7).filter(lambda each: each.denominator in {3, 6, 7})
PARTS = st.builds(
    Part,
    title=TEXT,
    question=TEXT,
    strengths=LINES,
    improvements=LINES,
    reason=TEXT,
    points=st.none() | POINTS,
    highest=st.none() | POINTS,
    text=TEXT,
)
NEEDED = st.builds(Needed, title=TEXT, is_met=st.booleans(), points=st.none() | EXACT, minimum=st.none() | EXACT)
REPORTS = st.builds(
    Feedback,
    title=TEXT,
    subject=TEXT,
    model=TEXT,
    model_sha256=TEXT,
    summary=TEXT,
    use=TEXT,
    parts=st.lists(PARTS, max_size=3).map(tuple),
    needed=st.lists(NEEDED, max_size=2).map(tuple),
)

ONE = Feedback(
    title="Processcoachning",
    subject="Bro & Bryggor HB",
    model="Modell v1",
    model_sha256="0" * 64,
    summary="Anbudet är lätt att följa.",
    use="Inget annat.",
    parts=(
        Part("Metod", "Hur?", ("Tydliga steg",), ("Mät tilltro",), "Alla led besvaras.", Decimal("7.5"), Decimal(10)),
    ),
    needed=(Needed("Spärren", is_met=False, points=Decimal("7.5"), minimum=Fraction(25, 3)),),
)


@given(REPORTS)
def test_what_was_frozen_is_read_back_and_has_one_hash(report: Feedback) -> None:
    again = Feedback.read(report.canonical)
    assert again == report
    assert again.sha256 == report.sha256


@pytest.mark.parametrize("change", [{"summary": "Anbudet är lätt att följa"}, {"use": ""}, {"parts": ()}])
def test_every_word_is_in_the_hash(change: dict[str, object]) -> None:
    assert replace(ONE, **change).sha256 != ONE.sha256  # type: ignore[arg-type]


def test_the_sum_is_of_what_is_told_and_nothing_where_points_are_hidden() -> None:
    hidden = replace(ONE, parts=tuple(replace(part, points=None, highest=None) for part in ONE.parts))
    assert (ONE.points, ONE.highest) == (Decimal("7.5"), Decimal(10))
    assert (hidden.points, hidden.highest) == (None, 0)
    assert b"7.5" not in replace(hidden, needed=()).canonical


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ({"summary": "Bättre än NORDVÄG ab, sämre än ni."}, [("", "Nordväg AB")]),
        ({"parts": (replace(ONE.parts[0], improvements=("Gör som Nordväg AB.",)),)}, [("Metod", "Nordväg AB")]),
        ({"parts": (replace(ONE.parts[0], reason="Nordväg AB:s steg är fler."),)}, [("Metod", "Nordväg AB")]),
        ({"summary": "Nordväg ABC är ett annat namn."}, []),
        ({"summary": "Bro & Bryggor HB är ni själva."}, []),
    ],
)
def test_naming_somebody_else_is_found_wherever_it_stands(
    written: dict[str, object], named: list[tuple[str, str]]
) -> None:
    assert list(replace(ONE, **written).naming(["Nordväg AB"])) == named  # type: ignore[arg-type]


def test_other_bytes_are_no_report() -> None:
    for bad in (b"{}", b"[]", ONE.canonical.replace(b"feedback-1", b"feedback-2"), ONE.canonical + b" "):
        with pytest.raises(ValueError):  # noqa: PT011 -- each has its own words
            Feedback.read(bad)


def test_one_to_a_line() -> None:
    assert lines("  Tydliga steg \n\n Mät tilltro\r\n") == ("Tydliga steg", "Mät tilltro")

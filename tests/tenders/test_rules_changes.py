"""How far published documents may change, and what that demands of the deadline; the page's worked example is the test."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from rodatraden.core.calendars import PROCEDURES, Unknown
from rodatraden.core.instants import ZONES
from rodatraden.procurements.models import Procurement
from rodatraden.tenders.models import DocumentEdit, Tender
from rodatraden.tenders.rules import Difference, Weight, extension, is_allowed, must_be_substantial, weigh
from rodatraden.tenders.rules.changes import may_call_it

About = DocumentEdit.About
PAGE = Path(__file__).parents[2] / "docs" / "rules" / "changes.md"
ROWS = [
    tuple(cell.strip() for cell in line.split("|")[1:-1])
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if line.startswith("| se-")
]


def swedish(written):
    return datetime.fromisoformat(written).replace(tzinfo=ZONES["SE"])


def differing(about, field, old=None, new=None):
    return Difference(about, "revise", "", field, "Takvärde", "", "", old, new)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[-1])
def test_the_worked_example_of_the_page(row):
    procedure, deadline, published, is_substantial, moves, first, proposed, _ = row
    tender = Tender(procurement=Procurement(procedure=procedure), deadline_at=swedish(deadline))
    needed = extension(tender, swedish(published), is_substantial=is_substantial == "yes")
    assert needed.must_move == (moves == "yes")
    assert (needed.earliest_at, needed.proposed_at) == (swedish(first), swedish(proposed))


def test_without_a_procedure_the_deadline_is_unknown_and_not_guessed():
    tender = Tender(procurement=Procurement(), deadline_at=swedish("2026-05-07T12:00"))
    assert isinstance(extension(tender, swedish("2026-04-20T10:00"), is_substantial=True), Unknown)


@pytest.mark.parametrize(
    ("difference", "weight"),
    [
        (differing(About.TERMS, "ceiling", "3000000", "3500000"), Weight.ANOTHER),
        (differing(About.TERMS, "ceiling", "3000000", None), Weight.ANOTHER),
        (differing(About.TERMS, "ceiling", "3000000", "2500000"), Weight.SUBSTANTIAL),
        (differing(About.TERMS, "periods", 4, 5), Weight.ANOTHER),
        (differing(About.TERMS, "period_months", 12, 6), Weight.SUBSTANTIAL),
        (differing(About.TERMS, "travel_clause", "a", "b"), Weight.WORDS),
        (differing(About.MODEL, "evaluation_model"), Weight.SUBSTANTIAL),
        (differing(About.REQUIREMENT, ""), Weight.SUBSTANTIAL),
        (differing(About.REQUIREMENT, "scale"), Weight.SUBSTANTIAL),
        (differing(About.REQUIREMENT, "title", "a", "b"), Weight.WORDS),
        (differing(About.ITEM, "max_pages", 4, 5), Weight.SUBSTANTIAL),
        (differing(About.ITEM, "description", "a", "b"), Weight.WORDS),
    ],
)
def test_each_difference_weighs_by_its_field(difference, weight):
    assert weigh(difference) is weight
    assert must_be_substantial([difference]) is (weight is not Weight.WORDS)


def test_what_is_another_purchase_is_refused_and_says_what_that_rests_on():
    answer = is_allowed(differing(About.TERMS, "ceiling", "1", "2"), PROCEDURES["se-open"])
    assert not answer
    assert answer.source == "policy; rättspraxis, inte verifierad"


def test_in_norway_only_what_is_not_substantial_may_change():
    procedure = PROCEDURES["no-part-3-open"]
    level, words = differing(About.REQUIREMENT, "level"), differing(About.REQUIREMENT, "text")
    assert is_allowed(words, procedure)
    assert may_call_it([words], is_substantial=False, procedure=procedure)
    for differences in ([level], [words]):
        refused = may_call_it(differences, is_substantial=True, procedure=procedure)
        assert (refused.allowed, refused.source) == (False, "FOA §§ 14-2, 20-1")


def test_nobody_calls_words_what_the_program_can_tell_is_more():
    procedure, level = PROCEDURES["se-open"], differing(About.REQUIREMENT, "level")
    assert not may_call_it([level], is_substantial=False, procedure=procedure)
    assert may_call_it([level], is_substantial=True, procedure=procedure)
    assert may_call_it([differing(About.REQUIREMENT, "text")], is_substantial=True, procedure=procedure)

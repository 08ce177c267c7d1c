"""What people type when they judge, good and bad, and what they are told."""

from __future__ import annotations

from decimal import Decimal
from time import perf_counter

import pytest

from rodatraden.assessments.forms import ConsensusForm, CriterionForm, ScoreForm, by_criterion, scale_in_words
from rodatraden.assessments.models import Criterion, Item
from rodatraden.assessments.rules import assessors_of
from rodatraden.core.assessment.quality_model import Area, QualityModel
from tests.factories.assessments import all_hand_in, criteria, make_round

WHOLE = Criterion(number=1, **criteria(1)[0])
ITEM = Item(number=1, label="Anbud 1")


def score_form(points, reason="Sidan 2"):
    sent = {"points_1": points, "reason_1": reason, "strengths_1": "", "improvements_1": ""}
    return ScoreForm(sent, cells={1: (ITEM, WHOLE)}, own={}, named=by_criterion)


@pytest.mark.parametrize(
    ("points", "read"), [("7", 7), (" 7 ", 7), ("7 p", 7), ("0", 0), ("10", 10), ("", None), ("  ", None)]
)
def test_points_are_read_as_people_write_them_and_may_wait(points, read):
    form = score_form(points, "")
    assert form.is_valid(), form.errors
    written = form.written()[ITEM, WHOLE]
    assert written == {
        "points": None if read is None else Decimal(read),
        "reason": "",
        "strengths": "",
        "improvements": "",
        "places": "",
        "based_on": "",
    }


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ("11", "11 ligger utanför skalan, 0 till 10."),
        ("-1", "-1 är negativt. Skriv ett tal som är noll eller mer."),
        ("7,5", "7,5 ligger mellan två steg. Skalan har steg om 1."),
        ("sju", "sju innehåller bokstäver. Skriv bara talet, till exempel 1050,50."),
        ("\uff17", "Skriv \uff17 med siffrorna 0 till 9."),
        ("1_0", "Skriv 1_0 utan understreck."),
        ("NaN", "NaN är inte ett tal. Skriv till exempel 1050,50."),
        ("1e1", "Skriv ut 1e1 helt, utan e."),
    ],
)
def test_bad_points_are_refused_beside_their_field_and_everything_typed_stays(points, said):
    form = score_form(points, "Svarar på alla tre led")
    assert not form.is_valid()
    assert form.errors == {"points_1": [said]}
    assert form["points_1"].value() == points
    assert form["reason_1"].value() == "Svarar på alla tre led"
    assert form.problems[0].href == "#id_points_1"


@pytest.mark.parametrize(
    ("step", "said"), [(Decimal(1), "0–10, hela poäng"), (Decimal("0.5"), "0–10, i steg om 0,5"), (None, "0–10")]
)
def test_the_scale_is_said_in_words(step, said):
    assert scale_in_words(Criterion(number=1, **criteria(1, step=step)[0])) == said


@pytest.mark.django_db
def test_a_consensus_asks_for_points_reason_and_who_took_part():
    panel = make_round()
    all_hand_in(panel)
    people = assessors_of(panel.round)
    empty = ConsensusForm({"points": "", "reason": " ", "present": []}, criterion=WHOLE, assessors=people)
    assert not empty.is_valid()
    assert set(empty.errors) == {"points", "reason", "present"}
    sent = {"points": "7", "reason": "Bra", "present": [str(people[0].pk)], "idempotency_key": "k"}
    form = ConsensusForm(sent, criterion=WHOLE, assessors=people)
    assert form.is_valid(), form.errors
    assert form.present() == people[:1]


@pytest.mark.django_db
def test_no_points_are_proposed_for_a_consensus():
    panel = make_round()
    all_hand_in(panel)
    form = ConsensusForm(criterion=WHOLE, assessors=assessors_of(panel.round))
    assert (form["points"].value(), form["reason"].value()) == (None, None)
    assert len(form["present"].value()) == 2


def criterion_form(texts):
    sent = {
        "area": "a", "title": "Planera", "question": "Hur?", "kind": "approach", "unit": "percent", "lowest": "0",
        "maximum": "50", "step": "10", "weight": "1", "texts": texts, "based_on": "x",
    }  # fmt: skip
    return CriterionForm(sent, model=QualityModel("Vår", (Area("a", "Del A"),)))


@pytest.mark.parametrize("line", ["0: Inget", "0 = Inget", " 0,0 :Inget ", "0 p: Inget"])
def test_a_text_of_a_scale_stands_after_the_first_colon_or_equals_sign(line):
    form = criterion_form(f"{line}\n\n50: Halva = det: mesta")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["texts"] == [(0, "Inget"), (50, "Halva = det: mesta")]


@pytest.mark.parametrize(
    "line", ["Inget", "0", "0:", ": Inget", "noll: Inget", "0" + " " * 190_000 + "x", "0" * 190_000]
)
def test_a_line_that_is_no_text_of_a_scale_is_named_at_once(line):
    form = criterion_form(f"10: Inget\n{line}")
    begun = perf_counter()
    assert list(form.errors) == ["texts"]
    assert form.errors["texts"][0].startswith("Rad 2: ")
    assert perf_counter() - begun < 1


def test_more_texts_than_a_scale_has_are_refused_before_they_are_read():
    assert criterion_form("0: Inget\n" * 102).errors["texts"] == ["En skala har högst 101 texter."]
    assert list(criterion_form("0: " + "x" * 200_001).errors) == ["texts"]

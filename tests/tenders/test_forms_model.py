"""The form of the model: one of four to start from, what each needs, and what it has no use for."""

from __future__ import annotations

import re
from contextlib import nullcontext
from decimal import Decimal

import pytest

from rodatraden.core.answer import RefusedError
from rodatraden.core.evaluation import (
    LowestPrice,
    PercentageAddition,
    PriceAddition,
    PriceDeduction,
    QualityOnly,
    TieRule,
)
from rodatraden.records.models import LedgerEntry
from rodatraden.tenders.actions import publish, set_evaluation_model, start_tender
from rodatraden.tenders.forms.model import VARIANTS, ModelForm
from rodatraden.tenders.queries import model_sentences, read_snapshot
from rodatraden.tenders.rules.model import model_of
from rodatraden.tenders.rules.variants import KINDS, OFFERED, may_choose, weighing_of
from tests.factories.parties import START
from tests.factories.procurements import make_case
from tests.factories.tenders import FIXED_PRICE, PUBLISHED_AT, accept_warnings, describe, make_drafted
from tests.tenders.pages import url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]
ALL = {
    "unit": "hour",
    "per_point": "100",
    "percent": "7,5",
    "target": "20",
    "gate": "12",
    "tie_rule": "none",
    "fixed_price": "950",
    "fixed_price_vat": "added",
    "fixed_price_basis": "Snittet av de tre senaste avtalen.",
}
CHOSEN = {
    "addition": PriceAddition(Decimal(100), Decimal(20)),
    "percent": PercentageAddition(Decimal("7.5"), Decimal(20)),
    "lowest": LowestPrice(),
    "quality": QualityOnly(),
}
FIXED = (Decimal(950), "added", "Snittet av de tre senaste avtalen.")
NOT_FIXED = (None, "", "")


def form(**typed: str) -> ModelForm:
    _case, tender = make_drafted()
    return ModelForm(ALL | typed, tender=tender)


@pytest.mark.parametrize("kind", OFFERED)
def test_what_the_chosen_model_has_no_use_for_is_left_out_of_it(kind):
    typed = form(kind=kind)
    assert typed.is_valid()
    assert (typed.stated()["weighing"], typed.stated()["gate"]) == (CHOSEN[kind], Decimal(12))
    stated = tuple(typed.stated()[f"fixed_price{part}"] for part in ("", "_vat", "_basis"))
    assert stated == (FIXED if kind == "quality" else NOT_FIXED)


@pytest.mark.parametrize(
    ("kind", "typed", "faults"),
    [
        ("addition", {"per_point": ""}, {"per_point"}),
        ("addition", {"per_point": "0"}, {"per_point"}),
        ("addition", {"per_point": "1.050"}, {"per_point"}),
        ("addition", {"percent": "många", "target": ""}, set()),
        ("percent", {"percent": ""}, {"percent"}),
        ("percent", {"percent": "-1"}, {"percent"}),
        ("percent", {"per_point": "många", "percent": "5 %"}, set()),
        ("lowest", {"per_point": "många", "percent": "x", "target": "y"}, set()),
        ("lowest", {"gate": ""}, {"gate"}),
        ("lowest", {"gate": "hög"}, {"gate"}),
        ("quality", {"unit": "", "per_point": "många", "percent": "x", "target": "y"}, set()),
        ("quality", {"tie_rule": "criteria_in_order"}, set()),
        ("quality", {"tie_rule": "higher_quality"}, {"tie_rule"}),
        ("quality", {"tie_rule": "lower_price"}, {"tie_rule"}),
        ("addition", {"tie_rule": "criteria_in_order"}, set()),
        ("quality", {"gate": "", "fixed_price_vat": "", "fixed_price_basis": ""}, set()),
        ("quality", {"fixed_price": ""}, {"fixed_price"}),
        ("quality", {"fixed_price": "0"}, {"fixed_price"}),
        ("quality", {"fixed_price": "1.050"}, {"fixed_price"}),
        ("quality", {"fixed_price_vat": "25"}, {"fixed_price_vat"}),
        ("lowest", {"fixed_price": "många", "fixed_price_vat": "25"}, set()),
        ("", {}, {"kind"}),
    ],
)
def test_each_model_asks_for_what_it_needs_and_for_nothing_else(kind, typed, faults):
    assert set(form(kind=kind, **typed).errors) == faults


def test_without_a_target_points_are_counted_from_what_the_criteria_give():
    typed = form(kind="percent", target="")
    assert typed.is_valid()
    assert typed.stated()["weighing"] == CHOSEN["percent"]


def test_without_criteria_the_lowest_price_needs_no_gate_and_a_rate_needs_its_points_written():
    case = make_case()
    describe(case)
    tender = start_tender(procurement=case.procurement, by=case.officer, at=START)
    faults = [set(ModelForm(ALL | {"kind": kind, "target": "", "gate": ""}, tender=tender).errors) for kind in OFFERED]
    assert faults == [{"target"}, {"target"}, set(), set()]


@pytest.mark.parametrize("kind", OFFERED)
def test_a_chosen_model_is_saved_shown_again_and_frozen(client, kind):
    case, tender = make_drafted()
    client.force_login(case.officer)
    page, before = url("model", case.procurement.pk), LedgerEntry.objects.count()
    assert client.post(page, ALL | {"kind": kind, "tie_rule": "criteria_in_order"}).status_code == 302
    assert LedgerEntry.objects.count() == before + 1
    tender.refresh_from_db()
    model = model_of(tender)
    assert (model.combination, model.gate.minimum, len(model.criteria)) == (CHOSEN[kind], Decimal(12), 2)
    shown = client.get(page).content.decode()
    assert all(str(VARIANTS[each][1]) in shown for each in OFFERED)
    assert ModelForm(tender=tender).initial["kind"] == kind
    if kind == "quality":
        tender.content_items.get(is_price=True).delete()
    accept_warnings(case, tender, at=PUBLISHED_AT)
    publish(tender=tender, by=case.officer, at=PUBLISHED_AT)
    frozen = read_snapshot(tender.snapshots.get())["documents"]["evaluation_model"]
    assert frozen["combination"]["method"] == CHOSEN[kind].method


def test_what_was_typed_for_another_model_survives_a_mistake(client):
    case, _tender = make_drafted()
    client.force_login(case.officer)
    answer = client.post(url("model", case.procurement.pk), ALL | {"kind": "lowest", "gate": "", "per_point": "75"})
    shown = answer.content.decode()
    assert (answer.status_code, "utan den avgör kriteriernas poäng ingenting" in shown) == (422, True)
    assert ('value="75"' in shown, 'value="7,5"' in shown) == (True, True)


def test_a_field_says_which_choices_have_no_use_for_it_and_is_there_all_the_same(client):
    case, _tender = make_drafted()
    client.force_login(case.officer)
    shown = client.get(url("model", case.procurement.pk)).content.decode()
    choices = dict(re.findall(r'value="(\w+)"[^>]*data-choice="(\d)"', shown))
    without = {name: set(re.findall(rf'name="{name}"[^>]*data-without="([^"]*)"', shown)) for name in ALL}
    assert choices == {"addition": "1", "percent": "2", "lowest": "3", "quality": "4"}
    assert {name: found for name, found in without.items() if found} == {
        "per_point": {"2 3 4"},
        "percent": {"1 3 4"},
        "target": {"3 4"},
        "unit": {"4"},
        "fixed_price": {"1 2 3"},
        "fixed_price_vat": {"1 2 3"},
        "fixed_price_basis": {"1 2 3"},
    }


def test_inv_10_every_model_that_is_offered_lets_each_lower_price_count_and_no_third_bid_decide():
    """INV-10, INV-11: none of them can be clipped, so `price_clipped` has nothing to warn of.

    With quality alone no bid states a price, so there is none that could be lower.
    """
    offered = [weighing_of(kind, rate=Decimal(1), target=Decimal(20)) for kind in OFFERED]
    assert [(each.always_counts, each.is_relative) for each in offered] == [(True, False)] * 4
    assert [each.needs_price for each in offered] == [True, True, True, False]
    assert [bool(may_choose(each)) for each in offered] == [True] * 4
    assert set(KINDS.values()) == set(OFFERED)


@pytest.mark.parametrize("weighing", [PercentageAddition(Decimal(0), Decimal(20)), PriceDeduction(Decimal(50))])
def test_a_model_that_is_not_offered_or_says_nothing_is_refused(weighing):
    case, tender = make_drafted()
    with pytest.raises(RefusedError):
        set_evaluation_model(tender=tender, weighing=weighing, gate=None, by=case.officer, at=START)


@pytest.mark.parametrize(
    ("kind", "stated", "mend"),
    [
        ("quality", {}, "fixed_price"),
        ("quality", {"fixed_price": Decimal(0)}, "fixed_price"),
        ("quality", {"fixed_price": Decimal(-1)}, "fixed_price"),
        ("lowest", {"fixed_price": Decimal(950)}, "fixed_price"),
        ("addition", {"fixed_price": Decimal(950)}, "fixed_price"),
        ("quality", FIXED_PRICE | {"tie_rule": TieRule.HIGHER_QUALITY}, "tie_rule"),
        ("quality", FIXED_PRICE | {"tie_rule": TieRule.LOWER_PRICE}, "tie_rule"),
    ],
)
def test_the_documents_fix_a_price_above_zero_exactly_where_no_bid_states_one(kind, stated, mend):
    case, tender = make_drafted()
    with pytest.raises(RefusedError) as refused:
        set_evaluation_model(tender=tender, weighing=CHOSEN[kind], by=case.officer, at=START, **stated)
    assert refused.value.answer.mend == mend
    tender.refresh_from_db()
    assert (model_of(tender).combination, tender.fixed_price) == (CHOSEN["addition"], None)


def test_another_model_takes_the_fixed_price_away_again():
    case, tender = make_drafted()
    for weighing, stated, expected in (
        (QualityOnly(), FIXED_PRICE, (Decimal(950), "added", FIXED_PRICE["fixed_price_basis"])),
        (LowestPrice(), {"fixed_price_basis": "Glömd text."}, NOT_FIXED),
    ):
        set_evaluation_model(tender=tender, weighing=weighing, gate=Decimal(12), by=case.officer, at=START, **stated)
        tender.refresh_from_db()
        assert (tender.fixed_price, tender.fixed_price_vat, tender.fixed_price_basis) == expected


@pytest.mark.parametrize(("kind", "may"), [("addition", True), ("percent", True), ("lowest", False)])
def test_equal_bids_are_set_apart_by_the_lower_price_where_more_than_the_price_is_compared(client, kind, may):
    case, tender = make_drafted()
    client.force_login(case.officer)
    answer = client.post(url("model", case.procurement.pk), ALL | {"kind": kind, "tie_rule": "lower_price"})
    assert (answer.status_code, "lika anbud samma pris" in answer.text) == ((302, False) if may else (422, True))
    with nullcontext() if may else pytest.raises(RefusedError):
        set_evaluation_model(
            tender=tender,
            weighing=CHOSEN[kind],
            gate=Decimal(12),
            tie_rule=TieRule.LOWER_PRICE,
            by=case.officer,
            at=START,
        )


def test_the_lower_price_of_equal_bids_goes_first_all_the_way_to_the_published_words():
    case, tender = make_drafted()
    model = set_evaluation_model(
        tender=tender,
        weighing=CHOSEN["addition"],
        gate=Decimal(12),
        tie_rule=TieRule.LOWER_PRICE,
        by=case.officer,
        at=START,
    )
    said = list(model_sentences(model_of(model), "Budgeten är knapp."))
    assert said[-2:] == ["När utvärderingspriserna är lika går anbudet med lägre pris först.", "Budgeten är knapp."]

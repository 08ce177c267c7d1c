"""The page of the model: what is found stands first and weightiest first, and says what a person has accepted."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse

from rodatraden.core.evaluation import (
    Divided,
    LowestPrice,
    PercentageAddition,
    PriceAddition,
    PriceDeduction,
    QualityOnly,
    Ratio,
    TieRule,
)
from rodatraden.tenders.actions import publish, set_evaluation_model, start_tender
from rodatraden.tenders.queries import content_now, differences, notice_fields
from rodatraden.tenders.rules.model import model_json, model_of
from tests.factories.parties import START
from tests.factories.procurements import make_case
from tests.factories.tenders import PUBLISHED_AT, announce, describe, make_drafted, make_tender
from tests.tenders.pages import LATER, key, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]


def test_five_findings_are_shown_at_once_and_the_rest_on_demand(client):
    case = make_case()
    start_tender(procurement=case.procurement, template="seed_000_as_written", by=case.officer, at=START)
    client.force_login(case.officer)
    shown = client.get(url("model", case.procurement.pk)).content.decode()
    first, more = shown.split("Visa en anmärkning till", 1)
    assert first.count(">Stoppar<") == 5
    assert (">Varning<" in first, ">Varning<" in more.partition("</details>")[0]) == (False, True)
    assert "3 kontroller godkända" in more


def test_a_warning_shows_bids_and_leads_to_accepting_it_and_then_says_who_did(client):
    case, tender = make_drafted()
    set_evaluation_model(
        tender=tender,
        weighing=PriceAddition(Decimal(100), Decimal(20)),
        gate=Decimal(12),
        tie_rule=TieRule.NONE,
        by=case.officer,
        at=START,
    )
    client.force_login(case.officer)
    page, accept = (
        url(*each) for each in (("model", case.procurement.pk), ("accept", case.procurement.pk, "model:tie_rule"))
    )
    shown = client.get(page).content.decode()
    assert (accept in shown, "Anbud som visar det" in shown) == (True, True)
    client.post(accept, {"reason": "Lottning passar inte här."} | key())
    shown = client.get(page).content.decode()
    assert (accept in shown, "Lottning passar inte här." in shown, ">Godtaget<" in shown) == (False, True, True)


def test_who_may_not_edit_is_not_asked_to_accept(client):
    case, tender = make_drafted()
    set_evaluation_model(
        tender=tender,
        weighing=PriceAddition(Decimal(100), Decimal(20)),
        gate=None,
        tie_rule=TieRule.NONE,
        by=case.officer,
        at=START,
    )
    client.force_login(case.need_owner)
    shown = client.get(url("model", case.procurement.pk)).content.decode()
    assert (">Varning<" in shown, "/publicera/godta/" in shown) == (True, False)


OTHERS = {
    "percentage": PercentageAddition(Decimal(10), Decimal(20)),
    "deduction": PriceDeduction(Decimal(50)),
    "lowest": LowestPrice(),
    "quality": QualityOnly(),
    "ratio": Ratio(Divided.POINTS_BY_PRICE),
}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("percentage", "10 % av priset för varje poäng som saknas"),
        ("deduction", "50\u00a0kr dras av från priset"),
        ("lowest", "Av de anbud som går vidare antar vi det som har lägst timpris."),
        ("quality", "Anbudet med flest poäng vinner."),
        ("ratio", "Poängen delas med priset"),
    ],
)
def test_a_model_of_any_kind_is_told_in_words_tested_and_checked(client, name, words):
    case, tender = make_drafted()
    tender.evaluation_model = model_json(replace(model_of(tender), combination=OTHERS[name]))
    tender.save()
    client.force_login(case.officer)
    shown = client.get(url("model", case.procurement.pk)).content.decode()
    assert (words in shown, "Så räknas A" in shown, "Granskning" in shown) == (True, True, True)
    pages = [url(page, case.procurement.pk) for page in ("publish", "stress", "requirements")]
    assert [client.get(page).status_code for page in pages] == [200] * 3


def test_a_published_model_of_any_kind_is_told_to_everybody(client):
    case, tender = make_drafted()
    tender.evaluation_model = model_json(replace(model_of(tender), combination=OTHERS["percentage"]))
    tender.save()
    publish(tender=tender, by=case.officer, at=PUBLISHED_AT)
    announce(case, tender)
    words = "10 % av priset läggs på"
    assert words in client.get(reverse("publication:tender", args=[tender.pk])).content.decode()
    texts = [field.text for field in notice_fields(tender.notices.get(kind="contract")) if field.term == "BT-540"]
    assert any(words in text for text in texts)


def test_a_change_of_the_kind_of_model_is_told_in_its_words():
    _case, tender = make_drafted()
    before = content_now(tender)
    tender.evaluation_model = model_json(replace(model_of(tender), combination=OTHERS["lowest"]))
    tender.save()
    (told,) = [each for each in differences(before, content_now(tender)) if each.about == "model"]
    assert ("100\u00a0kr läggs på" in told.before, "Lägst pris är först" in told.after) == (True, True)


@pytest.mark.parametrize(("name", "is_copied"), [("percentage", True), ("lowest", True), ("deduction", False)])
def test_a_model_that_can_be_chosen_is_copied_into_new_documents(name, is_copied):
    first, second = make_case(), make_case()
    tender = make_tender(first)
    tender.evaluation_model = model_json(replace(model_of(tender), combination=OTHERS[name]))
    tender.save()
    publish(tender=tender, by=first.officer, at=PUBLISHED_AT)
    describe(second, at=PUBLISHED_AT)
    copied = model_of(start_tender(procurement=second.procurement, copied_from=tender, by=second.officer, at=LATER))
    found = copied and (copied.combination, copied.gates, [each.label for each in copied.criteria])
    expected = model_of(tender)
    assert found == (
        (expected.combination, expected.gates, [each.label for each in expected.criteria]) if is_copied else None
    )


def test_a_fixed_price_is_copied_with_its_model():
    first, second = make_case(), make_case()
    tender = make_tender(first, weighing=QualityOnly())
    publish(tender=tender, by=first.officer, at=PUBLISHED_AT)
    describe(second, at=PUBLISHED_AT)
    copied = start_tender(procurement=second.procurement, copied_from=tender, by=second.officer, at=LATER)
    assert (model_of(copied).combination, copied.fixed_price, copied.fixed_price_vat, copied.fixed_price_basis) == (
        QualityOnly(),
        Decimal(950),
        "added",
        tender.fixed_price_basis,
    )

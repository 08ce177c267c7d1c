"""From the click that chooses a model to the contract: the models other than an addition in kronor lead there too."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from rodatraden.bids.queries import price_of_bid
from rodatraden.core.numbers import swedish_amount
from tests.factories.awards import award, notify
from tests.factories.bids import open_box
from tests.factories.contracts import draw_up, sign
from tests.factories.evaluation import World, reach_outcome
from tests.factories.sealed import give_bid
from tests.factories.tenders import ANNOUNCED_AT, PUBLISHED_AT, START, accept_warnings, announce, make_drafted, publish

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
TYPED = {"unit": "hour", "per_point": "", "percent": "", "target": "", "gate": "12", "idempotency_key": "k"}
CHOICES = {
    "the lower price breaks the tie": (
        {"kind": "percent", "percent": "10", "tie_rule": "lower_price"},
        (("900", (10, 10)), ("500", (6, 6))),  # 500 × 1.8 is 900
        "Samma värde som Ås AB: det lägre priset går först",
        500,
    ),
    "a point is worth a share": (
        {"kind": "percent", "percent": "5", "tie_rule": "higher_quality"},
        (("1000", (10, 9)), ("900", (7, 7))),  # 1 050 and 1 170
        "5 % av priset läggs på",
        1000,
    ),
    "the lowest price above the gate": (
        {"kind": "lowest", "tie_rule": "higher_quality"},
        (("1000", (10, 10)), ("900", (6, 6)), ("400", (6, 5))),
        "11 poäng är under spärren 12",
        900,
    ),
    "quality alone at a fixed price": (
        {
            "kind": "quality",
            "tie_rule": "criteria_in_order",
            "fixed_price": "987,50",
            "fixed_price_vat": "exempt",
            "fixed_price_basis": "Kalkyl.",
        },
        (("1000", (9, 8)), ("900", (10, 8))),
        "Bro AB är först med 18 poäng",
        "987.50",
    ),
}


def page(client, name, key, officer):
    client.force_login(officer)  # months after the last page
    answer = client.get(reverse(name, args=[key]))
    assert answer.status_code == 200
    return answer.text.replace("\u00a0", " ")


@pytest.mark.parametrize(("typed", "offers", "said", "price"), CHOICES.values(), ids=CHOICES)
def test_from_the_click_of_the_model_to_the_contract(client, typed, offers, said, price):
    case, tender = make_drafted()
    client.force_login(case.officer)
    with time_machine.travel(START + timedelta(hours=1), tick=False):
        assert client.post(reverse("tenders:model", args=[case.procurement.pk]), TYPED | typed).status_code == 302
    tender.refresh_from_db()
    if tender.has_fixed_price:
        tender.content_items.filter(is_price=True).delete()
        accept_warnings(case, tender, at=PUBLISHED_AT)
    publish(tender=tender, by=case.officer, at=PUBLISHED_AT)
    announce(case, tender, at=ANNOUNCED_AT)
    for number, (offered, _scores) in enumerate(offers):
        at = tender.deadline_at - timedelta(hours=2, minutes=-number)
        give_bid(tender, supplier=("Ås AB", "Bro AB", "Dal AB")[number], price=offered, at=at)
    world = World(case, tender, [], tender.deadline_at + timedelta(hours=1))
    world.bids = open_box(case, tender, at=world.opened_at)
    world.tender = world.fresh_tender()
    reach_outcome(world, [scores for _offered, scores in offers])
    assert said in page(client, "evaluation:outcome", case.procurement.pk, case.officer)
    decision = award(world)
    assert price_of_bid(decision.winner, world.tender) == Decimal(price)
    assert decision.winner.supplier.name in page(client, "awards:decision", case.procurement.pk, case.officer)
    notify(world, decision)
    world.tender = world.fresh_tender()
    contract = sign(world, draw_up(world, at=decision.decided_at + timedelta(hours=2)))
    assert contract.price == Decimal(price)
    assert swedish_amount(contract.price).replace("\u00a0", " ") in page(
        client, "contracts:detail", contract.pk, case.officer
    )

"""What one bidder reads of why, and what of others never stands there (LOU 12 kap. 13 §, OSL 31 kap. 16 §)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from rodatraden.awards.models import Notification
from rodatraden.awards.queries import recourse_of, why_of
from rodatraden.core.evaluation import LowestPrice
from rodatraden.procurements.models import Procurement
from tests.factories.awards import award, make_awarded, notify, review, revoke
from tests.factories.evaluation import make_outcome

pytestmark = pytest.mark.django_db
SENT = datetime(2026, 6, 9, 8, 14, 7, tzinfo=UTC)
LATER = datetime(2026, 7, 1, 8, tzinfo=UTC)
EIGHT = ((8, 8), (8, 8))


def sent_to(world, number):
    found = Notification.objects.select_related("decision__tender__procurement", "bid__supplier")
    return found.get(decision__in_force_of=world.tender, bid__number=number)


@pytest.fixture
def world(db):
    """Consensus 9+8, 7+8, 8+6, 5+6 and prices 1 140, 1 000, 960, 790: 1 440, 1 500, 1 560 and one below the gate."""
    return make_awarded(notified_at=SENT)


def test_a_losing_bidder_reads_points_and_reasons_beside_the_accepted_bid_and_what_would_have_won(world):
    why = why_of(sent_to(world, 2))
    assert [(row.criterion, row.points, row.highest, row.accepted) for row in why.rows] == [
        ("Metod", 7, 10, 9),
        ("Case", 8, 10, 8),
    ]
    assert all(row.reason == "Svaret visar hur tilltro byggs i alla tre led." for row in why.rows)
    told = [each.replace("\xa0", " ") for each in (why.value, why.accepted_value, why.margin.behind, why.margin.price)]
    assert told == ["1 500 kr", "1 440 kr", "60 kr efter", "lägre än 940 kr"]
    assert (why.place, why.points, why.accepted_points, why.margin.points) == (2, 15, 17, "16 av 20")


def test_the_accepted_bidder_reads_its_own_and_nothing_is_compared(world):
    why = why_of(sent_to(world, 1))
    assert (why.is_accepted, why.margin, why.place) == (True, None, 1)


def test_below_the_gate_the_gate_is_told_and_no_price_helps(world):
    why = why_of(sent_to(world, 4))
    assert "11 poäng är under spärren 12" in why.reason
    assert (why.place, why.value, why.margin.price) == (None, "", "inget pris räcker")


def test_a_bid_that_failed_a_must_reads_why_and_no_points_of_anybody():
    world = make_outcome((800, 900, 1000), (*EIGHT, (8, 8)), failing=[3])
    notify(world, award(world), at=SENT)
    why = why_of(sent_to(world, 3))
    assert "Bara 12 månader är styrkta." in why.reason
    assert (why.rows, why.margin, why.place) == ([], None, None)


def test_nobodys_page_holds_anything_of_another_bidder(client, world):
    own = {1: ("Mellanrum Samverkan AB", "1 440 kr"), 2: ("Nordväg Coaching AB", "1 500 kr"),
           3: ("Bro & Bryggor HB", "1 560 kr"), 4: ("Lågpris Konsult AB", "11 poäng är under spärren 12")}  # fmt: skip
    for number, mine in own.items():
        client.force_login(world.bids[number - 1].submission.submitted_by)
        page = client.get(reverse("awards:notification", args=[sent_to(world, number).pk]))
        text = page.text.replace("\xa0", " ").replace("&amp;", "&")
        main = text[text.index("<main") :]
        assert all(said in main for said in mine)
        others = [said for other, words in own.items() if other not in (1, number) for said in words]
        main = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,}", "", main)  # digits drawn by chance
        assert [said for said in (*others, "1 140", "790") if said in main and (number, said) != (1, "1 140")] == []


def test_in_a_model_without_points_the_price_decides_and_a_margin_is_told():
    world = make_awarded((900, 1000), EIGHT, notified_at=SENT, weighing=LowestPrice())
    assert why_of(sent_to(world, 2)).margin is not None


def test_after_a_new_decision_the_page_compares_with_the_bid_that_is_accepted_now(world):
    revoke(world, at=LATER)
    notify(world, award(world, at=LATER), at=LATER)
    why = why_of(sent_to(world, 3))
    assert (why.accepted_points, why.accepted_value.replace("\xa0", " "), why.margin) == (15, "1 500 kr", None)


def test_the_last_day_and_the_court_stand_on_the_page(client, world):
    bidder = world.bids[1].submission.submitted_by
    address = reverse("awards:notification", args=[sent_to(world, 2).pk])
    client.force_login(bidder)
    text = client.get(address).text.replace("\xa0", " ")
    for said in ("Avtalsspärrens sista dag: måndag 22 juni 2026", "förvaltningsrätten där myndigheten hör hemma",
                 "LOU 20 kap. 11 §", "inom 15 dagar"):  # fmt: skip
        assert said in text
    world.tender.award.__class__.objects.update(court="Förvaltningsrätten i Östersund")
    assert "Ansök om överprövning hos Förvaltningsrätten i Östersund." in client.get(address).text
    review(world)
    assert "Ett överprövningsmål pågår" in client.get(address).text


def test_a_voluntary_standstill_promises_no_extension_and_none_says_so(client, world):
    Procurement.objects.filter(pk=world.procurement.pk).update(procedure="se-direct")
    client.force_login(world.bids[1].submission.submitted_by)
    address = reverse("awards:notification", args=[sent_to(world, 2).pk])
    assert "Ingen avtalsspärr gäller för beslutet." in client.get(address).text
    world.tender.award.__class__.objects.update(stated_days=10)
    text = client.get(address).text
    assert "En ansökan om överprövning förlänger den inte." in text
    assert "LOU 20 kap. 11 §" not in text[text.index("Om du vill få") : text.index("Så skickades den")]


def test_what_is_not_verified_is_named(world):
    assert recourse_of(sent_to(world, 2)).unverified == ()

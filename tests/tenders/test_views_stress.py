"""The stress test of a model on its page: what is assumed stands in the address, nothing typed is lost, nothing is saved."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rodatraden.core.evaluation import PriceAddition, TieRule
from rodatraden.records.models import LedgerEntry
from rodatraden.tenders.actions import set_evaluation_model, start_tender
from rodatraden.tenders.rules.model import model_of
from tests.factories.parties import START
from tests.factories.procurements import make_case
from tests.factories.tenders import make_drafted
from tests.tenders.pages import url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]
ASSUMED = {
    "bids": "4",
    "price": "1 000",
    "price_spread": "15",
    "quality": "70",
    "quality_spread": "12,5",
    "correlation": "0,4",
    "tenders": "400",
    "seed": "7",
}


@pytest.fixture
def at_desk(client):
    case, tender = make_drafted()
    client.force_login(case.officer)
    return case, tender, url("stress", case.procurement.pk)


def test_the_page_tells_how_the_model_behaves_among_bids_that_are_made_up(client, at_desk):
    shown = client.get(at_desk[2], ASSUMED).content.decode()
    for told in (
        "Upphandlingarna är påhittade",
        "400 upphandlingar har hittats på, med startvärde 7",
        "Intervallen är 95",
        "100\u00a0kr i alla fall",
        "Spärr 12",
        "Omkring 4 anbud",
        "Timmar som taket 3\u00a0000\u00a0000\u00a0kr räcker till",
    ):
        assert told in shown
    assert len(re.findall(r'<svg\s+class="rt-plot', shown)) == 2


def test_every_picture_has_its_table(client, at_desk):
    shown = client.get(at_desk[2], ASSUMED).content.decode()
    squares = [each.strip() for each in re.findall(r'class="rutt"[^>]*>([^<]+)<', shown)]
    table = shown[shown.index("Streck: färre än 30 fall") :].partition("</table>")[0]
    assert re.findall(r'<td role="cell"[^>]*>([^<]+)</td>', table) == squares


def test_an_address_repeats_its_test(client, at_desk):
    def fingerprint(**other):
        return re.search(r"rt-hash\">(\w{64})<", client.get(at_desk[2], ASSUMED | other).content.decode())[1]

    assert fingerprint() == fingerprint()
    assert fingerprint() != fingerprint(seed="8")


def test_what_is_wrong_is_told_at_its_field_and_stays_as_typed(client, at_desk):
    wrong = {"price": "gratis", "price_spread": "0", "tenders": "99", "correlation": "−0,5"}
    answer = client.get(at_desk[2], ASSUMED | wrong)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert all(f'value="{typed}"' in shown for typed in wrong.values())
    assert ("#id_price" in shown, "#id_tenders" in shown, "vinstkarta-titel" in shown) == (True, True, False)


def test_limits_of_the_market_hold_on_the_page_too(client, at_desk):
    shown = client.get(at_desk[2], ASSUMED | {"correlation": "2"})
    assert (shown.status_code, "#id_correlation" in shown.content.decode()) == (422, True)


@pytest.mark.parametrize("tenders", ["100001", "-1", "1e9", ""])
def test_no_more_is_run_than_somebody_can_wait_for(client, at_desk, tenders):
    assert client.get(at_desk[2], ASSUMED | {"tenders": tenders}).status_code == 422


def test_volume_tells_how_often_the_ceiling_is_passed(client, at_desk):
    assert "Taket passeras" not in client.get(at_desk[2], ASSUMED).content.decode()
    assert "Taket passeras" in client.get(at_desk[2], ASSUMED | {"volume": "3000"}).content.decode()


def test_nothing_is_saved_and_the_queries_are_few(client, at_desk):
    before = LedgerEntry.objects.count()
    counted = []
    for seed in ("1", "2"):
        with CaptureQueriesContext(connection) as queries:
            client.get(at_desk[2], ASSUMED | {"seed": seed})
        counted.append(len(queries))
    assert (LedgerEntry.objects.count(), counted[0]) == (before, counted[1])
    assert not any(query["sql"].startswith(("INSERT", "UPDATE", "DELETE")) for query in queries)


def test_a_model_that_can_not_be_used_is_not_tested(client, at_desk):
    case, tender, page = at_desk
    set_evaluation_model(
        tender=tender,
        weighing=PriceAddition(Decimal(100), Decimal(99)),
        gate=None,
        tie_rule=TieRule.NONE,
        by=case.officer,
        at=START,
    )
    shown = client.get(page).content.decode()
    assert ("går inte att pröva än" in shown, "vinstkarta-titel" in shown) == (True, False)


def test_without_a_model_there_is_nothing_to_test(client):
    case = make_case()
    start_tender(procurement=case.procurement, by=case.officer, at=START)
    client.force_login(case.officer)
    answer = client.get(url("stress", case.procurement.pk))
    assert (answer.status_code, answer["Location"]) == (302, url("model", case.procurement.pk))


def test_the_model_leads_to_its_test(client, at_desk):
    assert at_desk[2] in client.get(url("model", at_desk[0].procurement.pk)).content.decode()


@pytest.mark.parametrize(
    ("against", "words"),
    [
        ({"against": "percent"}, "10 % av priset läggs på"),
        ({"against": "addition", "rate": "50", "gate": "0"}, "50\u00a0kr läggs på priset"),
        ({"against": "quality"}, "Priser jämförs inte"),
        ({"against": "lowest"}, "Lägst pris är först"),
    ],
)
def test_another_model_is_held_beside_on_the_same_tenders_and_changes_nothing(client, at_desk, against, words):
    before = at_desk[1].evaluation_model
    shown = client.get(at_desk[2], ASSUMED | against).content.decode()
    table = shown[shown.index('id="jamforelse"') :].partition("</section>")[0]
    for told in (words, "Så ofta väljer modellerna olika anbud", "Vinnarens pris", "Inget anbud klarar spärren"):
        assert told in table
    at_desk[1].refresh_from_db()
    assert at_desk[1].evaluation_model == before


def test_a_rate_below_nothing_is_told_at_its_field(client, at_desk):
    answer = client.get(at_desk[2], ASSUMED | {"against": "addition", "rate": "-1"})
    assert (answer.status_code, "#id_rate" in answer.content.decode()) == (422, True)


def test_too_few_tenders_make_no_map(client, at_desk):
    shown = client.get(at_desk[2], ASSUMED | {"tenders": "100", "quality": "30"}).content.decode()
    assert ("för få upphandlingar för en karta" in shown, "vinstkarta-titel" in shown) == (True, False)


def test_all_faults_are_told_at_once(client, at_desk):
    shown = client.get(at_desk[2], ASSUMED | {"price": "gratis", "correlation": "4", "tenders": "10"}).content.decode()
    assert [f'href="#id_{name}"' in shown for name in ("price", "correlation", "tenders", "quality")] == [True] * 3 + [
        False
    ]


def typed(tender, *rows, market="typed", n=4, **more):
    """What the page sends for typed bids: price, and a score on each criterion of the model."""
    keys = [criterion.key for criterion in model_of(tender).criteria]
    sent = ASSUMED | {"market": market, "bid-TOTAL_FORMS": str(n), "bid-INITIAL_FORMS": "0"}
    for number, row in enumerate(rows):
        sent |= {f"bid-{number}-{name}": value for name, value in zip(("price", *keys), row, strict=True)}
    return sent | more


def test_the_test_runs_on_bids_that_are_typed_and_says_so(client, at_desk):
    sent = typed(at_desk[1], ("1 140", "9", "8"), ("", "", ""), ("1000", "7", "8"), price_jitter="3")
    shown = client.get(at_desk[2], sent).content.decode()
    for told in ("Anbuden är de inskrivna, 2 stycken", "priset med 3 %", "vinstkarta-titel", 'value="1 140"'):
        assert told in shown
    assert "Omkring 4 anbud" not in shown


def test_a_typed_bid_that_is_wrong_is_told_at_its_row_and_nothing_typed_is_lost(client, at_desk):
    sent = typed(at_desk[1], ("1 140", "9", "8"), ("gratis", "99", "7"), price="något")
    answer = client.get(at_desk[2], sent)
    shown = answer.content.decode()
    assert (answer.status_code, "vinstkarta-titel" in shown) == (422, False)
    assert ("Rad 2: " in shown, 'href="#id_bid-1-price"' in shown, 'href="#id_price"' in shown) == (True, True, False)
    assert all(f'value="{kept}"' in shown for kept in ("1 140", "gratis", "99", "något"))


def test_one_more_row_is_given_without_script(client, at_desk):
    sent = typed(at_desk[1], ("gratis", "", ""), **{"add-row": "bid"})
    answer = client.get(at_desk[2], sent)
    shown = answer.content.decode()
    assert (answer.status_code, 'id="id_bid-4-price"' in shown, 'id="id_bid-5-price"' in shown) == (200, True, False)
    assert ('value="gratis"' in shown, "vinstkarta-titel" in shown) == (True, False)

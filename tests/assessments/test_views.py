"""The pages of a round, walked by its panel."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rodatraden.assessments.models import Consensus, IndividualScore
from rodatraden.assessments.queries import cells_of
from tests.factories.assessments import agree_all, all_hand_in, hand_in, make_round, score_all
from tests.factories.parties import make_person
from tests.factories.procurements import declare, make_case

pytestmark = pytest.mark.django_db


def page(name, panel, *more):
    return reverse(f"assessments:{name}", args=[panel.id, *more])


def signed_in(client, person):
    client.force_login(person)
    return client


def test_an_assessor_scores_item_by_item_and_hands_in(client):
    panel = make_round()
    person = panel.assessors[0]
    signed_in(client, person)
    items = list(panel.round.items.all())
    assert "4 poäng kvar att sätta" in client.get(page("round", panel)).text
    for item, goal in zip(items, (page("score", panel, items[1].pk), page("round", panel)), strict=True):
        assert client.get(page("score", panel, item.pk)).status_code == 200
        sent = {"points_1": "7", "reason_1": "Sidan 2", "points_2": "5", "reason_2": "Sidan 3", "next": "1"}
        assert client.post(page("score", panel, item.pk), sent)["Location"] == goal
    assert "Titta igenom och lämna in" in client.get(page("round", panel)).text
    assert client.get(page("submit", panel)).text.count("Sidan 2") == 2
    for _ in range(2):  # a double click has one effect and the same answer
        assert client.post(page("submit", panel), {"idempotency_key": "k"})["Location"] == page("round", panel)
    assert "1 bedömare har inte lämnat in än" in client.get(page("round", panel)).text
    assert "De går inte att ändra längre" in client.get(page("score", panel, items[0].pk)).text
    refused = client.post(page("score", panel, items[0].pk), {"points_1": "1", "reason_1": "Nytt"})
    assert refused.status_code == 422
    assert not IndividualScore.objects.filter(points=1).exists()


def test_bad_points_come_back_with_everything_typed(client):
    panel = make_round()
    item = panel.round.items.all()[0]
    sent = {"points_1": "\uff17", "reason_1": "Svarar på alla tre led", "points_2": "5", "reason_2": "Sidan 3"}
    answer = signed_in(client, panel.assessors[0]).post(page("score", panel, item.pk), sent)
    assert answer.status_code == 422
    for text in ("Skriv \uff17 med siffrorna 0 till 9.", 'value="\uff17"', "Svarar på alla tre led", "Sidan 3"):
        assert text in answer.text
    assert not IndividualScore.objects.exists()


def test_handing_in_too_early_says_what_is_missing(client):
    panel = make_round()
    person = panel.assessors[0]
    score_all(panel, person)
    IndividualScore.objects.filter(criterion__number=2, item__number=1).update(reason="")
    answer = signed_in(client, person).post(page("submit", panel), {"idempotency_key": "k"})
    assert answer.status_code == 422
    assert "1 bedömningar saknar poäng eller skäl. Den första är Kriterium 2 för Anbud 1." in answer.text


def test_inv_14_no_page_tells_what_another_assessor_has_written(client):
    panel = make_round()
    first, second = panel.assessors
    hand_in(panel, first, 9)
    item, criterion = cells_of(panel.round)[0]
    for person in (second, panel.leader, first):
        signed_in(client, person)
        for name, more in (("round", ()), ("submit", ()), ("score", (item.pk,)), ("consensus", ())):
            text = client.get(page(name, panel, *more)).text
            assert ("Skäl av Assessor 1" in text) is (person == first and name == "score")
        assert client.get(page("consensus", panel)).status_code == 403
        assert client.get(page("agree", panel, item.pk, criterion.pk)).status_code == 403


def test_the_leader_writes_the_consensus_down_from_the_largest_spread_on(client):
    panel = make_round()
    hand_in(panel, panel.assessors[0], [9, 8, 5, 5])
    hand_in(panel, panel.assessors[1], [8, 3, 5, 5])
    cells = cells_of(panel.round)
    signed_in(client, panel.leader)
    shown = client.get(page("consensus", panel)).text
    assert "Stor spridning" in shown
    assert "0 av 4 konsensuspoäng är satta" in shown
    item, criterion = cells[1]
    agree_page = page("agree", panel, item.pk, criterion.pk)
    assert agree_page in shown
    assert "Skäl av Assessor 1" in client.get(agree_page).text
    present = [str(m.pk) for m in panel.round.panel.all() if m.role == "assessor"]
    bad = {"points": "11", "reason": "Efter samtal", "present": present, "idempotency_key": "k"}
    answer = client.post(agree_page, bad)
    assert answer.status_code == 422
    assert "11 ligger utanför skalan, 0 till 10." in answer.text
    assert "Efter samtal" in answer.text
    for _ in range(2):
        answer = client.post(agree_page, bad | {"points": "6"})
        assert answer["Location"] == page("agree", panel, cells[0][0].pk, cells[0][1].pk)
    assert [record.points for record in Consensus.objects.all()] == [6]
    assert "Efter samtal" in client.get(agree_page).text


def test_on_a_small_screen_the_one_that_is_next_is_not_folded(client):
    panel = make_round()
    hand_in(panel, panel.assessors[0], [5, 5, 9, 5])
    hand_in(panel, panel.assessors[1], [5, 5, 3, 5])
    folds = re.findall(
        r'<details class="rt-fall"\s*(open)?>\s*<summary>([^<]+)<span class="ds-sr-only">: ([^<]+)<',
        signed_in(client, panel.leader).get(page("consensus", panel)).text,
    )
    assert [(is_open, " ".join(said.split()), label) for is_open, said, label in folds] == [
        ("", "0 av 2 poäng satta", "Anbud 1"),
        ("open", "0 av 2 poäng satta", "Anbud 2"),
    ]


def test_an_assessor_reads_the_consensus_and_writes_none(client):
    panel = make_round()
    all_hand_in(panel)
    agree_all(panel)
    item, criterion = cells_of(panel.round)[0]
    signed_in(client, panel.assessors[0])
    shown = client.get(page("agree", panel, item.pk, criterion.pk))
    assert "Bara den som leder bedömningen kan göra det här." in shown.text
    sent = {"points": "1", "reason": "x", "present": [str(panel.round.panel.all()[0].pk)], "idempotency_key": "k"}
    assert client.post(page("agree", panel, item.pk, criterion.pk), sent).status_code == 422
    assert Consensus.objects.count() == 4


def test_the_leader_goes_on_without_a_late_assessor(client):
    panel = make_round()
    hand_in(panel, panel.assessors[0])
    late = next(m for m in panel.round.panel.all() if m.person == panel.assessors[1])
    signed_in(client, panel.leader)
    url = page("without", panel, late.pk)
    assert url in client.get(page("round", panel)).text
    assert client.post(url, {"reason": " ", "idempotency_key": "k"}).status_code == 422
    assert client.post(url, {"reason": "Sjuk", "idempotency_key": "k"})["Location"] == page("round", panel)
    assert panel.round.individual_locked_at is not None
    assert signed_in(client, panel.assessors[1]).get(page("round", panel)).status_code == 404


def test_outsiders_find_nothing_and_who_has_a_conflict_is_told_why(client):
    case = make_case()
    panel = make_round(case=case)
    item, criterion = cells_of(panel.round)[0]
    pages = [
        page("round", panel),
        page("score", panel, item.pk),
        page("submit", panel),
        page("consensus", panel),
        page("agree", panel, item.pk, criterion.pk),
    ]
    signed_in(client, make_person())
    assert {client.get(url).status_code for url in pages} == {404}
    signed_in(client, case.need_owner)
    assert {client.get(url).status_code for url in pages} == {404}
    declare(case, case.evaluators[0], has_conflict=True)
    signed_in(client, case.evaluators[0])
    for url in pages:
        answer = client.get(url)
        assert answer.status_code == 403
        assert "ingen har beslutat om" in answer.text
    client.logout()
    assert {client.get(url).status_code for url in pages} == {302}


def test_another_rounds_item_is_not_found_here(client):
    panel, other = make_round(), make_round()
    signed_in(client, panel.assessors[0])
    assert client.get(page("score", panel, other.round.items.all()[0].pk)).status_code == 404


def test_pages_take_as_many_queries_for_30_items_as_for_1(client):
    counts = []
    for n_items, n_criteria in ((1, 1), (30, 3)):
        panel = make_round(n_items=n_items, n_criteria=n_criteria)
        item, criterion = cells_of(panel.round)[0]
        urls = [page("round", panel), page("score", panel, item.pk), page("submit", panel)]
        counts.append([n_queries(signed_in(client, panel.assessors[0]), url) for url in urls])
        all_hand_in(panel)
        urls = [page("consensus", panel), page("agree", panel, item.pk, criterion.pk)]
        counts[-1] += [n_queries(signed_in(client, panel.leader), url) for url in urls]
    assert counts[0] == counts[1]


def n_queries(client, url) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_a_large_matrix_is_read_one_item_at_a_time(client):
    panel = make_round(n_items=31, n_criteria=4)
    for person in panel.assessors:
        hand_in(panel, person, [8] * 40 + [8 if person == panel.leader else 3] + [7] * 83)
    signed_in(client, panel.leader)
    shown = client.get(page("consensus", panel) + "?nr=9").text
    assert shown.count("0 av 4") == 31
    assert shown.count("/konsensus/") > 4
    other = client.get(page("consensus", panel) + "?nr=none").text
    for text, item in ((shown, "Anbud 9"), (other, "Anbud 1")):
        assert f'aria-current="true">{item}</a>' in " ".join(text.split()).replace('" >', '">')
        assert text.count(f'Kriterium 1<span class="ds-sr-only"> {item}') == 1
        assert text.count("Kriterium 1<span") == 1

"""Ready-made criteria: a question about partnership and a scenario with its scoring guide, from one click to the desk."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from rodatraden.core.answer import RefusedError
from rodatraden.evaluation.actions import start_evaluation_round
from rodatraden.records.models import LedgerBody
from rodatraden.tenders.actions import (
    accept_proposals,
    add_ready_made,
    publish,
    revise_content_item,
    revise_requirement,
    set_evaluation_model,
)
from rodatraden.tenders.models import ContentItem, Requirement
from rodatraden.tenders.queries import all_ready_made, contents_of, latest_snapshot, publication_findings, ready_made
from rodatraden.tenders.rules.completeness import missing
from rodatraden.tenders.rules.model import model_of, scale_of
from tests.factories.bids import make_bidder, open_box, supplier_of
from tests.factories.needs import make_need
from tests.factories.procurements import make_case
from tests.factories.sealed import give_bid
from tests.factories.tenders import ADDITION, PUBLISHED_AT, START, accept_warnings, announce, make_drafted, make_tender
from tests.pdf import flowing
from tests.tenders.pages import key, url

pytestmark = pytest.mark.django_db
NAMES = ("partnership", "scenario")


def add(case, tender, name="scenario", *, by=None):
    return add_ready_made(tender=tender, name=name, by=by or case.officer, at=START)


@pytest.mark.parametrize("name", NAMES)
def test_one_click_gives_a_criterion_that_lacks_only_that_somebody_reads_it(name):
    case, tender = make_drafted()
    row = add(case, tender, name)
    assert (row.kind, row.label, row.follow_up_by) == ("criterion", "K5", case.contract_manager)
    assert [each.code for each in missing(row)] == ["proposed:K5"]
    assert [need.label for need in row.needs.all()] == ["B1"]
    scale = scale_of(row)
    assert (scale.lowest, scale.highest) == (0, row.max_points)
    item = ContentItem.objects.get(tender=tender, criteria=row)
    assert (item.max_pages > 0, item.is_price, item.is_required) == (True, False, True)
    assert [each.key for each in model_of(Requirement.objects.get(pk=row.pk).tender).criteria][-1] == str(row.pk)
    accept_proposals(requirement=row, by=case.officer, at=START)
    assert missing(Requirement.objects.get(pk=row.pk)) == []


def test_of_several_needs_a_person_says_which_it_answers_to():
    case, tender = make_drafted()
    make_need(case)
    row = add(case, tender)
    assert {each.code for each in missing(row)} == {"needs:K5", "proposed:K5"}


def test_what_is_ready_made_is_whole_rises_and_holds_no_word_of_a_model_that_others_own():
    offered = all_ready_made()
    assert tuple(each.name for each in offered) == NAMES
    for each in offered:
        points = [given for given, _text in each.steps]
        texts = [text for _given, text in each.steps]
        assert points == sorted(set(points))
        assert (points[0], points[-1], len(set(texts))) == (0, each.requirement["max_points"], len(texts))
        said = " ".join([each.title, each.summary, *map(str, each.requirement.values()), *texts]).lower()
        assert (
            re.findall(r"\b(?:siq|efqm|gum)\b|skall|anbudsgivaren beskriver hur de ser på ett partnerskap", said) == []
        )
    assert ready_made("nothing") is None


def test_only_who_may_edit_adds_it_and_only_before_publication():
    case, tender = make_drafted()
    for person in (case.evaluators[0], case.need_owner, case.decider):
        with pytest.raises(RefusedError):
            add(case, tender, by=person)
    with pytest.raises(RefusedError):
        add(case, tender, "nothing")
    publish(tender=tender, by=case.officer, at=PUBLISHED_AT)
    with pytest.raises(RefusedError):
        add(case, tender)
    assert not Requirement.objects.filter(number__gt=4).exists()


@pytest.fixture
def page(client, at_work):
    case, tender = make_drafted()
    client.force_login(case.officer)
    return client, case, tender


def test_the_page_shows_all_of_each_and_one_click_adds_it_once(page):
    client, case, tender = page
    shown = client.get(url("requirement_create", case.procurement.pk)).text
    for each in all_ready_made():
        for text in (each.title, each.requirement["question"], *(text for _points, text in each.steps)):
            assert text in shown
        assert url("ready_made", case.procurement.pk, each.name) in shown
    sent = key()
    answers = [client.post(url("ready_made", case.procurement.pk, "scenario"), sent) for _ in range(2)]
    row = Requirement.objects.get(tender=tender, number=5)
    assert [answer.url for answer in answers] == [url("requirement", row.pk)] * 2
    assert LedgerBody.objects.filter(event="requirement_added", what__contains='"K5"').count() == 1
    told = client.get(answers[0].url).text
    assert ("Läs texterna och anpassa dem till uppdraget." in told, "Förslag, inte godtaget än" in told) == (True, True)


def test_who_may_not_edit_is_told_why_and_what_is_not_there_adds_nothing(page):
    client, case, tender = page
    assert client.post(url("ready_made", case.procurement.pk, "nothing"), key()).status_code == 422
    assert client.get(url("ready_made", case.procurement.pk, "scenario")).status_code == 405
    client.force_login(case.need_owner)
    assert "fardigt" not in client.get(url("requirement_create", case.procurement.pk)).text
    assert client.post(url("ready_made", case.procurement.pk, "scenario"), key()).status_code in {403, 422}
    assert Requirement.objects.filter(tender=tender).count() == 4


@pytest.fixture
def published(db):
    """Documents whose scenario has been fitted to the assignment, with the points that the model counts from."""
    case = make_case()
    tender = make_tender(case)
    row = add(case, tender)
    revise_requirement(requirement=row, text="Fallet är påhittat. En chef ställer in.", by=case.officer, at=START)
    accept_proposals(requirement=Requirement.objects.get(pk=row.pk), by=case.officer, at=START)
    set_evaluation_model(
        tender=tender,
        weighing=type(ADDITION)(ADDITION.per_point, ADDITION.target + row.max_points),
        gate=ADDITION.target,
        by=case.officer,
        at=START,
    )
    accept_warnings(case, tender, at=PUBLISHED_AT)
    publish(tender=tender, by=case.officer, at=PUBLISHED_AT)
    announce(case, tender)
    return case, tender, Requirement.objects.get(pk=row.pk)


def test_everybody_reads_case_question_guide_and_page_limit_in_the_documents(client, published):
    _case, tender, row = published
    snapshot = latest_snapshot(tender)
    found = next(each for _kind, rows in contents_of(snapshot).requirements for each in rows if each.label == row.label)
    assert found.text == "Fallet är påhittat. En chef ställer in."
    facts = dict(found.facts)
    assert facts["Besvaras i"] == "Svar på scenariot. Högst 3 sidor läses"
    assert facts["Fråga till anbudsgivaren"] == row.question
    assert [text for _points, text in found.scale] == [step.text for step in row.steps.order_by("points")]
    told = flowing(client.get(reverse("publication:pdf", args=[snapshot.pk])).getvalue())
    page = " ".join(client.get(reverse("publication:documents", args=[snapshot.pk])).text.split())
    for text in (row.text, row.question, row.steps.order_by("points").last().text, "Svar på scenariot"):
        assert (" ".join(text.split()) in told, text in page) == (True, True)


def test_the_bidder_reads_them_where_the_bid_is_written(client, published):
    _case, tender, row = published
    bidder = make_bidder()
    at = tender.deadline_at - timedelta(hours=3)
    with time_machine.travel(at, tick=False):
        client.force_login(bidder)
        page = client.get(reverse("bids:workspace", args=[tender.pk, supplier_of(bidder).pk])).text
    assert "högst 3 sidor" in " ".join(page.split())
    for text in (row.text, row.question, *(step.text for step in row.steps.all())):
        assert text in page


def test_the_assessor_reads_them_beside_the_answer(client, published):
    case, tender, row = published
    give_bid(tender)
    open_box(case, tender)
    at = tender.deadline_at + timedelta(days=1)
    assessed = start_evaluation_round(tender=tender, by=case.officer, at=at)
    item = assessed.items.get()
    with time_machine.travel(at, tick=False):
        client.force_login(case.evaluators[0])
        shown = client.get(reverse("assessments:score", args=[assessed.pk, item.pk])).text
        question = assessed.model.criteria.get(key=str(row.pk))
        alone = client.get(reverse("assessments:question", args=[assessed.pk, question.pk])).text
    for page in (shown, alone):
        for text in (row.text, row.question, *(step.text for step in row.steps.all())):
            assert text in page
    assert "Svar på scenariot" in shown


def test_another_page_limit_is_the_officers_to_set():
    case, tender = make_drafted()
    item = add(case, tender).answered_in.get()
    criteria = list(item.criteria.all())
    revise_content_item(item=item, title=item.title, max_pages=5, criteria=criteria, by=case.officer, at=START)
    assert [
        each.code for each in publication_findings(tender, PUBLISHED_AT) if each.code.startswith("answered_in")
    ] == []

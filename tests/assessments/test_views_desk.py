"""The desk: what is written is saved by the button and in the background, and two windows never lose a word."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from rodatraden.assessments.models import IndividualScore
from rodatraden.assessments.queries import cells_of, mark_of
from rodatraden.evaluation.actions import start_evaluation_round
from tests.factories.assessments import hand_in, make_round, score_all
from tests.factories.evaluation import make_opened

pytestmark = pytest.mark.django_db

BLANK = mark_of(None)
BACKGROUND = {"headers": {"X-Saves-While-Writing": "1"}}


def desk(panel, index=0):
    return reverse("assessments:score", args=[panel.id, panel.round.items.all()[index].pk])


def question(panel, index=0):
    return reverse("assessments:question", args=[panel.id, panel.round.model.criteria.all()[index].pk])


def sent(**fields):
    names = ("strengths", "improvements", "points", "reason", "places")
    empty = {f"{name}_{number}": "" for name in names for number in (1, 2)}
    return empty | {"based_on_1": BLANK, "based_on_2": BLANK} | fields


def hidden(answer, name):
    return re.search(rf'name="{name}"\s+value="([^"]*)"', answer.text)[1]


def reasons(person):
    scores = IndividualScore.objects.filter(assessor__person=person).order_by("item__number", "criterion__number")
    return [score.reason for score in scores]


@pytest.fixture
def panel():
    return make_round()


@pytest.fixture
def person(panel, client):
    client.force_login(panel.assessors[0])
    return panel.assessors[0]


def test_strengths_and_areas_for_improvement_come_before_the_points(client, panel, person):
    text = client.get(desk(panel)).text
    labels = ("Styrkor: Kriterium 1", "Förbättringsområden: Kriterium 1", "Poäng: Kriterium 1", "Skäl: Kriterium 1")
    places = [text.index(label) for label in (*labels, "Var i handlingarna: Kriterium 1", "Styrkor: Kriterium 2")]
    assert places == sorted(places)


def test_each_pause_saves_what_can_be_saved_and_says_what_is_left(client, panel, person):
    written = sent(points_1="7", reason_1="Sidan 2", strengths_1="Tydligt", places_1="Metod, s. 2")
    answer = client.post(desk(panel), written, **BACKGROUND).json()
    score = IndividualScore.objects.get()
    assert (score.points, score.reason, score.strengths, score.places) == (7, "Sidan 2", "Tydligt", "Metod, s. 2")
    assert answer["marks"] == {"1": mark_of(score), "2": BLANK}
    assert answer["problems"] == answer["conflicts"] == {}
    assert answer["left"] == "3 poäng kvar att sätta"
    assert answer["saved"].startswith("Sparat ")
    bad = sent(based_on_1=mark_of(score), points_1="11", reason_1="Sidan 2", reason_2="Också detta")
    answer = client.post(desk(panel), bad, **BACKGROUND).json()
    assert answer["problems"] == {"1": "11 ligger utanför skalan, 0 till 10."}
    assert list(answer["marks"]) == ["2"]
    assert reasons(person) == ["Sidan 2", "Också detta"]


def test_nothing_left_is_said_too(client, panel, person):
    score_all(panel, person)
    shown = client.get(desk(panel))
    assert "Alla poäng är satta" in shown.text
    assert shown.text.count("2 av 2") == 2


@pytest.mark.parametrize("where", [desk, question])
def test_two_windows_keep_both_texts_with_and_without_script(client, panel, person, where):
    page = where(panel)
    first = client.get(page)
    base = {f"based_on_{number}": hidden(first, f"based_on_{number}") for number in (1, 2)}
    assert client.post(page, sent(**base, reason_1="Från fönster ett <b>")).status_code == 302
    late = sent(**base, reason_1="Från fönster två")
    told = client.post(page, late, **BACKGROUND).json()["conflicts"]
    assert told["1"]["values"]["reason"] == "Från fönster ett <b>"
    assert "Från fönster ett &lt;b&gt;" in told["1"]["piece"]
    answer = client.post(page, late)
    assert answer.status_code == 422
    for text in ("Båda texterna finns kvar", "Från fönster ett &lt;b&gt;", "Från fönster två</textarea>"):
        assert text in answer.text
    assert reasons(person) == ["Från fönster ett <b>"]
    late["based_on_1"] = hidden(answer, "based_on_1")
    assert client.post(page, late).status_code == 302
    assert reasons(person) == ["Från fönster två"]


def test_the_same_scores_stand_on_the_page_of_the_question(client, panel, person):
    hand_in(panel, panel.assessors[1], 9)
    score_all(panel, person, [1, 2, 3, 4])
    shown = client.get(question(panel, 1))
    assert [hidden(shown, f"points_{number}") for number in (1, 2)] == ["2", "4"]
    assert "Skäl av Assessor 2" not in shown.text
    written = sent(**{f"based_on_{number}": hidden(shown, f"based_on_{number}") for number in (1, 2)})
    written |= {"points_1": "6", "reason_1": "Jämfört", "points_2": "6", "reason_2": "Jämfört", "next": "1"}
    assert client.post(question(panel, 1), written)["Location"] == reverse("assessments:round", args=[panel.id])
    points = [
        each.points
        for each in IndividualScore.objects.filter(assessor__person=person).order_by(
            "item__number", "criterion__number"
        )
    ]
    assert points == [1, 6, 3, 6]
    assert client.post(question(panel, 0), {"next": "1"})["Location"] == question(panel, 1)


def test_a_question_of_another_model_is_not_found(client, panel, person):
    assert client.get(question(make_round())).status_code == 404
    other = make_round().round.model.criteria.all()[0]
    assert client.get(reverse("assessments:question", args=[panel.id, other.pk])).status_code == 404


def test_in_the_background_too_nothing_is_saved_after_handing_in(client, panel, person):
    hand_in(panel, person, 5)
    answer = client.post(desk(panel), sent(points_1="9", reason_1="Nytt"), **BACKGROUND).json()
    assert "Du har lämnat in" in answer["refused"]
    assert not IndividualScore.objects.filter(points=9).exists()
    assert client.post(question(panel), sent(), **BACKGROUND).status_code == 403


def test_who_has_been_signed_out_is_sent_to_sign_in_and_finds_the_words_again(client, panel, person):
    page = desk(panel)
    shown = client.get(page)
    written = sent(reason_1="Innan sessionen tog slut") | {
        name: hidden(shown, name).replace("&amp;", "&") for name in ("written-by", "written-at")
    }
    client.logout()
    answer = client.post(page, written, **BACKGROUND)
    assert (answer.status_code, reasons(person)) == (302, [])
    client.force_login(person)
    again = client.get(page).text
    assert "Innan sessionen tog slut</textarea>" in again
    assert "data-unsaved" in again


def test_handing_in_asks_for_feedback_and_places_and_lets_be(client, panel, person):
    score_all(panel, person)
    item, criterion = cells_of(panel.round)[0]
    IndividualScore.objects.filter(item=item, criterion=criterion).update(strengths="Tydligt", places="Metod, s. 2")
    page = reverse("assessments:submit", args=[panel.id])
    text = client.get(page).text
    assert "3 poäng har varken styrkor eller förbättringsområden." in text
    assert "3 poäng säger inte var i handlingarna det syns." in text
    assert "Metod, s. 2" in text
    assert client.post(page, {"idempotency_key": "k"}).status_code == 302
    read = client.get(desk(panel)).text
    assert "Metod, s. 2" in read
    assert "<textarea" not in read


class TestReading:
    """The answer beside the form: the browser shows it in a frame, under the rule of the bid."""

    @pytest.fixture
    def world(self):
        world = make_opened()
        at = world.opened_at
        self.round = start_evaluation_round(tender=world.fresh_tender(), by=world.case.officer, at=at)
        return world

    def test_a_pdf_is_shown_in_the_frame_and_fetched_beside_it(self, client, world, time_machine):
        time_machine.move_to(world.opened_at)
        client.force_login(world.case.evaluators[0])
        item = self.round.items.order_by("number")[0]
        text = client.get(reverse("assessments:score", args=[self.round.pk, item.pk])).text
        shown = re.search(r'<iframe\s+class="rt-lasning__ram"\s+name="lasning"\s+src="([^"#]*)', text)[1]
        answer = client.get(shown)
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith("inline")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "SAMEORIGIN"
        assert answer["Content-Security-Policy"] == "default-src 'none'; object-src 'self'; frame-ancestors 'self'"
        assert answer["Cache-Control"] == "no-store, private"
        assert answer.getvalue().startswith(b"%PDF")
        client.force_login(world.case.need_owner)
        assert client.get(shown).status_code == 404
        client.logout()
        assert client.get(shown).status_code == 302

    def test_inv_13_no_page_of_the_desk_leads_to_a_price(self, client, world, time_machine):
        time_machine.move_to(world.opened_at)
        client.force_login(world.case.evaluators[0])
        price = [str(file.pk) for bid in world.bids for file in bid.files.filter(content_item__is_price=True)]
        pages = [reverse("assessments:score", args=[self.round.pk, item.pk]) for item in self.round.items.all()]
        pages += [reverse("assessments:question", args=[self.round.pk, c.pk]) for c in self.round.model.criteria.all()]
        for page in pages:
            text = client.get(page).text
            assert not any(each in text for each in price)
            assert re.findall(r"\b(1.?140|1.?000|960|790)\b", re.sub(r"[0-9a-f]{8,}[0-9a-f-]*", "", text)) == []

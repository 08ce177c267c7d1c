"""Pages of the presentations, in how many queries, and what is read again when the prices are open."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rodatraden.evaluation import rules
from rodatraden.evaluation.models import Presentation
from rodatraden.evaluation.queries import (
    presentations_of,
)
from tests.evaluation.presented import DAY, hold
from tests.factories.bids import open_prices, pdf
from tests.factories.evaluation import (
    ANNOUNCED,
    announce_presentations,
    draw,
    make_opened,
)

pytestmark = pytest.mark.django_db


def test_the_page_asks_as_few_questions_of_the_database_with_many_as_with_one():
    few, many = make_opened([1000]), make_opened([1000 + n for n in range(12)])
    counted = []
    for world in (few, many):
        draw(world)
        tender = world.fresh_tender()
        with CaptureQueriesContext(connection) as queries:
            assert [each.changes.all() for each in presentations_of(tender)]
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_the_officer_draws_times_and_notes_on_the_pages(client):
    world = make_opened()
    announce_presentations(world)
    client.force_login(world.case.officer)
    page = reverse("evaluation:presentations", args=[world.procurement.pk])
    sent = {
        "announced": ANNOUNCED,
        "minutes": "30",
        "pause": "15",
        "first_at": "2031-06-01T09:00",
        "place": "Rum & sal",
        "criterion": "",
        "idempotency_key": "a",
    }
    wrong = client.post(page, sent | {"announced": "Anbuden presenteras inte alls här.", "idempotency_key": "z"})
    assert (wrong.status_code, "Rum &amp; sal" in wrong.text) == (422, True)
    assert client.post(page, sent).url == page
    first = presentations_of(world.tender)[0]
    one = reverse("evaluation:presentation", args=[first.pk])
    assert "Starta klockan" in client.get(one).text
    move = reverse("evaluation:move_presentation", args=[first.pk])
    assert client.post(move, {"starts_at": "2031-06-02T09:00", "reason": "Sjukdom", "idempotency_key": "b"}).url == one
    times = reverse("evaluation:presentation_times", args=[first.pk])
    entered = {"started_at": "2026-06-02T09:00", "ended_at": "2026-06-02T09:40", "idempotency_key": "c"}
    assert client.post(times, entered).url == one
    assert "10 mer än annonserat" in client.get(page).text
    file = SimpleUploadedFile("bilder.pdf", pdf(), content_type="application/pdf")
    noted = {"present": "Alla", "notes": "Metod & case.", "questions": "", "file": file, "idempotency_key": "d"}
    assert client.post(one, noted).url == one
    shown = client.get(one).text
    assert [each in shown for each in ("Metod &amp; case.", "bilder.pdf", "Sjukdom")] == [True] * 3
    second = presentations_of(world.tender)[1]
    cancel = reverse("evaluation:cancel_presentation", args=[second.pk])
    client.post(cancel, {"reason": "Avstår.", "idempotency_key": "e"})
    assert "Avstår." in client.get(page).text
    third = presentations_of(world.tender)[2]
    clock = reverse("evaluation:presentation_clock", args=[third.pk])
    assert client.get(clock).status_code == 302
    client.post(clock, {"idempotency_key": "f"})
    assert "Stoppa klockan" in client.get(reverse("evaluation:presentation", args=[third.pk])).text
    assert (
        client.post(reverse("evaluation:presentation_clock", args=[second.pk]), {"idempotency_key": "g"}).status_code
        == 403
    )


def test_when_the_prices_are_open_what_held_a_price_is_read_again():
    world = make_opened()
    first = draw(world)[0]
    hold(world, first, holds_price=True)
    evaluator = world.case.evaluators[0]
    found = Presentation.objects.get(pk=first.pk)
    assert not rules.may_read_notes(evaluator, found, world.procurement)
    from rodatraden.evaluation.actions import lock_quality  # noqa: PLC0415 -- only here
    from tests.factories.evaluation import check_all, judge_all  # noqa: PLC0415 -- only here

    check_all(world)
    judge_all(world)
    at = world.opened_at + 6 * DAY
    lock_quality(tender=world.fresh_tender(), by=world.case.officer, at=at)
    assert not rules.may_hold(world.case.officer, found, world.procurement)
    open_prices(world.case, world.fresh_tender(), at=at)
    assert rules.may_read_notes(evaluator, found, world.procurement)

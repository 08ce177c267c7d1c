"""Training material is read, and said to be, before anybody judges."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from rodatraden.assessments.actions import (
    put_up_training,
    remind_late,
    say_read,
    set_due_day,
    submit_scores,
    withdraw_training,
)
from rodatraden.assessments.models import IndividualScore, PanelMember, Reading
from rodatraden.assessments.rules import (
    late_today,
    left_to_read,
    may_score,
    unread_by,
)
from rodatraden.core.answer import RefusedError
from rodatraden.records.models import LedgerBody, OutboxMail
from tests.assessments.prepared import LATER, PDF, page, read, tasks
from tests.factories.assessments import (
    make_round,
    score_all,
    train,
)
from tests.factories.parties import START, make_person

pytestmark = pytest.mark.django_db


class TestTraining:
    def test_without_material_nothing_is_asked(self):
        panel = make_round()
        person = panel.assessors[0]
        assert (unread_by(person, panel.round), bool(may_score(person, panel.round))) == ([], True)
        with pytest.raises(RefusedError):
            say_read(assessed=panel.round, shown=[], by=person, at=START)

    def test_nobody_scores_before_they_have_said_that_it_is_read(self):
        panel = make_round()
        train(panel)
        person, other = panel.assessors
        answer = may_score(person, panel.round)
        assert (bool(answer), answer.mend) == (False, page("training", panel))
        with pytest.raises(RefusedError):
            score_all(panel, person)
        assert not IndividualScore.objects.exists()
        assert [member.person for member in left_to_read(panel.round)] == [person, other]
        assert read(panel, person, LATER).trained_at == LATER
        score_all(panel, person)
        assert [member.person for member in left_to_read(panel.round)] == [other]

    def test_what_is_put_up_later_is_read_too_before_one_goes_on_and_hands_in(self):
        panel = make_round()
        person = panel.assessors[0]
        train(panel)
        read(panel, person)
        score_all(panel, person)
        second = train(panel, "Mer", at=LATER)
        assert unread_by(person, panel.round) == [second]
        with pytest.raises(RefusedError):
            submit_scores(assessed=panel.round, by=person, at=LATER)
        read(panel, person, LATER)
        submit_scores(assessed=panel.round, by=person, at=LATER)
        train(panel, "För sent för den som är klar", at=LATER + timedelta(hours=1))
        assert unread_by(person, panel.round) == []

    def test_what_is_put_up_at_the_very_instant_when_something_was_read_is_unread(self):
        panel = make_round()
        person = panel.assessors[0]
        train(panel)
        read(panel, person)
        second = train(panel)
        assert second.put_up_at == panel.round.panel.get(person=person).trained_at
        assert (unread_by(person, panel.round), bool(may_score(person, panel.round))) == ([second], False)
        withdraw_training(reading=second, by=panel.leader, at=START)
        assert unread_by(person, panel.round) == []
        third = train(panel)
        assert unread_by(person, panel.round) == [third]

    def test_what_came_after_the_page_was_opened_is_not_said_to_be_read(self):
        panel = make_round()
        first = train(panel)
        train(panel, "Mer")
        with pytest.raises(RefusedError):
            say_read(assessed=panel.round, shown=[first.pk], by=panel.assessors[0], at=START)
        assert PanelMember.objects.filter(trained_at__isnull=False).count() == 0

    def test_what_is_taken_down_is_asked_of_nobody_and_stays_on_record(self):
        panel = make_round()
        reading = train(panel)
        withdraw_training(reading=reading, by=panel.leader, at=LATER)
        assert may_score(panel.assessors[0], panel.round)
        with pytest.raises(RefusedError):
            withdraw_training(reading=reading, by=panel.leader, at=LATER)
        assert Reading.objects.get().withdrawn_at == LATER

    def test_the_log_names_what_was_read_and_never_its_text(self):
        panel = make_round()
        reading = train(panel)
        read(panel, panel.assessors[0])
        bodies = LedgerBody.objects.filter(event__startswith="training").order_by("index")
        assert [body.event for body in bodies] == ["training_put_up", "training_read"]
        assert str(reading.pk) in bodies[1].what
        assert not any("sedan svaret" in body.what for body in bodies)

    def test_who_has_not_read_is_late_and_is_reminded(self):
        panel = make_round()
        train(panel)
        read(panel, panel.assessors[0])
        set_due_day(assessed=panel.round, due_on=START.date(), by=panel.leader, at=START)
        assert len(late_today(panel.round, START)) == 2
        remind_late(assessed=panel.round, by=panel.leader, at=START)
        assert OutboxMail.objects.count() == 2
        assert [tasks(person) for person in panel.assessors] == [["assessments.score"], ["assessments.training"]]

    @pytest.mark.parametrize("who", ["assessor", "outsider"])
    def test_only_the_leader_puts_up_and_takes_down(self, who):
        panel = make_round()
        reading = train(panel)
        person = panel.assessors[0] if who == "assessor" else make_person()
        with pytest.raises(RefusedError):
            put_up_training(assessed=panel.round, title="x", text="x", by=person, at=START)
        with pytest.raises(RefusedError):
            withdraw_training(reading=reading, by=person, at=START)

    def test_neither_text_nor_file_is_nothing(self):
        panel = make_round()
        with pytest.raises(RefusedError):
            put_up_training(assessed=panel.round, title="x", text=" ", by=panel.leader, at=START)

    def test_walked_in_the_pages(self, client):
        panel = make_round()
        client.force_login(panel.leader)
        file = SimpleUploadedFile("skala.pdf", PDF)
        sent = {"title": "Skalan", "text": "", "file": file, "idempotency_key": "a"}
        assert client.post(page("put_up_training", panel), sent)["Location"] == page("training", panel)
        shown = client.get(page("training", panel)).text
        assert shown.count("Återstår") == 2
        person = panel.assessors[0]
        client.force_login(person)
        assert "Läs utbildningsmaterialet" in client.get(page("round", panel)).text
        item = panel.round.items.all()[0]
        refused = client.get(page("score", panel, item.pk))
        assert (refused.status_code, page("training", panel) in refused.text) == (403, True)
        reading = Reading.objects.get()
        fetched = client.get(reverse("assessments:reading", args=[reading.pk]))
        assert (b"".join(fetched.streaming_content), fetched["Content-Type"]) == (PDF, "application/pdf")
        bad = client.post(page("training", panel), {"shown": "x", "idempotency_key": "b"})
        assert bad.status_code == 422
        assert (
            client.post(page("training", panel), {"shown": str(reading.pk), "idempotency_key": "c"}).status_code == 302
        )
        assert "Du har läst det" in client.get(page("training", panel)).text
        assert client.get(page("score", panel, item.pk)).status_code == 200
        client.force_login(panel.leader)
        assert client.get(page("training", panel)).text.count("Återstår") == 1
        down = page("withdraw_training", panel, reading.pk)
        assert "Skalan" in client.get(down).text
        assert client.post(down, {"idempotency_key": "d"})["Location"] == page("training", panel)
        assert client.get(down).status_code == 404
        for somebody in (panel.leader, person):
            client.force_login(somebody)
            gone = client.get(reverse("assessments:reading", args=[reading.pk]))
            assert (gone.status_code, gone["Content-Type"]) == (403, "text/html; charset=utf-8")
            assert "Ledaren har tagit ner Skalan. Det finns kvar i akten, med vilka som hade läst det." in gone.text
        said = LedgerBody.objects.get(event="training_read")
        assert str(reading.pk) in said.what
        assert PanelMember.objects.get(round=panel.id, person=person, role="assessor").trained_at is not None

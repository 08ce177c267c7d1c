"""Before anybody judges: training material is read, an example is judged, and nothing of it counts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rodatraden.assessments.actions import (
    add_assessor,
    call_off_example,
    freeze_feedback,
    go_on_without,
    lock_consensus,
    open_after_example,
    put_up_example,
    put_up_training,
    record_consensus,
    remind_late,
    say_read,
    set_due_day,
    submit_scores,
    withdraw_training,
    write_feedback,
)
from rodatraden.assessments.models import Calibration, IndividualScore, PanelMember, Reading, Round
from rodatraden.assessments.queries import (
    agreement_on,
    cells_of,
    example_matrix,
    feedback_of,
    in_panel,
    material_of,
    matrix,
    open_tasks,
    submitted_scores,
    tasks_elsewhere,
    visible_to,
    with_panel,
)
from rodatraden.assessments.rules import (
    late_today,
    left_to_read,
    may_record_consensus,
    may_report_price,
    may_score,
    may_see,
    may_see_all_scores,
    may_see_example,
    may_see_feedback,
    unread_by,
)
from rodatraden.core.answer import RefusedError
from rodatraden.procurements.models import Procurement
from rodatraden.procurements.queries import standing
from rodatraden.records.models import LedgerBody, OutboxMail
from tests.factories.assessments import (
    ANSWER,
    LEVEL,
    agree_all,
    all_hand_in,
    calibrate,
    hand_in,
    make_round,
    put_up,
    score_all,
    train,
)
from tests.factories.parties import START, make_person
from tests.factories.procurements import make_case

pytestmark = pytest.mark.django_db
LATER = START + timedelta(hours=1)
PDF = b"%PDF-1.7 utbildning"


def read(panel, person, at=START):
    shown = [each.pk for each in panel.round.readings.filter(withdrawn_at=None)]
    return say_read(assessed=panel.round, shown=shown, by=person, at=at)


def page(name, panel, *more):
    return reverse(f"assessments:{name}", args=[panel.id, *more])


def events(*names) -> list[str]:
    return list(LedgerBody.objects.filter(event__in=names).order_by("index").values_list("event", flat=True))


def tasks(person) -> list[str]:
    return [task.kind for task in tasks_elsewhere(person, START)]


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


class TestExample:
    def test_the_real_ones_wait_until_everybody_has_judged_it_and_the_leader_has_said_what_the_levels_mean(self):
        panel = make_round(with_example=True)
        person, other = panel.assessors
        states = [bool(may_score(person, panel.round))]
        example = put_up(panel)
        states.append(bool(may_score(person, panel.round)))
        hand_in(example, person)
        states.append(bool(may_score(person, panel.round)))
        with pytest.raises(RefusedError):
            open_after_example(assessed=panel.round, level=LEVEL, by=panel.leader, at=LATER)
        hand_in(example, other)
        states.append(bool(may_score(person, panel.round)))
        with pytest.raises(RefusedError):
            open_after_example(assessed=panel.round, level=" ", by=panel.leader, at=LATER)
        open_after_example(assessed=panel.round, level=LEVEL, by=panel.leader, at=LATER)
        states.append(bool(may_score(person, panel.round)))
        assert states == [False, False, False, False, True]
        with pytest.raises(RefusedError):
            open_after_example(assessed=panel.round, level="Annat", by=panel.leader, at=LATER)

    def test_where_nobody_has_chosen_it_nothing_waits(self):
        panel = make_round()
        assert may_score(panel.assessors[0], panel.round)
        assert not Calibration.objects.exists()

    def test_inv_14_it_is_judged_alone_and_seen_by_each_when_all_have_handed_in(self):
        panel = make_round()
        person, other = panel.assessors
        example = put_up(panel)
        everybody = (person, other, panel.leader)
        hand_in(example, person, 9)
        assert [bool(may_see_example(each, panel.round)) for each in everybody] == [False] * 3
        with pytest.raises(RefusedError):
            example_matrix(panel.leader, panel.round)
        hand_in(example, other, 2)
        assert [bool(may_see_example(each, panel.round)) for each in everybody] == [True] * 3
        assert not may_see_example(make_person(), panel.round)
        cells = example_matrix(person, panel.round)
        assert {tuple(score.points for score in cell.scores) for cell in cells} == {(9, 2)}

    def test_what_is_read_on_the_desk_is_the_answer_and_nothing_else_is_asked_of_it(self):
        panel = make_round()
        item = put_up(panel).round.items.get()
        found = material_of(item, person=panel.assessors[0], at=START)
        assert [(each.text, each.criteria) for each in found] == [(ANSWER, {"k1"}), (ANSWER, {"k2"})]
        real = panel.round.items.all()[0]
        assert material_of(real, person=panel.assessors[0], at=START) == []

    def test_a_file_is_an_answer_too(self):
        panel = make_round()
        made = put_up_example(
            assessed=panel.round, label="Ex", answers={}, data=PDF, name="svar.pdf", by=panel.leader, at=START
        )
        found = material_of(made.example.items.get(), person=panel.assessors[0], at=START)
        assert [(each.name, bool(each.view_url), each.criteria) for each in found] == [("Ex", True, frozenset())]

    @pytest.mark.parametrize("answer", ["", "Anbud 2 skrev detta.", "ANBUD 2, igen"])
    def test_it_has_an_answer_and_names_nobody_who_is_judged(self, answer):
        panel = make_round()
        answers = {panel.round.model.asked[0]: answer}
        with pytest.raises(RefusedError):
            put_up_example(assessed=panel.round, label="Ex", answers=answers, by=panel.leader, at=START)
        assert Round.objects.count() == 1

    def test_it_comes_before_anybody_has_begun_to_score_and_once(self):
        panel = make_round()
        score_all(panel, panel.assessors[0])
        with pytest.raises(RefusedError):
            put_up(panel)
        other = make_round()
        put_up(other)
        with pytest.raises(RefusedError):
            put_up(other)

    def test_training_is_read_before_it_too(self):
        panel = make_round()
        train(panel)
        example = put_up(panel)
        with pytest.raises(RefusedError):
            hand_in(example, panel.assessors[0])
        read(panel, panel.assessors[0])
        hand_in(example, panel.assessors[0])

    def test_nothing_of_it_is_agreed_on_reported_or_locked(self):
        panel = make_round()
        example = calibrate(panel)
        asked = example.round
        for rule in (may_see_all_scores, may_record_consensus, may_see_feedback, may_report_price):
            assert not rule(panel.leader, asked)
        item, criterion = cells_of(asked)[0]
        with pytest.raises(RefusedError):
            record_consensus(
                item=item,
                criterion=criterion,
                points=Decimal(1),
                reason="x",
                present=list(asked.panel.filter(role="assessor")),
                by=panel.leader,
                at=LATER,
            )
        with pytest.raises(RefusedError):
            lock_consensus(assessed=asked, by=panel.leader, at=LATER)
        with pytest.raises(RefusedError):
            write_feedback(assessed=asked, summaries={}, shows_points=True, use="x", by=panel.leader, at=LATER)

    def test_it_is_in_no_matrix_flag_measure_score_or_report_of_the_real_ones(self):
        panel, plain = make_round(), make_round()
        calibrate(panel, [1, 10])  # far from what is given below: it would show
        for each in (panel, plain):
            all_hand_in(each)
            agree_all(each)
        shown, bare = (matrix(each.leader, each.round) for each in (panel, plain))
        assert [(c.item.label, c.criterion.key, len(c.scores), c.spread.value, c.flags) for c in shown] == [
            (c.item.label, c.criterion.key, len(c.scores), c.spread.value, c.flags) for c in bare
        ]
        assert [each for _, each in agreement_on(shown)] == [each for _, each in agreement_on(bare)]
        for each in (panel, plain):
            lock_consensus(assessed=each.round, by=each.leader, at=LATER)
        assert {score.points for score in submitted_scores(panel.round)} == {7}
        assert len(submitted_scores(panel.round)) == len(submitted_scores(plain.round)) == 8
        assert [told.parts for told in feedback_of(panel.round).values()] == [
            told.parts for told in feedback_of(plain.round).values()
        ]
        summaries = dict.fromkeys(panel.round.items.all(), "Bra.")
        write_feedback(assessed=panel.round, summaries=summaries, shows_points=True, use="x", by=panel.leader, at=LATER)
        reports = freeze_feedback(assessed=panel.round, by=panel.leader, at=LATER)
        assert len(reports) == 2
        assert not any("Exempel" in each.canonical or LEVEL in each.canonical for each in reports)

    def test_the_log_tells_of_it_and_not_what_anybody_thought(self):
        panel = make_round()
        calibrate(panel)
        names = ("round_started", "example_put_up", "opened_after_example")
        assert events(*names) == list(names)
        assert not any(LEVEL in body.what or ANSWER in body.what for body in LedgerBody.objects.all())


class TestExampleAndPanel:
    def test_who_leaves_before_judging_it_leaves_it_too(self):
        panel = make_round(n_assessors=2)
        person, gone = panel.assessors
        example = put_up(panel)
        hand_in(example, person)
        member = panel.round.panel.get(person=gone)
        go_on_without(member=member, reason="Sjuk.", by=panel.leader, at=LATER)
        assert example.round.individual_locked_at == LATER
        assert may_see_example(person, panel.round)

    def test_who_takes_over_judges_it_alone_first(self):
        panel = make_round(n_assessors=2)
        person, gone = panel.assessors
        example = put_up(panel)
        hand_in(example, person)
        new = make_person("Ny")
        member = panel.round.panel.get(person=gone)
        go_on_without(member=member, reason="Sjuk.", successor=new, by=panel.leader, at=LATER)
        assert example.round.individual_locked_at is None
        hand_in(example, new)
        assert may_see_example(person, panel.round)

    def test_inv_14_who_joins_after_it_judges_it_alone_before_seeing_what_others_thought(self):
        panel = make_round()
        example = calibrate(panel)
        locked_at = example.round.individual_locked_at
        new = make_person("Ny")
        add_assessor(assessed=panel.round, person=new, by=panel.leader, at=LATER)
        assert not may_see_example(new, panel.round)
        assert not may_score(new, panel.round)
        assert may_score(panel.assessors[0], panel.round)  # the others don't wait
        hand_in(example, new, at=LATER)
        assert may_see_example(new, panel.round)
        assert may_score(new, panel.round)
        assert example.round.individual_locked_at == locked_at

    def test_people_are_led_in_the_round_never_in_its_example(self):
        panel = make_round()
        example = put_up(panel)
        with pytest.raises(RefusedError):
            add_assessor(assessed=example.round, person=make_person(), by=panel.leader, at=START)
        member = example.round.panel.filter(role="assessor")[0]
        with pytest.raises(RefusedError):
            go_on_without(member=member, reason="x", by=panel.leader, at=START)
        with pytest.raises(RefusedError):
            put_up(example)
        with pytest.raises(RefusedError):
            train(example)

    def test_called_off_the_real_ones_open_and_nobody_sees_it(self):
        panel = make_round()
        example = put_up(panel)
        hand_in(example, panel.assessors[0])
        with pytest.raises(RefusedError):
            call_off_example(assessed=panel.round, reason=" ", by=panel.leader, at=LATER)
        with pytest.raises(RefusedError):
            call_off_example(assessed=panel.round, reason="x", by=panel.assessors[0], at=LATER)
        call_off_example(assessed=panel.round, reason="Ont om tid.", by=panel.leader, at=LATER)
        assert may_score(panel.assessors[0], panel.round)
        assert not may_see_example(panel.leader, panel.round)
        with pytest.raises(RefusedError):
            hand_in(example, panel.assessors[1])
        with pytest.raises(RefusedError):
            put_up(panel)
        assert IndividualScore.objects.filter(item__round=example.id).count() == 2

    def test_opened_it_is_not_called_off(self):
        panel = make_round()
        calibrate(panel)
        with pytest.raises(RefusedError):
            call_off_example(assessed=panel.round, reason="x", by=panel.leader, at=LATER)


class TestTasks:
    def test_each_step_waits_on_one_who_can_take_it(self):
        panel = make_round(with_example=True)
        person, other = panel.assessors
        seen = [(tasks(panel.leader), tasks(person))]
        example = put_up(panel)
        seen.append((tasks(panel.leader), tasks(person)))
        for each in panel.assessors:
            hand_in(example, each)
        seen.append((tasks(panel.leader), tasks(other)))
        open_after_example(assessed=panel.round, level=LEVEL, by=panel.leader, at=LATER)
        seen.append((tasks(panel.leader), tasks(person)))
        assert seen == [
            (["assessments.example"], []),
            ([], ["assessments.score"]),
            (["assessments.level"], []),
            ([], ["assessments.score"]),
        ]

    def test_as_many_questions_to_the_database_for_many_rounds_as_for_one(self):
        case = make_case()

        def count() -> int:
            known = Procurement.objects.prefetch_related(*standing())
            with CaptureQueriesContext(connection) as asked:
                assert open_tasks(case.evaluators[0], START, known)
            return len(asked)

        def one() -> None:
            panel = make_round(case=case)
            train(panel)
            put_up(panel)

        one()
        few = count()
        for _ in range(5):
            one()
        assert count() == few


class TestPages:
    def test_from_choosing_it_to_the_real_ones(self, client):
        panel = make_round(with_example=True)
        person, other = panel.assessors
        client.force_login(panel.leader)
        assert page("put_up_example", panel) in client.get(page("round", panel)).text
        sent = {"label": "Exempel", "answer_1": ANSWER, "answer_2": "", "idempotency_key": "a"}
        nobody = client.post(page("put_up_example", panel), sent | {"answer_1": "Som Anbud 1 skrev"})
        assert (nobody.status_code, "Som Anbud 1 skrev" in nobody.text) == (422, True)
        made = client.post(page("put_up_example", panel), sent | {"idempotency_key": "b"})
        assert made["Location"] == page("calibration", panel)
        example = Calibration.objects.get().example
        client.force_login(person)
        assert page("calibration", panel) in client.get(page("round", panel)).text
        desk = reverse("assessments:score", args=[example.pk, example.items.get().pk])
        text = client.get(desk).text
        assert (ANSWER in text, "inget av det räknas" in text) == (True, True)
        points = {"points_1": "9", "reason_1": "Visar hur", "points_2": "3", "reason_2": "Saknas"}
        assert client.post(desk, points).status_code == 302
        submit = reverse("assessments:submit", args=[example.pk])
        assert client.post(submit, {"idempotency_key": "c"}).status_code == 302
        waiting = client.get(page("calibration", panel)).text
        assert ("Assessor 2" in waiting, "Visar hur" in waiting) == (True, False)
        client.force_login(other)
        assert client.post(desk, points | {"points_1": "2"}).status_code == 302
        assert client.post(submit, {"idempotency_key": "d"}).status_code == 302
        side_by_side = client.get(page("calibration", panel)).text
        assert side_by_side.count("Visar hur") >= 2
        assert 'name="level"' not in side_by_side
        client.force_login(panel.leader)
        assert 'name="level"' in client.get(page("calibration", panel)).text
        opened = client.post(page("calibration", panel), {"level": LEVEL, "idempotency_key": "e"})
        assert opened.status_code == 302
        client.force_login(person)
        assert LEVEL in client.get(page("calibration", panel)).text
        real = panel.round.items.all()[0]
        assert client.get(page("score", panel, real.pk)).status_code == 200
        assert "Exempel" not in client.get(page("score", panel, real.pk)).text
        consensus = client.get(reverse("assessments:consensus", args=[example.pk]))
        assert (consensus.status_code, page("calibration", panel) in consensus.text) == (403, True)

    def test_called_off_on_a_page_of_its_own(self, client):
        panel = make_round()
        put_up(panel)
        client.force_login(panel.leader)
        assert page("call_off_example", panel) in client.get(page("round", panel)).text
        assert client.post(page("call_off_example", panel), {"reason": "", "idempotency_key": "a"}).status_code == 422
        sent = {"reason": "Ont om tid.", "idempotency_key": "b"}
        assert client.post(page("call_off_example", panel), sent)["Location"] == page("round", panel)
        assert client.get(page("calibration", panel))["Location"] == page("round", panel)


def test_who_has_left_the_round_no_longer_sees_its_example():
    panel = make_round()
    put_up(panel)
    gone = panel.assessors[0]
    example = Calibration.objects.get().example
    assert visible_to(gone).filter(pk=example.pk).exists()
    PanelMember.objects.filter(round=panel.round, person=gone).update(removed_at=START)
    assert not visible_to(gone).filter(pk=example.pk).exists()
    assert not in_panel(gone).filter(pk=example.pk).exists()
    assert not may_see(gone, with_panel(Round.objects.filter(pk=example.pk)).get())

"""An example judged before the real things: nothing of it counts, and who joins or leaves does it there too."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rodatraden.assessments.actions import (
    add_assessor,
    call_off_example,
    freeze_feedback,
    go_on_without,
    lock_consensus,
    open_after_example,
    put_up_example,
    record_consensus,
    write_feedback,
)
from rodatraden.assessments.models import Calibration, IndividualScore, Round
from rodatraden.assessments.queries import (
    agreement_on,
    cells_of,
    example_matrix,
    feedback_of,
    material_of,
    matrix,
    submitted_scores,
)
from rodatraden.assessments.rules import (
    may_record_consensus,
    may_report_price,
    may_score,
    may_see_all_scores,
    may_see_example,
    may_see_feedback,
)
from rodatraden.core.answer import RefusedError
from rodatraden.records.models import LedgerBody
from tests.assessments.prepared import LATER, PDF, read
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

pytestmark = pytest.mark.django_db


def events(*names) -> list[str]:
    return list(LedgerBody.objects.filter(event__in=names).order_by("index").values_list("event", flat=True))


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

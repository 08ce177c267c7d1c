"""Judging alone, handing in, agreeing and locking: what is written, and what is refused."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from rodatraden.assessments.actions import (
    Draft,
    ScoresChangedElsewhereError,
    go_on_without,
    lock_consensus,
    make_model,
    record_consensus,
    save_cells,
    save_score,
    save_scores,
    start_round,
    submit_scores,
)
from rodatraden.assessments.models import Consensus, IndividualScore, PanelMember
from rodatraden.assessments.queries import cells_of, latest_consensus, mark_of
from rodatraden.assessments.rules import may_see, member_as
from rodatraden.core.answer import RefusedError
from rodatraden.core.assessment.quality_model import model_of
from rodatraden.core.canonical import sha256_hex
from rodatraden.records.models import LedgerBody
from tests.factories.assessments import agree, agree_all, all_hand_in, criteria, hand_in, make_round, score_all
from tests.factories.parties import START, make_person

pytestmark = pytest.mark.django_db
Role = PanelMember.Role


def refusal(verb, **arguments):
    with pytest.raises(RefusedError) as refused:
        verb(**{"at": START} | arguments)
    return str(refused.value.answer.reason)


def score(panel, person, points, reason="Sidan 2", index=0):
    item, criterion = cells_of(panel.round)[index]
    return save_score(item=item, criterion=criterion, points=points, reason=reason, by=person, at=START)


def test_a_model_is_named_by_its_hash_and_a_change_is_a_new_version():
    by = make_person()
    first = make_model(title="Modell", criteria=criteria(), by=by, at=START)
    second = make_model(title="Modell", criteria=criteria(3), by=by, at=START)
    assert (first.version, second.version) == (1, 2)
    assert first.sha256 == sha256_hex(first.canonical.encode())
    assert [each.key for each in model_of(json.loads(first.canonical)).scored] == ["k1", "k2"]
    assert [c.key for c in first.criteria.order_by("number")] == ["k1", "k2"]


@pytest.mark.parametrize("lacks", ["assessors", "labels"])
def test_a_round_needs_somebody_who_judges_and_something_to_judge(lacks):
    by = make_person()
    model = make_model(title="Modell", criteria=criteria(), by=by, at=START)
    arguments = {"title": "R", "model": model, "leader": by, "assessors": [by], "labels": ["A"], "by": by} | {lacks: []}
    assert refusal(start_round, **arguments) == "A round needs at least one assessor and one thing to judge."


def test_a_draft_may_lack_points_and_reason_and_is_written_over_by_its_own_writer_only():
    panel = make_round()
    first, second = panel.assessors
    score(panel, first, None, "")
    score(panel, first, Decimal(7), "  Sidan 3\n")
    score(panel, second, Decimal(4))
    assert list(IndividualScore.objects.order_by("points").values_list("points", "reason")) == [
        (Decimal(4), "Sidan 2"),
        (Decimal(7), "Sidan 3"),
    ]


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ("11", "11 is outside the scale"),
        ("-1", "-1 is outside the scale"),
        ("7.5", "7.5 is between two steps"),
    ],
)
def test_points_off_the_scale_are_refused_and_nothing_of_the_item_is_saved(points, said):
    panel = make_round()
    (item, first), (_, second) = cells_of(panel.round)[:2]
    drafts = {first: Draft(Decimal(5), "bra"), second: Draft(Decimal(points), "bra")}
    assert refusal(save_scores, item=item, drafts=drafts, by=panel.assessors[0]).startswith(said)
    assert not IndividualScore.objects.exists()


def test_a_criterion_that_was_not_published_for_the_round_gets_no_score():
    panel, other = make_round(), make_round()
    item = cells_of(panel.round)[0][0]
    criterion = cells_of(other.round)[0][1]
    said = refusal(save_score, item=item, criterion=criterion, points=Decimal(5), reason="x", by=panel.assessors[0])
    assert said == "The criterion does not belong to this round."


def test_scores_are_handed_in_whole_and_the_last_to_hand_in_locks_the_part():
    panel = make_round()
    first, second = panel.assessors
    score_all(panel, first)
    score(panel, first, Decimal(7), " \n ", index=3)
    said = refusal(submit_scores, assessed=panel.round, by=first)
    assert said == "1 scores lack points or reason. The first is Kriterium 2 for Anbud 2."
    hand_in(panel, first)
    assert panel.round.individual_locked_at is None
    hand_in(panel, second, at=START + timedelta(hours=1))
    assert panel.round.individual_locked_at == START + timedelta(hours=1)


def test_inv_14_nothing_alters_scores_that_were_handed_in():
    panel = make_round()
    first, second = panel.assessors
    hand_in(panel, first)
    before = list(IndividualScore.objects.order_by("pk").values())
    locked = "You have handed in your scores. They can no longer be changed."
    item, criterion = cells_of(panel.round)[0]
    assert refusal(save_score, item=item, criterion=criterion, points=Decimal(1), reason="x", by=first) == locked
    assert refusal(submit_scores, assessed=panel.round, by=first) == locked
    hand_in(panel, second)
    agree_all(panel)
    lock_consensus(assessed=panel.round, by=panel.leader, at=START)
    assert list(IndividualScore.objects.filter(assessor__person=first).order_by("pk").values()) == before


def test_the_log_proves_scores_and_consensus_and_tells_none_of_them():
    panel = make_round()
    all_hand_in(panel)
    agree_all(panel)
    lock_consensus(assessed=panel.round, by=panel.leader, at=START)
    told = {body.event: json.loads(body.what) for body in LedgerBody.objects.order_by("index")}
    assert set(told["scores_submitted"]) == {"scores_sha256"}
    assert set(told["consensus_recorded"]) == {"number", "consensus_sha256"}
    assert set(told["consensus_locked"]) == {"agreed_sha256"}
    assert set(told["round_started"]) == {"model", "leader", "assessors"}


def test_the_round_goes_on_without_an_assessor_and_what_was_written_stays_unread():
    panel = make_round()
    first, late = panel.assessors
    hand_in(panel, first)
    score(panel, late, Decimal(3))
    member = member_as(late, panel.round, Role.ASSESSOR)
    go_on_without(member=member, reason="Sjuk sedan 4 maj", by=panel.leader, at=START)
    assert panel.round.individual_locked_at == START
    assert IndividualScore.objects.filter(assessor__person=late).count() == 1
    assert not may_see(late, panel.round)


def test_going_on_without_somebody_needs_the_leader_a_reason_and_somebody_else():
    panel = make_round()
    first, late = panel.assessors
    hand_in(panel, first)
    member = {person: member_as(person, panel.round, Role.ASSESSOR) for person in panel.assessors}
    cases = [
        (member[late], "x", first, "Only the leader of the round can do this."),
        (member[late], " ", panel.leader, "Say why the round goes on without this assessor."),
        (member[first], "x", panel.leader, "The scores have been handed in and stay."),
    ]
    for who, reason, by, said in cases:
        assert refusal(go_on_without, member=who, reason=reason, by=by) == said
    alone = make_round(n_assessors=1)
    only = member_as(alone.assessors[0], alone.round, Role.ASSESSOR)
    said = "Somebody must judge. This is the only assessor of the round."
    assert refusal(go_on_without, member=only, reason="x", by=alone.leader) == said


def test_consensus_is_a_new_record_each_time_and_the_last_one_counts():
    panel = make_round()
    hand_in(panel, panel.assessors[0], 9)
    hand_in(panel, panel.assessors[1], 2)
    agree(panel, points=8)
    agree(panel, points=6, reason="Efter nytt samtal")
    item, criterion = cells_of(panel.round)[0]
    assert list(Consensus.objects.order_by("number").values_list("number", "points")) == [(1, 8), (2, 6)]
    assert latest_consensus(panel.round)[item.pk, criterion.pk].reason == "Efter nytt samtal"
    assert set(IndividualScore.objects.filter(item=item).values_list("points", flat=True)) == {9, 2}


def test_consensus_is_never_computed_from_the_scores():
    panel = make_round()
    all_hand_in(panel)
    assert not Consensus.objects.exists()
    assert latest_consensus(panel.round) == {}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"points": Decimal(11)}, "11 is outside the scale"),
        ({"points": Decimal("6.5")}, "6.5 is between two steps"),
        ({"reason": " \t"}, "Write the reason for the points."),
        ({"present": []}, "Say which of the assessors took part in the consensus."),
        ({"present": "leader"}, "Say which of the assessors took part in the consensus."),
        ({"by": "assessor"}, "Only the leader of the round can do this."),
    ],
)
def test_consensus_needs_points_on_the_scale_a_reason_the_panel_and_its_leader(change, said):
    panel = make_round()
    all_hand_in(panel)
    item, criterion = cells_of(panel.round)[0]
    members = {
        "leader": [member_as(panel.leader, panel.round, Role.LEADER)],
        "assessor": [member_as(panel.assessors[0], panel.round, Role.ASSESSOR)],
    }
    arguments = {
        "item": item,
        "criterion": criterion,
        "points": Decimal(7),
        "reason": "Bra",
        "present": members["assessor"],
        "by": panel.leader,
    } | change
    if arguments["present"] == "leader":
        arguments["present"] = members["leader"]
    if arguments["by"] == "assessor":
        arguments["by"] = panel.assessors[0]
    assert refusal(record_consensus, **arguments).startswith(said)
    assert not Consensus.objects.exists()


def test_consensus_waits_for_everybody_and_ends_with_the_lock():
    panel = make_round()
    hand_in(panel, panel.assessors[0])
    with pytest.raises(RefusedError, match="Consensus begins when everybody has handed in their own scores"):
        agree(panel)
    hand_in(panel, panel.assessors[1])
    agree_all(panel)
    lock_consensus(assessed=panel.round, by=panel.leader, at=START)
    with pytest.raises(RefusedError, match="The consensus is locked"):
        agree(panel)
    assert refusal(lock_consensus, assessed=panel.round, by=panel.leader) == "The consensus is locked."


def test_inv_09_nothing_is_locked_while_a_criterion_lacks_its_score():
    panel = make_round()
    all_hand_in(panel)
    agree(panel, 0)
    said = refusal(lock_consensus, assessed=panel.round, by=panel.leader)
    assert said == "1 of 4 consensus scores are set."
    assert panel.round.consensus_locked_at is None


class TestWritingInTwoWindows:
    """What one window saves, another never writes over; what nobody touched is left alone."""

    def saved(self, panel, index, by, based_on="", **texts):
        cell = cells_of(panel.round)[index]
        draft = Draft(texts.pop("points", None), texts.pop("reason", ""), based_on=based_on, **texts)
        save_cells(drafts={cell: draft}, by=by, at=START)
        return IndividualScore.objects.get(item=cell[0], criterion=cell[1], assessor__person=by)

    def test_a_second_window_is_told_what_the_first_saved_and_nothing_is_lost(self):
        panel = make_round()
        person = panel.assessors[0]
        blank = mark_of(None)
        first = self.saved(panel, 0, person, blank, reason="Det första fönstret")
        cell = cells_of(panel.round)[0]
        with pytest.raises(ScoresChangedElsewhereError) as refused:
            self.saved(panel, 0, person, blank, reason="Det andra fönstret")
        assert refused.value.others == {cell: first}
        assert IndividualScore.objects.get().reason == "Det första fönstret"
        assert self.saved(panel, 0, person, mark_of(first), reason="Det andra fönstret").reason == "Det andra fönstret"

    def test_what_a_window_has_not_touched_does_not_bring_an_old_text_back(self):
        panel = make_round()
        person = panel.assessors[0]
        blank = mark_of(None)
        first, second = cells_of(panel.round)[:2]
        self.saved(panel, 0, person, blank, reason="Nytt")
        written = {first: Draft(None, "", based_on=blank), second: Draft(None, "Annat", based_on=blank)}
        assert [score.reason for score in save_cells(drafts=written, by=person, at=START)] == ["Annat"]
        assert self.reasons(person) == ["Nytt", "Annat"]

    def test_the_same_words_from_two_windows_are_no_conflict(self):
        panel = make_round()
        person = panel.assessors[0]
        blank = mark_of(None)
        one = self.saved(panel, 0, person, blank, points=Decimal("7.0"), reason="Rad 1\r\nRad 2 ")
        two = self.saved(panel, 0, person, blank, points=Decimal(7), reason="Rad 1\nRad 2")
        assert (one.pk, one.saved_at, two.reason) == (two.pk, two.saved_at, "Rad 1\nRad 2")

    def test_all_or_none_where_several_are_saved_at_once(self):
        panel = make_round()
        person = panel.assessors[0]
        self.saved(panel, 0, person, reason="Står redan")
        first, second = cells_of(panel.round)[:2]
        blank = mark_of(None)
        with pytest.raises(ScoresChangedElsewhereError):
            save_cells(
                drafts={second: Draft(None, "Nytt", based_on=blank), first: Draft(None, "Annat", based_on=blank)},
                by=person,
                at=START,
            )
        assert self.reasons(person) == ["Står redan"]

    def test_an_item_of_another_round_is_refused(self):
        panel, other = make_round(), make_round()
        item = other.round.items.all()[0]
        cell = cells_of(panel.round)[0]
        written = {cell: Draft(None, "A"), (item, cell[1]): Draft(None, "B")}
        assert (
            refusal(save_cells, drafts=written, by=panel.assessors[0])
            == "What is judged does not belong to this round."
        )
        assert not IndividualScore.objects.exists()

    def reasons(self, person):
        scores = IndividualScore.objects.filter(assessor__person=person)
        return list(scores.order_by("item__number", "criterion__number").values_list("reason", flat=True))

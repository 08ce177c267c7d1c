"""Bids presented for the same time in a drawn order: the draw, the quote, the clock and the notes."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.answer import RefusedError
from rodatraden.evaluation.actions import (
    cancel_presentation,
    draw_presentations,
    enter_times,
    move_presentation,
    note_presentation,
    run_clock,
    start_evaluation_round,
)
from rodatraden.evaluation.models import Presentation, PresentationPlan
from rodatraden.evaluation.queries import (
    drawn_order,
    presentations_of,
    runs_of,
    times_of,
    unequal,
)
from rodatraden.records.models import LedgerBody, OutboxMail
from rodatraden.records.queries import head_of, ledger_size
from tests.evaluation.presented import DAY, MINUTE, NOTED, first_criterion, hold
from tests.factories.evaluation import (
    ANNOUNCED,
    SCORED,
    announce_presentations,
    draw,
    make_opened,
    make_outcome,
)

pytestmark = pytest.mark.django_db


def refusal(verb, *args, **more):
    with pytest.raises(RefusedError) as refused:
        verb(*args, **more)
    return refused.value.answer


def drawing(world, **changes):
    at = world.opened_at + timedelta(hours=3)
    return draw_presentations(
        tender=world.fresh_tender(),
        **{
            "minutes": 30,
            "pause": 15,
            "first_at": at + DAY,
            "place": "Rum 4",
            "announced": ANNOUNCED,
            "criterion": None,
            "by": world.case.officer,
            "at": at,
        }
        | changes,
    )


@given(
    n=st.integers(1, 40),
    minutes=st.integers(1, 240),
    pause=st.integers(0, 120),
    first_at=st.datetimes(datetime(2024, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),
)
def test_all_have_the_same_time_and_nobody_begins_before_the_one_before_has_ended(n, minutes, pause, first_at):
    times = times_of(n, first_at=first_at, minutes=minutes, pause=pause)
    assert (len(times), times[0]) == (n, first_at)
    assert {later - earlier for earlier, later in itertools.pairwise(times)} <= {(minutes + pause) * MINUTE}
    assert all(later - earlier >= minutes * MINUTE for earlier, later in itertools.pairwise(times))


def test_the_draw_is_recorded_and_whoever_has_the_seed_draws_the_same():
    world = make_opened()
    drawn = draw(world)
    plan = PresentationPlan.objects.get()
    assert [each.bid for each in drawn] == drawn_order(world.bids, plan.seed)
    assert [each.starts_at for each in drawn] == [
        plan.drawn_at + DAY + number * 45 * MINUTE for number in range(len(world.bids))
    ]
    entry = LedgerBody.objects.get(event="presentations_drawn")
    assert (entry.index, entry.object_id) == (plan.log_size - 1, plan.pk)
    assert plan.seed == head_of(plan.log_size).root
    assert refusal(drawing, world).reason is not None
    assert PresentationPlan.objects.count() == 1


def test_nobody_knows_the_seed_before_the_draw_and_a_draw_from_the_same_log_has_another():
    world = make_opened()
    announce_presentations(world)
    known = head_of(ledger_size()).root
    seeds = set()
    for _ in range(2):
        with transaction.atomic():
            seeds.add(drawing(world).seed)
            transaction.set_rollback(True)
        assert head_of(ledger_size()).root == known
    assert len(seeds | {known}) == 3


def test_all_bidders_are_written_to_with_their_own_time_and_nobody_elses():
    world = make_opened()
    drawn = draw(world)
    for each in drawn:
        mail = OutboxMail.objects.get(to=each.bid.address, subject__startswith="Presentation")
        assert reverse("evaluation:own_presentation", args=[each.pk]) in mail.text
        assert "Storgatan 1, rum 4" in mail.text
        assert not [other for other in drawn if other != each and other.bid.supplier.name in mail.text]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"announced": "Anbuden presenteras i 45 minuter var."}, "announced"),
        ({"announced": "presenterar"}, "announced"),
        ({"announced": "Hur blir ett hinder till en åtgärd på rätt nivå?"}, "announced"),
        ({"announced": ANNOUNCED, "criterion": "first"}, "announced"),
        ({"minutes": 0}, "minutes"),
        ({"place": " "}, "place"),
        ({"first_at": "past"}, "first_at"),
    ],
)
def test_inv_09_only_what_the_published_documents_say_word_for_word_is_held_and_scored(changes, field):
    world = make_opened()
    announce_presentations(world)
    if changes.get("criterion"):
        changes = changes | {"criterion": first_criterion(world)}
    if changes.get("first_at"):
        changes = {"first_at": world.opened_at}
    assert refusal(drawing, world, **changes).mend == field
    assert not Presentation.objects.exists()


def test_spaces_and_capitals_do_not_matter_in_the_quote():
    world = make_opened()
    announce_presentations(world)
    assert drawing(world, announced=f"  {SCORED.upper()}\n", criterion=first_criterion(world)).criterion is not None


def test_who_may_draw_and_when():
    world = make_opened()
    announce_presentations(world)
    with pytest.raises(RefusedError):
        drawing(world, by=world.case.evaluators[0])
    done = make_outcome()
    announce_presentations(done)
    with pytest.raises(RefusedError):
        drawing(done, at=done.opened_at + 5 * DAY, first_at=done.opened_at + 6 * DAY)


def test_presented_bids_are_not_judged_without_names_nor_the_other_way_round():
    world = make_opened()
    draw(world)
    with pytest.raises(RefusedError):
        start_evaluation_round(
            tender=world.fresh_tender(), is_anonymous=True, by=world.case.officer, at=world.opened_at + DAY
        )
    hidden = make_opened()
    start_evaluation_round(
        tender=hidden.fresh_tender(), is_anonymous=True, by=hidden.case.officer, at=hidden.opened_at + DAY
    )
    announce_presentations(hidden)
    with pytest.raises(RefusedError):
        drawing(hidden)


def test_too_long_is_a_finding_with_how_much_longer_than_the_shortest():
    world = make_opened()
    first, second, *_ = draw(world)
    hold(world, first, minutes=29)
    hold(world, second, minutes=42)
    runs = runs_of(presentations_of(world.tender))
    assert [(run.minutes, run.over) for run in runs] == [(29, 0), (42, 12), (None, 0), (None, 0)]
    (finding,) = unequal(runs)
    assert {name: finding.values[name] for name in ("minutes", "over", "more")} == {
        "minutes": 42,
        "over": 12,
        "more": 13,
    }


def test_a_begun_minute_counts():
    world = make_opened()
    first = draw(world)[0]
    start = first.starts_at
    enter_times(
        presentation=first,
        started_at=start,
        ended_at=start + timedelta(minutes=30, seconds=1),
        by=world.case.officer,
        at=start + DAY,
    )
    assert next((run.minutes, run.over) for run in runs_of(presentations_of(world.tender))) == (31, 1)


def test_the_clock_runs_once_and_times_are_entered_in_order_and_never_ahead():
    world = make_opened()
    first = draw(world)[0]
    officer, start = world.case.officer, first.starts_at
    run_clock(presentation=first, by=officer, at=start)
    assert refusal(run_clock, presentation=first, by=officer, at=start).mend == "ended_at"
    run_clock(presentation=first, by=officer, at=start + 30 * MINUTE)
    with pytest.raises(RefusedError):
        run_clock(presentation=first, by=officer, at=start + DAY)
    for started_at, ended_at in ((start, start), (start, start + 2 * DAY)):
        with pytest.raises(RefusedError):
            enter_times(presentation=first, started_at=started_at, ended_at=ended_at, by=officer, at=start + DAY)
    enter_times(presentation=first, started_at=start, ended_at=start + 31 * MINUTE, by=officer, at=start + DAY)
    assert (
        f"{(start + 30 * MINUTE).isoformat()[:16]}" in LedgerBody.objects.get(event="presentation_times_entered").what
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Presentation.objects.filter(pk=first.pk).update(ended_at=start)


def test_a_presentation_is_moved_or_cancelled_with_the_reason_until_it_has_begun():
    world = make_opened()
    first, second, *_ = draw(world)
    officer, at = world.case.officer, first.starts_at - timedelta(hours=2)
    later = first.starts_at + DAY
    assert (
        refusal(move_presentation, presentation=first, starts_at=later, reason=" ", by=officer, at=at).mend == "reason"
    )
    assert (
        refusal(move_presentation, presentation=first, starts_at=at, reason="x", by=officer, at=at).mend == "starts_at"
    )
    move_presentation(presentation=first, starts_at=later, reason="Tåget är inställt.", by=officer, at=at)
    cancel_presentation(presentation=second, reason="Anbudsgivaren avstår.", by=officer, at=at)
    moved, cancelled, *_ = presentations_of(world.tender)
    assert (moved.starts_at, moved.changes.get().before_at) == (later, first.starts_at)
    assert cancelled.cancelled_at == at
    for reason in ("Tåget är inställt.", "Anbudsgivaren avstår."):
        assert sum(reason in mail.text for mail in OutboxMail.objects.all()) == 1
    with pytest.raises(RefusedError):
        run_clock(presentation=cancelled, by=officer, at=later)
    run_clock(presentation=moved, by=officer, at=later)
    with pytest.raises(RefusedError):
        cancel_presentation(presentation=moved, reason="x", by=officer, at=later)


def test_notes_need_who_was_there_and_what_was_said_and_that_it_has_begun():
    world = make_opened()
    first = draw(world)[0]
    arguments = {"presentation": first, "by": world.case.officer, "at": first.starts_at, "data": None, "file_name": ""}
    with pytest.raises(RefusedError):
        note_presentation(**arguments, **NOTED)
    run_clock(presentation=first, by=world.case.officer, at=first.starts_at)
    assert refusal(note_presentation, **arguments, **NOTED | {"present": " "}).mend == "present"
    assert refusal(note_presentation, **arguments, **NOTED | {"notes": ""}).mend == "notes"
    wrong = arguments | {"data": b"MZ", "file_name": "bilder.exe"}
    assert refusal(note_presentation, **wrong, **NOTED).mend == "file"
    assert Presentation.objects.get(pk=first.pk).noted_at is None

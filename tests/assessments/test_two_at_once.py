"""Two people at once in a round and its example, each with a connection of their own (PostgreSQL; SQLite has one writer)."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection, connections, transaction

from rodatraden.assessments.actions import add_assessor, go_on_without, submit_scores
from rodatraden.assessments.actions.holding import alone
from rodatraden.assessments.rules import assessors_of
from rodatraden.records.actions import record_event
from tests.factories.assessments import make_round, put_up, score_all
from tests.factories.parties import START, make_person

pytestmark = pytest.mark.usefixtures("fresh_database")
SECONDS = 30
A_WHILE = 1.5
"""Seconds: the other comes as far as it can in the meantime."""


def together(begun, verb):
    """Run `begun`, which holds what it holds when it sets the event that it is given, and then `verb` beside it."""
    holds = Event()

    def alone_in_a_thread(work):
        try:
            work()
        finally:
            connections.close_all()

    def after():
        assert holds.wait(SECONDS)
        verb()

    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(alone_in_a_thread, work) for work in (lambda: begun(holds), after)]:
            each.result(timeout=SECONDS)


@pytest.fixture(autouse=True)
def several_writers(fresh_database):
    if connection.vendor != "postgresql":
        pytest.skip("one writer at a time needs no order of locks")


def test_who_joins_while_another_hands_in_the_example_takes_the_locks_in_the_same_order():
    panel = make_round(with_example=True)
    example = put_up(panel)
    newcomer = make_person("Ny")

    def hand_in(holds):
        with transaction.atomic():
            assessed = alone(example.id)
            holds.set()
            time.sleep(A_WHILE)
            record_event("scores_submitted", of=assessed, by=panel.assessors[0], at=START)

    together(hand_in, lambda: add_assessor(assessed=panel.round, person=newcomer, by=panel.leader, at=START))
    assert newcomer in {member.person for member in assessors_of(example.round)}


def test_the_example_is_locked_when_one_leaves_while_the_last_other_hands_in():
    panel = make_round(with_example=True)
    example = put_up(panel)
    first, second = panel.assessors
    score_all(example, first)

    def hand_in(holds):
        with transaction.atomic():
            submit_scores(assessed=example.round, by=first, at=START)
            holds.set()
            time.sleep(A_WHILE)

    def leave():
        go_on_without(member=panel.round.panel.get(person=second), reason="Sjuk.", by=panel.leader, at=START)

    together(hand_in, leave)
    assert example.round.individual_locked_at == START

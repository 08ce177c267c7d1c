"""What a decision is proposed from, tasks that follow the facts, in a constant number of queries."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rodatraden.awards import queries
from rodatraden.awards.models import Notification
from rodatraden.procurements.queries import visible_to as cases_of
from rodatraden.records.models import OutboxMail
from tests.factories.awards import award, notify, prepare
from tests.factories.evaluation import make_opened, make_outcome, reach_outcome

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 9, 8, 0, tzinfo=UTC)
EIGHT = ((8, 8), (8, 8))


def n_queries(read) -> int:
    with CaptureQueriesContext(connection) as captured:
        read()
    return len(captured)


def test_the_reasons_are_proposed_from_the_winners_result_and_consensus_alone():
    world = make_outcome()
    proposed = queries.proposed_reasons(world.tender).replace("\xa0", " ")
    assert proposed == (
        "Anbudet från Mellanrum Samverkan AB har lägst utvärderingspris, 1 440 kr, och 17 av 20 poäng.\n"
        "Nästa anbud är 60 kr efter.\n"
        "Metod: 9 av 10, mer än något annat anbud. Svaret visar hur tilltro byggs i alla tre led.\n"
        "Case: 8 av 10, lika mycket som det bästa av de andra. Svaret visar hur tilltro byggs i alla tre led."
    )
    assert [bid.supplier.name for bid in world.bids[1:] if bid.supplier.name in proposed] == []


def test_a_tie_that_the_published_rule_broke_is_told_without_the_others_name():
    world = make_outcome((1000, 900), ((8, 8), (8, 7)))
    proposed = queries.proposed_reasons(world.tender)
    assert "Ett annat anbud har samma värde. Enligt den publicerade regeln går flest poäng först." in proposed
    assert "Nordväg" not in proposed


def test_nothing_is_proposed_before_the_freeze_or_without_a_first():
    world = make_opened((1000, 1000))
    with pytest.raises(LookupError):
        queries.proposed_reasons(world.tender)
    reach_outcome(world, EIGHT)
    with pytest.raises(LookupError):
        queries.proposed_reasons(world.tender)


def test_tasks_follow_the_facts():
    world = make_opened((1000, 900))
    case = world.case

    def waiting():
        return [
            [task.kind for task in queries.open_tasks(person, AT, cases_of(person))]
            for person in (case.decider, case.officer)
        ]

    assert waiting() == [[], []]
    reach_outcome(world, EIGHT)
    assert waiting() == [["awards.prepare"], ["awards.prepare"]]
    proposal = prepare(world)
    assert waiting() == [["awards.decide"], []]
    decision = award(world, proposal=proposal)
    assert waiting() == [["awards.notify"], ["awards.notify"]]
    notify(world, decision)
    assert waiting() == [[], []]
    OutboxMail.objects.update(attempts=1, last_error="Connection refused")
    assert waiting() == [["awards.letter"], ["awards.letter"]]
    Notification.objects.update(letter_at=AT)
    assert waiting() == [[], []]
    assert queries.open_tasks(case.evaluators[0], AT, cases_of(case.evaluators[0])) == []


def test_reads_take_as_many_queries_for_many_bids_as_for_one():
    counts = []
    for n in (1, 6):
        world = make_opened((900, *(1000,) * (n - 1)))
        reach_outcome(world, ((8, 8),) * n)
        reads = [
            partial(queries.own_results, world.tender, world.bids[0]),
            partial(queries.proposed_reasons, world.tender),
        ]
        before = [n_queries(read) for read in reads]
        before.append(n_queries(lambda: queries.open_tasks(world.case.decider, AT, cases_of(world.case.decider))))  # noqa: B023 -- as above
        notify(world, award(world))
        officer, tender = world.case.officer, world.tender
        after = [
            lambda: queries.notifications_of(queries.decision_of(tender)),  # noqa: B023 -- as above
            lambda: queries.open_tasks(officer, AT, cases_of(officer)),  # noqa: B023 -- as above
        ]
        counts.append([*before, *(n_queries(read) for read in after)])
    assert counts[0] == counts[1]

"""The feedback report on a bid: its own gate, and its bidder alone, from the moment when everybody is notified."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from rodatraden.assessments.actions import freeze_feedback, write_feedback
from rodatraden.assessments.queries import read
from rodatraden.evaluation.actions import freeze_outcome, lock_quality
from rodatraden.evaluation.queries import feedback_on, round_of
from tests.factories.awards import award, notify
from tests.factories.bids import open_prices
from tests.factories.evaluation import PRICES, check_all, judge_all, make_opened
from tests.factories.parties import make_person

pytestmark = pytest.mark.django_db


def freeze(world, at):
    assessed = round_of(world.fresh_tender())
    write_feedback(
        assessed=assessed, summaries={}, shows_points=True, use="Bara uppföljning.", by=world.case.officer, at=at
    )
    freeze_feedback(assessed=assessed, by=world.case.officer, at=at)


def reported():
    """A world whose quality is locked and whose reports are frozen."""
    world = make_opened()
    check_all(world)
    judge_all(world)
    at = world.opened_at + timedelta(days=3)
    lock_quality(tender=world.fresh_tender(), by=world.case.officer, at=at)
    freeze(world, at)
    return world


def test_a_report_holds_its_own_gate_and_nothing_of_others():
    world = reported()
    names = [bid.supplier.name for bid in world.bids]
    for bid, points in zip(world.bids, (17, 15, 14, 11), strict=True):
        report = feedback_on(bid)
        told = read(report)
        assert [(each.points, each.minimum, each.is_met) for each in told.needed] == [(points, 12, points >= 12)]
        assert told.points == points
        assert not [name for name in names if name != told.subject and name in report.canonical]
        words = report.canonical.replace(told.model_sha256, "")  # digits by chance
        assert not [price for price in PRICES if str(price) in words]


def test_inv_20_a_bidder_reads_its_own_report_from_the_notification_on_and_never_anothers(client):
    world = reported()
    mine, other = (feedback_on(bid) for bid in world.bids[:2])
    people = {
        "officer": world.case.officer,
        "evaluator": world.case.evaluators[0],
        "decider": world.case.decider,
        "bidder": world.bids[0].submission.submitted_by,
        "other bidder": world.bids[1].submission.submitted_by,
        "outsider": make_person(),
    }

    def table():
        found = {}
        for name, person in people.items():
            client.force_login(person)
            pages = [
                client.get(reverse(f"assessments:{page}", args=[report.pk])).status_code == 200
                for report in (mine, other)
                for page in ("report", "report_pdf")
            ]
            found[name] = "".join("y" if each else "n" for each in pages)
        return found

    before = dict.fromkeys(people, "nnnn") | {"officer": "yyyy", "evaluator": "yyyy"}
    assert table() == before
    at = world.opened_at + timedelta(days=3, hours=1)
    open_prices(world.case, world.fresh_tender(), at=at)
    freeze_outcome(tender=world.fresh_tender(), by=world.case.officer, at=at)
    decision = award(world)
    assert table() == before
    notify(world, decision)
    assert table() == before | {"decider": "yyyy", "bidder": "yynn", "other bidder": "nnyy"}

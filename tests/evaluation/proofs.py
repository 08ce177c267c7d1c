"""Proof from the intended winner, as the tests of it bring, fetch and check it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rodatraden.core.answer import RefusedError
from rodatraden.core.instants import local_date
from rodatraden.evaluation.actions import (
    check_proof,
    fetch_proof,
    hand_in_proof,
)
from rodatraden.evaluation.models import Inquiry, Proof, ProofCheck
from rodatraden.evaluation.queries import with_case_of_proof
from tests.factories.bids import pdf

V, S, C = ProofCheck.Verdict, Proof.State, Inquiry.Conclusion


DAY = timedelta(days=1)


def bidder(world, number=1):
    return world.bids[number - 1].submission.submitted_by


def line(asked, number):
    return with_case_of_proof(Proof.objects.filter(inquiry=asked)).get(number=number)


def bring(world, asked, number=1, *, at=None, issued_on=None, by=None, **changes):
    at = at or asked.asked_at + DAY
    return hand_in_proof(
        proof=line(asked, number),
        by=by or bidder(world),
        at=at,
        **{
            "issued_on": issued_on or local_date(at),
            "source": "Skatteverket",
            "note": "",
            "data": pdf(),
            "file_name": "intyg.pdf",
        }
        | changes,
    )


def fetch(world, asked, number=3, *, at=None, **changes):
    at = at or asked.asked_at + DAY
    return fetch_proof(
        proof=line(asked, number),
        by=world.case.officer,
        at=at,
        **{
            "issued_on": local_date(at),
            "source": "Bolagsverket",
            "note": "Ingen konkurs.",
            "data": None,
            "file_name": "",
        }
        | changes,
    )


def check(world, paper, verdict=V.ACCEPTED, *, at=None, reason="Inga skulder.", by=None):
    return check_proof(
        paper=paper, verdict=verdict, reason=reason, by=by or world.case.officer, at=at or paper.came_at + DAY
    )


def refusal(verb, *args, **more):
    with pytest.raises(RefusedError) as refused:
        verb(*args, **more)
    return refused.value.answer


def said(answer):
    return str(answer.reason)

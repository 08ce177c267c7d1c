"""What people type when they check bids and start the judging."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rodatraden.evaluation.forms import CheckForm, StartForm
from rodatraden.parties.models import Person


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"is_met": ""}, "is_met", "Välj är kravet uppfyllt?"),
        ({"evidence": " "}, "evidence", "Fyll i var det syns"),
        ({"reason": "\n"}, "reason", "Fyll i skäl"),
        ({"is_met": "perhaps"}, "is_met", "Det du valde går inte längre att välja. Välj igen."),
    ],
)
def test_a_check_asks_for_answer_evidence_and_reason_and_keeps_what_was_typed(change, field, said):
    sent = {"is_met": "no", "evidence": "Cv, sidan 1", "reason": "Bara 12 månader."} | change
    form = CheckForm(sent)
    assert form.errors == {field: [said]}
    assert form["evidence"].value() == sent["evidence"]


@pytest.mark.parametrize(("answer", "read"), [("yes", True), ("no", False)])
def test_the_answer_is_read(answer, read):
    form = CheckForm({"is_met": answer, "evidence": "Cv", "reason": "x"})
    assert form.is_valid()
    assert form.cleaned_data["is_met"] is read


def test_the_leader_is_one_of_those_who_may_lead():
    ada, bo = Person(name="Ada"), Person(name="Bo")
    sent = {"wide_above": "0.4", "idempotency_key": "k"}
    form = StartForm({"leader": str(ada.pk), **sent}, leaders=[ada])
    assert form.is_valid(), form.errors
    assert form.leader is ada
    assert not StartForm({"leader": str(bo.pk), **sent}, leaders=[ada]).is_valid()


@pytest.mark.parametrize(
    ("sent", "share"), [("0.2", Decimal("0.2")), ("0.5", Decimal("0.5")), ("0.9", None), ("", None)]
)
def test_a_wide_spread_is_one_of_the_shares_that_are_offered(sent, share):
    ada = Person(name="Ada")
    form = StartForm({"leader": str(ada.pk), "wide_above": sent, "idempotency_key": "k"}, leaders=[ada])
    assert (form.cleaned_data["wide_above"] if form.is_valid() else None) == share

"""What people type when they decide and notify."""

from __future__ import annotations

import pytest

from rodatraden.awards.forms import DecisionForm, NoticesForm
from rodatraden.bids.models import Bid
from rodatraden.parties.models import Organisation


def notices(**sent):
    bids = [
        Bid(number=1, supplier=Organisation(name="Mellanrum", email="anbud@example.org")),
        Bid(number=2, supplier=Organisation(name="Nordväg")),
    ]
    data = {"channel_1": "electronic", "channel_2": "letter", "stated_days": "", "idempotency_key": "k"} | sent
    return NoticesForm(data, bids=bids), bids


def test_who_has_no_address_gets_a_letter_unless_somebody_says_otherwise():
    form, bids = notices()
    assert (form["channel_1"].initial, form["channel_2"].initial) == ("electronic", "letter")
    assert form["channel_2"].help_text == "Det finns ingen e-postadress, så det behövs ett brev."
    assert form.is_valid(), form.errors
    assert form.channels() == {bids[0].pk: "electronic", bids[1].pk: "letter"}


@pytest.mark.parametrize(("typed", "read"), [("", None), ("15", 15), (" 15 ", 15)])
def test_stated_days_are_a_whole_number_or_nothing(typed, read):
    form, _ = notices(stated_days=typed)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["stated_days"] == read


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0", "Skriv minst 1."),
        ("tio", "Skriv ett tal med siffror."),
        ("1,5", "Skriv ett tal med siffror."),
        ("-3", "Skriv ett tal med siffror."),
        ("\uff11\uff15", "Skriv ett tal med siffror."),
        ("10000", "Skriv ett tal med siffror."),
    ],
)
def test_bad_days_are_refused_and_stay_typed(typed, said):
    form, _ = notices(stated_days=typed)
    assert form.errors == {"stated_days": [said]}
    assert form["stated_days"].value() == typed


@pytest.mark.parametrize(("field", "said"), [("reasons", "Fyll i skäl"), ("delegation", "Fyll i delegation")])
def test_a_decision_needs_reasons_and_delegation(field, said):
    sent = {"reasons": "Lägst utvärderingspris.", "delegation": "Punkt 4.2"} | {field: " "}
    assert DecisionForm(sent).errors == {field: [said]}

"""Forms of a row that several may change: what was shown, what stands, what was typed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django import forms

from rodatraden.ui.forms import AmountField
from rodatraden.ui.shared import BASED_ON, ONESELF, SharedForm


class RowForm(SharedForm, forms.Form):
    name = forms.CharField(required=False)
    sum = AmountField(required=False)
    is_on = forms.BooleanField(required=False)


def page(**stands):
    """Return what a page with these values carries."""
    form = RowForm(initial=stands)
    return form[BASED_ON].value()


def sent(stands, based_on, who=None, **typed):
    form = RowForm({**typed, BASED_ON: based_on}, initial=stands)
    form.who = lambda: who
    return form


@pytest.mark.parametrize(
    ("shown", "typed"),
    [
        ({"name": "Rad 1\nRad 2"}, {"name": "Rad 1\r\nRad 2 "}),
        ({"sum": Decimal("1000.00")}, {"sum": "1 000"}),
        ({"name": None, "sum": None, "is_on": False}, {"name": "", "sum": ""}),
        ({"is_on": True}, {"is_on": "on"}),
    ],
)
def test_the_same_value_in_other_words_is_no_change_and_keeps_what_stands(shown, typed):
    stands = {"name": "Nytt", "sum": Decimal(5), "is_on": not shown.get("is_on")}
    form = sent({**shown, **{name: stands[name] for name in shown}}, page(**shown), **typed)
    assert form.is_valid()
    assert {name: form.cleaned_data[name] for name in shown} == {name: stands[name] for name in shown}


@pytest.mark.parametrize(
    ("who", "words"), [("Eva Ek", "Eva Ek har ändrat"), (None, "Någon har ändrat"), (ONESELF, "i ett annat fönster")]
)
def test_a_value_that_both_have_changed_is_told_with_who_and_goes_through_the_second_time(who, words):
    form = sent({"name": "Deras"}, page(name="Först"), who, name="Mitt")
    assert not form.is_valid()
    assert words in form.errors["name"][0]
    assert (form["name"].value(), form["name"].help_text) == ("Mitt", "Nu står: Deras")
    again = sent({"name": "Deras"}, form[BASED_ON].value(), who, name="Mitt")
    assert (again.is_valid(), again.cleaned_data["name"]) == (True, "Mitt")
    third = sent({"name": "Ännu nyare"}, form[BASED_ON].value(), who, name="Mitt")
    assert not third.is_valid()


@pytest.mark.parametrize("damaged", ["", "{", "[1]", '{"name": null}'])
def test_a_page_that_does_not_say_what_it_showed_claims_nothing_of_others(damaged):
    form = sent({"name": "Deras"}, damaged, name="Mitt")
    assert (form.is_valid(), form.cleaned_data["name"]) == (True, "Mitt")

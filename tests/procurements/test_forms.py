"""What the forms ask depends on what is stated already, and what was typed is never lost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.http import QueryDict

from rodatraden.procurements.forms import DeclareForm, DescribeForm
from rodatraden.procurements.models import ConflictDeclaration
from rodatraden.procurements.rules import possible_procedures
from tests.procurements.test_rules import purchase

if TYPE_CHECKING:
    from rodatraden.procurements.models import Procurement

DAY = date(2026, 3, 2)


def form_for(procurement: Procurement, data=None, *, on: date = DAY) -> DescribeForm:
    return DescribeForm(data, instance=procurement, possible=possible_procedures(procurement, on))


def choices(form: DescribeForm, name: str) -> list[str]:
    return [value for value, _ in form.fields[name].choices]


def test_before_value_and_cpv_no_procedure_is_asked_for():
    form = form_for(purchase(cpv="", procedure=""))
    assert {"procedure", "direct_ground", "stated_above"}.isdisjoint(form.fields)
    assert [group.title for group in form.fieldsets] == ["Vad som köps", "Värde", "CPV-kod", "Förfarande"]


def test_what_is_unknown_is_asked_and_the_possible_is_offered():
    form = form_for(purchase(estimated_value=Decimal(3_000_000)))
    assert choices(form, "procedure") == ["se-open", "se-below", "se-direct", ""]
    assert {"stated_above", "stated_reason", "direct_ground"} <= set(form.fields)


def test_below_the_direct_limit_no_ground_is_asked_for():
    form = form_for(purchase())
    assert "se-direct" in choices(form, "procedure")
    assert "direct_ground" not in form.fields


def test_in_norway_no_swedish_ground_is_offered():
    form = form_for(purchase(country="NO", procedure="", estimated_value=Decimal(1_000_000)), on=date(2026, 9, 1))
    assert "direct_ground" not in form.fields
    assert choices(form, "procedure") == ["no-part-1", ""]


def test_what_is_left_out_stands_as_it_was():
    procurement = purchase(stated_above=False, direct_ground="sole_supplier")
    form = form_for(
        procurement,
        {"title": "T", "language": "en", "cpv": "79410000-1", "estimated_value": "500 000", "procedure": ""},
    )
    assert form.is_valid(), form.errors
    stated = form.stated()
    assert stated["direct_ground"] == "sole_supplier"
    assert (stated["estimated_value"], stated["procedure"], stated["stated_above"]) == (500_000, "", None)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("1.050", "kan betyda"), ("-5", "negativt"), ("tre", "bokstäver"), ("\uff11\uff12", "siffrorna")],
)
def test_a_value_that_is_no_number_is_asked_about(typed, said):
    form = form_for(purchase(), {"title": "T", "estimated_value": typed})
    assert not form.is_valid()
    assert said in form.errors["estimated_value"][0]
    assert form["estimated_value"].value() == typed


def test_a_declaration_must_be_answered():
    now = ConflictDeclaration.Moment.BEFORE_ACCESS
    assert not DeclareForm(QueryDict(f"shown={now}"), moment=now).is_valid()
    form = DeclareForm(QueryDict(f"has_conflict=yes&description=Kusin&shown={now}"), moment=now)
    assert form.is_valid()
    assert form.cleaned_data == {"has_conflict": True, "description": "Kusin", "shown": now}

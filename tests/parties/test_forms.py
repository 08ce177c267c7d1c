"""What people type about themselves and their organisations."""

from __future__ import annotations

import pytest

from rodatraden.parties.forms import InviteForm, RegisterSupplierForm, countries
from rodatraden.parties.models import Organisation
from tests.factories.parties import make_buyer, make_person, make_supplier

TYPED = {
    "name": "Provbolaget AB",
    "country": "SE",
    "registration_number": "",
    "person_name": "Pia Prov",
    "email": "pia@prov.example",
    "password": "fyra ord som ingen gissar",
}


def test_countries_are_named_in_swedish_order_with_sweden_first():
    names = [name for _, name in countries()]
    assert names[:2] == ["Sverige", "Afghanistan"]
    assert names[-3:] == ["Åland", "Österrike", "Östtimor"]
    assert len(dict(countries())) == len(countries()) > 200
    assert {"DE", "NO", "UA"} <= set(dict(countries()))
    assert {"EU", "ZZ", "XA"}.isdisjoint(dict(countries()))


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"name": ""}, "name", "Fyll i"),
        ({"email": "pia"}, "email", "Skriv en e-postadress"),
        ({"password": "kort"}, "password", "kort"),
        ({"password": "pia@prov.example"}, "password", "lik"),
        ({"country": "XX"}, "country", "Välj igen"),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_field(change, field, said):
    form = RegisterSupplierForm(TYPED | change, person=None)
    assert not form.is_valid()
    assert list(form.errors) == [field]
    assert said in form.errors[field][0]


def test_somebody_signed_in_is_not_asked_who_they_are(db):
    form = RegisterSupplierForm({"name": "Nytt", "country": "DE"}, person=make_person())
    assert form.is_valid()
    assert "password" not in form.fields
    assert "password" in RegisterSupplierForm(person=None).fields


@pytest.mark.parametrize("make", [make_buyer, make_supplier])
def test_only_roles_that_exist_there_are_offered(db, make):
    organisation = make()
    offered = {role for role, _ in InviteForm(organisation=organisation).fields["role"].choices}
    assert ("bidder" in offered) == (organisation.kind == Organisation.Kind.SUPPLIER)
    assert ("procurement_officer" in offered) == organisation.is_buyer

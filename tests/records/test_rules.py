"""Who reads a diary here: the people of the organisation that keeps it."""

from __future__ import annotations

import pytest

from rodatraden.records.actions import open_diary_case
from rodatraden.records.rules import may_read_diary
from tests.factories.parties import START, make_buyer, make_person, make_supplier

pytestmark = pytest.mark.django_db


def test_people_of_the_organisation_read_its_diary_and_nobody_else_here():
    buyer, other, supplier = make_buyer("Ett"), make_buyer("Annat"), make_supplier()
    inside = make_person("Inne", organisation=buyer)
    case = open_diary_case(organisation=buyer, subject="Ärende", by=inside, at=START)
    answers = {
        person.name: bool(may_read_diary(person, case, START))
        for person in (
            inside,
            make_person("Granne", organisation=other),
            make_person("Leverantör", organisation=supplier),
            make_person("Ingen"),
        )
    }
    assert answers == {"Inne": True, "Granne": False, "Leverantör": False, "Ingen": False}

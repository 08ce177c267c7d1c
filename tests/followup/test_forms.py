"""What the forms of the follow-up offer."""

from __future__ import annotations

import pytest

from rodatraden.followup.forms import DeviationForm
from rodatraden.followup.rules import blamable
from rodatraden.parties.models import Person
from rodatraden.tenders.models import Requirement

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("acts_by", "offered"),
    [("", ["supplier"]), ("supplier", ["supplier"]), ("buyer", ["buyer"]), ("both", ["supplier", "buyer", "both"])],
)
def test_only_who_must_act_can_be_chosen(acts_by, offered):
    form = DeviationForm(blamable=blamable(Requirement(acts_by=acts_by)), team=Person.objects.none())
    assert [value for value, _ in form.fields["acts_by"].choices] == offered
    assert form.fields["acts_by"].initial == (offered[0] if len(offered) == 1 else None)

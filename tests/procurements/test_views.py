"""The pages of a procurement itself."""

from __future__ import annotations

import pytest
from django.urls import reverse

from rodatraden.parties.models import Membership
from rodatraden.procurements.models import Procurement
from tests.factories.parties import make_buyer, make_person
from tests.factories.procurements import make_case

pytestmark = pytest.mark.django_db


def test_an_officer_creates_and_is_sent_to_declare(client):
    buyer = make_buyer()
    officer = make_person("Officer", organisation=buyer, role=Membership.Role.PROCUREMENT_OFFICER)
    client.force_login(officer)
    assert client.get(reverse("procurements:create")).status_code == 200
    sent = {"buyer": buyer.pk, "title": "Processcoachning", "summary": "", "idempotency_key": "k"}
    answer = client.post(reverse("procurements:create"), sent)
    procurement = Procurement.objects.get()
    assert answer["Location"] == reverse("procurements:declare", args=[procurement.pk])
    assert client.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize("name", ["describe", "team", "declare", "cancel"])
def test_pages_are_shown(client, name):
    case = make_case()
    client.force_login(case.officer)
    answer = client.get(reverse(f"procurements:{name}", args=[case.procurement.pk]))
    assert answer.status_code == 200
    assert case.procurement.title in answer.text or name == "cancel"

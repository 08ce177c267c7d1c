"""The pages of the evaluation, walked in order by those who may, and shut to the others."""

from __future__ import annotations

import pytest
from django.urls import reverse

from rodatraden.assessments.models import Round
from tests.factories.evaluation import make_opened

pytestmark = pytest.mark.django_db


def test_smoke(client, tmp_path):
    world = make_opened()
    client.force_login(world.case.officer)
    pk = world.procurement.pk
    for name in ("checks", "start_round", "outcome"):
        answer = client.get(reverse(f"evaluation:{name}", args=[pk]))
        assert answer.status_code == 200, name

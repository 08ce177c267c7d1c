from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories.needs import make_need
from tests.factories.procurements import make_case

pytestmark = pytest.mark.django_db


def test_smoke(client):
    case = make_case()
    need = make_need(case)
    client.force_login(case.need_owner)
    for url in (
        reverse("needs:backlog"),
        reverse("needs:list", args=[case.procurement.pk]),
        reverse("needs:create", args=[case.procurement.pk]),
        reverse("needs:edit", args=[need.pk]),
        reverse("needs:strike", args=[need.pk]),
        reverse("needs:write", args=[case.buyer.pk]),
    ):
        assert client.get(url).status_code == 200, url

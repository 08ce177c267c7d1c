"""Pages of people send strangers to sign in: every address with that policy is tried, with a made-up object."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.core.checks import WARNING, run_checks
from django.db import connection
from django.test import Client
from django.urls import get_resolver, reverse

from rodatraden.config.checks import addresses
from rodatraden.config.middleware import METHODS

MADE_UP = {"uuid": str(UUID(int=0)), "int": "1", "str": "x", "slug": "x", "path": "x/y"}


def test_pages_of_people_send_strangers_to_sign_in(db):
    routes = [
        (
            re.sub(r"<(?:(\w+):)?\w+>", lambda match: MADE_UP[match[1] or "str"], route),
            getattr(view, "methods", METHODS),
        )
        for route, _, view in addresses(get_resolver().url_patterns)
        if getattr(view, "policy", "") == "signed_in"
    ]
    assert len(routes) > 10
    client = Client()
    for route, methods in routes:
        for answer in [client.generic(method, f"/{route}") for method in methods]:
            assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, reverse("account_login")), route


@pytest.mark.parametrize(
    ("place", "is_deployed", "said"),
    [
        ("", False, set()),
        ("", True, {"rodatraden.W002"}),
        ("/run/clamav/clamd.ctl", True, set()),
        ("127.0.0.1:3310", True, set()),
        ("192.0.2.7:3310", False, {"rodatraden.E002"}),
        ("clamd", False, {"rodatraden.E002"}),
    ],
)
def test_a_scanner_is_asked_for_where_the_program_is_set_up_and_only_one_on_this_machine(
    settings, place, is_deployed, said
):
    settings.SCANNER = place
    found = run_checks(tags=["security"], include_deployment_checks=is_deployed)
    assert {each.id for each in found if each.id.startswith("rodatraden")} == said


def test_a_log_without_its_guards_is_told_of(db):
    assert run_checks(tags=["database"], databases=["default"]) == []
    with connection.cursor() as cursor:
        on = "" if connection.vendor == "sqlite" else " ON records_ledgerentry"
        cursor.execute(f"DROP TRIGGER records_ledgerentry_no_delete{on}")
    (said,) = run_checks(tags=["database"], databases=["default"])
    assert (said.id, said.level) == ("rodatraden.W001", WARNING)
    assert "records_ledgerentry_no_delete" in said.msg

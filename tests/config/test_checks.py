"""Pages of people send strangers to sign in: every address with that policy is tried, with a made-up object."""

from __future__ import annotations

import re
from uuid import UUID

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


def test_a_log_without_its_guards_is_told_of(db):
    assert run_checks(tags=["database"], databases=["default"]) == []
    with connection.cursor() as cursor:
        on = "" if connection.vendor == "sqlite" else " ON records_ledgerentry"
        cursor.execute(f"DROP TRIGGER records_ledgerentry_no_delete{on}")
    (said,) = run_checks(tags=["database"], databases=["default"])
    assert (said.id, said.level) == ("rodatraden.W001", WARNING)
    assert "records_ledgerentry_no_delete" in said.msg

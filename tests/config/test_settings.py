"""Settings of a server that the public reaches: Django's deployment checks pass, and every page has safe headers."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.urls import reverse

from rodatraden.config.place import ROOT
from rodatraden.config.settings import database, secret
from tests.factories.parties import make_person


def manage(tmp_path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RODATRADEN_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-m", "django", *arguments],
        env=kept
        | {
            "PYTHONPATH": f"{ROOT / 'src'}",
            "DJANGO_SETTINGS_MODULE": "rodatraden.config.settings",
            "RODATRADEN_DATA_DIR": str(tmp_path),
            "RODATRADEN_HOSTS": "upphandling.example",
        }
        | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_deployment_checks_pass_without_a_warning(tmp_path):
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING")
    assert (done.returncode, done.stdout.strip()) == (0, "System check identified no issues (0 silenced).")


def test_secrets_are_made_once_and_for_their_owner_only(tmp_path, monkeypatch):
    monkeypatch.setattr("rodatraden.config.settings.DATA_DIR", tmp_path)
    first = secret("django")
    assert len(first) >= 50
    assert secret("django") == first
    modes = [path.stat().st_mode & 0o077 for path in (tmp_path / "secrets", tmp_path / "secrets" / "django")]
    assert modes == [0, 0]


def test_a_database_is_named_by_an_address():
    named = database("postgresql://kalle:l%C3%B6sen@db.example:5433/upphandling")
    wanted = {"NAME": "upphandling", "USER": "kalle", "PASSWORD": "lösen", "HOST": "db.example", "PORT": "5433"}
    assert {name: named[name] for name in wanted} == wanted
    embedded = database("")
    assert embedded["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in embedded["OPTIONS"]["init_command"]


@pytest.mark.parametrize("is_signed_in", [False, True])
def test_every_page_has_safe_headers(client, db, is_signed_in):
    if is_signed_in:
        client.force_login(make_person())
    answer = client.get(reverse("parties:register_supplier"))
    policy = answer["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    for directive in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert directive in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]
    assert answer.get("Cache-Control", "") == ("private, no-cache" if is_signed_in else "")


def test_cookies_of_a_public_server_are_bound_to_it(tmp_path):
    code = (
        "from django.conf import settings as s; print(s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE, "
        "s.SESSION_COOKIE_HTTPONLY, s.CSRF_COOKIE_NAME, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.DEMO)"
    )
    done = manage(tmp_path, "shell", "--no-imports", "-c", code)
    assert done.stdout.split() == ["__Host-session", "True", "True", "__Host-csrf", "True", "True", "False"]


def test_a_page_that_is_not_there_is_said_so_in_swedish(client, db):
    answer = client.get("/finns-inte/")
    assert answer.status_code == 404
    assert "<h1" in answer.text

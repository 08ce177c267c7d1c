"""Settings of a server that the public reaches: Django's deployment checks pass, and every page has safe headers."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from allauth.account.models import EmailConfirmationHMAC
from django.test import Client
from django.urls import reverse

from rodatraden.config.accounts import AccountAdapter
from rodatraden.config.place import ROOT, OpenSecretError, require_closed
from rodatraden.config.settings import database, secret
from rodatraden.records.storage import write_secret
from tests.factories.links import follow
from tests.factories.parties import make_person
from tests.factories.procurements import make_case


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
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", RODATRADEN_SCANNER="/run/clamav/clamd.ctl")
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


def test_a_certificate_takes_the_place_of_a_password(tmp_path):
    names = "DATABASES EMAIL_SSL_CERTFILE EMAIL_SSL_KEYFILE EMAIL_HOST_PASSWORD"
    url = "postgresql://rodatraden@db.example/rodatraden"
    certificates = {"RODATRADEN_DATABASE_CERTIFICATE": "/etc/db.crt", "RODATRADEN_EMAIL_CERTIFICATE": "/etc/mail.crt"}
    said, mail, key, password = told(tmp_path, names, RODATRADEN_DATABASE_URL=url, **certificates)
    for part in ("'sslmode': 'verify-full'", "'sslcert': '/etc/db.crt'", "secrets/database.key'", "'PASSWORD': ''"):
        assert part in said
    assert (mail, key.endswith("secrets/email.key"), password) == ("/etc/mail.crt", True, "")
    assert "sslcert" not in told(tmp_path, names, RODATRADEN_DATABASE_URL=url)[0]


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
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]
    assert answer.get("Cache-Control", "") == ("no-store, private" if is_signed_in else "")


def test_a_browser_keeps_no_page_that_shows_anything_sensitive_though_it_is_written_on(client, db):
    """Which pages may stay, and why: tests/house/test_urls.py; what is lost: tests/journeys/test_written_on.py."""
    case = make_case()
    client.force_login(case.officer)
    read = [reverse("pages:home"), reverse("procurements:diary", args=[case.procurement.pk]), reverse("parties:me")]
    written = [reverse("procurements:describe", args=[case.procurement.pk]), reverse("account_change_password")]
    assert {client.get(address)["Cache-Control"] for address in read + written} == {"no-store, private"}
    assert client.get(reverse("procurements:create"))["Cache-Control"] == "private, no-cache"


def test_a_page_that_may_stay_does_not_once_it_holds_what_somebody_wrote(client, db):
    case = make_case()
    page = reverse("needs:write", args=[case.buyer.pk])
    client.force_login(case.need_owner)
    form = client.get(page)
    assert form["Cache-Control"] == "private, no-cache"
    hidden = dict(re.findall(r'name="(written-\w+)" value="([^"]*)"', form.text))
    answer = client.post(page, {"description": "Det stannar"})
    assert (answer.status_code, answer["Cache-Control"]) == (422, "no-store, private")
    client.logout()
    client.post(page, {**hidden, "description": "Det stannar"})
    client.force_login(case.need_owner)
    again = client.get(page)
    assert "Det stannar" in again.text
    assert again["Cache-Control"] == "no-store, private"


def test_no_browser_keeps_a_page_of_an_account_that_somebody_sees_on_their_way_in(client, db):
    person = make_person()
    address = person.emailaddress_set.create(email=person.email, primary=True)
    code = EmailConfirmationHMAC(address).key
    shown = client.get(follow(client, f"{reverse('account_confirm_email')}#{code}"))
    assert person.email in shown.text
    for answer in (shown, client.get(reverse("account_login")), client.get(reverse("account_reset_password"))):
        assert "no-store" in answer["Cache-Control"]
    assert "Cache-Control" not in client.get(reverse("publication:index"))


def test_what_somebody_sends_without_signing_in_stays_in_no_browser(client, db):
    answer = client.post(reverse("parties:register_supplier"), {"email": "pia@provbolaget.example"})
    assert "pia@provbolaget.example" in answer.text
    assert answer["Cache-Control"] == "no-store, private"


HTML = "text/html,application/xhtml+xml,*/*;q=0.8"


@pytest.mark.parametrize(
    ("method", "accepts", "status"),
    [
        ("get", HTML, 301),
        ("head", HTML, 301),
        ("get", "application/json", 403),
        ("get", "*/*", 403),
        ("get", "", 403),
        ("post", HTML, 403),
        ("put", "*/*", 403),
    ],
)
@pytest.mark.django_db
def test_in_clear_a_page_is_sent_on_and_everything_else_refused(client, settings, method, accepts, status):
    settings.SECURE_SSL_REDIRECT = True
    answer = getattr(client, method)(reverse("publication:index"), headers={"accept": accepts})
    assert answer.status_code == status
    assert ("https://" in answer.get("Location", "")) == (status == 301)
    over_https = client.get(reverse("publication:index"), headers={"accept": accepts}, secure=True)
    assert over_https.status_code == 200


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


def told(tmp_path, names: str, **environment: str) -> list[str]:
    """Return what the settings that are served say of `names`, in another process."""
    code = f"from django.conf import settings as s; [print(getattr(s, n, None)) for n in {names.split()!r}]"
    done = manage(tmp_path, "shell", "--no-imports", "-c", code, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_public_server_speaks_https_alone(tmp_path):
    names = "SECURE_HSTS_SECONDS SECURE_HSTS_INCLUDE_SUBDOMAINS SECURE_SSL_REDIRECT SESSION_COOKIE_SECURE"
    assert told(tmp_path, names) == ["31536000", "True", "True", "True"]
    assert told(tmp_path, "HTTPS", RODATRADEN_DEMO="0") == ["True"]


def test_each_cookie_stays_on_our_site(client, db):
    person = make_person()
    person.set_password("fyra ord som ingen gissar")
    person.save()
    client.get(reverse("account_login"))
    client.post(reverse("account_login"), {"login": person.email, "password": "fyra ord som ingen gissar"})
    client.post("/utseende/", {"scheme": "dark", "next": "/"})
    kept = {name: (each["samesite"], bool(each["httponly"])) for name, each in client.cookies.items()}
    assert kept == {"session": ("Lax", True), "csrf": ("Lax", True), "colour_scheme": ("Lax", True)}


@pytest.mark.django_db
def test_the_choice_of_colours_is_bound_to_the_host_too():
    answer = Client().post("/utseende/", {"scheme": "dark", "next": "/"}, secure=True)
    kept = answer.cookies["__Host-colour_scheme"]
    assert (kept["secure"], kept["path"], kept["domain"]) == (True, "/", "")
    assert (
        'data-color-scheme="dark"' in Client(headers={"cookie": "__Host-colour_scheme=dark"}).get("/", secure=True).text
    )


def test_no_page_lets_another_site_read_it(client, db):
    for page in ("/", reverse("publication:index"), reverse("account_login")):
        answer = client.get(page, headers={"Origin": "https://evil.example"})
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


@pytest.mark.parametrize(
    ("proxies", "header", "counted"),
    [(0, "192.0.2.9", "127.0.0.1"), (1, "192.0.2.9", "192.0.2.9"), (1, "198.51.100.1, 192.0.2.9", "192.0.2.9")],
)
def test_an_address_that_a_visitor_writes_is_not_believed(rf, settings, proxies, header, counted):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = rf.get("/", headers={"X-Forwarded-For": header})
    assert AccountAdapter(request).get_client_ip(request) == counted


def test_who_comes_by_the_proxys_socket_can_sign_in(client, db, settings):
    """A unix socket has no address: without the proxy's word nobody behind it could be counted, and none let in."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    person = make_person()
    person.set_password("fyra ord som ingen gissar")
    person.save()
    typed = {"login": person.email, "password": "fyra ord som ingen gissar"}
    answer = client.post(reverse("account_login"), typed, REMOTE_ADDR="", headers={"X-Forwarded-For": "192.0.2.9"})
    assert answer.status_code == 302


def test_behind_https_one_proxy_is_believed_and_none_without(tmp_path):
    assert told(tmp_path, "ALLAUTH_TRUSTED_PROXY_COUNT") == ["1"]
    assert told(tmp_path, "ALLAUTH_TRUSTED_PROXY_COUNT", RODATRADEN_HTTPS="0") == ["0"]


@pytest.mark.parametrize(
    ("url", "mode"),
    [
        ("postgresql://db.example/rt", "verify-full"),
        ("postgresql://localhost/rt", "prefer"),
        ("postgresql:///rt", "prefer"),
        ("postgresql://%2Fvar%2Frun%2Fpostgresql/rt", "prefer"),
    ],
)
def test_a_database_on_another_machine_is_spoken_to_encrypted(url, mode):
    assert database(url)["OPTIONS"]["sslmode"] == mode


def test_mail_to_another_machine_goes_encrypted(tmp_path):
    names = "EMAIL_PORT EMAIL_USE_TLS EMAIL_USE_SSL EMAIL_HOST_USER EMAIL_HOST_PASSWORD"
    assert told(tmp_path, names) == ["25", "False", "False", "", ""]
    (tmp_path / "secrets" / "email").write_text("hemligt\n", encoding="utf-8")
    (tmp_path / "secrets" / "email").chmod(0o600)
    elsewhere = {"RODATRADEN_EMAIL_HOST": "mail.example", "RODATRADEN_EMAIL_USER": "rt"}
    assert told(tmp_path, names, **elsewhere) == ["587", "True", "False", "rt", "hemligt"]
    assert told(tmp_path, names, **elsewhere, RODATRADEN_EMAIL_PORT="465")[:3] == ["465", "False", "True"]


@pytest.mark.parametrize("name", ["keys/9b2f.judged.age", "keys/9b2f.age", "secrets/log.key"])
def test_a_key_that_others_can_read_stops_the_start(tmp_path, monkeypatch, name):
    monkeypatch.setattr("rodatraden.config.place.DATA_DIR", tmp_path)
    require_closed()
    write_secret(tmp_path / name, "AGE-SECRET-KEY-1")
    require_closed()
    (tmp_path / name).chmod(0o640)
    with pytest.raises(OpenSecretError, match="chmod 600"):
        require_closed()
    done = manage(tmp_path, "check")
    assert done.returncode == 1
    assert "OpenSecretError" in done.stderr


def test_a_secret_that_others_can_read_stops_the_start(tmp_path, monkeypatch):
    monkeypatch.setattr("rodatraden.config.settings.DATA_DIR", tmp_path)
    secret("django")
    for mode in (0o640, 0o604, 0o620):
        (tmp_path / "secrets" / "django").chmod(mode)
        with pytest.raises(OpenSecretError, match="chmod 600"):
            secret("django")
    (tmp_path / "secrets" / "django").chmod(0o600)
    assert len(secret("django")) >= 50

"""Settings: an embedded database and demo mode by default, everything else by environment variables.

`RODATRADEN_DATA_DIR` holds the database, sealed files, keys and secrets; `RODATRADEN_DATABASE_URL` names a
PostgreSQL database (postgresql://user:password@host:port/name); `RODATRADEN_DEMO=1` turns demo mode on, 0 off, and
without it the data folder's own mark counts; `RODATRADEN_DEBUG=1` shows errors; `RODATRADEN_HOSTS` lists host names;
`RODATRADEN_HTTPS=0` allows plain HTTP on loopback; `RODATRADEN_URL` is the address that links in mails begin with;
`RODATRADEN_DATABASE_TLS` is PostgreSQL's sslmode, otherwise verify-full to another machine; `RODATRADEN_DATABASE_CERTIFICATE` signs
in there without a password, with the key `secrets/database.key`, and `RODATRADEN_DATABASE_AUTHORITY` is who has signed the
server's own; `RODATRADEN_EMAIL_CERTIFICATE` does the same for mail with `secrets/email.key`; `RODATRADEN_EMAIL_HOST`, `_PORT`,
`_USER` and `_FROM` tell of the mail server, whose password is the file `secrets/email`;
`RODATRADEN_PASSKEY_HOST` is the host name that opening keys with a passkey belong to, otherwise that address's;
`RODATRADEN_FRESH_MINUTES` is how lately an official must have shown who they are before bids are opened or awarded (15);
`RODATRADEN_LEAKED_PASSWORDS` is a file of leaked passwords, ordered by hash, none of which is taken;
`RODATRADEN_SCANNER` is the socket of clamd, by which the files of others are scanned for viruses;
`RODATRADEN_SECOND_STEP=1` asks officials for a second step; `RODATRADEN_PROXIES` says how many proxies stand before the
application (1 with HTTPS); all of it: docs/security.md.
`RODATRADEN_ARRIVAL=proxy` takes the instant of a bid's arrival from the proxy (docs/rules/arrival.md), else from the kernel.
"""

import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from rodatraden.config.place import DATA_DIR, OPEN_TO_OTHERS, Mode, OpenSecretError, mode, require_closed

DEMO = mode() is Mode.DEMO
DEBUG = os.environ.get("RODATRADEN_DEBUG") == "1"
HTTPS = os.environ.get("RODATRADEN_HTTPS", "0" if DEMO or DEBUG else "1") == "1"


def secret(name: str) -> str:
    """Return the secret `name` of this installation; made once, in the data folder, readable by its owner only."""
    path = DATA_DIR / "secrets" / name
    if path.exists():
        _for_its_owner(path)
    else:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text(encoding="ascii")
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii")


def secret_of_others(name: str) -> str:
    """Return a secret that somebody else has given out, such as a mail server's password; empty when there is none."""
    path = DATA_DIR / "secrets" / name
    if not path.exists():
        return ""
    _for_its_owner(path)
    return path.read_text(encoding="utf-8").strip()


def _for_its_owner(path: Path) -> None:
    """Stop the start while others on this machine can read a secret: it may be known already."""
    if path.stat().st_mode & OPEN_TO_OTHERS:
        raise OpenSecretError(path)


def _tls(host: str) -> str:
    """Return how a database is spoken to: on this machine as it comes, elsewhere encrypted and with its certificate checked."""
    return "prefer" if host in LOOPBACK or host.startswith("/") else "verify-full"


LOOPBACK = {"", "localhost", "127.0.0.1", "::1"}


def database(url: str) -> dict[str, Any]:
    """Return Django's database settings for a PostgreSQL URL, or for the embedded SQLite file when `url` is empty."""
    if not url:
        pragmas = "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cache_size=-20000"
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "rodatraden.sqlite3",
            "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": pragmas},
            "CONN_MAX_AGE": 60,  # to open the file and set it up takes as long as a few pages' queries
        }
    parts = urlsplit(url)
    options = {"sslmode": os.environ.get("RODATRADEN_DATABASE_TLS") or _tls(unquote(parts.hostname or ""))}
    if certificate := os.environ.get("RODATRADEN_DATABASE_CERTIFICATE"):
        options |= {"sslcert": certificate, "sslkey": str(DATA_DIR / "secrets" / "database.key")}
    if authority := os.environ.get("RODATRADEN_DATABASE_AUTHORITY"):
        options |= {"sslrootcert": authority}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "OPTIONS": options,
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,  # a new one costs the database some 12 ms of a processor; one that is dead is seen below
        "CONN_HEALTH_CHECKS": True,
    }


require_closed()
SECRET_KEY = secret("django")
ALLOWED_HOSTS = os.environ.get("RODATRADEN_HOSTS", "localhost 127.0.0.1 [::1]").split()
DATABASES = {"default": database(os.environ.get("RODATRADEN_DATABASE_URL", ""))}
CACHES = {  # counts of attempts, shared by all processes of this machine; never in the database, whose owner is no friend
    "default": {
        "BACKEND": "rodatraden.config.counts.SharedCounts",
        "LOCATION": DATA_DIR / "counts",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "rodatraden.config",
    "rodatraden.ui",
    "django.forms",  # after ui, which draws a control's attributes itself
    "rodatraden.parties",
    "rodatraden.records",
    "rodatraden.procurements",
    "rodatraden.assessments",
    "rodatraden.needs",
    "rodatraden.tenders",
    "rodatraden.bids",
    "rodatraden.evaluation",
    "rodatraden.awards",
    "rodatraden.contracts",
    "rodatraden.followup",
    "rodatraden.publication",
    "rodatraden.pages",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "rodatraden.config.middleware.encrypted",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "rodatraden.config.kept.kept",
    "rodatraden.config.turns.turns",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "rodatraden.config.middleware.instant",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "rodatraden.config.sessions.limits",
    "rodatraden.config.sessions.second_step",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "rodatraden.config.sign_in_log.refusals",
    "rodatraden.config.throttle.limits",
    "rodatraden.config.middleware.headers",
    "rodatraden.config.middleware.refusals",
    "rodatraden.config.middleware.legible",
]

ROOT_URLCONF = "rodatraden.config.urls"
WSGI_APPLICATION = "rodatraden.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {"case": "rodatraden.pages.templatetags.case"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "rodatraden.ui.context.ui",
            ],
        },
    },
]

AUTH_USER_MODEL = "parties.Person"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "rodatraden.config.passwords.ContextWordsValidator"},
    {"NAME": "rodatraden.config.passwords.LeakedValidator"},
]
LEAKED_PASSWORDS = Path(found) if (found := os.environ.get("RODATRADEN_LEAKED_PASSWORDS", "")) else None
"""A list of leaked passwords, ordered by hash (`config.passwords`)."""
SCANNER = os.environ.get("RODATRADEN_SCANNER", "")
"""Where the virus scanner listens: the path of clamd's socket, or a port of this machine; empty where there is none."""
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "pages:home"
LOGOUT_REDIRECT_URL = "pages:home"
ACCOUNT_ADAPTER = "rodatraden.config.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_METHODS = ("password", "mfa")
ACCOUNT_REAUTHENTICATION_REQUIRED = (
    not DEMO
)  # for another address or a first password too; the example's people have none
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
ACCOUNT_SESSION_REMEMBER = True  # as long as SESSION_LASTS_FOR, without a box to tick
ACCOUNT_FORMS = {
    "login": "rodatraden.parties.forms.SignInForm",
    "reset_password": "rodatraden.parties.forms.AskForPasswordForm",
    "reset_password_from_key": "rodatraden.parties.forms.NewPasswordForm",
    "change_password": "rodatraden.parties.forms.ChangePasswordForm",
    "set_password": "rodatraden.parties.forms.FirstPasswordForm",
    "add_email": "rodatraden.parties.forms.NewEmailForm",
    "reauthenticate": "rodatraden.parties.forms.PasswordAgainForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("RODATRADEN_PROXIES", "1" if HTTPS else "0"))
"""Whose word counts on a visitor's address: that many of the last in X-Forwarded-For are written by proxies of ours."""
MFA_ADAPTER = "rodatraden.config.accounts.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn"]  # recovery codes are our own: allauth keeps a seed to make them anew from
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO or DEBUG
MFA_TOTP_ISSUER = "Röda tråden"
MFA_FORMS = {
    "authenticate": "rodatraden.parties.forms.CodeForm",
    "reauthenticate": "rodatraden.parties.forms.CodeAgainForm",
    "activate_totp": "rodatraden.parties.forms.ActivateAppForm",
    "add_webauthn": "rodatraden.parties.forms.AddKeyForm",
    "edit_webauthn": "rodatraden.parties.forms.NameKeyForm",
    "deactivate_totp": "rodatraden.parties.forms.TurnOffAppForm",
    "reauthenticate_webauthn": "rodatraden.parties.forms.KeyAgainForm",
}
SITE_URL = os.environ.get("RODATRADEN_URL", "http://localhost:8000").rstrip("/")
INVITATION_VALID_FOR = timedelta(days=14)
UPLOADS_KEPT_FOR = timedelta(days=30)
"""How long what was sent of a bid that was never handed in is kept after the box is closed. Source: policy."""
SCANNED_AGAIN_FOR = timedelta(days=30)
"""How long after it came a file is scanned again by new signatures: what is new is known within weeks. Source: policy."""
SWEPT_KEPT_FOR = timedelta(days=90)
"""How long a file that no row names is kept, put aside, before it is deleted. Source: policy."""
DRILL_HOLDS_FOR = timedelta(days=30)
"""For how long it counts that an opening key has been seen to work. Source: policy."""
DRILL_REMINDS_BEFORE = timedelta(days=7)
"""How long before a drill stops counting its holder is asked to practise again. Source: policy."""
OPENING_KEY_HOST = os.environ.get("RODATRADEN_PASSKEY_HOST") or urlsplit(SITE_URL).hostname or "localhost"
"""The host name that opening keys with a passkey belong to for ever (WebAuthn's rp id): another one locks them all out,
which `rodatraden start` and `rodatraden check` tell."""
DEMO_PASSPHRASE = "abborre balkong cirkus delfin ekorre fjord"  # noqa: S105 -- for all to read: it opens keys of made-up people
"""What the opening keys of the example's people are locked with; the bar of the example shows it (demo/keys.py)."""

LANGUAGE_CODE = "sv"
LANGUAGES = [("sv", _("Swedish"))]
TIME_ZONE = "Europe/Stockholm"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "rodatraden.records.storage.DurableStorage", "OPTIONS": {"root": DATA_DIR / "files"}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG or DEMO
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_242_880
FILE_UPLOAD_HANDLERS = [
    "rodatraden.config.uploads.LimitedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "rodatraden.config.uploads.NamelessUpload",
]
STAMP_TRIAL_SECRET = secret("stamp_trial")  # by which the server knows what it sends itself to try its stamp
ARRIVAL = {"kernel": "kernel", "proxy": "proxy"}[os.environ.get("RODATRADEN_ARRIVAL", "kernel")]
PAGES_KEPT_FOR = 5.0
"""Seconds that a page which is alike for all is handed out before it is made anew."""
BID_FILE_MAX_BYTES = 50_000_000
# 2 GiB of files, and what the sealing adds. On SQLite everybody who writes waits while bids are opened, so less there.
BID_SEALED_MAX_BYTES = 2_200_000_000 if "postgresql" in DATABASES["default"]["ENGINE"] else 250_000_000

EMAIL_BACKEND = os.environ.get("RODATRADEN_EMAIL_BACKEND", "rodatraden.config.mail.EmailBackend")
MAIL_IS_SET_UP = any(f"RODATRADEN_EMAIL_{name}" in os.environ for name in ("HOST", "BACKEND"))
"""Whether somebody has said which server sends the letters; a server on this machine is said too."""
TLS_FROM_THE_FIRST_BYTE = 465
EMAIL_HOST = os.environ.get("RODATRADEN_EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("RODATRADEN_EMAIL_PORT", "25" if EMAIL_HOST in LOOPBACK else "587"))
EMAIL_USE_TLS = EMAIL_HOST not in LOOPBACK and EMAIL_PORT != TLS_FROM_THE_FIRST_BYTE
EMAIL_USE_SSL = EMAIL_HOST not in LOOPBACK and EMAIL_PORT == TLS_FROM_THE_FIRST_BYTE
EMAIL_HOST_USER = os.environ.get("RODATRADEN_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = secret_of_others("email")
EMAIL_SSL_CERTFILE = os.environ.get("RODATRADEN_EMAIL_CERTIFICATE")
EMAIL_SSL_KEYFILE = str(DATA_DIR / "secrets" / "email.key") if EMAIL_SSL_CERTFILE else None
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = os.environ.get("RODATRADEN_EMAIL_FROM", "rodatraden@localhost")

SESSION_ENGINE = "rodatraden.config.session_store"
SESSION_UNUSED_FOR = timedelta(hours=4)
"""After how long without a page somebody is signed out. Source: policy, docs/security.md."""
SESSION_LASTS_FOR = timedelta(hours=12)
"""How long somebody is signed in at most, a working day. Source: NIST SP 800-63B, AAL2."""
SESSION_COOKIE_AGE = ACCOUNT_SESSION_COOKIE_AGE = int(SESSION_LASTS_FOR.total_seconds())
FRESH_FOR = SESSION_LASTS_FOR if DEMO else timedelta(minutes=int(os.environ.get("RODATRADEN_FRESH_MINUTES", "15")))
"""How lately somebody must have shown that it is they, to open bids, make an opening key, award or sign. Source: policy."""
SECOND_STEP_FOR_OFFICIALS = os.environ.get("RODATRADEN_SECOND_STEP", "0") == "1"
"""Whether officials and key holders must add a second step before they come to anything else than their account."""
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

DEFAULT_EXCEPTION_REPORTER_FILTER = "rodatraden.config.reports.NoContents"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "rodatraden.config.reports.LogFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "filters": {"by_page": {"()": "rodatraden.config.reports.ByPage"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["by_page"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Without Django's own handlers: one writes errors with their contents to the administrators' mail.
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},
        "django.server": {"handlers": [], "propagate": True},
        "rodatraden.security": {"level": "INFO"},
    },
}

FORM_RENDERER = "rodatraden.ui.renderer.UiRenderer"
CSRF_FAILURE_VIEW = "rodatraden.ui.views.csrf_failure"
UI_MENU = "rodatraden.pages.queries.menu"  # (request) -> Sequence[Link]: the main menu; see ui/frame.py
UI_WHO = "rodatraden.pages.queries.who"  # (request) -> Who | None: who is signed in, and as what
UI_DEMO_BAR = "pages/demo_bar.html" if DEMO else ""  # template of the bar that switches role, in demo mode
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
TEST_RUNNER = "django.test.runner.DiscoverRunner"

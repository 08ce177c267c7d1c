"""The settings of the servers that are attacked: an installation's own, at the example's clock, with plain static files."""

import os
from pathlib import Path

os.environ["RODATRADEN_DEMO"] = "1"
os.environ.pop("RODATRADEN_DEBUG", None)

from rodatraden.config.settings import *  # noqa: F403 -- all of them, after what they read
from tests.secret import SECRET_KEY  # noqa: F401 -- one of the settings

Path(DATA_DIR, "static").mkdir(exist_ok=True)  # noqa: F405 -- whitenoise warns without it

EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_USE_FINDERS = False
STORAGES = {
    **STORAGES,  # noqa: F405 -- from above
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

"""The settings of every test run: the program's own, in a data folder that goes away, without HTTPS and real mail."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from tools import messages

os.environ["RODATRADEN_DATA_DIR"] = tempfile.mkdtemp(prefix="rodatraden-tests-")
atexit.register(shutil.rmtree, os.environ["RODATRADEN_DATA_DIR"], ignore_errors=True)
os.environ["RODATRADEN_HTTPS"] = "0"
os.environ.pop("RODATRADEN_DEMO", None)
os.environ.pop("RODATRADEN_DEBUG", None)

if "PYTEST_XDIST_WORKER" not in os.environ:  # once, before anybody reads them
    messages.compile_catalogues(messages.SOURCE)

from rodatraden.config.settings import *  # noqa: E402, F403 -- all of them, after what they read
from rodatraden.config.settings import DATA_DIR  # noqa: E402 -- as above
from tests.secret import SECRET_KEY  # noqa: E402, F401 -- one of the settings

Path(DATA_DIR, "static").mkdir()  # whitenoise warns without it

EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "rodatraden.records.storage.DurableStorage"},  # under DATA_DIR as it is just then
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PAGES_KEPT_FOR = 0.0  # else a test would see what another wrote

"""A database that answers before it has written is told of, setting by setting."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection

from rodatraden.config.settings import database
from rodatraden.records.queries import unsafe_settings


@pytest.fixture
def on_its_own(fresh_database):
    """A connection outside any transaction, closed afterwards together with what was set on it."""
    yield connection.cursor()
    connection.close()


def test_each_setting_that_could_lose_something_is_named(on_its_own):
    if connection.vendor == "sqlite":
        on_its_own.execute("PRAGMA synchronous=NORMAL")
        assert unsafe_settings() == ["synchronous=1"]
        on_its_own.execute("PRAGMA journal_mode=OFF")
        on_its_own.execute("PRAGMA synchronous=FULL")
        assert unsafe_settings() == ["journal_mode=off"]
    else:  # a server of tests, which nothing has to survive
        on_its_own.execute("SET synchronous_commit=off")
        assert unsafe_settings() == ["fsync=off", "full_page_writes=off", "synchronous_commit=off"]
        on_its_own.execute("SET synchronous_commit=on")
        assert unsafe_settings() == ["fsync=off", "full_page_writes=off"]


@pytest.mark.one_engine
def test_the_settings_that_the_program_comes_with_lose_nothing(on_its_own):
    assert settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
    for pragma in database("")["OPTIONS"]["init_command"].split(";"):
        on_its_own.execute(pragma)
    assert unsafe_settings() == []

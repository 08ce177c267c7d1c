"""The example once for all tests of a module, with its files where they were written."""

from __future__ import annotations

import pytest

from tests.factories.demo import loaded


@pytest.fixture(scope="module")
def example(django_db_setup, django_db_blocker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("example")
    with django_db_blocker.unblock(), loaded(folder):
        yield folder


@pytest.fixture
def at_home(example, settings, db):
    """Read the example's own files and keys, not those of a new folder."""
    settings.DATA_DIR = example

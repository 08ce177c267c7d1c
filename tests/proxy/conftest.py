"""An installation behind a real nginx, which is told what `docs/rules/arrival.md` says, and speaks TLS."""

from __future__ import annotations

import ssl

import pytest

from tests.factories.certificates import make_certificate
from tests.faults.conftest import seed  # noqa: F401 -- a fixture
from tests.faults.site import site as running
from tests.journeys.conftest import browser  # noqa: F401 -- as above
from tools import nginx


@pytest.fixture
def proxy(tmp_path):
    """Give a proxy, and whom its visitors trust."""
    authority = make_certificate(tmp_path, "authority", name="authority.example")
    make_certificate(tmp_path, "proxy", name="localhost", signed_by=authority)
    trusts = ssl.create_default_context(cafile=str(tmp_path / "authority.crt"))
    with nginx.server((tmp_path / "proxy.crt", tmp_path / "proxy.key")) as started:
        yield started, trusts


@pytest.fixture
def site(fresh_database, data_dir, tmp_path, proxy):
    """Give an installation behind the proxy: nothing of it but the proxy runs until it is started."""
    kept = tmp_path / "kept"
    kept.mkdir()
    with running(kept, behind=proxy) as found:
        yield found

"""What is costly or open to anybody is taken so many times an hour, counted for all processes together."""

from __future__ import annotations

import subprocess
import sys

from django.urls import get_resolver, reverse

from rodatraden.config import throttle
from rodatraden.config.checks import addresses
from rodatraden.config.place import ROOT

ADDRESS = "parties:register_supplier"


def test_every_limit_is_that_of_an_address():
    assert set(throttle.LIMITS) <= {name for _, name, _ in addresses(get_resolver().url_patterns)}


def test_too_many_of_one_kind_are_told_when_to_try_again(db, client, monkeypatch, caplog):
    monkeypatch.setitem(throttle.LIMITS, ADDRESS, "2/h/ip")
    for _ in range(2):
        assert client.post(reverse(ADDRESS), {"name": "Fjord"}).status_code == 422
    answer = client.post(reverse(ADDRESS), {"name": "Fjord"})
    assert (answer.status_code, answer["Retry-After"]) == (429, "3600")
    assert "Det du skrev finns kvar" in answer.text
    assert client.get(reverse(ADDRESS)).status_code == 200
    assert client.post(reverse(ADDRESS), {"name": "Fjord"}, REMOTE_ADDR="192.0.2.7").status_code == 422
    assert f"too many: {ADDRESS}" in caplog.text


def test_a_disk_that_is_full_stops_nobody(db, client, settings, tmp_path):
    """The folder of the counts cannot be made: a file lies in its place."""
    (tmp_path / "counts").write_text("", encoding="ascii")
    place = {"BACKEND": "rodatraden.config.counts.SharedCounts", "LOCATION": str(tmp_path / "counts" / "inner")}
    settings.CACHES = {"default": place}
    assert client.post(reverse(ADDRESS), {"name": "Fjord"}).status_code == 422


def test_every_process_counts_in_the_same_place(tmp_path):
    """The counts of the settings that are served lie in files: what one process writes another one reads."""
    code = (
        "from django.core.cache import cache; import django; django.setup(); "
        "print(cache.get('tried')); cache.set('tried', [1, 2], 60)"
    )
    environment = {"PYTHONPATH": str(ROOT / "src"), "DJANGO_SETTINGS_MODULE": "rodatraden.config.settings"}
    environment |= {"RODATRADEN_DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    told = [
        subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert [each.strip() for each in told] == ["None", "[1, 2]"]
    modes = {path.stat().st_mode & 0o077 for path in (tmp_path / "counts").iterdir()}
    assert modes == {0}

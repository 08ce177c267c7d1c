"""Which browser the journeys use."""

from __future__ import annotations

from tools import browser


def test_the_one_without_windows_goes_first_and_none_is_told(tmp_path, monkeypatch):
    bare, windowed = tmp_path / "chromium-headless-shell", tmp_path / "chromium"
    monkeypatch.setattr(browser, "PROGRAMS", (bare, windowed))
    assert browser.program() is None
    windowed.touch()
    assert browser.program() == windowed
    bare.touch()
    assert browser.program() == bare

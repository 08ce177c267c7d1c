"""The programs for the browser: the same bytes every time, and nothing else than what is published is put in place."""

from __future__ import annotations

import hashlib
import json

from rodatraden.ui import bundles
from tools import frontend


def test_two_builds_give_the_published_bytes(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    assert frontend.bundle(one) == frontend.bundle(other) == frontend.pinned() == bundles.published()
    for place in frontend.BUNDLES.values():
        assert (one / place).read_bytes() == (other / place).read_bytes() == (frontend.VENDOR / place).read_bytes()


def test_a_browser_is_told_the_hash_of_the_file_that_it_gets():
    for place in frontend.BUNDLES.values():
        digest = hashlib.sha256((frontend.VENDOR / place).read_bytes())
        assert bundles.published()[place] == digest.hexdigest()


def test_the_types_of_the_programs_hold(capsys):
    assert (frontend.types(), capsys.readouterr().out) == (0, "")


def test_a_bundle_that_is_not_the_published_one_is_not_put_in_place(tmp_path, monkeypatch, capsys):
    pins = tmp_path / "bundles.json"
    pins.write_text(json.dumps(dict.fromkeys(frontend.BUNDLES.values(), "0" * 64)), encoding="ascii")
    vendor = tmp_path / "vendor"
    for name, value in {"PINS": pins, "VENDOR": vendor, "FILES_STAMP": vendor / ".source-hash"}.items():
        monkeypatch.setattr(frontend, name, value)
    assert frontend.main([]) == 1
    assert "not those whose hashes are published" in capsys.readouterr().out
    assert not vendor.exists()


def test_what_the_words_are_is_part_of_the_program(tmp_path, monkeypatch):
    before = frontend._sources()
    words = tmp_path / "words.txt"
    words.write_text("ett\ntvå\n", encoding="utf-8")
    monkeypatch.setattr(frontend, "WORDS", words)
    assert frontend._sources() != before


def test_nothing_in_a_program_is_run_from_text(tmp_path):
    frontend.bundle(tmp_path)
    for place in frontend.BUNDLES.values():
        text = (tmp_path / place).read_text(encoding="utf-8")
        assert [word for word in ("eval(", "new Function", "WebAssembly", "sourceMappingURL") if word in text] == []


def test_every_bundled_package_brings_its_licence():
    text = (frontend.VENDOR / frontend.LICENCES).read_text(encoding="utf-8")
    assert all(f"{package}\n\n" in text for package in frontend.BUNDLED)
    assert "Redistribution and use in source and binary forms" in text

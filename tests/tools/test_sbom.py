"""The bill of materials: every locked component once, with version and hashes, and the same bytes each time."""

from __future__ import annotations

import json
import re

import pytest

from tests.setup.places import ROOT
from tools.sbom import browser_parts, python_parts, sbom


@pytest.fixture(scope="module")
def document():
    return json.loads(sbom())


def test_every_locked_component_is_listed_once_with_its_version(document):
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\\n]+)", lock, re.MULTILINE)
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    in_pages = [
        (place.rpartition("node_modules/")[2], each["version"])
        for place, each in packages.items()
        if place and not each.get("dev")
    ]
    listed = [(each["name"], each["version"]) for each in document["components"]]
    assert sorted(listed) == sorted([(name.lower(), version) for name, version in pinned] + in_pages)
    assert len({each["bom-ref"] for each in document["components"]}) == len(listed) > 20


def test_every_component_can_be_told_from_an_altered_one(document):
    for each in document["components"]:
        assert each["hashes"], each["name"]
        for one in each["hashes"]:
            assert len(one["content"]) * 4 == int(one["alg"].removeprefix("SHA-"))


def test_it_is_a_document_of_cyclonedx_that_names_the_program(document):
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    assert document["metadata"]["component"]["name"] == "rodatraden"
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", document["serialNumber"])


def test_the_same_locks_give_the_same_bytes_and_others_another_number(tmp_path):
    assert sbom() == sbom()
    for name in ("pyproject.toml", "requirements.lock", "package-lock.json"):
        (tmp_path / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    assert sbom(tmp_path) == sbom()
    lock = tmp_path / "requirements.lock"
    lock.write_text(
        re.sub(r"^django==[^ \\\n]+", "django==5.2.99", lock.read_text(), flags=re.MULTILINE), encoding="utf-8"
    )
    assert json.loads(sbom(tmp_path))["serialNumber"] != json.loads(sbom())["serialNumber"]


def test_what_only_builds_or_checks_is_left_out():
    lock = {
        "packages": {
            "": {"name": "x"},
            "node_modules/a": {"version": "1.0.0", "integrity": "sha256-" + "A" * 43 + "=", "license": "MIT"},
            "node_modules/b": {"version": "2.0.0", "integrity": "sha256-" + "A" * 43 + "=", "dev": True},
        }
    }
    assert [each["purl"] for each in browser_parts(json.dumps(lock))] == ["pkg:npm/a@1.0.0"]
    part = python_parts(
        f"a[b]==1.0 ; python_version >= '3' \\\n    --hash=sha256:{'a' * 64} \\\n    --hash=sha256:{'0' * 64}\n"
    )[0]
    assert [each["content"][0] for each in part["hashes"]] == ["0", "a"]

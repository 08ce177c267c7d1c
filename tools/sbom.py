"""The bill of materials of a release: what is installed to serve, as CycloneDX 1.6 JSON, made from the lock files alone.

    python -m tools.sbom NEW.json

The same lock files give the same bytes: there is no time in it, and its serial number is made of its contents. Every
component has its version and the SHA-256 of each file that may be installed; nothing is asked of any registry.
"""

from __future__ import annotations

import base64
import json
import re
import sys
import tomllib
from hashlib import sha256
from pathlib import Path
from uuid import UUID

ROOT = Path(__file__).resolve().parents[1]
ENTRY = re.compile(r"^([a-z0-9._-]+)(?:\[[a-z,-]+\])?==([^ ;\\\n]+)((?:.*\\\n)*.*)$", re.MULTILINE | re.IGNORECASE)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
ALGORITHMS = {"sha512": "SHA-512", "sha384": "SHA-384", "sha256": "SHA-256"}
Component = dict[str, object]


def python_parts(lock: str) -> list[Component]:
    """Return a component for each pinned package of a requirements lock, with its hashes in order."""
    return [
        {
            "type": "library",
            "bom-ref": f"pkg:pypi/{name.lower()}@{version}",
            "name": name.lower(),
            "version": version,
            "purl": f"pkg:pypi/{name.lower()}@{version}",
            "hashes": [{"alg": "SHA-256", "content": each} for each in sorted(HASH.findall(rest))],
        }
        for name, version, rest in ENTRY.findall(lock)
    ]


def browser_parts(lock: str) -> list[Component]:
    """Return a component for each package of package-lock.json that ends up in pages, not those that only build or check."""
    found = []
    for place, package in json.loads(lock)["packages"].items():
        if not place or package.get("dev"):
            continue
        name = place.rpartition("node_modules/")[2]
        purl = f"pkg:npm/{name.replace('@', '%40')}@{package['version']}"
        part: Component = {
            "type": "library",
            "bom-ref": purl,
            "name": name,
            "version": package["version"],
            "purl": purl,
            "hashes": [_hash(each) for each in package["integrity"].split()],
        }
        if "license" in package:
            part["licenses"] = [{"expression": package["license"]}]
        found.append(part)
    return found


def _hash(integrity: str) -> dict[str, str]:
    algorithm, _, content = integrity.partition("-")
    return {"alg": ALGORITHMS[algorithm], "content": base64.b64decode(content).hex()}


def sbom(root: Path = ROOT) -> str:
    """Return the bill of materials of the program in `root`, with a line break at its end."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    parts = python_parts((root / "requirements.lock").read_text(encoding="utf-8")) + browser_parts(
        (root / "package-lock.json").read_text(encoding="utf-8")
    )
    parts.sort(key=lambda part: str(part["purl"]))
    digest = sha256(json.dumps(parts, sort_keys=True).encode()).digest()
    itself = {"type": "application", "bom-ref": project["name"], "name": project["name"], "version": project["version"]}
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{UUID(bytes=digest[:16], version=5)}",
        "version": 1,
        "metadata": {"component": itself},
        "components": parts,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(sbom(), encoding="utf-8")

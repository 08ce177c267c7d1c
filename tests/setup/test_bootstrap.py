"""The first start: what a person reads when it cannot succeed, and how little a second start does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.setup.places import ROOT, bare_copy, can_mount, environment, free_port, on_small_disk
from tools import bootstrap, frontend


def _program(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(f"#!{shutil.which('bash')}\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def _path_with(folder: Path) -> dict[str, str]:
    """Return an environment that finds what a shell needs, and else only what lies in `folder`."""
    for name in ("bash", "cat", "dirname"):
        (folder / name).symlink_to(shutil.which(name))
    return {"PATH": str(folder)}


def _run(root: Path, env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [root / "run", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=300, check=False)


def test_an_old_python_is_named_with_what_to_do(tmp_path):
    env = _path_with(tmp_path)
    _program(tmp_path, "python3", 'if [ "$1" = --version ]; then echo "Python 3.9.2"; else exit 1; fi')
    done = _run(ROOT, env)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "Röda tråden behöver Python 3.11 eller nyare. Här finns: Python 3.9.2.\n"
        "Installera en nyare Python och kör samma kommando igen. "
        "På Debian och Ubuntu: sudo apt install python3 python3-venv\n"
    )


def test_a_machine_without_python_is_told_so(tmp_path):
    done = _run(ROOT, _path_with(tmp_path))
    assert done.returncode == 1
    assert "Här finns: ingen Python alls." in done.stderr


def test_a_newer_python_beside_an_old_one_is_found(tmp_path):
    env = _path_with(tmp_path)
    _program(tmp_path, "python3", "exit 1")
    _program(tmp_path, "python3.11", f'exec {sys.executable} "$@"')
    done = _run(ROOT, env, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: ./run [-h] [--port N]")


def test_without_a_network_the_person_is_told_what_to_check(tmp_path):
    nowhere = f"http://127.0.0.1:{free_port()}/simple"
    env = environment(PIP_INDEX_URL=nowhere, PIP_NO_CACHE_DIR="1", PIP_CONFIG_FILE=os.devnull, PIP_FIND_LINKS="")
    done = _run(bare_copy(tmp_path), env)
    assert done.returncode == 1
    assert done.stderr == (
        "Verktygen kunde inte hämtas. Det går inte att nå internet. Paketen hämtas bara första gången och när de har "
        "ändrats. Kontrollera nätet, och certifikat och proxy om ni har sådana, och kör samma kommando igen.\n"
    )
    assert not (tmp_path / ".tools/.stamp").exists()


@pytest.mark.skipif(not can_mount(), reason="this user may not mount a small disk")
def test_a_full_disk_is_told_before_anything_is_fetched(tmp_path):
    copy = f'cp -R {bare_copy(tmp_path / "copy")}/. "$0" && exec "$0/run"'
    disk = tmp_path / "disk"
    disk.mkdir()
    done = on_small_disk(disk, 1024, ["sh", "-c", copy, str(disk)], env=environment())
    assert done.returncode == 1
    assert done.stderr.startswith("Disken är för full. Det behövs 1,5 GB för att komma igång, och 0,0 GB är ledigt")
    assert "Första gången" not in done.stdout


def test_a_disk_that_fills_up_on_the_way_is_recognised():
    with pytest.raises(OSError, match="No space left") as caught, Path("/dev/full").open("w", encoding="ascii") as full:
        full.write("x")
    sentence = "Paketen kunde inte hämtas. Disken är full. Frigör plats och kör samma kommando igen."
    assert bootstrap.explain("Paketen kunde inte hämtas.", str(caught.value)) == sentence


@pytest.mark.parametrize(
    "output",
    [
        "error: Failed to fetch: `x`\n  Caused by: error sending request for url (x)",
        "npm error code ENOTFOUND",
        "npm error code EAI_AGAIN",
        "NewConnectionError('<pip._vendor.urllib3>: Failed to establish a new connection: [Errno 111] Connection refused')",
        "ReadTimeoutError: HTTPSConnectionPool(host='x', port=443): Read timed out.",
        "[Errno -3] Temporary failure in name resolution",
        "tcp connect error: Network is unreachable (os error 101)",
    ],
)
def test_what_pip_uv_and_npm_say_without_a_network_is_recognised(output):
    assert "Det går inte att nå internet." in bootstrap.explain("Det gick inte.", output)


def test_another_failure_shows_the_last_lines():
    output = "\n".join(f"line {number}" for number in range(40))
    shown = bootstrap.explain("Det gick inte.", output)
    assert shown.startswith("Det gick inte. Programmet som skulle göra det skrev:\n  line 25\n")
    assert shown.endswith("  line 39")
    assert bootstrap.explain("Det gick inte.", "") == "Det gick inte."


def test_a_stamp_holds_for_its_own_text_only(tmp_path):
    stamp = tmp_path / ".stamp"
    assert not bootstrap._holds(stamp, "a")
    stamp.write_text("a", encoding="ascii")
    assert bootstrap._holds(stamp, "a")
    assert not bootstrap._holds(stamp, "b")


def test_a_fingerprint_follows_names_and_contents(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("x", encoding="ascii")
    other.write_text("x", encoding="ascii")
    before = bootstrap.fingerprint([one])
    assert bootstrap.fingerprint([other]) != before
    one.write_text("y", encoding="ascii")
    assert bootstrap.fingerprint([one]) != before


def test_the_front_end_files_are_in_place_with_their_licences():
    assert frontend.up_to_date()
    there = {path.relative_to(frontend.VENDOR).as_posix() for path in frontend.VENDOR.rglob("*") if path.is_file()}
    assert there == {*frontend.FILES.values(), *frontend.BUNDLES.values(), frontend.LICENCES, ".source-hash"}
    assert b"sourceMappingURL" not in (frontend.VENDOR / "designsystemet/web.js").read_bytes()

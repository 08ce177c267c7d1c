"""What is tracked works on any machine: no paths of this one, no registry hosts, no broken links in the pages we write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from tests.house.tree import ROOT, assert_none, tracked_files

if TYPE_CHECKING:
    from pathlib import Path

LOCK = re.compile(
    r"(^|/)(package-lock\.json|[\w.-]*requirements[\w.-]*\.txt|[\w.-]*\.lock|pylock[\w.-]*\.toml|[\w.-]*lock\.txt)$"
)
HOST = re.compile(r"https?://[^\s\"']+|--(extra-)?index-url\S*|[\"']?resolved[\"']?\s*[:=]", re.IGNORECASE)
MACHINE = re.compile(r"(?<![\w.}~/-])/(home|root|work|Users)/[\w.]+")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+\s+(.*?)\s*$", re.MULTILINE)


def hosts(place: str, text: str) -> list[str]:
    """List the hosts that a lock file would fetch from."""
    if not LOCK.search(place):
        return []
    return [f"{place}: {match[0]}; a lock names hashes, not hosts" for match in HOST.finditer(text)]


def machine_paths(place: str, text: str) -> list[str]:
    """List absolute paths of somebody's machine."""
    return [f"{place}: {match[0]} is a path of one machine" for match in MACHINE.finditer(text)]


def anchors(markdown: str) -> set[str]:
    """Return the anchors of a page's headings, as GitHub and GitLab make them."""
    headings = HEADING.findall(FENCE.sub("", markdown))
    return {re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-") for heading in headings}


def broken_links(page: Path, root: Path) -> list[str]:
    """List the links of a Markdown page that lead nowhere in the tree."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    found = []
    for target in LINK.findall(text):
        address, _, anchor = unquote(target).partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        goal = (
            page if not address else (root / address.lstrip("/") if address.startswith("/") else page.parent / address)
        )
        if not goal.exists():
            found.append(f"{page.relative_to(root)}: {target} leads nowhere")
        elif anchor and goal.suffix == ".md" and anchor not in anchors(goal.read_text(encoding="utf-8")):
            found.append(f"{page.relative_to(root)}: {target} names no heading")
    return found


def texts() -> dict[str, str]:
    found = {}
    for path in tracked_files():
        data = path.read_bytes()
        if b"\0" not in data:
            found[path.relative_to(ROOT).as_posix()] = data.decode("utf-8")
    return found


def test_locks_name_no_host() -> None:
    assert_none(line for place, text in texts().items() for line in hosts(place, text))


def test_no_file_holds_a_path_of_one_machine() -> None:
    assert_none(line for place, text in texts().items() for line in machine_paths(place, text))


def test_every_link_between_our_pages_leads_somewhere() -> None:
    pages = [path for path in tracked_files() if path.suffix == ".md"]
    assert_none(line for page in pages for line in broken_links(page, ROOT))


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("package-lock.json", '"resolved": "x"'),
        ("package-lock.json", '"url": "https://registry.example/a.tgz"'),
        ("requirements.txt", "--index-url=x"),
        ("locks/dev-requirements.txt", "a @ https://files.example/a.whl"),
        ("uv.lock", 'url = "https://files.example/a.whl"'),
    ],
)
def test_a_planted_host_in_a_lock_is_caught(place: str, text: str) -> None:
    assert len(hosts(place, text)) == 1
    assert hosts("README.md", text) == []


def test_a_planted_machine_path_is_caught() -> None:
    for folder in ("home", "root", "work", "Users"):
        assert len(machine_paths("a.py", f"open('/{folder}/ada/x.txt')")) == 1
    assert (
        machine_paths("a.py", "'/tmp/x', '/static/home/x', 'https://example.org/home/x', '~/work/x', '{root}/work/x'")
        == []
    )


def test_a_planted_broken_link_is_caught(tmp_path: Path) -> None:
    page = tmp_path / "docs" / "a.md"
    page.parent.mkdir()
    (tmp_path / "B.md").write_text("# Första delen\n## `x`: y, z\n", encoding="utf-8")
    page.write_text(
        "# A\n[ok](../B.md) [ok](../B.md#första-delen) [ok](#a) [ok](/B.md#x-y-z) [ok](https://x.se/y) ![no](b.png)\n"
        "[no](../B.md#andra)\n```\n[code](c.md)\n```\n",
        encoding="utf-8",
    )
    assert broken_links(page, tmp_path) == [
        "docs/a.md: b.png leads nowhere",
        "docs/a.md: ../B.md#andra names no heading",
    ]

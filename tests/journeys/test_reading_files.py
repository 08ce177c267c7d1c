"""What Chromium throws away while a file is read: never the question that the bid's worker waits for."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import QUIET
from tools import frontend
from tools.browser import program

pytestmark = pytest.mark.journey

ADDRESS = "https://reading.example/"
FILES = 200
LOOK = """async (files) => {
  let read = 0;
  for (let n = 0; n < files; n += 1) {
    void laid.fingerprint(new File([new Uint8Array(340)], `${n}`), async () => undefined).then(() => {
      document.title = String((read += 1));
    });
    await gc({ type: "major", execution: "async" });
  }
}"""


def test_every_file_is_read_to_its_end_though_the_browser_clears_out_meanwhile(browser, tmp_path):
    """A reader held by nothing but its own unanswered question was thrown away, and a bid stood still for ever."""
    bundle = tmp_path / "laid.js"
    how = ("--bundle", "--format=iife", "--global-name=laid", "--target=es2022", f"--outfile={bundle}")
    made = frontend._node("esbuild/bin/esbuild", str(frontend.PROGRAMS / "laid.ts"), *how)
    assert made.returncode == 0, made.stderr
    clearing = browser.browser_type.launch(executable_path=program(), args=[*QUIET, "--js-flags=--expose-gc"])
    try:
        page = clearing.new_page()
        page.route(
            ADDRESS, lambda route: route.fulfill(content_type="text/html", body="<!doctype html><title>0</title>")
        )
        page.goto(ADDRESS)  # only where nobody can listen has a page the browser's own hash
        page.add_script_tag(path=bundle)
        page.evaluate(LOOK, FILES)
        expect(page).to_have_title(str(FILES))
    finally:
        clearing.close()

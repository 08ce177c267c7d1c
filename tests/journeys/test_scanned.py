"""A virus scanner's word in a browser: beside each file of a bid, before what is held back, and after it was let out."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from rodatraden.config import clock
from rodatraden.records.actions import record_scan
from rodatraden.records.scanner import Scanner, Verdict, Why
from tests.factories.evaluation import make_outcome
from tests.journeys.axe import violations
from tests.journeys.pictures import keep_picture

pytestmark = pytest.mark.journey

BY = Scanner("ClamAV 1.4.3", "27841/Mon Nov 30 09:12:00 2026")


def test_a_file_with_a_finding_is_held_back_until_the_officer_answers_for_it(sit):
    world = make_outcome()
    bid = world.bids[0]
    found, failed = list(bid.files.all())[:2]
    for file, verdict in ((found, Verdict(finding="Win.Test.EICAR_HDB-1")), (failed, Verdict(why=Why.LIMITS))):
        record_scan(file=file.file, verdict=verdict, scanner=BY, by=None, at=clock.now())
    officer = sit(world.case.officer)
    small = sit(world.case.evaluators[0], width=390, scheme="dark")
    for page, name in ((officer, "1200"), (small, "390")):
        page.goto(f"/upphandlingar/anbud/{bid.pk}/")
        expect(page.locator("main")).to_contain_text("Hålls inne: genomsökningen fann Win.Test.EICAR_HDB-1")
        expect(page.locator("main")).to_contain_text("Kunde inte genomsökas: den innehåller mer")
        assert violations(page) == []
        keep_picture(page, f"scanned-bid-{name}")
        page.goto(f"/upphandlingar/anbud/filer/{failed.pk}/")
        assert violations(page) == []
        keep_picture(page, f"scanned-failed-{name}")
        page.goto(f"/upphandlingar/anbud/filer/{found.pk}/")
        expect(page.locator("h1")).to_have_text("Filen hålls inne")
        assert violations(page) == []
        keep_picture(page, f"scanned-held-{name}")
    expect(small.get_by_label("Varför filen släpps")).to_have_count(0)
    officer.get_by_label("Varför filen släpps").fill("Falskt larm: it har sett på filen i en avskild dator.")
    with officer.expect_download() as fetched:
        officer.get_by_role("button", name="Släpp filen").click()
    assert fetched.value.path().read_bytes().startswith(b"%PDF")
    small.goto(f"/upphandlingar/anbud/{bid.pk}/")
    expect(small.locator("main")).to_contain_text("Genomsökningen fann Win.Test.EICAR_HDB-1; släppt ändå")

"""What happens on the way to a bid that is sealed in the browser: tabs closed, files changed, lines broken, drafts kept."""

from __future__ import annotations

import json
import os
import re
from uuid import uuid4

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from rodatraden.bids.models import SealedUpload, Submission
from rodatraden.bids.views import workspace as workspace_views
from rodatraden.cli import main
from rodatraden.core.canonical import sha256_hex
from rodatraden.core.sealing.parts import SEALED
from tests.core.test_paging import png
from tests.factories.bids import close_box, make_bidder, pdf, supplier_of
from tests.factories.keys import unlock
from tests.factories.procurements import make_case
from tests.factories.tenders import make_published_tender
from tests.journeys.axe import violations
from tests.journeys.people import hand_session
from tests.journeys.test_workspace import BEFORE, OPENING, workspace
from tests.journeys.workspace import KEPT, SLOWEST, hand_in, write

pytestmark = pytest.mark.journey


@pytest.fixture
def world(live, time_machine):
    """A published tender, some hours before its last time."""
    case = make_case()
    tender = make_published_tender(case)
    time_machine.move_to(BEFORE)
    return case, tender


MEGABYTES = 4 * 1024 * 1024


def large(path, parts=5):
    """A picture of so many parts that it fills them all but for some bytes."""
    picture = png()
    path.write_bytes(picture[:33] + os.urandom(parts * MEGABYTES - 2000) + picture[-12:])
    return path


def choose(page, number, path):
    page.locator(f'input[data-place="delar/{number}/filer"]').set_input_files(path)
    expect(page.locator(f"#fil-{number}")).to_contain_text(path.name)


def puts(page):
    """The names of the parts that the page sends, as they are sent."""
    sent = []
    page.on("request", lambda asked: sent.append(asked.url.rsplit("/", 1)[-1]) if asked.method == "PUT" else None)
    return sent


@pytest.fixture
def half_sent(sit, world, tmp_path):
    """A bid of which some parts had come when the line broke and the tab was closed; its browser, and the large file."""
    _, tender = world
    bidder = make_bidder()
    first = sit(bidder)
    workspace(first, tender, bidder)
    write(first)
    path = large(tmp_path / "bilaga.png")
    choose(first, 1, path)
    first.route(re.compile(r"/bid/parts/0000[2-9]"), lambda route: route.abort())
    hand_in(first)
    expect(first.locator('[data-part="progress-words"]')).to_contain_text("Försöker igen", timeout=30_000)
    expect(first.locator("progress")).to_have_attribute("value", "40")
    again = first.context.new_page()
    first.close(run_before_unload=False)
    workspace(again, tender, bidder)
    return again, path


def choose_all_again(page, tmp_path, *paths):
    """Choose every file once more, at once, as after a break."""
    small = [tmp_path / f"del-{number}.pdf" for number in (1, 2, 3)]
    for number, path in enumerate(small, 1):
        path.write_bytes(pdf(str(number)))
    page.get_by_label("Välj alla filer igen, på en gång").set_input_files([*small, *paths])
    expect(page.locator('[data-part="again"]')).to_be_hidden(timeout=20_000)


def opened(world, time_machine):
    case, tender = world
    close_box(tender)
    time_machine.move_to(OPENING)
    (bid,) = unlock(tender, *case.openers[:2], at=OPENING)
    assert not bid.is_unreadable
    return {each.file.name: each.file.sha256 for each in bid.files.select_related("file")}


def test_what_had_come_when_the_tab_was_closed_is_not_sent_again(half_sent, world, time_machine, tmp_path):
    page, path = half_sent
    expect(page.locator('[data-part="note"]')).to_contain_text("av 5 delar är framme")
    kept = page.evaluate(KEPT)
    assert "rodatraden-wraps-1" in kept
    assert "AGE-SECRET-KEY" not in kept, "of the bid's keys only public halves and wraps are kept"
    sent = puts(page)
    choose_all_again(page, tmp_path, path)
    hand_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Anbudet är lämnat och förseglat", timeout=60_000)
    # Those that were on their way may have come while the tab was closed; the browser knows nothing of them, and sends them again.
    assert {"00004.age"} <= set(sent) <= {"00002.age", "00003.age", "00004.age"}
    assert opened(world, time_machine)["bilaga.png"] == sha256_hex(path.read_bytes())


def test_a_file_that_has_changed_meanwhile_is_told_and_the_bid_sealed_anew(half_sent, world, time_machine, tmp_path):
    page, path = half_sent
    changed = bytearray(path.read_bytes())
    changed[100] ^= 1
    path.write_bytes(bytes(changed))
    choose_all_again(page, tmp_path, path)
    expect(page.locator('[data-part="note"]')).to_contain_text("bilaga.png har ändrats sedan du valde den")
    hand_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Anbudet är lämnat och förseglat", timeout=60_000)
    assert SealedUpload.objects.count() == 2
    assert opened(world, time_machine)["bilaga.png"] == sha256_hex(bytes(changed))


def test_a_file_that_changes_on_the_disk_after_it_was_chosen_stops_the_sealing_and_is_named(sit, world, tmp_path):
    _, tender = world
    bidder = make_bidder()
    page = sit(bidder)
    workspace(page, tender, bidder)
    write(page)
    path = large(tmp_path / "bilaga.png", parts=1)
    choose(page, 1, path)
    path.write_bytes(b"something else")
    hand_in(page)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("har ändrats eller försvunnit", timeout=20_000)
    expect(alert).to_contain_text("bilaga.png")
    assert not Submission.objects.exists()


def test_a_broken_line_is_waited_for_and_nothing_is_handed_in_twice(sit, world):
    _, tender = world
    bidder = make_bidder()
    page = sit(bidder)
    workspace(page, tender, bidder)
    write(page)
    lost = []

    def lose_the_answer(route):
        """Let what hands the bid in come, and its answer be lost, once."""
        if not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.context.route(re.compile(r"/lamna-in$"), lose_the_answer)
    hand_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Anbudet är lämnat och förseglat", timeout=30_000)
    assert lost == [200]
    assert Submission.objects.count() == 1


def test_the_draft_is_kept_saved_to_a_file_and_read_by_the_command_line(sit, world, live, tmp_path):
    _, tender = world
    bidder = make_bidder()
    page = sit(bidder)
    workspace(page, tender, bidder)
    write(page)
    page.get_by_role(
        "button", name="Ta bort del-2.pdf"
    ).click()  # the field that was left for it has just been written in
    expect(page.locator("#fil-2")).not_to_contain_text("del-2.pdf")
    again = {"name": "del-2.pdf", "mimeType": "application/pdf", "buffer": pdf("2")}
    page.locator('input[data-place="delar/2/filer"]').set_input_files(again)
    expect(page.locator("#fil-2")).to_contain_text("del-2.pdf, 1 sida")
    expect(page.locator('[data-part="saved"]')).to_contain_text("bara i den här webbläsaren")
    page.reload()
    expect(page.locator('[data-place="pris/svar"]')).to_have_value("1 140,50")
    expect(page.locator('[data-place="uppdragsgivare"]')).to_have_value("Region Prov")
    expect(page.locator("#fil-1")).to_contain_text("Välj filen igen")
    with page.expect_download() as loading:
        page.get_by_role("button", name="Spara utkastet i en fil").click()
    folder = tmp_path / "anbud"
    folder.mkdir()
    loading.value.save_as(folder / "anbud.json")
    for number in (1, 2, 3):
        (folder / f"del-{number}.pdf").write_bytes(pdf(str(number)))
    for name, address in (("anbudsmall", "publication:bid_form"), ("nyckelinnehavare", "bids:holders")):
        data = page.request.get(reverse(address, args=[tender.pk])).body()
        (folder / f"{name}.json").write_bytes(data)
    assert main(["seal", str(folder), "--out", str(tmp_path / "anbud.rtbid"), "--yes"]) == 0

    page.get_by_text("Utkastet på den här datorn").click()
    page.get_by_role("button", name="Ta bort utkastet från den här webbläsaren").click()
    expect(page.locator('[data-place="pris/svar"]')).to_have_value("")
    page.get_by_text("Utkastet på den här datorn").click()
    page.get_by_label("Läs in ett sparat utkast").set_input_files(folder / "anbud.json")
    expect(page.locator('[data-place="pris/svar"]')).to_have_value("1 140,50")
    written = json.loads((folder / "anbud.json").read_text("utf-8"))
    assert written["personer"]["svar"][0]["uppdrag"][0]["från"] == "2022-01-01"


BROKEN_DRAFT = """
key => new Promise((done, fail) => {
  const opened = indexedDB.open("rodatraden-anbud");
  opened.onerror = fail;
  opened.onsuccess = () => {
    const change = opened.result.transaction("drafts", "readwrite");
    change.objectStore("drafts").put({ key });
    change.oncomplete = done;
  };
})
"""
"""Keep a draft of which nothing can be read but whose it is."""


@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (390, "dark")])
def test_a_draft_is_listed_among_the_bids_of_its_supplier_alone_and_can_be_gone_on_with(sit, world, width, scheme):
    _, tender = world
    bidder = make_bidder()
    page = sit(bidder, width=width, scheme=scheme)
    page.goto(reverse("bids:mine"))
    expect(page.get_by_text("Det finns inget utkast i den här webbläsaren.")).to_be_visible()
    workspace(page, tender, bidder)
    page.locator('[data-place="pris/svar"]').fill("1 140,50")
    expect(page.locator('[data-part="saved"]')).to_contain_text("Sparat")
    asked = []
    page.on("request", lambda each: asked.append(each.url))
    page.goto(reverse("bids:mine"))
    listed = page.locator("[data-drafts]")
    link = listed.get_by_role("link", name=tender.procurement.title)
    expect(link).to_be_visible()
    expect(listed).to_contain_text(supplier_of(bidder).name)
    assert violations(page) == []
    assert not any(str(tender.pk) in url for url in asked)
    link.click()
    expect(page.locator('[data-place="pris/svar"]')).to_have_value("1 140,50")

    other = page.context.new_page()
    other.goto(reverse("bids:mine"))
    other.locator("[data-drafts] summary").click()
    other.get_by_role("button", name="Ta bort utkastet från den här webbläsaren").click()
    expect(other.get_by_text("Anbudet är öppet i en annan flik.")).to_be_visible()
    page.close()
    other.locator("[data-drafts] summary").click()
    other.get_by_role("button", name="Ta bort utkastet från den här webbläsaren").click()
    expect(other.get_by_text("Utkastet är borttaget från den här webbläsaren.")).to_be_visible()
    expect(other.get_by_role("link", name=tender.procurement.title)).to_be_hidden()


def test_a_draft_that_cannot_be_read_hides_no_other_and_a_browser_that_tells_nothing_says_so(sit, world):
    _, tender = world
    bidder = make_bidder()
    page = sit(bidder)
    workspace(page, tender, bidder)
    page.locator('[data-place="pris/svar"]').fill("1 140,50")
    expect(page.locator('[data-part="saved"]')).to_contain_text("Sparat")
    page.goto(reverse("bids:mine"))
    listed = page.locator("[data-drafts]")
    expect(listed.get_by_role("link")).to_have_count(1)
    page.evaluate(BROKEN_DRAFT, f"{uuid4()}/{supplier_of(bidder).pk}")
    page.reload()
    expect(listed.get_by_role("link", name="Utkast utan rubrik")).to_be_visible()
    expect(listed.get_by_role("link", name=tender.procurement.title)).to_be_visible()
    listed.locator("summary").last.click()
    listed.get_by_role("button", name="Ta bort utkastet från den här webbläsaren Utkast utan rubrik").click()
    expect(listed.get_by_role("link")).to_have_count(1)

    page.add_init_script("IDBFactory.prototype.open = () => { throw new Error('shut') }")
    page.reload()
    expect(listed.get_by_text("Webbläsaren ville inte tala om vilka utkast den har.")).to_be_visible()
    expect(page.get_by_text("Det finns inget utkast i den här webbläsaren.")).to_be_hidden()


def test_months_of_experience_are_told_as_they_are_written(sit, world):
    _, tender = world
    bidder = make_bidder()
    page = sit(bidder)
    workspace(page, tender, bidder)
    page.get_by_role("button", name="Lägg till en person").click()
    told = page.locator("[data-months]")
    expect(told).to_be_empty()
    for number, (first, last) in enumerate([("2022-01-15", "2022-07-14"), ("2022-07-01", "2023-01-14")]):
        page.get_by_role("button", name="Lägg till ett uppdrag").click()
        page.locator('[data-place="från"]').nth(number).fill(first)
        expect(told).to_contain_text("räknas när båda dagarna är skrivna")
        page.locator('[data-place="till"]').nth(number).fill(last)
        expect(told).to_contain_text(f"Räknat hittills: {6 * (number + 1)} hela månader")
        expect(told).not_to_contain_text("räknas när båda dagarna är skrivna")


def test_who_bids_for_another_does_not_see_what_was_written_in_the_same_browser(sit, world, live):
    _, tender = world
    bidder = make_bidder()
    page = sit(bidder)
    workspace(page, tender, bidder)
    page.locator('[data-place="pris/svar"]').fill("1 140,50")
    expect(page.locator('[data-part="saved"]')).to_contain_text("Sparat")
    hand_session(page, make_bidder("Annat bolag AB"), live)
    page.goto(reverse("bids:mine"))
    expect(page.get_by_text("Det finns inget utkast i den här webbläsaren.")).to_be_visible()
    expect(page.get_by_role("link", name=tender.procurement.title)).to_be_hidden()


def test_what_is_written_in_the_moment_before_the_page_is_left_is_kept(sit, world):
    _, tender = world
    bidder = make_bidder()
    page = sit(bidder)
    workspace(page, tender, bidder)
    for price in [f"1 {hundreds}00,50" for hundreds in range(1, 9)]:
        page.locator('[data-place="pris/svar"]').fill(price)
        page.reload()
        expect(page.locator('[data-place="pris/svar"]')).to_have_value(price)


def test_what_is_missing_is_listed_with_links_and_nothing_is_sent(sit, world):
    _, tender = world
    bidder = make_bidder()
    page = sit(bidder, width=390, scheme="dark")
    workspace(page, tender, bidder)
    sent = puts(page)
    expect(page.locator('[data-part="done"]')).to_have_text("Ditt anbud: 0 av 5 delar klara")
    hand_in(page)
    summary = page.locator('[data-part="summary"]')
    expect(summary).to_be_focused()
    for link in summary.get_by_role("link").all():
        assert page.locator(link.get_attribute("href")).count() == 1
    assert violations(page) == []
    assert sent == []

    price = page.locator('[data-place="pris/svar"]')
    wrong = page.locator("ds-field", has=price).locator(".ds-validation-message")
    expect(wrong).to_have_text("Fyll i priset.")
    expect(price).to_have_attribute("aria-invalid", "true")
    price.fill("1.050")
    expect(wrong).to_have_count(0)
    hand_in(page)
    expect(wrong).to_have_text("1.050 kan betyda 1 050 eller 1,05. Skriv det du menar.")
    assert violations(page) == []
    price.fill("1 050")
    hand_in(page)
    expect(wrong).to_have_count(0)
    expect(price).not_to_have_attribute("aria-invalid", "true")


def test_more_than_a_bid_can_hold_is_told_when_it_is_chosen_and_never_sent(sit, world, settings, tmp_path):
    """A file has no limit of its own: in a bid that could hold it ten megabytes are taken as any other."""
    _, tender = world
    bidder = make_bidder()
    settings.BID_SEALED_MAX_BYTES = 3 * SEALED
    page = sit(bidder, width=390)
    workspace(page, tender, bidder)
    sent = puts(page)
    write(page)
    points = page.locator('[data-part="points"]')
    expect(points).not_to_contain_text("Alla filer tillsammans")
    choose(page, 1, large(tmp_path / "bilaga.png", parts=3))
    told = "Alla filer tillsammans har 13 MB, och ett anbud rymmer 8."
    expect(points).to_contain_text(told)
    hand_in(page)
    summary = page.locator('[data-part="summary"]')
    expect(summary).to_be_focused()
    expect(summary).to_contain_text(told)
    assert violations(page) == []
    assert sent == []
    page.locator("#fil-1").get_by_role("button", name="Ta bort bilaga.png").click()
    expect(points).not_to_contain_text("Alla filer tillsammans")


def test_more_files_than_a_bid_can_hold_are_told_and_never_sent(sit, world, monkeypatch, tmp_path):
    """Nobody could open such a bid."""
    monkeypatch.setattr(workspace_views, "MOST_FILES", 3)
    _, tender = world
    bidder = make_bidder()
    page = sit(bidder)
    workspace(page, tender, bidder)
    sent = puts(page)
    write(page)
    told = page.get_by_text("Anbudet har 4 filer, och rymmer 3.")
    expect(told).to_have_count(0)
    choose(page, 1, large(tmp_path / "bilaga.png", parts=1))
    hand_in(page)
    summary = page.locator('[data-part="summary"]')
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Anbudet har 4 filer, och rymmer 3. Lägg ihop några, eller ta bort några.")
    assert sent == []
    page.locator("#fil-1").get_by_role("button", name="Ta bort bilaga.png").click()
    expect(page.locator('[data-part="points"]')).not_to_contain_text("och rymmer 3")


def test_a_browser_that_keeps_nothing_is_told_so_and_hands_in_all_the_same(sit, world):
    _, tender = world
    bidder = make_bidder()
    page = sit(bidder)
    page.add_init_script(
        "Object.defineProperty(IDBFactory.prototype, 'open', { value() { throw new Error('none'); } })"
    )
    workspace(page, tender, bidder)
    expect(page.get_by_role("alert")).to_contain_text("Webbläsaren sparar ingenting")
    write(page)
    hand_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Anbudet är lämnat och förseglat", timeout=60_000)


def test_the_same_bid_is_written_in_one_tab_at_a_time(sit, world):
    _, tender = world
    bidder = make_bidder()
    page = sit(bidder)
    workspace(page, tender, bidder)
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.get_by_role("alert")).to_contain_text("öppet i en annan flik")


def test_a_form_that_lacks_what_it_needs_is_not_shown_and_can_be_tried_again(sit, world):
    _, tender = world
    bidder = make_bidder()
    page = sit(bidder)
    page.route(re.compile(r"anbudsmall\.json$"), lambda route: route.fulfill(status=404))
    page.goto(reverse("bids:workspace", args=[tender.pk, supplier_of(bidder).pk]))
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("[data-workspace]")).to_be_hidden()
    assert violations(page) == []
    page.unroute_all()
    page.get_by_role("button", name="Försök igen").click()
    expect(page.locator("[data-workspace]")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_hidden()
    page.locator('[data-place="pris/svar"]').fill("1")
    expect(page.locator('[data-part="saved"]')).to_contain_text("bara i den här webbläsaren")


def test_a_part_that_is_another_than_was_sent_is_sent_once_more_before_the_bid_is_handed_in(sit, world, time_machine):
    _, tender = world
    bidder = make_bidder()
    page = sit(bidder)
    workspace(page, tender, bidder)
    write(page)
    damaged = []

    def lay_another(route):
        """Let a part that was on its way come late, over the one that was sent after it; once."""
        answer = route.fetch()
        if not damaged:
            damaged.append(b"another")
            headers = {**route.request.headers, "x-sha256": sha256_hex(damaged[0])}
            assert route.fetch(post_data=damaged[0], headers=headers).ok
        route.fulfill(response=answer)

    page.context.route(re.compile(r"/bid/parts/00000"), lay_another)
    sent = puts(page)
    hand_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Anbudet är lämnat och förseglat", timeout=SLOWEST)
    assert sent.count("00000.age") == 2
    assert sorted(opened(world, time_machine)) == ["del-1.pdf", "del-2.pdf", "del-3.pdf"]


def test_who_stops_is_told_what_the_server_says_and_can_not_stop_what_it_may_have(sit, world):
    _, tender = world
    bidder = make_bidder()
    page = sit(bidder)
    workspace(page, tender, bidder)
    write(page)
    stop, alert = page.get_by_role("button", name="Avbryt uppladdningen"), page.get_by_role("alert")
    page.context.route(re.compile(r"/bid/parts/00000"), lambda _: None)
    with page.expect_request(re.compile(r"/bid/parts/00000")):
        hand_in(page)
    stop.click()
    expect(alert).to_contain_text("Inget är lämnat")
    page.context.unroute_all()

    could_stop = []

    def look(route):
        could_stop.append(stop.is_visible())
        route.continue_()

    page.context.route(re.compile(r"/lamna-in$"), look)
    hand_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Anbudet är lämnat och förseglat", timeout=SLOWEST)
    assert could_stop == [False]


def test_without_script_the_page_points_to_the_command_line_and_seals_nothing(visitor, world, live):
    _, tender = world
    bidder = make_bidder()
    page = visitor(script=False)
    hand_session(page, bidder, live)
    page.goto(reverse("bids:workspace", args=[tender.pk, supplier_of(bidder).pk]))
    page.get_by_role("link", name="Lämna ett anbud som du själv har förseglat").click()
    assert page.url.endswith(reverse("bids:sealed", args=[tender.pk]))

"""Key holders make their opening keys in a real browser, print the recovery key, and show that the key works."""

from __future__ import annotations

import unicodedata

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from rodatraden.cli import locked
from rodatraden.config import clock
from rodatraden.core.sealing import identity
from rodatraden.parties.actions import appoint_key_holder, invite_key_holder, start_drill
from rodatraden.parties.models import Drill, Membership, OpeningKey
from rodatraden.parties.rules import enough_holders
from tests.core.sealing.given import lock_with_passphrase
from tests.factories.parties import START, make_buyer, make_holder, make_key, make_person
from tests.journeys.axe import violations

pytestmark = pytest.mark.journey

AUTHENTICATOR = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "hasPrf": True,
    "automaticPresenceSimulation": True,
}
PASSWORD = "fyra ord som ingen gissar"
COUNT_CLICKS = """addEventListener("click", (event) => {
  if (event.isTrusted && event.target.closest("button, a, input[type=radio]"))
    sessionStorage.clicks = Number(sessionStorage.clicks ?? 0) + 1;
}, true)"""


@pytest.fixture
def buyer(live):
    return make_buyer()


@pytest.fixture
def jonas(buyer):
    person = make_person("Jonas Ekdahl", organisation=buyer, role=Membership.Role.PROCUREMENT_OFFICER)
    appoint_key_holder(person=person, organisation=buyer, by=None, at=START)
    return person


def put_in(page, **options):
    """Give the browser a device with passkeys; returns how it is spoken to."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    added = device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR | options})
    return device, added["authenticatorId"]


def make(page, door):
    page.goto("/min-oppningsnyckel/")
    page.get_by_role("radio", name=door).check()
    page.get_by_role("button", name="Gör min öppningsnyckel").click()


def paper(page):
    expect(page.get_by_role("button", name="Jag har skrivit ut den, spara nyckeln")).to_be_visible(timeout=20_000)
    return page.locator("[data-part=key]").inner_text()


def words(page):
    drawn = page.locator("[data-part=drawn]")
    expect(drawn).not_to_be_empty()
    return drawn.inner_text()


def save(page):
    page.get_by_role("button", name="Jag har skrivit ut den, spara nyckeln").click()
    page.get_by_role("heading", name="Öva med din öppningsnyckel").wait_for()


def done(page):
    expect(page.get_by_role("heading", name="Min öppningsnyckel")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("Övningen är klar")).to_be_visible()
    drill = Drill.objects.filter(answered_at__isnull=False).latest("answered_at")
    return drill.door


def said(page):
    fault = page.get_by_role("alert")
    expect(fault).to_be_visible(timeout=20_000)
    return fault.inner_text().strip()


def test_from_link_to_finished_drill_in_few_clicks(visitor, buyer):
    """Somebody who is employed elsewhere comes by one link: account, key, print and drill."""
    admin = make_person("Ingrid Möller", organisation=buyer, role=Membership.Role.ADMINISTRATOR)
    invite_key_holder(
        organisation=buyer, email="rut@granne.example", token="hemlig", link="x", by=admin, at=clock.now()
    )
    page = visitor()
    page.add_init_script(COUNT_CLICKS)
    page.add_init_script("window.print = () => { sessionStorage.printed = 'yes' }")
    page.goto("/inbjudan/#hemlig")
    assert violations(page) == []
    page.get_by_label("Ditt namn").fill("Rut Granne")
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Tacka ja till inbjudan").click()
    page.get_by_role("heading", name="Gör din öppningsnyckel").wait_for()
    page.get_by_role("radio", name="Sex ord").check()
    drawn = words(page)
    assert violations(page) == []
    page.get_by_role("button", name="Gör min öppningsnyckel").click()
    printed = paper(page)
    assert violations(page) == []
    page.get_by_role("button", name="Skriv ut").click()
    save(page)
    assert violations(page) == []
    page.get_by_label("Dina sex ord").fill(drawn)
    page.get_by_role("button", name="Öppna kuvertet", exact=True).click()
    assert done(page) == "passphrase"
    assert violations(page) == []
    assert page.evaluate("sessionStorage.printed") == "yes"
    assert int(page.evaluate("sessionStorage.clicks")) == 6

    key = OpeningKey.objects.get()
    assert (key.person.name, key.door) == ("Rut Granne", "passphrase")
    secret = identity.open_with_passphrase(key.lock, drawn)
    assert identity.open_envelope(key.recovery_lock, printed.replace(" ", "")) == secret
    assert identity.open_envelope(identity.envelope("hej", key.recipient), secret) == "hej"
    page.goto(reverse("parties:organisation", args=[buyer.pk]))
    page.get_by_role("heading", name="Sidan finns inte").wait_for()


def test_the_way_back_leads_to_no_printed_key(sit, jonas):
    page = sit(jonas)
    make(page, "Sex ord")
    printed = paper(page)
    save(page)
    page.go_back()
    page.get_by_role("heading", name="Gör din öppningsnyckel").wait_for()
    assert printed.split()[-2] not in page.content()


def test_the_server_gets_neither_words_nor_private_halves(sit, jonas):
    page = sit(jonas)
    sent = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    make(page, "Sex ord")
    drawn = words(page)
    printed = paper(page)
    save(page)
    page.get_by_label("Dina sex ord").fill(drawn)
    page.get_by_label("Dina sex ord").press("Enter")
    done(page)
    posts = [each for each in sent if each]
    assert len(posts) == 2
    for each in posts:
        for secret in (*drawn.split(), drawn.replace(" ", "+"), printed.split()[-2], "SECRET-KEY"):
            assert secret not in each


def test_a_passkey_locks_and_the_printed_key_is_a_second_door_here_and_on_the_command_line(
    sit, jonas, monkeypatch, tmp_path, capsys
):
    page = sit(jonas)
    put_in(page)
    make(page, "Lösennyckel")
    printed = paper(page)
    save(page)
    page.get_by_role("button", name="Öppna kuvertet med min lösennyckel").click()
    assert done(page) == "passkey"
    key = OpeningKey.objects.get()
    assert (key.recovery_lock, key.passkey[:21]) == ("", "AGE-PLUGIN-FIDO2PRF-1")
    page.get_by_role("button", name="Öva nu").click()
    page.get_by_text("Använd den utskrivna återställningsnyckeln i stället").click()
    page.get_by_label("Den utskrivna återställningsnyckeln").fill(printed.lower())
    page.get_by_role("button", name="Öppna med den utskrivna nyckeln").click()
    assert done(page) == "recovery"
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Hämta min låsta nyckel").click()
    fetched.value.save_as(tmp_path / fetched.value.suggested_filename)
    monkeypatch.setattr(locked, "getpass", lambda _question: printed.lower())
    assert identity.recipient_of(locked.identity_of(tmp_path / "min-lasta-nyckel.txt")) == key.recipient
    assert "En lösennyckel går bara att använda i en webbläsare." in capsys.readouterr().out


def test_without_prf_six_words_are_offered_and_the_passkey_left_over_is_named(sit, jonas):
    page = sit(jonas)
    put_in(page, hasPrf=False)
    make(page, "Lösennyckel")
    assert "ta bort lösennyckeln som blev över" in said(page)
    expect(page.get_by_role("radio", name="Sex ord")).to_be_checked()
    words(page)
    page.get_by_role("button", name="Gör min öppningsnyckel").click()
    paper(page)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_somebody_whom_the_device_does_not_recognise_is_told(sit, jonas):
    page = sit(jonas)
    put_in(page, isUserVerified=False)
    make(page, "Lösennyckel")
    assert "du kändes inte igen" in said(page)
    assert violations(page) == []


def test_passkeys_refuse_an_address_in_figures(visitor, jonas, sit, live):
    page = sit(jonas)
    figures = live.replace("localhost", "127.0.0.1")
    (cookie,) = [each for each in page.context.cookies() if each["name"].endswith("session")]
    page.context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": figures}])
    put_in(page)
    page.goto(f"{figures}/min-oppningsnyckel/")
    page.get_by_role("radio", name="Lösennyckel").check()
    page.get_by_role("button", name="Gör min öppningsnyckel").click()
    assert "Lösennycklar hör till adressen localhost" in said(page)


def test_a_deleted_passkey_leaves_the_printed_key(sit, jonas):
    page = sit(jonas)
    device, name = put_in(page)
    make(page, "Lösennyckel")
    printed = paper(page)
    save(page)
    device.send("WebAuthn.clearCredentials", {"authenticatorId": name})
    page.get_by_role("button", name="Öppna kuvertet med min lösennyckel").click()
    assert "lösennyckeln är borta" in said(page)
    page.get_by_text("Använd den utskrivna återställningsnyckeln i stället").click()
    page.get_by_label("Den utskrivna återställningsnyckeln").fill(printed)
    page.get_by_role("button", name="Öppna med den utskrivna nyckeln").click()
    assert done(page) == "recovery"


def test_wrong_words_and_a_mistyped_key_are_told_apart(sit, jonas):
    """The key is made on the command line's side here, with a passphrase that has Swedish letters in it."""
    made, recovery, other = identity.make(), identity.make(), identity.make()
    key = make_key(jonas).key
    OpeningKey.objects.filter(pk=key.pk).update(
        recipient=made.recipient,
        lock=lock_with_passphrase(made.secret, "räv på isen"),
        recovery_lock=identity.lock_with_recovery(made.secret, recovery.recipient),
    )
    page = sit(jonas)
    page.goto("/min-oppningsnyckel/")
    page.get_by_role("button", name="Öva nu").click()
    page.get_by_label("Dina sex ord").fill("rav pa isen")
    page.get_by_role("button", name="Öppna kuvertet", exact=True).click()
    assert "Det är inte de ord" in said(page)
    page.get_by_text("Använd den utskrivna återställningsnyckeln i stället").click()
    field = page.get_by_label("Den utskrivna återställningsnyckeln")
    for typed, answer in (
        (recovery.secret[:-1] + ("Q" if recovery.secret[-1] != "Q" else "P"), "Ett tecken saknas eller är fel"),
        ("", "Ett tecken saknas eller är fel"),
        (other.secret, "Det är den utskrivna nyckeln till något annat"),
    ):
        field.fill(typed)
        page.get_by_role("button", name="Öppna med den utskrivna nyckeln").click()
        expect(page.get_by_role("alert")).to_contain_text(answer)
    page.get_by_label("Dina sex ord").fill(unicodedata.normalize("NFD", " RÄV på  isen "))
    page.get_by_role("button", name="Öppna kuvertet", exact=True).click()
    assert done(page) == "passphrase"


def test_an_envelope_of_another_is_neither_shown_nor_opened(sit, jonas, buyer):
    other = make_holder("Rut Granne", buyer)
    theirs = start_drill(key=other.key, nonce="ab" * 32, by=other.person, at=clock.now())
    page = sit(jonas)
    page.goto(reverse("parties:drill", args=[theirs.pk]))
    page.get_by_role("heading", name="Sidan finns inte").wait_for()

    made, recovery = identity.make(), identity.make()
    mine = make_key(jonas).key
    OpeningKey.objects.filter(pk=mine.pk).update(
        recipient=made.recipient, recovery_lock=identity.lock_with_recovery(made.secret, recovery.recipient)
    )
    mine.refresh_from_db()
    page.goto("/min-oppningsnyckel/")
    page.get_by_role("button", name="Öva nu").click()
    page.evaluate(
        "envelope => { document.querySelector('[data-sealing=drill]').dataset.envelope = envelope }", theirs.envelope
    )
    page.get_by_text("Använd den utskrivna återställningsnyckeln i stället").click()
    page.get_by_label("Den utskrivna återställningsnyckeln").fill(recovery.secret)
    page.get_by_role("button", name="Öppna med den utskrivna nyckeln").click()
    assert said(page) == "Kuvertet är låst till en annan nyckel än den här."


def test_a_program_that_is_not_the_published_one_is_not_run(sit, jonas, browser, live):
    """In a window of its own: what the browser says of the refusal counts as a complaint in the others."""
    context = browser.new_context(base_url=live)
    context.add_cookies(sit(jonas).context.cookies())
    page = context.new_page()
    page.route(
        "**/sealing/worker.js", lambda route: route.fulfill(body="postMessage(1)", content_type="text/javascript")
    )
    page.goto("/min-oppningsnyckel/")
    page.get_by_role("radio", name="Sex ord").check()
    assert "inte det vars kontrollsumma är publicerad" in said(page)
    context.close()


def test_the_recovery_key_of_an_organisation_is_made_printed_and_practised_with(sit, buyer):
    first, second = make_holder("Ada Ek", buyer), make_holder("Bo Dal", buyer)
    keeper = make_person("Maria Holmgren", organisation=buyer, role=Membership.Role.DIRECTOR)
    page = sit(keeper)
    page.goto(reverse("parties:key_holders", args=[buyer.pk]))
    expect(page.get_by_text("För få har visat att de kan öppna")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="Gör återställningsnyckeln").click()
    assert violations(page) == []
    page.get_by_role("button", name="Gör återställningsnyckeln").click()
    expect(page.get_by_role("button", name="Jag har skrivit ut den, registrera nyckeln")).to_be_visible()
    printed = page.locator("[data-part=key]").inner_text()
    assert violations(page) == []
    page.get_by_role("button", name="Jag har skrivit ut den, registrera nyckeln").click()
    page.get_by_label("Den utskrivna återställningsnyckeln").fill(printed)
    page.get_by_role("button", name="Öppna med den utskrivna nyckeln").click()
    assert done(page) == "recovery"
    assert {first.person.name, second.person.name} == {"Ada Ek", "Bo Dal"}
    drilled = Drill.objects.latest("answered_at").answered_at
    assert not enough_holders(buyer, drilled)  # the two others practised in January


def test_the_whole_of_it_is_done_by_keyboard(sit, jonas):
    page = sit(jonas)
    page.goto("/min-oppningsnyckel/")
    page.get_by_role("radio", name="Lösennyckel").focus()
    page.keyboard.press("ArrowDown")
    drawn = words(page)
    page.get_by_role("button", name="Gör min öppningsnyckel").focus()
    page.keyboard.press("Enter")
    paper(page)
    assert page.evaluate("document.activeElement.dataset.part") == "made-heading"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Jag har skrivit ut den, spara nyckeln"
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Öva med din öppningsnyckel").wait_for()
    page.get_by_label("Dina sex ord").focus()
    page.keyboard.type(drawn)
    page.keyboard.press("Enter")
    assert done(page) == "passphrase"


def test_without_script_the_pages_say_why_nothing_happens(visitor, sit, jonas, buyer):
    seated = sit(jonas)
    page = visitor(script=False)
    page.context.add_cookies(seated.context.cookies())
    page.goto("/min-oppningsnyckel/")
    assert "Det här kräver JavaScript" in page.get_by_role("main").inner_text()
    expect(page.get_by_role("button", name="Gör min öppningsnyckel")).to_have_count(0)


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1200, "dark")])
def test_every_page_is_accessible_and_fits(sit, buyer, width, scheme):
    admin = make_person("Ingrid Möller", organisation=buyer, role=Membership.Role.ADMINISTRATOR)
    holder = make_holder("Rut Granne", buyer)
    make_person("Utan nyckel", organisation=buyer)
    appoint_key_holder(person=admin, organisation=buyer, by=None, at=START)
    drill = start_drill(key=holder.key, nonce="ab" * 32, by=holder.person, at=clock.now())
    for person, address in (
        (admin, reverse("parties:key_holders", args=[buyer.pk])),
        (admin, reverse("parties:new_opening_key")),
        (admin, reverse("parties:recovery_key", args=[buyer.pk])),
        (holder.person, reverse("parties:opening_key")),
        (holder.person, reverse("parties:new_opening_key")),
        (holder.person, reverse("parties:drill", args=[drill.pk])),
        (holder.person, reverse("parties:retire_key", args=[holder.key.pk])),
        (holder.person, reverse("parties:me")),
    ):
        page = sit(person, width=width, scheme=scheme)
        page.goto(address)
        assert violations(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        page.context.close()

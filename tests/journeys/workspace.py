"""A bid written and sealed on its page, in the supplier's own browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.factories.bids import pdf

if TYPE_CHECKING:
    from playwright.sync_api import Page

SLOWEST = 90_000
"""Milliseconds for a bid to be sealed in the browser and handed in, on a machine that does much else."""
KEPT = """async () => {
  const come = (asked) => new Promise((done) => (asked.onsuccess = () => done(asked.result)));
  const database = await come(indexedDB.open("rodatraden-anbud"));
  const all = [];
  for (const store of database.objectStoreNames) all.push(await come(database.transaction(store).objectStore(store).getAll()));
  return JSON.stringify(all, (_, value) => (value instanceof Uint8Array ? new TextDecoder("latin1").decode(value) : value));
}"""
"""Gives all that the browser keeps of bids, as text."""


def write(page: Page, *, price: str = "1 140,50", name: str = "Elin Hagström", promises: dict[str, str] | None = None):
    """Fill in everything that the tender asks for; `promises` by the label of their requirement."""
    for input_ in page.locator("input[type=file][data-place^=delar]").all():
        number = input_.get_attribute("data-place").split("/")[1]
        input_.set_input_files({"name": f"del-{number}.pdf", "mimeType": "application/pdf", "buffer": pdf(number)})
        expect(page.locator(f"#fil-{number}")).to_contain_text(f"del-{number}.pdf")
    for yes in page.locator('[data-place^="krav/"][data-place$="/svar"][value=yes]').all():
        yes.check()
    for label, text in (promises or {}).items():
        page.locator(f'[data-place="krav/{label}/utfästelse"]').fill(text)
    if page.get_by_label("Vi godtar de särskilda kontraktsvillkoren").count():
        page.get_by_label("Vi godtar de särskilda kontraktsvillkoren").check()
    page.get_by_role("button", name="Lägg till en person").click()
    page.locator('[data-place="namn"]').fill(name)
    page.get_by_role("button", name="Lägg till ett uppdrag").click()
    for place, text in (("uppdragsgivare", "Region Prov"), ("från", "2022-01-01"), ("till", "2025-12-31")):
        page.locator(f'[data-place="{place}"]').fill(text)
    page.get_by_label("Fyll i den här").check()
    for yes in page.locator('[data-place^="egen försäkran/"][value=yes]').all():
        yes.check()
    page.locator('[data-place="egen försäkran/undertecknare"]').fill(name)
    page.locator('[data-place="pris/svar"]').fill(price)


def choose_again(page: Page, *, files: int = 3) -> None:
    """Choose the files of `write` once more, at once: the browser keeps none of them when the page is left."""
    again = page.get_by_label("Välj alla filer igen, på en gång")
    expect(again).to_be_visible()  # shown when the page's program listens
    again.set_input_files(
        [
            {"name": f"del-{number}.pdf", "mimeType": "application/pdf", "buffer": pdf(str(number))}
            for number in range(1, files + 1)
        ]
    )
    expect(page.locator('[data-part="again"]')).to_be_hidden()


def hand_in(page: Page) -> None:
    """Seal the bid and hand it in, and wait for the receipt."""
    if page.locator("#vet").is_visible():
        page.locator("#vet").check()
    page.get_by_role("button", name="Försegla och lämna anbudet").click()

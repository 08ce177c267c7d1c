"""With the keyboard alone: sign in, write a need, and see where one is all the way."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.factories.procurements import make_case
from tests.factories.tenders import DEADLINE
from tests.journeys.people import PASSWORD

pytestmark = pytest.mark.journey

FOCUSED = "document.activeElement"
IS_SHOWN = """() => {
  const style = getComputedStyle(document.activeElement);
  const appears = document.activeElement.classList.contains('ds-skip-link') && style.clip === 'auto';
  const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  return appears || ring || style.boxShadow !== 'none';
}"""


def tab_to(page, name):
    """Press Tab until the control of that name has focus; a ring must show it, the skip link shows by appearing."""
    for _ in range(60):
        page.keyboard.press("Tab")
        label = page.evaluate(
            f"({FOCUSED}.labels?.[0] ?? {FOCUSED}).textContent.replaceAll(/\\s+/g, ' ').replace('(valfritt)', '').trim()"
        )
        if label == name:
            assert page.evaluate(IS_SHOWN), f"nothing shows that {name} has focus"
            return
    pytest.fail(f"Tab never reaches {name}")


def test_a_need_is_written_with_the_keyboard_alone(visitor, live, time_machine):
    time_machine.move_to(DEADLINE)
    case = make_case()
    case.need_owner.set_password(PASSWORD)
    case.need_owner.save()
    page = visitor()
    page.goto(f"/upphandlingar/{case.procurement.pk}/behov/")
    tab_to(page, "Hoppa till innehållet")
    page.keyboard.press("Enter")
    for label, text in (("E-postadress", case.need_owner.email), ("Lösenord", PASSWORD)):
        tab_to(page, label)
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Behov")
    tab_to(page, "Skriv ett behov")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Skriv ett behov")
    for label in ("Titel", "För vem", "Vad som behövs", "Hur vi vet"):
        tab_to(page, label)
        page.keyboard.type(f"Något om {label.lower()}")
    tab_to(page, "Spara behovet")
    page.keyboard.press("Enter")
    expect(page.get_by_role("rowheader", name="Något om titel")).to_be_visible()

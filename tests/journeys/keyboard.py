"""Somebody who uses the keyboard alone: Tab, Enter, Space, arrows and letters; nothing here presses a mouse.

Wherever focus comes it must be shown. What is looked for is reached by Tab as people do it, from where they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

MOST = 250
"""Presses of Tab after which a control counts as out of reach: no page has so many controls."""
TOLD = """() => {
  const at = document.activeElement;
  const plain = (text) => (text ?? "").replaceAll(/\\s+/g, " ").replace("(valfritt)", "").trim();
  const named = (at.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent).join(" ");
  const isRinged = (box) => {
    const style = box ? getComputedStyle(box) : null;
    return !!style && ((style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none");
  };
  const appears = at.classList.contains("ds-skip-link") && getComputedStyle(at).clip === "auto";
  const isPicker = at.type?.startsWith("date") && !at.matches(":focus"); // the calendar's button in it, which the browser rings
  const isSmall = at.type === "radio" || at.type === "checkbox"; // the ring stands around it and its label
  return {
    name: plain(at.getAttribute("aria-label")) || plain(named) || plain((at.labels?.[0] ?? at).textContent),
    kind: at.type ?? at.localName,
    place: at.dataset?.place ?? "",
    group: at.name ?? "",
    value: at.localName === "select" ? at.selectedOptions[0]?.textContent.trim() : at.value,
    checked: at.checked === true,
    lost: at === document.body || at === document.documentElement,
    shown: appears || isPicker || isRinged(at) || (isSmall && isRinged(at.closest("ds-field"))),
  };
}"""


@dataclass(frozen=True)
class Hands:
    """The hands of somebody at a keyboard."""

    page: Page

    def at(self) -> dict[str, str | bool]:
        """Return what has focus, by the name that the page gives it."""
        told: dict[str, str | bool] = self.page.evaluate(TOLD)
        return told

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def on(self, *, back: bool = False) -> dict[str, str | bool]:
        """Press Tab once, or Shift and Tab; a ring must show where focus has come, and it is told.

        At the end of the page it goes by way of the browser's own controls to the beginning.
        """
        self.press("Shift+Tab" if back else "Tab")
        at = self.at()
        assert at["shown"] or at["lost"], f"nothing shows that {at['name']} has focus"
        return at

    def to(self, name: str, *, kind: str = "", place: str = "", back: bool = False) -> None:
        """Press Tab until the control of that name has focus (and kind, and place in a bid)."""
        for _ in range(MOST):
            at = self.on(back=back)
            if name in {"", at["name"]} and kind in {"", at["kind"]} and place in {"", at["place"]}:
                return
        pytest.fail(f"Tab never reaches {name or place}")

    def write(self, name: str, text: str, *, place: str = "") -> None:
        """Go to a field and write in it; what stood there is written over."""
        self.to(name, place=place)
        self.press("Control+a")
        self.page.keyboard.type(text)

    def tick(self, name: str) -> None:
        self.to(name, kind="checkbox")
        self.press("Space")
        assert self.at()["checked"]

    def choose(self, name: str, *, group: str = "") -> None:
        """Choose one of several: Tab to the group, then arrows to the one of that name."""
        for _ in range(MOST):
            at = self.on()
            if at["kind"] == "radio" and group in {"", at["place"], at["group"]} and self._by_arrows(name):
                return
        pytest.fail(f"no group has {name}")

    def _by_arrows(self, name: str) -> bool:
        first = self.at()
        if first["name"] == name and not first["checked"]:
            self.press("Space")
        for _ in range(12):
            at = self.at()
            if at["name"] == name and at["checked"]:
                return True
            self.press("ArrowDown")
        return False

    def pick(self, name: str, option: str) -> None:
        """Pick an option of a list with the arrows, from its first one on."""
        self.to(name)
        self.press("Home")
        for _ in range(40):
            if self.at()["value"] == option:
                return
            self.press("ArrowDown")
        pytest.fail(f"{name} has no {option}")

    def go(self, name: str, *, back: bool = False) -> None:
        """Go to a link or a button and press it."""
        self.to(name, back=back)
        self.press("Enter")

    def is_never_trapped(self) -> None:
        """Find the way out of the page, at its end, and back in at its beginning."""
        for _ in range(MOST):
            at = self.on()
            if at["lost"] or at["name"] == "Hoppa till innehållet":
                return
        pytest.fail("Tab never leaves the page")

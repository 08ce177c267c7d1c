"""The people at their browsers, and the words that several steps of the story share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.journeys.people import Seat

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

TITLE = "Processcoachning för systemisk samverkansutveckling"
NEED = "Det som vardagen lär når dem som beslutar"
ACCEPT = "Jag har läst förslagen och godtar dem"
SUPPLIERS = {
    "elin": ("Mellanrum Samverkan AB", "Elin Hagström", "556016-0680"),
    "karin": ("Lyckåstrand Process AB", "Karin Sjöstrand", "556036-0793"),
    "anton": ("Nordvala Utveckling HB", "Anton Nordvall", "556012-5790"),
}
NEIGHBOUR = "Rut Granne"
CRITERIA = ("Metod för tilltro och kunskapsflöde", "Case: Glappet i systemet")
PROMISE = "Varje hinder når den som har mandat inom fem arbetsdagar."


@dataclass
class Story:
    """The people at their browsers, the clock, and the procurement once it has begun."""

    visitor: Callable[..., Page]
    set_clock: Callable[[str], None]
    addresses: dict[str, str]
    seats: dict[str, Seat] = field(default_factory=dict)
    bids: dict[str, str] = field(default_factory=dict)
    """Where each supplier writes its bid."""
    case: str = ""
    tender: str = ""
    contract: str = ""

    def __getitem__(self, key: str) -> Seat:
        """Return the seat of somebody, who sits down when first asked for."""
        if key not in self.seats:
            self.seats[key] = Seat(self.visitor(), self.addresses.get(key, f"{key}@foretaget.example"))
        return self.seats[key]

    def page(self, of_case: str = "") -> str:
        return f"/upphandlingar/{self.case}/{of_case}"

"""A bid form that tests of the checklist and of the command line fill in: two parts, a must, a criterion and a term."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from rodatraden.core.bid_form import AskedItem, AskedRequirement, AskKind, Asks, BidForm
from rodatraden.core.paging import FileKind
from rodatraden.core.sealing.contents import PART
from rodatraden.core.sealing.parts import MOST_PARTS

TENDER = UUID("7d0f6a2e-4a0e-4f6b-9a6e-0d6c9e6a1b01")
CV, METHOD, MUST, CRITERION, TERM = (UUID(int=n) for n in range(1, 6))
KINDS = tuple(FileKind)

ITEMS = (
    AskedItem(CV, 1, "CV", "Den som gör arbetet.", True, 2, False, False, KINDS),
    AskedItem(METHOD, 2, "Metodbeskrivning", "", True, 4, True, False, KINDS),
)
REQUIREMENTS = (
    AskedRequirement(MUST, "K1", AskKind.MUST, "Erfarenhet", level="Minst 24 månader", evidence="CV"),
    AskedRequirement(CRITERION, "K2", AskKind.CRITERION, "Metod", question="Hur bygger ni tilltro?"),
    AskedRequirement(TERM, "K3", AskKind.TERM, "Praktikplats", text="En plats om året."),
)


def form(*, fixed_price: Decimal | None = None, names_people: bool = True) -> BidForm:
    """The form, with a price of each bid's own or a fixed one."""
    return BidForm(
        tender=TENDER,
        title="Processcoachning",
        deadline_at=datetime(2026, 6, 1, 21, 59, tzinfo=UTC),
        snapshot=2,
        snapshot_sha256="ab" * 32,
        currency="SEK",
        price_unit="hour",
        most_bytes=MOST_PARTS * PART,
        asks=Asks(ITEMS, REQUIREMENTS, fixed_price, names_people),
    )

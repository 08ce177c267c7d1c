"""What is decided under the contract reaches the supplier, and the diary, in the transaction of the decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.records.actions import register_text, write_mail
from rodatraden.records.models import DiaryDocument

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.contracts.models import Contract
    from rodatraden.parties.models import Person


def tell_supplier(contract: Contract, subject: str, text: str, *, by: Person, at: datetime) -> None:
    """Write to the supplier, and enter the message in the diary with its words (OSL 5 kap. 2 §).

    Without an address only the latter.
    """
    procurement = contract.tender.procurement
    register_text(
        case=procurement.diary_case,
        direction=DiaryDocument.Direction.SENT,
        counterparty=contract.supplier.name,
        subject=subject,
        text=text,
        by=by,
        at=at,
    )
    address = contract.bid.address
    if address:
        title = f"{subject}: {procurement.title}"
        write_mail(to=address, subject=title, text=text, by=by, at=at, case=procurement.pk)

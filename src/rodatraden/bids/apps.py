"""The room `bids` as a Django app."""

from typing import Any

from django.apps import AppConfig


class BidsConfig(AppConfig):
    """What was offered: sealed until two people open it."""

    name = "rodatraden.bids"

    def ready(self) -> None:
        """Freeze who holds the keys when the documents are published, tell bidders when they change, say who reads a list and whose keys open."""
        from rodatraden.bids.queries import offer_documents, offer_keys  # noqa: PLC0415 -- models are loaded by now
        from rodatraden.procurements.rules import keys_asked  # noqa: PLC0415 -- as above
        from rodatraden.records.actions import event_recorded  # noqa: PLC0415 -- as above
        from rodatraden.records.rules import document_readers_asked  # noqa: PLC0415 -- as above

        event_recorded.connect(_after_event)
        document_readers_asked.connect(offer_documents, dispatch_uid="bids")
        keys_asked.connect(offer_keys, dispatch_uid="bids")


def _after_event(*, body: Any, **_: Any) -> None:
    if body.event not in {"procurement_published", "documents_changed"}:
        return
    from rodatraden.bids.actions import (  # noqa: PLC0415 -- models are loaded by now
        freeze_ready_holders,
        tell_bidders_of_change,
    )
    from rodatraden.parties.models import Person  # noqa: PLC0415
    from rodatraden.tenders.models import Tender  # noqa: PLC0415

    tender = Tender.objects.select_related("procurement").filter(procurement=body.case).first()
    if tender is None:
        return
    by = Person.objects.filter(pk=body.by).first()
    if body.event == "procurement_published":
        if not tender.bids_address:
            freeze_ready_holders(tender=tender, by=by, at=body.at)
    else:
        tell_bidders_of_change(tender=tender, by=by, at=body.at)

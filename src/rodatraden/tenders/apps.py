"""The room `tenders` as a Django app."""

from django.apps import AppConfig


class TendersConfig(AppConfig):
    """Procurement documents: requirements, criteria, model, questions, deadlines; says who may know of what it has issued."""

    name = "rodatraden.tenders"

    def ready(self) -> None:
        """Answer who may know of a document, once the models are there."""
        from rodatraden.records.rules import document_readers_asked  # noqa: PLC0415 -- models are loaded by now
        from rodatraden.tenders.queries import offer_documents  # noqa: PLC0415 -- as above

        document_readers_asked.connect(offer_documents, dispatch_uid="tenders")

"""The room `awards` as a Django app."""

from django.apps import AppConfig


class AwardsConfig(AppConfig):
    """The decision, its notifications and the standstill; says who may know of the documents that it has issued."""

    name = "rodatraden.awards"

    def ready(self) -> None:
        """Answer who may know of a document, once the models are there."""
        from rodatraden.awards.queries import offer_documents  # noqa: PLC0415 -- models are loaded by now
        from rodatraden.records.rules import document_readers_asked  # noqa: PLC0415 -- as above

        document_readers_asked.connect(offer_documents, dispatch_uid="awards")

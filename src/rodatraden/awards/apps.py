"""The room `awards` as a Django app."""

from django.apps import AppConfig


class AwardsConfig(AppConfig):
    """The decision, its notifications and the standstill.

    Says who may know of the documents that it has issued, and to `evaluation` for which bid the award is about to be decided.
    """

    name = "rodatraden.awards"

    def ready(self) -> None:
        """Answer what other rooms ask, once the models are there."""
        from rodatraden.awards.queries import offer_documents, offer_next  # noqa: PLC0415 -- models are loaded by now
        from rodatraden.evaluation.rules import next_asked  # noqa: PLC0415 -- as above
        from rodatraden.records.rules import document_readers_asked  # noqa: PLC0415 -- as above

        document_readers_asked.connect(offer_documents, dispatch_uid="awards")
        next_asked.connect(offer_next, dispatch_uid="awards")

"""The room `contracts` as a Django app."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    """The contract, its terms, ceiling and call-offs; says who may know of the contract that it has issued."""

    name = "rodatraden.contracts"

    def ready(self) -> None:
        """Answer who may know of a document and who works together, once the models are there."""
        from rodatraden.assessments.queries import partners_asked  # noqa: PLC0415 -- models are loaded by now
        from rodatraden.contracts.queries import answer_partners, offer_documents  # noqa: PLC0415 -- as above
        from rodatraden.records.rules import document_readers_asked  # noqa: PLC0415 -- as above

        document_readers_asked.connect(offer_documents, dispatch_uid="contracts")
        partners_asked.connect(answer_partners, dispatch_uid="contracts")

"""The room `evaluation` as a Django app."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    """Which bid wins.

    Answers `assessments` with the files of the bid that is judged and with what hangs on a score, and the stress test of
    `tenders` with the bids of decided procurements; says who may know of the protocol that it has issued.
    """

    name = "rodatraden.evaluation"

    def ready(self) -> None:
        """Answer what there is to read, what hangs on a score and what to try a model on, once the models are there."""
        from rodatraden.assessments.queries import material_asked, stakes_asked  # noqa: PLC0415 -- models are loaded by now
        from rodatraden.evaluation.queries import (  # noqa: PLC0415 -- as above
            offer_documents,
            offer_markets,
            offer_material,
            offer_stakes,
        )
        from rodatraden.records.rules import document_readers_asked  # noqa: PLC0415 -- as above
        from rodatraden.tenders.queries import markets_asked  # noqa: PLC0415 -- as above

        material_asked.connect(offer_material, dispatch_uid="evaluation")
        stakes_asked.connect(offer_stakes, dispatch_uid="evaluation")
        markets_asked.connect(offer_markets, dispatch_uid="evaluation")
        document_readers_asked.connect(offer_documents, dispatch_uid="evaluation")

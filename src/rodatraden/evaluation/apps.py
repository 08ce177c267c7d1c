"""The room `evaluation` as a Django app."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    """Which bid wins.

    Answers `assessments` with the files of the bid that is judged and what was said of it, what hangs on a score, what a bid needed, whose they are and who reads its
    feedback report, and the stress test of `tenders` with the bids of decided procurements; says who may know of the protocol
    that it has issued.
    """

    name = "rodatraden.evaluation"

    def ready(self) -> None:
        """Answer what other rooms ask, once the models are there."""
        from rodatraden.assessments.queries import (  # noqa: PLC0415 -- models are loaded by now
            material_asked,
            names_asked,
            needed_asked,
            stakes_asked,
        )
        from rodatraden.assessments.rules import readers_asked  # noqa: PLC0415 -- as above
        from rodatraden.evaluation import queries, rules  # noqa: PLC0415 -- as above
        from rodatraden.records.rules import document_readers_asked  # noqa: PLC0415 -- as above
        from rodatraden.tenders.queries import markets_asked  # noqa: PLC0415 -- as above

        for signal, answer in (
            (material_asked, queries.offer_material),
            (material_asked, queries.offer_presentations),
            (stakes_asked, queries.offer_stakes),
            (needed_asked, queries.offer_needed),
            (names_asked, queries.offer_names),
            (readers_asked, rules.answer_reader),
            (markets_asked, queries.offer_markets),
            (document_readers_asked, queries.offer_documents),
        ):
            signal.connect(answer, dispatch_uid=f"evaluation.{answer.__name__}")

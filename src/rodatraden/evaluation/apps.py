"""The room `evaluation` as a Django app."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    """Which bid wins; answers the reading desk of `assessments` with the files of the bid that is judged."""

    name = "rodatraden.evaluation"

    def ready(self) -> None:
        """Answer what there is to read, once the models are there."""
        from rodatraden.assessments.queries import material_asked  # noqa: PLC0415 -- models are loaded by now
        from rodatraden.evaluation.queries import offer_material  # noqa: PLC0415 -- as above

        material_asked.connect(offer_material, dispatch_uid="evaluation")

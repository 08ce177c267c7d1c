"""The room `evaluation` as a Django app."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    """Which bid wins: checks, link to the round, frozen outcome."""

    name = "rodatraden.evaluation"

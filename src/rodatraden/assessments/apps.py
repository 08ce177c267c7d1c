"""The room `assessments` as a Django app."""

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    """How anything is judged: individual scores and consensus."""

    name = "rodatraden.assessments"

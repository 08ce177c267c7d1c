"""The room `tenders` as a Django app."""

from django.apps import AppConfig


class TendersConfig(AppConfig):
    """Procurement documents: requirements, criteria, model, questions, deadlines."""

    name = "rodatraden.tenders"

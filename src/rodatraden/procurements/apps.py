"""The room `procurements` as a Django app."""

from django.apps import AppConfig


class ProcurementsConfig(AppConfig):
    """The procurement: its team, conflict declarations and stage facts."""

    name = "rodatraden.procurements"

"""The room `awards` as a Django app."""

from django.apps import AppConfig


class AwardsConfig(AppConfig):
    """The decision, its notifications and the standstill."""

    name = "rodatraden.awards"

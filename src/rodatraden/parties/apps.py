"""The room `parties` as a Django app."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """Organisations, people and what they are in them."""

    name = "rodatraden.parties"

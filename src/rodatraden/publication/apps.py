"""The room `publication` as a Django app."""

from django.apps import AppConfig


class PublicationConfig(AppConfig):
    """Public pages: reads all, nobody reads it."""

    name = "rodatraden.publication"

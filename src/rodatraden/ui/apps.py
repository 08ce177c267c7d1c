"""The look as a Django app."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Templates, static files and template tags."""

    name = "rodatraden.ui"

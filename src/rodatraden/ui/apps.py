"""The look of every page."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Base templates, components, forms and filters; no models and no knowledge of any room."""

    name = "rodatraden.ui"
    verbose_name = "Look"

"""The room `needs` as a Django app."""

from django.apps import AppConfig


class NeedsConfig(AppConfig):
    """Needs: for whom, with what evidence; never a solution."""

    name = "rodatraden.needs"

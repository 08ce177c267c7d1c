"""The room `pages` as a Django app."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Home, the thread page, my tasks, search: the one place that knows everybody."""

    name = "rodatraden.pages"

"""The wiring as a Django app, so that its checks run."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Settings, middleware and URL policies."""

    name = "rodatraden.config"

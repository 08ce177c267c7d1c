"""The wiring as a Django app, so that its checks run."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from rodatraden.config.checks import every_address_has_a_policy


class ConfigConfig(AppConfig):
    """Settings, middleware and URL policies."""

    name = "rodatraden.config"

    def ready(self) -> None:
        """Register the checks."""
        register(every_address_has_a_policy, Tags.urls)

"""The wiring as a Django app, so that its checks run."""

from django.apps import AppConfig
from django.core.checks import Tags, register


class ConfigConfig(AppConfig):
    """Settings, middleware and URL policies."""

    name = "rodatraden.config"

    def ready(self) -> None:
        """Register the checks."""
        from rodatraden.config import checks  # noqa: PLC0415 -- models are loaded by now

        register(checks.every_address_has_a_policy, Tags.urls)
        register(checks.the_log_is_append_only, Tags.database)

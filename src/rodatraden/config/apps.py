"""The wiring as a Django app, so that its checks run."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Settings, middleware and URL policies."""

    name = "rodatraden.config"

    def ready(self) -> None:
        """Register the checks."""
        from rodatraden.config import checks as _  # noqa: PLC0415 -- reads the addresses, which read the models

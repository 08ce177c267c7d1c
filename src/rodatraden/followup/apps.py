"""The room `followup` as a Django app."""

from django.apps import AppConfig


class FollowupConfig(AppConfig):
    """Planned checks, their results, deviations."""

    name = "rodatraden.followup"

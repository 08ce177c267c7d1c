"""The room `bids` as a Django app."""

from django.apps import AppConfig


class BidsConfig(AppConfig):
    """What was offered: sealed until two people open it."""

    name = "rodatraden.bids"

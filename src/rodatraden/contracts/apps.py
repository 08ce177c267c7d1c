"""The room `contracts` as a Django app."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    """The contract, its terms, ceiling and call-offs."""

    name = "rodatraden.contracts"

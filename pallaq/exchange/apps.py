"""The room as Django sees it."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Plans as files, in and out."""

    name = "pallaq.exchange"
    default_auto_field = "django.db.models.BigAutoField"

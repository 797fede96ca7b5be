"""The room as Django sees it."""

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    """Pairs of people who may be one, and merges."""

    name = "pallaq.matching"
    default_auto_field = "django.db.models.BigAutoField"

"""The room as Django sees it."""

from django.apps import AppConfig


class RollsConfig(AppConfig):
    """Official lists and what became of their rows."""

    name = "pallaq.rolls"
    default_auto_field = "django.db.models.BigAutoField"

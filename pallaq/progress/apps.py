"""The room as Django sees it."""

from django.apps import AppConfig


class ProgressConfig(AppConfig):
    """Values, evidence, periods, meetings and the scoreboard of plans."""

    name = "pallaq.progress"
    default_auto_field = "django.db.models.BigAutoField"

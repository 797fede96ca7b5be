"""The room as Django sees it."""

from django.apps import AppConfig


class BaselinesConfig(AppConfig):
    """From a diagnosis to a baseline, and from the next survey to a change that is told from chance."""

    name = "pallaq.baselines"
    default_auto_field = "django.db.models.BigAutoField"

"""The room as Django sees it."""

from django.apps import AppConfig


class PlanConfig(AppConfig):
    """Plans, their indicators, baselines and targets."""

    name = "pallaq.plan"
    default_auto_field = "django.db.models.BigAutoField"

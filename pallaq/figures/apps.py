"""The room as Django sees it."""

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    """Frozen releases of the registry and official totals."""

    name = "pallaq.figures"
    default_auto_field = "django.db.models.BigAutoField"

"""The room as Django sees it."""

from django.apps import AppConfig


class PermitsConfig(AppConfig):
    """Authorisations to select and certificates of origin."""

    name = "pallaq.permits"
    default_auto_field = "django.db.models.BigAutoField"

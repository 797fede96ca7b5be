"""The room as Django sees it."""

from django.apps import AppConfig


class RightsConfig(AppConfig):
    """Consents' page, requests and retention."""

    name = "pallaq.rights"
    default_auto_field = "django.db.models.BigAutoField"

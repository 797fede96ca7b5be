"""The room as Django sees it."""

from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    """Signing keys, cards and status lists."""

    name = "pallaq.credentials"
    default_auto_field = "django.db.models.BigAutoField"

"""The room as Django sees it."""

from django.apps import AppConfig


class SharedConfig(AppConfig):
    """What every room needs and that knows nothing of mining: errors, audit, releases, tables, documents, charts."""

    name = "pallaq.shared"
    default_auto_field = "django.db.models.BigAutoField"

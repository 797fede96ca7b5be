"""The room as Django sees it."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The shell, the home page, and pages that join rooms."""

    name = "pallaq.web"
    default_auto_field = "django.db.models.BigAutoField"

"""The room as Django sees it."""

from django.apps import AppConfig


class DiagnosisConfig(AppConfig):
    """Runs brecha on a frozen release: estimates, gaps, report, verification."""

    name = "pallaq.diagnosis"
    default_auto_field = "django.db.models.BigAutoField"

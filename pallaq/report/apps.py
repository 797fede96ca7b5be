"""The room as Django sees it."""

from django.apps import AppConfig


class ReportConfig(AppConfig):
    """What a diagnosis says, in words and files."""

    name = "pallaq.report"

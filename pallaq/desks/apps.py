"""The room as Django sees it."""

from django.apps import AppConfig


class DesksConfig(AppConfig):
    """Law, seats, the log of readings, exports."""

    name = "pallaq.desks"

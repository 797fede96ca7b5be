"""The room as Django sees it."""

from django.apps import AppConfig


class StudyConfig(AppConfig):
    """A study as data: profiles, regions, sample, design, codebook; its datasets, releases and members."""

    name = "pallaq.study"
    default_auto_field = "django.db.models.BigAutoField"

"""The room as Django sees it."""

from django.apps import AppConfig


class AssociationsConfig(AppConfig):
    """Members, boards, statutes, mining rights, RECPO and plants."""

    name = "pallaq.associations"
    default_auto_field = "django.db.models.BigAutoField"

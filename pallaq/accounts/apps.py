"""The room as Django sees it."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, roles, invitations."""

    name = "pallaq.accounts"
    default_auto_field = "django.db.models.BigAutoField"

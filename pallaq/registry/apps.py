"""The room as Django sees it."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Selectors, their registrations, and who read of them."""

    name = "pallaq.registry"
    default_auto_field = "django.db.models.BigAutoField"

"""The room as Django sees it."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """Regions, provinces and districts of Peru (INEI codes), mining centres, organisations."""

    name = "pallaq.places"
    default_auto_field = "django.db.models.BigAutoField"

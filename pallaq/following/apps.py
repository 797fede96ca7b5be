"""The room as Django sees it."""

from django.apps import AppConfig


class FollowingConfig(AppConfig):
    """How a plan is followed: meetings, agreements, comments, timeline, weekly e-mail, named measures."""

    name = "pallaq.following"
    default_auto_field = "django.db.models.BigAutoField"

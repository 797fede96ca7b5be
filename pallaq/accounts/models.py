"""Users: people with an e-mail address and a password."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """Someone who may log in."""

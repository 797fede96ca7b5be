"""Users: people who log in with an e-mail address."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """Someone who may log in. What she may do in a study is a membership of the room `study`."""

    first_name = None  # type: ignore[assignment] # Django's way to drop an inherited column
    last_name = None  # type: ignore[assignment] # likewise
    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("e-mail address"), unique=True)
    is_administrator = models.BooleanField(_("administrator"), default=False)

    REQUIRED_FIELDS: ClassVar[list[str]] = ["email", "name"]

    class Meta(AbstractUser.Meta):
        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_user_email_unique_without_case")]

    def __str__(self) -> str:
        return self.name or self.email

"""Users: people who log in with an e-mail address."""

from typing import Any, ClassVar

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pallaq.shared.fields import plain, uuid7


class UserManager(BaseUserManager["User"]):
    """Makes users, and answers questions about them. Nobody signs up: see `actions.invite`."""

    def administrators(self) -> models.QuerySet["User"]:
        """Return those who can administer today: active, and with a password of their own."""
        return self.filter(is_active=True, is_administrator=True).exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)

    def matching(self, words: str) -> models.QuerySet["User"]:
        """Return those whose name or address holds the words, however they are accented."""
        return self.filter(models.Q(name_key__contains=plain(words)) | models.Q(email__icontains=words.strip()))

    def create_user(self, email: str, name: str = "", password: str | None = None, **fields: Any) -> "User":
        """Return a saved user; without a password nobody can log in as her yet."""
        user = self.model(email=email, name=name, **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """Someone who may log in. What she may do in a study is a membership of the room `study`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)  # always lower case
    name = models.CharField(_("name"), max_length=150, blank=True)  # "" until she accepts the invitation
    name_key = models.CharField(max_length=150, blank=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    is_administrator = models.BooleanField(_("administrator"), default=False)
    joined_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    class Meta:
        ordering = ["name_key", "email"]
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="accounts_user_email_in_lower_case")
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the address in lower case and the key to sort by in step with the name."""
        self.email = self.email.strip().lower()
        self.name_key = plain(self.name or self.email)
        super().save(*args, **kwargs)

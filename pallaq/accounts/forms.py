"""What people are asked when they are invited and when they come in for the first time."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from pallaq.accounts.models import User


class InviteForm(forms.Form):
    """Whom to invite."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    is_administrator = forms.BooleanField(
        label=_("Administrator"),
        help_text=_("Manages people and may do everything in every study. Roles in one study are given later."),
        required=False,
    )


class AcceptForm(forms.Form):
    """The name and password a person chooses with her link."""

    name = forms.CharField(label=_("Your name"), max_length=150, widget=forms.TextInput({"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=lazy(password_validators_help_text_html, str)(),
        strip=False,
    )
    repeated = forms.CharField(
        label=_("The same password again"), widget=forms.PasswordInput({"autocomplete": "new-password"}), strip=False
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data, initial={"name": user.name})
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Check the password against the rules, and against her own name and address."""
        values: dict[str, Any] = super().clean() or {}
        password = values.get("password", "")
        if password and password != values.get("repeated"):
            self.add_error("repeated", _("The two passwords differ. Write the same one twice."))
        elif password:
            self.user.name = values.get("name", "")
            try:
                validate_password(password, self.user)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return values

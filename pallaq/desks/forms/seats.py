"""What administrators are asked about who works in the registry."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pallaq.accounts.models import User
from pallaq.places.models import Organisation
from pallaq.registry.forms.registrations import region_choices
from pallaq.registry.models import Role


class SeatForm(forms.Form):
    """Who does what, and where."""

    email = forms.EmailField(
        label=_("E-mail address"), help_text=_("Of somebody who has an account here."), max_length=254
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    region = forms.ChoiceField(label=_("Region"), required=False)
    organisation = forms.ModelChoiceField(
        Organisation.objects.filter(stands_for_many=False, kind__in=["mining", "selectors"]),
        label=_("Organisation"),
        help_text=_("Only for a concession holder and an association's treasurer: for whom they act."),
        required=False,
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["region"].choices = region_choices(_("all the country"))  # type: ignore[attr-defined] # of ChoiceField

    def clean_email(self) -> User:
        """Return whose address it is."""
        user = User.objects.filter(email=self.cleaned_data["email"].strip().lower(), is_active=True).first()
        if user is None:
            raise forms.ValidationError(_("Nobody here has this address. Ask an administrator to invite her first."))
        return user

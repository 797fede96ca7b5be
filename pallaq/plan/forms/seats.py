"""What people are asked about seats in a plan and about organisations."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as lazy

from pallaq.accounts.models import User
from pallaq.places.models import Organisation
from pallaq.plan.actions.organisations import FIELDS, reading
from pallaq.plan.models import Plan, Role
from pallaq.plan.outline import regions_of
from pallaq.plan.rules.cells import words


class SeatForm(forms.Form):
    """Who does what in a plan."""

    email = forms.EmailField(
        label=lazy("E-mail address"), help_text=lazy("Of somebody who has an account here."), max_length=254
    )
    role = forms.ChoiceField(label=lazy("Role"), choices=Role.choices)
    organisation = forms.ModelChoiceField(
        Organisation.objects.filter(stands_for_many=False),
        label=lazy("Entity"),
        help_text=lazy("Only for a reporter: whose part she reports."),
        required=False,
    )
    region = forms.ChoiceField(
        label=lazy("Region"), help_text=lazy("Only for a reporter; empty for all regions."), required=False
    )

    def __init__(self, data: Any, *, plan: Plan) -> None:
        super().__init__(data)
        language = get_language() or "es"
        levels = sorted((words(text, language), code) for code, text in regions_of(plan).items())
        self.fields["region"].choices = [("", ""), *((code, name) for name, code in levels)]  # type: ignore[attr-defined]

    def clean_email(self) -> User:
        """Return whose address it is."""
        user = User.objects.filter(email=self.cleaned_data["email"].strip().lower(), is_active=True).first()
        if user is None:
            raise forms.ValidationError(lazy("Nobody here has this address. Ask an administrator to invite her first."))
        return user


class OrganisationForm(forms.ModelForm[Organisation]):
    """An organisation; `read` marks what it said when it was read."""

    read = forms.CharField(widget=forms.HiddenInput, max_length=16, required=False)

    class Meta:
        model = Organisation
        fields = FIELDS
        help_texts = {
            "short": lazy("As people call it: Minem."),
            "country": lazy("Two letters: PE, CO, BO."),
            "place": lazy("INEI code of the department (21) or district (211002); empty for all the country."),
            "stands_for_many": lazy("“Financial institutions”: nobody can log in for it."),
        }

    def __init__(self, data: Any, *, instance: Organisation | None) -> None:
        super().__init__(data, instance=instance, initial={"read": reading(instance)} if instance else None)

    def read_again(self, now: Organisation) -> None:
        """Let what is sent next time overwrite what it says now, knowingly."""
        sent: Any = self.data.copy()  # type: ignore[attr-defined] # a QueryDict: the stubs know only Mapping
        sent["read"] = reading(now)
        self.data = sent

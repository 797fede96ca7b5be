"""What is asked of the log of readings, and of whoever takes something out of the registry."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pallaq.desks.actions.export import COLUMNS, SECRET, Wanted
from pallaq.registry.forms.registrations import day_field, region_choices
from pallaq.registry.models import Scheme, State, What

WORDS = {
    "number": _("number in the registry"),
    "given_names": _("given names"),
    "paternal_surname": _("paternal surname"),
    "maternal_surname": _("maternal surname"),
    "sex": _("sex"),
    "birth_on": _("date of birth"),
    "languages": _("languages"),
    "place": _("district"),
    "registrations": _("registrations"),
    "identifiers": _("document numbers"),
    "phone": _("phone"),
    "address": _("address"),
}


class LogForm(forms.Form):
    """Which readings to list."""

    reader = forms.CharField(
        label=_("Reader"), max_length=150, required=False, help_text=_("A name or an e-mail address.")
    )
    number = forms.CharField(
        label=_("Person's number"), max_length=14, required=False, help_text=_("A number of the registry.")
    )
    what = forms.ChoiceField(label=_("What"), choices=[("", _("all")), *What.choices], required=False)
    day = day_field(_("Day"))

    def __init__(self, data: Any) -> None:
        super().__init__(data, label_suffix="")


def reason_field() -> forms.CharField:
    """Return the field for what an export is for."""
    help_text = _("A sentence. Everybody whose data are in the file reads it in her log.")
    return forms.CharField(label=_("What it is for"), min_length=10, max_length=200, help_text=help_text)


class ReasonForm(forms.Form):
    """Why somebody takes a log out."""

    why = reason_field()


class ExportForm(forms.Form):
    """Whom to take out of the registry, what of them, and what for."""

    region = forms.ChoiceField(label=_("Region"), required=False)
    scheme = forms.ModelChoiceField(
        Scheme.objects.all(), label=_("Scheme"), required=False, empty_label=_("any or none")
    )
    state = forms.ChoiceField(label=_("State"), choices=[("", _("any or none")), *State.choices], required=False)
    columns = forms.MultipleChoiceField(
        label=_("Columns"),
        choices=[(name, WORDS[name]) for name in COLUMNS],
        initial=COLUMNS,
        widget=forms.CheckboxSelectMultiple,
    )
    secret = forms.MultipleChoiceField(
        label=_("Also, only if the purpose needs it"),
        choices=[(name, WORDS[name]) for name in SECRET],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They are stored encrypted. In the file anybody reads them."),
    )
    why = reason_field()
    kind = forms.ChoiceField(
        label=_("File"), choices=[("csv", "CSV"), ("xlsx", "XLSX")], help_text=_("XLSX for up to 50,000 people.")
    )

    def __init__(self, data: Any, *, regions: frozenset[str] | None) -> None:
        super().__init__(data)
        every = _("all the country") if regions is None else _("all my regions")
        self.fields["region"].choices = region_choices(every, regions)  # type: ignore[attr-defined] # of ChoiceField

    def wanted(self) -> Wanted:
        """Return what was asked for."""
        said = self.cleaned_data
        return Wanted(said["region"], said["scheme"], said["state"], (*said["columns"], *said["secret"]))

"""Fields that several forms of the registry ask: a district, an organisation, a day."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from pallaq.places.models import Kind, Organisation
from pallaq.places.rules import district, districts, districts_named, from_reniec, label
from pallaq.shared.fields import plain

DAY = {"type": "date"}
MOST_NAMED = 6  # districts of one name that a message lists
MOST_HOLDERS = 300  # that a page offers by name; others can be typed


class DayField(forms.DateField):
    """A day, picked or typed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(DAY, format="%Y-%m-%d"), **kwargs)


class DistrictField(forms.CharField):
    """A district by its name, or by INEI's code; the page offers names in the list `districts`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", lazy("Write its name and choose from the list; or type INEI's six digits."))
        widget = forms.TextInput({"list": "districts", "autocomplete": "off"})
        super().__init__(widget=widget, max_length=120, **kwargs)

    def clean(self, value: Any) -> str:
        """Return INEI's code."""
        typed = super().clean(value)
        if not typed:
            return ""
        found = districts_named(typed)
        if len(found) == 1:
            return found[0].ubigeo
        if not found:
            raise forms.ValidationError(unknown(typed), code="unknown-ubigeo")
        names = "; ".join(label(place.ubigeo) for place in found[:MOST_NAMED])
        message = _("%(count)d districts fit. Choose one of them: %(names)s.")
        raise forms.ValidationError(message % {"count": len(found), "names": names}, code="many-districts")

    def prepare_value(self, value: Any) -> Any:
        """Show a code by its district's name."""
        return label(value) or value if isinstance(value, str) else value


class HolderField(forms.CharField):
    """A concession holder or operator by its name; the page offers names in the list `holders`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.TextInput({"list": "holders", "autocomplete": "off"}),
            label=lazy("Concession holder or operator"),
            help_text=lazy("Choose from the list, or leave it empty if it is not there."),
            max_length=200,
            required=False,
            **kwargs,
        )

    def clean(self, value: Any) -> Organisation | None:
        """Return the organisation."""
        typed = super().clean(value)
        if not typed:
            return None
        found = Organisation.objects.filter(name_key=plain(typed)).first()
        if found is None:
            message = _("There is no organisation of this name. Choose one from the list, or leave it empty.")
            raise forms.ValidationError(message, code="unknown-holder")
        return found

    def prepare_value(self, value: Any) -> Any:
        """Show an organisation by its name."""
        return value.name if isinstance(value, Organisation) else value


def unknown(typed: str) -> str:
    """Say that there is no such district; a code that is RENIEC's is told with what it stands for."""
    if (inei := from_reniec(typed.strip())) and district(inei):
        message = _("%(code)s is RENIEC's code, as a DNI prints it, of %(district)s. If you mean that one, choose it.")
        return message % {"code": typed.strip(), "district": label(inei)}
    return _("There is no such district. Write its name and choose from the list.")


def district_labels(regions: frozenset[str] | None) -> list[str]:
    """Return the districts that a page offers by name."""
    return [label(place.ubigeo) for place in districts(regions)]


def holder_names() -> list[str]:
    """Return the organisations that a page offers as holders."""
    return list(Organisation.objects.filter(kind=Kind.MINING).values_list("name", flat=True)[:MOST_HOLDERS])

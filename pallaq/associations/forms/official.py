"""What is asked about mining rights, states in the RECPO, plants, and lists."""

from typing import Any

from django import forms
from django.core.files import File as Upload
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from pallaq.associations.actions.lists import LIMITS, File
from pallaq.associations.forms.base import FileForm
from pallaq.associations.models import ListKind, MercuryFree, Part, Plant, Standing
from pallaq.registry.forms.fields import DayField, DistrictField, district_labels


def source_field(*, required: bool = True) -> forms.CharField:
    """Return the field of who says so."""
    help_text = lazy("Who says so, and where it can be read: a list, a resolution, an inspection.")
    return forms.CharField(label=lazy("Source"), help_text=help_text, max_length=300, required=required)


def said_field() -> DayField:
    """Return the field of the day of a source."""
    return DayField(label=lazy("As of"), help_text=lazy("The day on which the source said so."))


class HoldingForm(FileForm):
    """A mining right that an organisation holds or operates."""

    code = forms.CharField(label=lazy("Code of the mining right"), max_length=40)
    name = forms.CharField(
        label=lazy("Name of the right"),
        help_text=lazy("Only if the right is new here."),
        max_length=150,
        required=False,
    )
    district = DistrictField(label=lazy("District of the right"), required=False)
    part = forms.ChoiceField(label=lazy("The organisation is its"), choices=Part.choices)
    starts_on = DayField(label=lazy("From"), help_text=lazy("Empty: not known."), required=False)
    ends_on = DayField(label=lazy("To"), help_text=lazy("Empty while it lasts."), required=False)
    source = source_field()
    said_on = said_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.districts = district_labels(None)

    def fields_of(self) -> dict[str, Any]:
        """Return what the action takes."""
        return self.said("code", "name", "district", "part", "starts_on", "ends_on", "source", "said_on")


class RecpoForm(FileForm):
    """A state in the RECPO."""

    state = forms.ChoiceField(label=lazy("State"), choices=Standing.choices)
    number = forms.CharField(
        label=lazy("RECPO number"),
        help_text=lazy("Kept encrypted. Empty if the source does not say it."),
        widget=forms.TextInput({"autocomplete": "off"}),
        max_length=40,
        required=False,
    )
    starts_on = DayField(
        label=lazy("From"), help_text=lazy("The first day of this state; the one before ends with it.")
    )
    source = source_field()
    said_on = said_field()

    def fields_of(self) -> dict[str, Any]:
        """Return what the action takes."""
        return self.said("state", "number", "starts_on", "source", "said_on")


class PlantForm(FileForm):
    """A benefit plant."""

    name = forms.CharField(label=lazy("Name of the plant"), max_length=150)
    district = DistrictField(label=lazy("District of the plant"))
    mercury_free = forms.ChoiceField(
        label=lazy("Mercury"),
        help_text=lazy("What nobody checked is not known: that is no answer against the plant."),
        choices=MercuryFree.choices,
        initial=MercuryFree.UNKNOWN,
    )
    starts_on = DayField(label=lazy("So since"), help_text=lazy("Empty: not known."), required=False)
    source = source_field(required=False)
    checked_on = DayField(label=lazy("Checked on"), required=False)

    def __init__(self, *args: Any, plant: Plant | None = None, **kwargs: Any) -> None:
        names = ("name", "district", "mercury_free", "starts_on", "source", "checked_on")
        kwargs |= {name: getattr(plant, name) for name in names if plant}
        super().__init__(*args, **kwargs)
        self.districts = district_labels(None)

    def fields_of(self) -> dict[str, Any]:
        """Return what the action takes."""
        return self.said("name", "district", "mercury_free", "starts_on", "source", "checked_on")


class ListForm(forms.Form):
    """An official list: what it is of, who says it, of which day."""

    kind = forms.ChoiceField(label=lazy("What the list says"), choices=ListKind.choices)
    source = source_field()
    said_on = DayField(label=lazy("Day of the list"), help_text=lazy("The day of which the list tells."))
    file = forms.FileField(label=lazy("File"), widget=forms.FileInput({"accept": ".csv,.xlsx"}), allow_empty_file=True)

    def clean_file(self) -> Upload[bytes]:
        """Refuse a file that is too large before it is read."""
        file: Upload[bytes] = self.cleaned_data["file"]
        if file.size > LIMITS.file_bytes:
            message = _("The file is larger than %(limit)d MB. Split it.")
            raise forms.ValidationError(message % {"limit": LIMITS.file_bytes // 10**6}, code="file-too-large")
        return file

    def brought(self) -> File:
        """Return what the action takes."""
        given = self.cleaned_data
        name, content = given["file"].name or "?", given["file"].read()
        return File(name, content, ListKind(given["kind"]), given["source"], given["said_on"])

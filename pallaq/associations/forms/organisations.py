"""What is asked about an organisation itself, and to find one."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from pallaq.associations.actions.organisations import KINDS, checked_ruc
from pallaq.associations.forms.base import FileForm
from pallaq.places.models import Kind, Organisation
from pallaq.registry.forms.comparing import as_error
from pallaq.registry.forms.fields import DistrictField, district_labels

LISTS = (
    ("", lazy("all")),
    ("associations", lazy("selectors' associations")),
    ("holders", lazy("concession holders and operators")),
    ("traders", lazy("traders and processors (RECPO)")),
    ("plants", lazy("benefit plants")),
)


class SearchForm(forms.Form):
    """Which organisations to list."""

    kind = forms.ChoiceField(label=lazy("What they are"), choices=LISTS, required=False)
    words = forms.CharField(
        label=lazy("Name"), widget=forms.TextInput({"type": "search"}), max_length=100, required=False
    )


class OrganisationFields(forms.Form):
    """An organisation's name, kind, place and RUC."""

    name = forms.CharField(label=lazy("Name"), help_text=lazy("As its papers write it."), max_length=200)
    short = forms.CharField(label=lazy("Short name"), max_length=40, required=False)
    kind = forms.ChoiceField(label=lazy("What it is"))
    place = DistrictField(label=lazy("District"))
    ruc = forms.CharField(
        label=lazy("RUC"),
        help_text=lazy("Of a legal person: eleven digits that begin with 20. Empty if it is not known."),
        max_length=20,
        required=False,
    )

    def offer(self, kind: str, regions: frozenset[str] | None) -> None:
        """Offer kinds, its own among them, and the districts of some regions."""
        kinds = [one for one in Kind if one in KINDS or one == kind]
        self.fields["kind"].choices = [(one.value, one.label) for one in kinds]  # type: ignore[attr-defined] # of ChoiceField
        self.regions = regions
        self.districts = district_labels(regions)

    def clean_place(self) -> str:
        """Refuse a district of a region that is not hers to write in."""
        place: str = self.cleaned_data["place"]
        if self.regions is not None and place[:2] not in self.regions:
            raise forms.ValidationError(_("This district is of another region: its own desk writes there."))
        return place

    def clean_ruc(self) -> str:
        """Return the RUC, if it is one of a legal person."""
        with as_error():
            return checked_ruc(self.cleaned_data["ruc"])

    def fields_of(self) -> dict[str, Any]:
        """Return what the actions take of it."""
        return {name: self.cleaned_data[name] for name in ("name", "short", "kind", "place")}


class AddForm(OrganisationFields):
    """A new organisation."""

    def __init__(self, data: Any = None, *, regions: frozenset[str] | None) -> None:
        super().__init__(data, initial={"kind": Kind.SELECTORS})
        self.offer("", regions)


class EditForm(FileForm, OrganisationFields):
    """An organisation that is there."""

    def __init__(self, data: Any = None, *, organisation: Organisation, regions: frozenset[str] | None) -> None:
        file = getattr(organisation, "dossier", None)
        said = {name: getattr(organisation, name) for name in ("name", "short", "kind", "place")}
        super().__init__(data, organisation=organisation, ruc=file.ruc if file else "", **said)
        self.offer(organisation.kind, regions)
        if len(organisation.place) != 6:  # of a region or of the whole country
            self.fields["place"].required = False
            self.fields["place"].help_text = _("Empty: it stays where it is written now.")

    def clean_place(self) -> str:
        """Return the district; empty for an organisation that has none is what it was."""
        return super().clean_place() if self.cleaned_data["place"] else self.organisation.place

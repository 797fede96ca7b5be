"""What is asked to find somebody, to see her numbers, and of her photo."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from pallaq.accounts.models import User
from pallaq.places.rules import department
from pallaq.registry.forms.fields import DistrictField, district_labels
from pallaq.registry.models import Scheme, State
from pallaq.registry.perms import READS, regions
from pallaq.registry.rules.photos import FORMATS, MOST_BYTES

EVERY = ("", lazy("all"))
DEPARTMENTS = [f"{number:02}" for number in range(1, 26)]


class SearchForm(forms.Form):
    """Whom to look for. It is posted: a name or a number in an address would stay in histories and logs."""

    words = forms.CharField(
        label=lazy("Name, registry number, document number or phone"),
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
        max_length=120,
        required=False,
    )
    region = forms.ChoiceField(label=lazy("Region"), required=False)
    district = DistrictField(label=lazy("District"), help_text="", required=False)
    scheme = forms.ModelChoiceField(
        Scheme.objects.none(), label=lazy("Registered with"), empty_label=lazy("all"), required=False
    )
    state = forms.ChoiceField(label=lazy("State of the registration"), choices=[EVERY, *State.choices], required=False)
    page = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=1000, required=False)

    def __init__(self, data: Any = None, *, user: User) -> None:
        hers = regions(user, *READS)
        super().__init__(data)
        codes = DEPARTMENTS if hers is None else sorted(hers)
        names = [(code, place.name) for code in codes if (place := department(code))]
        choosing: Any = self.fields["region"]
        choosing.choices = [EVERY, *sorted(names, key=lambda choice: choice[1])]
        scheme: Any = self.fields["scheme"]
        scheme.queryset = Scheme.objects.all()
        self.districts = district_labels(hers)

    def clean(self) -> dict[str, Any]:
        """Ask for something to look for."""
        given: dict[str, Any] = super().clean() or {}
        given["words"] = " ".join(given.get("words", "").split())
        if not self.errors and not any(value for name, value in given.items() if name != "page"):
            raise forms.ValidationError(_("Write a name or a number, or choose a filter."), code="nothing-asked")
        return given

    def filters(self) -> list[forms.BoundField]:
        """Return the fields that narrow a search."""
        return [self[name] for name in ("region", "district", "scheme", "state")]


class WhyForm(forms.Form):
    """Why somebody looks at numbers: she reads it on her own page."""

    why = forms.CharField(
        label=lazy("Why do you need them?"),
        help_text=lazy("She can read this reason on her own page."),
        min_length=4,
        max_length=200,
    )


class PhotoForm(forms.Form):
    """Her photo: from the camera of a phone, or a file."""

    photo = forms.FileField(
        label=lazy("Photo"),
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp", "capture": "environment"}),
        allow_empty_file=True,
    )

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        words = {"kinds": ", ".join(FORMATS), "megabytes": MOST_BYTES // 2**20}
        self.fields["photo"].help_text = (
            _(
                "%(kinds)s, at most %(megabytes)d MB. It is made small and kept encrypted; where and with what it was "
                "taken is left out."
            )
            % words
        )

    def content(self) -> bytes:
        """Return the bytes of the file, no more than one above what is kept."""
        content: bytes = self.cleaned_data["photo"].read(MOST_BYTES + 1)
        return content

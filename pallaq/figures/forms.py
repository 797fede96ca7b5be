"""What statisticians are asked."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy

from pallaq.registry.models import Scheme


class ReleaseForm(forms.Form):
    """The day that a release tells of."""

    as_of = forms.DateField(
        label=lazy("Day"),
        help_text=lazy("Registrations of this day and before, in the state that they have now."),
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class TotalsForm(forms.Form):
    """A file of registries' totals."""

    file = forms.FileField(
        label=lazy("File"),
        help_text=lazy(
            "CSV or Excel with the columns registry, name_es, name_en, persons, percent_women, as_of, source."
        ),
    )


class SchemeForm(forms.Form):
    """Of which scheme the figures are."""

    scheme = forms.ModelChoiceField(Scheme.objects.none(), label=lazy("Registry"), empty_label=None)

    def __init__(self, data: dict[str, str], codes: list[str]) -> None:
        super().__init__(data)
        self.fields["scheme"].queryset = Scheme.objects.filter(code__in=codes)  # type: ignore[attr-defined]

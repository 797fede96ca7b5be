"""What people are asked about releases, uploads and roles."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pallaq.study.models import Role, Study
from pallaq.study.rules.definition import Level


class WithdrawForm(forms.Form):
    """Why a release is withdrawn, and that it is meant."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Whoever used this release will read it on its page."),
        widget=forms.Textarea({"rows": 3}),
        max_length=2000,
    )
    sure = forms.BooleanField(label=_("I know that this is never undone"))


class UploadForm(forms.Form):
    """A dataset to check."""

    file = forms.FileField(label=_("Dataset: CSV, XLSX or Parquet"), max_length=255)

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.fields["file"].widget.attrs["accept"] = ".csv,.xlsx,.parquet"


class FreezeForm(forms.Form):
    """What is said about a release when it is frozen."""

    note = forms.CharField(
        label=_("Note"),
        help_text=_("What changed since the last release, for whoever reads its page."),
        widget=forms.Textarea({"rows": 2}),
        required=False,
        max_length=2000,
    )
    public = forms.BooleanField(
        label=_("Anybody may read it, without login"),
        help_text=_("You can change this later on the release's page."),
        required=False,
    )


class RoleForm(forms.Form):
    """A role in a study, perhaps in one region."""

    study = forms.ModelChoiceField(Study.objects.all(), label=_("Study"), empty_label=None)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    region = forms.ChoiceField(
        label=_("Region"), help_text=_("Only for a field coordinator; empty for all regions."), required=False
    )

    def __init__(self, data: Any, *, regions: Iterable[tuple[str, Level]], language: str) -> None:
        super().__init__(data)
        titles = {level.code: level.title.get(language, level.code) for _study, level in regions}
        choices = [("", ""), *sorted(titles.items(), key=lambda pair: pair[1])]
        self.fields["region"].choices = choices  # type: ignore[attr-defined] # the stubs know only Field here
        self.fields["study"].label_from_instance = Study.name  # type: ignore[attr-defined] # likewise

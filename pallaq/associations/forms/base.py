"""A form of an organisation's file: it knows the edition that was read."""

from typing import Any

from django import forms

from pallaq.associations.actions.files import edition_of
from pallaq.places.models import Organisation


class FileForm(forms.Form):
    """A form that changes an organisation's file; `edition` is the one that was read."""

    edition = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    districts: list[str] = []

    def __init__(self, data: Any = None, files: Any = None, *, organisation: Organisation, **initial: Any) -> None:
        self.organisation = organisation
        super().__init__(data, files, initial={"edition": edition_of(organisation), **initial})

    def read_again(self) -> None:
        """Let what is sent next time be saved over what the file says now, knowingly."""
        sent: Any = self.data.copy()  # type: ignore[attr-defined] # a QueryDict: the stubs know only Mapping
        sent["edition"] = edition_of(self.organisation)
        self.data = sent

    def read_edition(self) -> int:
        """Return the edition that was read."""
        found: int = self.cleaned_data["edition"]
        return found

    def said(self, *names: str) -> dict[str, Any]:
        """Return some of its fields."""
        return {name: self.cleaned_data[name] for name in names}

"""The reading that a decision rests on."""

from typing import Any

from django import forms


class EditionForm(forms.Form):
    """A decision on an authorisation as it was read: `edition` says which reading."""

    edition = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, edition: int, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "initial": {**kwargs.get("initial", {}), "edition": edition}})

    def read_again(self) -> None:
        """Let what is sent next rest on the reading of now, which the page shows."""
        sent: Any = self.data.copy()  # type: ignore[attr-defined] # a QueryDict: the stubs know only Mapping
        sent["edition"] = self.initial["edition"]
        self.data = sent

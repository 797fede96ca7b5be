"""A form over a file that another desk may change meanwhile: what was typed is laid beside what stands there now."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.dateformat import format as day_format
from django.utils.formats import get_format

from pallaq.shared.errors import Refusal


@dataclass(frozen=True)
class Difference:
    """A field that both changed: as it was read, as it was typed, as it stands now, in words."""

    label: str
    was: str
    typed: str
    now: str


@contextmanager
def as_error() -> Iterator[None]:
    """Turn a refusal into the error of the field that is being cleaned."""
    try:
        yield
    except Refusal as refusal:
        raise forms.ValidationError(refusal.message, code=refusal.code) from refusal


class EditionForm(forms.Form):
    """A form of something in a person's file; `edition` is the one of the file as it was read."""

    edition = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def differences(self, was: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
        """Return the fields that were changed here and there, each to something else."""
        found = []
        for name in self.asked():
            words = [self.words(name, values.get(name)) for values in (was, self.cleaned_data, now)]
            if words[0] != words[1] != words[2] != words[0]:
                found.append(Difference(str(self[name].label), *words))
        return found

    def read_again(self, was: Mapping[str, Any], now: Mapping[str, Any]) -> None:
        """Let the next sending count as read now; what was not touched here is taken as it stands there."""
        sent: Any = self.data.copy()  # type: ignore[attr-defined] # a QueryDict: the stubs know only Mapping
        sent["edition"] = str(now["edition"])
        for name in self.asked():
            if self.words(name, was.get(name)) == self.words(name, self.cleaned_data.get(name)):
                shown = self.fields[name].prepare_value(now.get(name))
                sent.setlist(name, shown if isinstance(shown, list) else ["" if shown is None else str(shown)])
        self.data = sent

    def asked(self) -> list[str]:
        """Return the names of the fields that a person fills."""
        return [name for name in self.fields if not self[name].is_hidden]

    def words(self, name: str, value: Any) -> str:
        """Return a field's value as a text to compare."""
        field = self.fields[name]
        choices = {str(key): str(label) for key, label in getattr(field, "choices", ())}
        if isinstance(value, list):
            return ", ".join(sorted(choices.get(str(one), str(one)) for one in value))
        if isinstance(field, forms.DateField) and value:
            return day_format(value, get_format("SHORT_DATE_FORMAT"))
        value = getattr(value, "pk", value) if choices else field.prepare_value(value)
        return "" if value is None else str(choices.get(str(value), value)).strip()

"""What people are asked about a list: the file and its date, what its columns hold, a row to correct."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from pallaq.registry.models import IdentifierKind, Scheme, State
from pallaq.rolls.models import Roll
from pallaq.rolls.rules.fields import FIELDS
from pallaq.rolls.rules.values import STATES

WORD = "word-"


class DayInput(forms.DateInput):
    """A date as browsers ask for it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class RollForm(forms.Form):
    """A list to bring."""

    scheme = forms.ModelChoiceField(Scheme.objects.all(), label=lazy("Scheme"), empty_label=None)
    issued_on = forms.DateField(
        label=lazy("Date of the list"),
        help_text=lazy("The day that the authority wrote on it: its states hold from then on."),
        widget=DayInput,
    )
    document_kind = forms.ModelChoiceField(
        IdentifierKind.objects.all(),
        label=lazy("Document of rows that name none"),
        empty_label=None,
        initial="dni",
    )
    file = forms.FileField(
        label=lazy("List: CSV (UTF-8) or XLSX"),
        help_text=lazy(
            "Row 1 names the columns. It is kept encrypted, and removed when it is imported, or after 7 days."
        ),
        max_length=255,
    )
    synthetic = forms.BooleanField(
        label=lazy("Made-up data, for practice"),
        help_text=lazy("Everybody on it is stamped SYNTHETIC wherever she is shown."),
        required=False,
    )

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.fields["file"].widget.attrs["accept"] = ".csv,.tsv,.txt,.xlsx"


class ColumnsForm(forms.Form):
    """What each column of a list holds, whose district codes, and what its words for states mean."""

    codes = forms.ChoiceField(
        label=lazy("District codes are"),
        help_text=lazy("RENIEC's stand on identity documents; INEI's in statistics. They differ for most districts."),
        choices=[("inei", lazy("INEI's")), ("reniec", lazy("RENIEC's"))],
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any, *, roll: Roll) -> None:
        holds = {f"column-{column}": name for name, column in roll.fields.items()}
        super().__init__(data, initial={**holds, "codes": roll.codes})
        choices = [("", _("— left out —")), *FIELDS.items()]
        for number, column in enumerate(roll.columns):
            name = f"column-{number}"
            self.fields[name] = forms.ChoiceField(label=column, choices=choices, required=False)
        self.words = list(roll.words)
        for number, word in enumerate(self.words):
            field = forms.ChoiceField(
                label=word or _("(empty)"),
                choices=[("", _("— nothing: an error —")), *State.choices],
                initial=roll.states.get(word) or STATES.get(word, ""),
                required=False,
            )
            self.fields[f"{WORD}{number}"] = field

    def clean(self) -> dict[str, Any]:
        """Refuse a field that two columns hold."""
        cleaned: dict[str, Any] = self.cleaned_data
        taken: dict[str, str] = {}
        for name in [name for name in self.fields if name.startswith("column-")]:
            held = cleaned.get(name)
            if held and held in taken:
                self.add_error(name, _("Column “%(other)s” holds this already.") % {"other": taken[held]})
            elif held:
                taken[held] = str(self.fields[name].label)
        return cleaned

    def columns(self) -> dict[str, int]:
        """Return field -> number of its column."""
        chosen = {name: value for name, value in self.cleaned_data.items() if name.startswith("column-") and value}
        return {value: int(name.removeprefix("column-")) for name, value in chosen.items()}

    def states(self) -> dict[str, str]:
        """Return what the list's words mean, as far as it was said."""
        said = {word: self.cleaned_data.get(f"{WORD}{number}", "") for number, word in enumerate(self.words)}
        return {word: state for word, state in said.items() if state}

    def column_fields(self) -> list[Any]:
        """Return the columns' choices, in the list's order."""
        return [self[name] for name in self.fields if name.startswith("column-")]

    def word_fields(self) -> list[Any]:
        """Return the choices of states."""
        return [self[name] for name in self.fields if name.startswith(WORD)]


class RowForm(forms.Form):
    """The cells of a bad row."""

    def __init__(self, data: Any, *, roll: Roll, cells: Mapping[str, str], wrong: Mapping[str, list[str]]) -> None:
        super().__init__(data, initial=dict(cells))
        for name, _column in sorted(roll.fields.items(), key=lambda pair: pair[1]):
            self.fields[name] = forms.CharField(
                label=f"{FIELDS[name]} ({roll.heading(name)})", required=False, max_length=300, strip=True
            )
            said = {"aria-invalid": "true", "aria-describedby": f"id_{name}_wrong"} if wrong.get(name) else {}
            self.fields[name].widget.attrs |= {"autocomplete": "off", **said}
        self.wrong = wrong

    def pairs(self) -> list[tuple[Any, list[str]]]:
        """Return each cell with what is wrong with it."""
        return [(self[name], self.wrong.get(name, [])) for name in self.fields]


class WhyForm(forms.Form):
    """Why rows are taken out of Pallaq."""

    why = forms.CharField(
        label=lazy("Reason"), help_text=lazy("It stands in the audit trail. Write nobody's name."), max_length=200
    )


class SureForm(forms.Form):
    """That it is meant."""

    sure = forms.BooleanField(label=lazy("I know that this is never undone"))

"""What people are asked about values, money and periods."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pallaq.plan.models import Indicator
from pallaq.plan.rules.periods import Period
from pallaq.plan.rules.units import RANGES
from pallaq.progress.forms.evidence import FilesField
from pallaq.shared.errors import Problems, Refusal


def number_field(indicator: Indicator, **fields: Any) -> forms.DecimalField:
    """Return a field for a value of an indicator; the browser knows its unit's range too."""
    allowed = RANGES[indicator.unit]  # type: ignore[index] # the column holds known units
    field = forms.DecimalField(max_digits=20, decimal_places=6, **fields)
    ends = {"min": allowed.low, "max": allowed.high, "step": "1" if allowed.whole else "any"}
    field.widget.attrs |= {name: str(end) for name, end in ends.items() if end is not None}
    return field


class MeasuredForm(forms.Form):
    """Where a figure is from, and the files that show it."""

    measured_on = forms.DateField(
        label=_("Measured on"),
        help_text=_("The day that the figure is of: not the day on which you write it down."),
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )
    source = forms.CharField(
        label=_("Source"), help_text=_("For example: register of the Diresa, closed in October."), max_length=2000
    )
    note = forms.CharField(label=_("Note"), widget=forms.Textarea({"rows": 2}), max_length=2000, required=False)
    attached = FilesField(label=_("Evidence"), required=False)

    def clean_measured_on(self) -> Any:
        """Refuse a day to come."""
        day = self.cleaned_data["measured_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day is in the future. Write the day on which it was measured."))
        return day

    def facts(self) -> dict[str, Any]:
        """Return what the verbs ask for besides the figures and the files."""
        return {name: self.cleaned_data[name] for name in ("measured_on", "source", "note")}

    def say(self, refusal: Refusal) -> None:
        """Put a refusal where it belongs: beside the cell or the files that it is about."""
        for one in refusal.problems if isinstance(refusal, Problems) else []:
            name = "attached" if one.file else self.field_of(one.column)
            self.add_error(name if name in self.fields else None, one.message)
        if not isinstance(refusal, Problems):
            self.add_error(None, refusal.message)

    def field_of(self, cell: str) -> str:
        """Return the name of the field that holds a cell's value."""
        return f"value:{cell}"


class ReportForm(MeasuredForm):
    """The values of a period, by cell: those that are empty are not reported."""

    field_order = ("measured_on", "source", "note", "attached")

    def __init__(self, *args: Any, indicator: Indicator, cells: Iterable[tuple[str, str]]) -> None:
        super().__init__(*args)
        self.cells = dict(cells)
        for cell, words in self.cells.items():
            field = number_field(indicator, label=words or _("Everybody"), required=False)
            self.fields[self.field_of(cell)] = field

    def clean(self) -> None:
        """Refuse a report of nothing."""
        if not self.errors and not self.values():
            raise forms.ValidationError(_("Write at least one value."))

    def values(self) -> dict[str, Decimal]:
        """Return the values that were typed, by cell."""
        found = {cell: self.cleaned_data.get(self.field_of(cell)) for cell in self.cells}
        return {cell: value for cell, value in found.items() if value is not None}


class CorrectForm(MeasuredForm):
    """A value as it should have been, and why it was not."""

    field_order = ("value", "note", "measured_on", "source", "attached")

    def __init__(self, *args: Any, indicator: Indicator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"] = number_field(indicator, label=_("Corrected value"))
        self.fields["note"].required = True
        self.fields["note"].label = _("Reason")
        self.fields["note"].help_text = _("It stays beside the value, with what stood there before.")
        self.order_fields(self.field_order)

    def field_of(self, cell: str) -> str:
        """Return the one field that holds a value."""
        return "value"


QUARTERS = [(0, _("the whole year")), *((quarter, f"Q{quarter}") for quarter in (1, 2, 3, 4))]


class SpendingForm(forms.Form):
    """What was spent in a period."""

    year = forms.IntegerField(label=_("Year"), min_value=1900, max_value=2200)
    quarter = forms.ChoiceField(label=_("Quarter"), choices=QUARTERS, required=False)
    amount = forms.DecimalField(label=_("Spent"), min_value=Decimal(0), max_digits=14, decimal_places=2)
    note = forms.CharField(label=_("Note"), widget=forms.Textarea({"rows": 2}), max_length=2000, required=False)

    def period(self) -> Period:
        """Return the period that was chosen."""
        return Period(self.cleaned_data["year"], int(self.cleaned_data["quarter"] or 0))


class CorrectSpendingForm(forms.Form):
    """An amount as it should have been, and why it was not."""

    amount = forms.DecimalField(label=_("Corrected amount"), min_value=Decimal(0), max_digits=14, decimal_places=2)
    note = forms.CharField(label=_("Reason"), widget=forms.Textarea({"rows": 2}), max_length=2000)


class CloseForm(forms.Form):
    """That a period is closed although something is missing."""

    sure = forms.BooleanField(label=_("I have seen what is missing, and close it"))

    def __init__(self, data: Any, *, missing: Sequence[object]) -> None:
        super().__init__(data)
        if not missing:
            del self.fields["sure"]


class ReasonForm(forms.Form):
    """Why something that stood is undone."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea({"rows": 3}), max_length=2000)

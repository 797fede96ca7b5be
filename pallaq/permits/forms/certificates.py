"""What people are asked about certificates of origin."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pallaq.registry.forms.fields import DayField


class IssueForm(forms.Form):
    """How much gold she is about to sell; on paper, also when it was written."""

    grams = forms.DecimalField(
        label=_("Gold to be sold, in grams"),
        help_text=_("As weighed, with a point: 12.5. Whether the norm means fine gold is not known."),
        min_value=0,
        max_digits=12,
        decimal_places=3,
        widget=forms.TextInput({"inputmode": "decimal"}),
    )
    paper_on = DayField(
        label=_("Date on the paper"),
        help_text=_("For a certificate that the holder wrote by hand and that you bring in."),
    )
    knowing = forms.BooleanField(label=_("Issue it all the same."), required=False)

    def __init__(self, *args: Any, on_paper: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not on_paper:
            del self.fields["paper_on"]


class CancelForm(forms.Form):
    """Why a certificate is cancelled."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It keeps its number in the register, with this reason beside it. It cannot be brought back."),
        widget=forms.Textarea({"rows": 3}),
        max_length=500,
    )


class ExportForm(forms.Form):
    """What a register is taken out for."""

    reason = forms.CharField(
        label=_("What the file is for"),
        help_text=_("As “inspection by the DREM”. Each selector in it reads this in her log."),
        max_length=200,
    )
    month = forms.CharField(widget=forms.HiddenInput, required=False, max_length=7)


class MonthForm(forms.Form):
    """Which month of the register is shown."""

    month = forms.DateField(
        label=_("Month"), input_formats=["%Y-%m"], required=False, widget=forms.DateInput({"type": "month"}, "%Y-%m")
    )

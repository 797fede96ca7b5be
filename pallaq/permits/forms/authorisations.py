"""What people are asked about authorisations."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pallaq.permits.forms.fields import EditionForm
from pallaq.permits.models import Side
from pallaq.permits.models.authorisations import STANDINGS
from pallaq.registry.forms.fields import DayField, DistrictField, HolderField

WITHIN = (30, 60, 90)


class TermsForm(forms.Form):
    """What an authorisation says."""

    right_name = forms.CharField(
        label=_("Mining right"), help_text=_("Its name, as on INGEMMET's map."), max_length=150, required=False
    )
    right_code = forms.CharField(
        label=_("Code of the right"), help_text=_("Empty if nobody knows it."), max_length=40, required=False
    )
    place = DistrictField(label=_("District where she selects"))
    centre = forms.CharField(
        label=_("Mining centre, dump"), help_text=_("As “La Rinconada, dump 3”."), max_length=150, required=False
    )
    terms = forms.CharField(
        label=_("Terms"),
        help_text=_("What she may do, when, with what protection, what she gives for it. Both sides sign these words."),
        widget=forms.Textarea({"rows": 6}),
        max_length=5000,
        required=False,
    )
    starts_on = DayField(label=_("First day"), required=False)
    ends_on = DayField(label=_("Last day"), help_text=_("Counted in: she may still select on it."), required=False)


class RequestForm(TermsForm):
    """Whom she asks, and for what."""

    holder = HolderField()
    field_order = ["holder", "place", "centre", "right_name", "right_code", "terms", "starts_on", "ends_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holder"].required = True
        self.fields["holder"].help_text = gettext("Begin to write and choose it from the list.")


class OfferForm(EditionForm, TermsForm):
    """On which terms the holder authorises her."""

    field_order = ["right_name", "right_code", "place", "centre", "terms", "starts_on", "ends_on", "edition"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("right_name", "terms", "starts_on", "ends_on"):
            self.fields[name].required = True


class ReasonForm(EditionForm):
    """Why an authorisation is refused, withdrawn or ended, and who says so."""

    side = forms.ChoiceField(label=_("Who says so"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("She and the holder read it. No names of other people."),
        widget=forms.Textarea({"rows": 3}),
        max_length=2000,
    )

    def __init__(self, *args: Any, sides: Sequence[Side], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["side"]
        field.choices = [(side.value, side.label) for side in sides]
        if len(sides) == 1:
            field.widget, field.initial = forms.HiddenInput(), sides[0].value


class SignForm(forms.Form):
    """The holder signs what she has read; `sha256` says what that was."""

    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    agreed = forms.BooleanField(label=_("I have read these terms and sign them for the holder."))

    def read_again(self) -> None:
        """Show the terms of now, unsigned."""
        self.data = {"sha256": self.initial["sha256"]}


class PaperForm(forms.Form):
    """A signature that was given on paper."""

    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    side = forms.ChoiceField(label=_("Who signed"), choices=Side.choices, widget=forms.RadioSelect)
    signed_on = DayField(label=_("Date on the paper"))
    name = forms.CharField(
        label=_("Name of who signed"),
        help_text=_(
            "For the holder, or as witness. Empty for the selector: she signs herself, by hand or fingerprint."
        ),
        max_length=150,
        required=False,
    )

    def read_again(self) -> None:
        """Rest on the terms of now, which the page shows."""
        sent: Any = self.data.copy()  # type: ignore[attr-defined] # a QueryDict
        sent["sha256"] = self.initial["sha256"]
        self.data = sent


class FilterForm(forms.Form):
    """Which authorisations are listed."""

    standing = forms.ChoiceField(label=_("State"), choices=[("", _("any state")), *STANDINGS.items()], required=False)
    within = forms.TypedChoiceField(label=_("Ends within"), coerce=int, required=False)
    holder = forms.CharField(label=_("Holder"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["within"]
        field.choices = [
            ("", gettext("any day")),
            *((days, gettext("%(days)d days") % {"days": days}) for days in WITHIN),
        ]

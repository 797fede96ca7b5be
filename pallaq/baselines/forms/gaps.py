"""What a planner is asked when a study's figure becomes an indicator, and when she plans a follow-up."""

from typing import cast

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pallaq.baselines.rules.sheets import pair
from pallaq.baselines.rules.taking import Measured, choices
from pallaq.diagnosis.readable import Shown
from pallaq.plan.forms.indicators import NodeField
from pallaq.plan.models import Version
from pallaq.report.rules import words
from pallaq.report.rules.document import Document


class FromGapForm(forms.Form):
    """What is measured, beside which node, under which code; `sha256` is of the release that was looked at."""

    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    measured = forms.ChoiceField(label=_("What the indicator measures"))
    regions = forms.BooleanField(
        label=_("Take the figures of regions too"),
        label_suffix="",
        help_text=_("Each region, and each profile in it, of which the release shows a figure."),
        required=False,
    )
    code = forms.CharField(
        label=_("Code"), help_text=_("Short, for good: “I1”. It never stands for anything else."), max_length=40
    )
    year = forms.IntegerField(
        label=_("Year of the baseline"),
        help_text=_("The year in which people were asked."),
        min_value=1900,
        max_value=2200,
    )

    def __init__(self, request: HttpRequest, *, version: Version, shown: Shown, indicator: str) -> None:
        release, offered = shown.release, choices(shown.document, indicator)
        start = {
            "sha256": release.sha256,
            "measured": str(offered[0]),
            "code": free_code(version),
            "year": release.frozen_at.year,
            **request.GET.dict(),
        }
        super().__init__(request.POST or None, initial=start)
        self.shown, self.offered = shown, offered
        self.fields["node"] = NodeField(
            version, label=_("Stands beside"), help_text=_("The objective, result or action that it measures.")
        )
        self.order_fields(["measured", "regions", "node", "code", "year"])
        self.fields["measured"].choices = [  # type: ignore[attr-defined] # the stubs know only Field here
            (str(measured), measured_words(shown.document, indicator, measured)) for measured in offered
        ]

    def clean_sha256(self) -> str:
        """Refuse to take figures other than those that were looked at."""
        sha256: str = self.cleaned_data["sha256"]
        if sha256 != self.shown.release.sha256:
            data = cast(QueryDict, self.data).copy()
            data["sha256"] = self.shown.release.sha256
            self.data = data
            raise forms.ValidationError(
                gettext(
                    "A newer release stands meanwhile. Its figures are shown below: look at them and confirm again."
                )
            )
        return sha256

    def placing(self) -> list[forms.BoundField]:
        """Return the fields that say where the indicator will stand."""
        return [self[name] for name in ("node", "code", "year")]

    def chosen(self) -> Measured:
        """Return what is measured, also before the form is sent."""
        asked = self["measured"].value()
        return next((measured for measured in self.offered if str(measured) == asked), self.offered[0])

    def with_regions(self) -> bool:
        """Say whether figures of regions are wanted, also before the form is sent."""
        return self["regions"].value() in {True, "on", "True", "1"}


class PeopleForm(forms.Form):
    """How many people a follow-up would ask."""

    people = forms.IntegerField(
        label=_("People who will answer"),
        help_text=_("As many as your budget allows, without those who will not answer."),
        min_value=10,
        max_value=10_000_000,
    )


def free_code(version: Version) -> str:
    """Return a code that the plan has not used: I1, I2..."""
    used = set(version.plan.items.values_list("code", flat=True))
    return next(code for number in range(1, len(used) + 2) if (code := f"I{number}") not in used)


def measured_words(document: Document, indicator: str, measured: Measured) -> str:
    """Return a share or a gap as a choice."""
    answer = words.say(document.indicator(indicator).share(measured.share).title)
    if not measured.variable:
        return gettext("share of “%(answer)s”, for each profile") % {"answer": answer}
    return gettext("gap in “%(answer)s”: %(group)s minus %(reference)s") % {
        "answer": answer,
        **pair(document, measured),
    }

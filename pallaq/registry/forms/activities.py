"""What is asked of what she does, and of her documents."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from pallaq.registry.actions.people import Numbered, checked_number
from pallaq.registry.forms.comparing import EditionForm, as_error
from pallaq.registry.forms.fields import DayField, DistrictField, HolderField, district_labels, holder_names
from pallaq.registry.models import Activity, ActivityKind, IdentifierKind, PermissionKind, Person


class ActivityFields(EditionForm):
    """What she does, where, and with whose permission."""

    activity_kind = forms.ChoiceField(
        label=lazy("What she does"), choices=[("", lazy("not said")), *ActivityKind.choices]
    )
    activity_place = DistrictField(
        label=lazy("District of the mining centre"),
        help_text=lazy("Empty if it is the district where she lives."),
        required=False,
    )
    centre = forms.CharField(
        label=lazy("Mining centre"), help_text=lazy("La Rinconada, Mollehuaca…"), max_length=100, required=False
    )
    permission = forms.ChoiceField(
        label=lazy("How the mine lets her select"), choices=[("", lazy("not said")), *PermissionKind.choices]
    )
    holder = HolderField()
    since = DayField(label=lazy("Since"), help_text=lazy("The first of the month is enough."), required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for the permission of whoever does something."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("activity_kind") and "permission" in given and not given["permission"]:
            self.add_error("permission", _("Say how the mine lets her select: no permission is an answer too."))
        return given

    def activity(self) -> dict[str, Any] | None:
        """Return what the actions take of an activity; None if she says nothing of it."""
        given = self.cleaned_data
        if not given["activity_kind"]:
            return None
        return {
            "kind": given["activity_kind"],
            "place": given["activity_place"] or given.get("place", ""),
            "centre": " ".join(given["centre"].split()),
            "permission": given["permission"],
            "organisation": given["holder"],
            "starts_on": given["since"],
        }


class ActivityForm(ActivityFields):
    """An activity of a person who is on the registry."""

    until = DayField(
        label=lazy("Until"), help_text=lazy("Empty while she does it. An end is written, not deleted."), required=False
    )

    def __init__(self, data: Any = None, *, person: Person, activity: Activity | None = None) -> None:
        self.person = person
        super().__init__(data, initial=shown(person, activity))
        self.districts, self.holders = district_labels(frozenset({person.region})), holder_names()

    def clean(self) -> dict[str, Any]:
        """Hold the two days against each other."""
        given = super().clean()
        if given.get("since") and given.get("until") and given["until"] < given["since"]:
            self.add_error("until", _("The activity ends before it starts. Correct one of the dates."))
        return given

    def fields_of(self) -> dict[str, Any]:
        """Return what the action takes."""
        found = self.activity() or {}
        return {**found, "place": found["place"] or self.person.place, "ends_on": self.cleaned_data["until"]}


def shown(person: Person, activity: Any = None) -> dict[str, Any]:
    """Return an activity (or a row of its history) as the form shows it."""
    if activity is None:
        return {"edition": person.edition, "activity_place": person.place}
    return {
        "edition": person.edition,
        "activity_kind": activity.kind,
        "activity_place": activity.place,
        "centre": activity.centre,
        "permission": activity.permission,
        "holder": activity.organisation,
        "since": activity.starts_on,
        "until": activity.ends_on,
    }


class IdentifierForm(EditionForm):
    """A document or number that is hers."""

    kind = forms.ModelChoiceField(IdentifierKind.objects.none(), label=lazy("Document"))
    number = forms.CharField(label=lazy("Number"), widget=forms.TextInput({"autocomplete": "off"}), max_length=40)
    valid_from = DayField(label=lazy("Valid from"), help_text=lazy("Empty if it is not known."), required=False)
    valid_to = DayField(label=lazy("Valid to"), help_text=lazy("Empty if it has no end that is known."), required=False)

    def __init__(self, data: Any = None, *, person: Person) -> None:
        super().__init__(data, initial={"edition": person.edition})
        kinds: Any = self.fields["kind"]
        kinds.queryset = IdentifierKind.objects.all()

    def clean_number(self) -> str:
        """Hold the number against the shape of its kind."""
        kind, number = self.cleaned_data.get("kind"), str(self.cleaned_data["number"])
        with as_error():
            if kind:
                checked_number(Numbered(kind.pk, number))
        return number

    def clean(self) -> dict[str, Any]:
        """Hold the two days against each other."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("valid_from") and given.get("valid_to") and given["valid_to"] < given["valid_from"]:
            self.add_error("valid_to", _("It ends before it starts. Correct one of the dates."))
        return given

    def numbered(self) -> Numbered:
        """Return what the action takes."""
        given = self.cleaned_data
        return Numbered(given["kind"].pk, given["number"], given["valid_from"], given["valid_to"])


class EndForm(EditionForm):
    """From which day on a document is no longer hers."""

    on = DayField(label=lazy("Last day"), help_text=lazy("The document stays in her file, with its end."))

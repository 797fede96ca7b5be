"""What desks are asked about registrations: a new one, another state, which ones to list."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pallaq.places.rules import department, label
from pallaq.registry.actions.registrations import Entry, Move
from pallaq.registry.forms.fields import DayField
from pallaq.registry.models import Person, Registration, Scheme, State
from pallaq.registry.rules.states import allowed


def day_field(label: Any, help_text: Any = "", *, required: bool = False) -> DayField:
    """Return a field for a day."""
    return DayField(label=label, help_text=help_text, required=required)


def places_of(person: Person) -> list[str]:
    """Return the districts where a registration of hers can hold: where she lives, where she selects."""
    works = person.activities.filter(ends_on__isnull=True).values_list("place", flat=True)
    return list(dict.fromkeys([person.place, *works]))


def schemes_at(places: Iterable[str]) -> list[Scheme]:
    """Return the schemes that are in force today and hold in one of the districts."""
    now = Scheme.objects.on(timezone.localdate())
    return [one for one in now if not one.places or any(place.startswith(tuple(one.places)) for place in places)]


class OfAFile(forms.Form):
    """A form that changes a person's file; `edition` is the one that was read."""

    edition = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, data: Any, *, person: Person, **initial: Any) -> None:
        super().__init__(data, initial={"edition": person.edition, "on": timezone.localdate(), **initial})

    def read_again(self, edition: int) -> None:
        """Let what is sent next time be saved over what the file says now, knowingly."""
        sent: Any = self.data.copy()  # type: ignore[attr-defined] # a QueryDict: the stubs know only Mapping
        sent["edition"] = edition
        self.data = sent


class OpenForm(OfAFile):
    """A new registration; whoever does not decide enters applications only."""

    field_order = ("edition", "scheme", "place", "state", "on", "number", "valid_to")
    scheme = forms.ModelChoiceField(Scheme.objects.none(), label=_("Scheme"))
    place = forms.ChoiceField(label=_("District where it holds"))
    state = forms.TypedChoiceField(label=_("State"), coerce=State, choices=State.choices)
    on = day_field(_("Since"), required=True)
    number = forms.CharField(
        label=_("Number"), max_length=40, required=False, help_text=_("The authority's, if it gave one.")
    )
    valid_to = day_field(_("Valid to"), _("Empty: the norm's term, or no end where none is known."))

    def __init__(self, data: Any, *, person: Person, decides: bool) -> None:
        super().__init__(data, person=person)
        self.decides = decides
        places = places_of(person)
        schemes = schemes_at(places)
        found = Scheme.objects.filter(pk__in=[one.pk for one in schemes])
        self.fields["scheme"].queryset = found  # type: ignore[attr-defined] # of ModelChoiceField
        self.fields["place"].choices = [(place, label(place) or place) for place in places]  # type: ignore[attr-defined]
        first = {state for one in schemes for state in allowed("", one.transitions)}
        may = first if decides else first & {State.APPLIED}
        offered = [(state.value, state.label) for state in State if state in may]
        self.fields["state"].widget.choices = offered

    def clean_state(self) -> State:
        """Refuse what only an officer decides."""
        state: State = self.cleaned_data["state"]
        if state != State.APPLIED and not self.decides:
            message = _("Only an officer enters somebody as registered. Choose “applied for”: an officer decides.")
            raise forms.ValidationError(message)
        return state

    def entry(self) -> Entry:
        """Return what was typed."""
        said = self.cleaned_data
        return Entry(said["state"], said["number"], said["place"], said["on"], said["valid_to"])


class ChangeForm(OfAFile):
    """Another state of a registration. All are understood, those that may follow are offered."""

    field_order = ("edition", "state", "on", "reason", "number", "valid_to")
    state = forms.TypedChoiceField(label=_("New state"), coerce=State, choices=State.choices)
    on = day_field(_("From which day"), required=True)
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
        help_text=_("Needed to suspend, exclude or end. She reads it on her own page."),
    )
    number = forms.CharField(
        label=_("Number"), max_length=40, required=False, help_text=_("Only if the authority gave a new one.")
    )
    valid_to = day_field(_("Valid to"), _("Only if the authority wrote another last day."))

    def __init__(self, data: Any, *, registration: Registration) -> None:
        super().__init__(data, person=registration.person)
        self.offer(registration)

    def offer(self, registration: Registration) -> None:
        """Offer the states that may follow its state."""
        follow = allowed(registration.state, registration.scheme.transitions)
        offered = [("", "---------"), *((state.value, state.label) for state in State if state in follow)]
        self.fields["state"].widget.choices = offered

    def move(self) -> Move:
        """Return what was typed."""
        said = self.cleaned_data
        return Move(said["state"], said["on"], said["reason"], said["number"], said["valid_to"])


class FilterForm(forms.Form):
    """Which registrations to list: a scheme or a state at least, so that nobody's name is shown for nothing."""

    scheme = forms.ModelChoiceField(Scheme.objects.all(), label=_("Scheme"), required=False, empty_label=_("all"))
    state = forms.ChoiceField(label=_("State"), choices=[("", _("all")), *State.choices], required=False)
    region = forms.ChoiceField(label=_("Region where it holds"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data, label_suffix="")
        self.fields["region"].choices = region_choices(_("all"))  # type: ignore[attr-defined]


def region_choices(empty: Any, regions: frozenset[str] | None = None) -> list[tuple[str, Any]]:
    """Return the departments to choose from, after one that stands for all of them."""
    codes = [f"{number:02d}" for number in range(1, 26)] if regions is None else sorted(regions)
    found = [place for code in codes if (place := department(code))]
    return [("", empty), *((place.ubigeo, place.name) for place in found)]
